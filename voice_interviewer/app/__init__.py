"""Whole jobs of the program, free of click and terminals."""
