"""Speech recognisers behind `voice_audio.ports.Transcriber`."""
