"""Pace, pauses and fillers: facts only."""
