"""The sound side: microphones, speakers, detectors, recognisers, voices. It knows samples, never
interviews."""
