"""The pure core: no I/O, no clock, no thread, no randomness. One package a room, see docs/architecture.md."""
