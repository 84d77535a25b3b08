"""Drills and progress from session to session."""
