"""From evidence to levels, remarks and what to do next time."""
