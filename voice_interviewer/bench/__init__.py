"""What anybody can measure: turns, speech, latency, start."""
