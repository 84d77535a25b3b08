"""The sound side: microphones, speakers, detectors, recognisers, voices. It knows samples, never interviews.

onnxruntime, which runs the speech detector, carries a telemetry client in its native code that would look
up its maker's server and keep a device id in the home folder. Nothing may leave this machine, so it is
switched off here, before anything can load it.

numpy's products are small here, and OpenBLAS's threads stay awake for a tenth of a second after each, on
cores that Whisper needs: of a hearing of 3 s they were a third of the work. So it is told to do without them,
before numpy can load it.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
