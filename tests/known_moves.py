"""The moves that come with the product, for tests that hold something of each of them."""

from voice_interviewer.content.catalogue import load_catalogue

CATALOGUE = load_catalogue()
MOVES = tuple(CATALOGUE.moves)
PROBES = CATALOGUE.probes
