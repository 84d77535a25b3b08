"""A model of meaning: what each piece of an answer is."""
