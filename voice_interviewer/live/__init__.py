"""An interview while it is held: the loop, the audio side, recognition and the workers."""
