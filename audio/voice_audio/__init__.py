"""The sound side: microphones, speakers, speech detection, recognition and voices. It knows samples, never interviews."""
