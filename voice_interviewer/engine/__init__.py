"""What decides the next line: rules that need no model, and later language models."""
