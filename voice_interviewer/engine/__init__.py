"""What decides the next line: rules with a reader, and a language model where one is configured."""
