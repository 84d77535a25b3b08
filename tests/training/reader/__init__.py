"""The reader's training: the network, its rows, what it is measured by, and how it is written down."""
