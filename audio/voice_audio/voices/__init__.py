"""Synthetic voices behind `voice_audio.ports.Voice`."""
