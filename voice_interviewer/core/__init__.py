"""The pure core: no I/O, no clock, no thread, no randomness."""
