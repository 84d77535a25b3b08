"""What is kept: one folder per session."""
