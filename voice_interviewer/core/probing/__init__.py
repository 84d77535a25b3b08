"""From evidence and history to the next move, the stop rules and quotes that are safe to say back."""
