"""A voice-based mock interviewer for a laptop: words and decisions live here, sound in `voice_audio`."""

__version__ = "0.1.0"
