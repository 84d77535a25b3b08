"""How the process asks the system for memory, for work on files. Only with glibc, elsewhere not at all."""

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4
_NEVER = 2**31 - 1


def reuse_memory() -> None:
    """From now on the memory of one call serves the next, instead of going back to the system each time.

    Every hearing takes and frees some hundred MB in large pieces, which glibc gives back at once and the
    system then clears anew: a quarter of the time of a whole hearing. For work that ends soon: in a process
    that runs for hours with pieces of many sizes, holes would be left.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_MAX, 0)
        mallopt(_M_TRIM_THRESHOLD, _NEVER)
