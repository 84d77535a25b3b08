"""Claims of one interview that cannot both be so."""
