"""The sound side: microphones, speakers, detectors, recognisers, voices. It knows samples, never interviews.

onnxruntime, which runs the speech detector, carries a telemetry client in its native code that would look
up its maker's server and keep a device id in the home folder. Nothing may leave this machine, so it is
switched off here, before anything can load it.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
