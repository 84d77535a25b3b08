"""The local server: its guard and its pages."""
