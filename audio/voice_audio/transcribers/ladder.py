"""Which device and number format a CTranslate2 model is tried on, in which order, and when the next is tried.

A GPU that is listed may still fail: cuBLAS is only loaded at the first encode, old cards have no float16,
memory may be taken. So each rung is built and then made to work once before it counts, and the last rungs are
always the CPU.
"""

import ctypes
import importlib.util
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

Model = TypeVar("Model")

NO_GPU = "no CUDA device was found"


@dataclass(frozen=True)
class Rung:
    """One way to run the model. device: "cuda" or "cpu"; compute_type: CTranslate2's name for the numbers."""

    device: str
    compute_type: str

    def __str__(self) -> str:
        return f"{self.compute_type} {self.device}"


@dataclass(frozen=True)
class Attempt:
    """What came of one rung; outcome is "ok" or the reason it failed, on one line."""

    rung: Rung
    outcome: str


@dataclass(frozen=True)
class Hardware:
    """What CTranslate2 reports. cuda_trouble: why no CUDA device can be used, or None."""

    cuda_devices: int
    cuda_types: frozenset[str]
    cpu_types: frozenset[str]
    cuda_trouble: str | None = None


@dataclass(frozen=True)
class Climb(Generic[Model]):
    """A model that works on `rung`, and every attempt on the way there."""

    model: Model
    rung: Rung
    attempts: tuple[Attempt, ...]


class NoRungError(Exception):
    """Every rung failed; `attempts` says how."""

    def __init__(self, attempts: tuple[Attempt, ...]) -> None:
        super().__init__(attempts[-1].outcome if attempts else "nothing to try")
        self.attempts = attempts


def look() -> Hardware:
    """Ask CTranslate2 for devices and number formats. Without a driver it raises, which is an answer too."""
    import ctranslate2

    cpu = frozenset(ctranslate2.get_supported_compute_types("cpu"))
    try:
        devices = ctranslate2.get_cuda_device_count()
        if devices < 1:
            return Hardware(0, frozenset(), cpu, NO_GPU)
        return Hardware(devices, frozenset(ctranslate2.get_supported_compute_types("cuda")), cpu)
    except (RuntimeError, ValueError) as error:
        return Hardware(0, frozenset(), cpu, one_line(error))


def rungs(hardware: Hardware, device: str = "auto", compute_type: str = "auto") -> tuple[Rung, ...]:
    """The ladder from best to safest; it ends on the CPU. A compute type asked for by name comes first.

    GPU: float16, else the best that the card has, then an int8 form for a card whose memory is full. CPU:
    int8, which takes less than half of float32's memory, then float32 for processors without it.
    """
    ladder: list[Rung] = []
    if device in ("auto", "cuda") and hardware.cuda_devices > 0:
        liked = ("float16", "int8_float16", "int8", "int8_float32", "float32")
        usable = [kind for kind in liked if kind in hardware.cuda_types]
        small = [kind for kind in usable if kind.startswith("int8")]
        ladder += [Rung("cuda", kind) for kind in usable[:1] + small[:1]]
    asked = "cuda" if ladder else "cpu"
    ladder += [Rung("cpu", kind) for kind in ("int8", "float32") if kind in hardware.cpu_types]
    if compute_type != "auto":
        ladder.insert(0, Rung(asked, compute_type))
    return tuple(dict.fromkeys(ladder))


def climb(
    ladder: tuple[Rung, ...], build: Callable[[Rung], Model], prove: Callable[[Model], None]
) -> Climb[Model]:
    """The first rung that builds and proves itself. Raises NoRungError.

    Full GPU memory or an unsupported number format leads to the next rung; any other trouble on the GPU (a
    missing library, a driver) would hit its other rungs as well, so they are left out.
    """
    attempts: list[Attempt] = []
    gpu_lost = False
    for rung in ladder:
        if gpu_lost and rung.device == "cuda":
            continue
        try:
            model = build(rung)
            prove(model)
        except Exception as error:
            if not is_loading_error(error):
                raise
            attempts.append(Attempt(rung, one_line(error)))
            gpu_lost = gpu_lost or not (out_of_memory(error) or isinstance(error, ValueError))
            continue
        attempts.append(Attempt(rung, "ok"))
        return Climb(model, rung, tuple(attempts))
    raise NoRungError(tuple(attempts))


def is_loading_error(error: Exception) -> bool:
    """Whether a library refused the machine or the files (tokenizers raises bare Exception); else a bug."""
    return isinstance(error, (RuntimeError, ValueError, MemoryError, OSError)) or type(error) is Exception


def out_of_memory(error: Exception) -> bool:
    """CTranslate2 says "CUDA failed with error out of memory", cuBLAS CUBLAS_STATUS_ALLOC_FAILED."""
    return isinstance(error, MemoryError) or any(
        sign in str(error).lower() for sign in ("out of memory", "alloc_failed", "bad_alloc")
    )


def notice_for(attempts: tuple[Attempt, ...], asked: str, hardware: Hardware) -> str | None:
    """One line for the person, or None when they got what they would expect. asked: the device option."""
    used = attempts[-1].rung
    failed = [attempt for attempt in attempts[:-1] if attempt.rung.device == "cuda"]
    if failed and used.device == "cpu":
        reason = failed[-1].outcome
        return f"GPU found but not usable ({reason}). Using the CPU. {remedy(reason)}"
    if asked == "cuda" and used.device == "cpu":
        reason = hardware.cuda_trouble or "it offers no usable number format"
        return f"GPU asked for but not usable ({reason}). Using the CPU. {remedy(reason)}"
    if len(attempts) > 1:
        return f"Speech recognition runs as {used}: {attempts[0].rung} failed ({attempts[0].outcome})."
    return None


def remedy(reason: str) -> str:
    """What to do about a GPU that does not work, by CTranslate2's words for it."""
    low = reason.lower()
    if "memory" in low or "alloc" in low:
        return "To use it: close what else fills its memory, or choose a smaller model."
    if "driver" in low or reason == NO_GPU:
        return "To use it: install an NVIDIA driver for CUDA 12 or newer."
    return "To use it: pip install nvidia-cublas-cu12"


def one_line(error: BaseException) -> str:
    """An error's own words on one line, or its kind where it has none."""
    return " ".join(str(error).split()) or type(error).__name__


def preload_cublas() -> tuple[str, ...]:
    """Make the pip package nvidia-cublas-cu12 findable for CTranslate2, which opens cuBLAS by its bare name.

    Returns the names of the libraries loaded; none when the package is not installed, which is no error: the
    system may have its own. Needed because the loader looks into no site-packages folder, but finds by its
    name a library that is in the process already. Tried with nvidia-cublas-cu12 12.9 on Linux.
    """
    try:
        package = importlib.util.find_spec("nvidia.cublas")
    except ModuleNotFoundError:
        return ()
    if package is None or not package.submodule_search_locations:
        return ()
    root = Path(next(iter(package.submodule_search_locations)))
    # cublasLt first: cublas needs it.
    folder, names = root / "lib", ("libcublasLt.so.12", "libcublas.so.12")
    if sys.platform == "win32":
        folder, names = root / "bin", ("cublasLt64_12.dll", "cublas64_12.dll")
        if folder.is_dir():
            os.add_dll_directory(str(folder))
    loaded: list[str] = []
    for name in names:
        try:
            ctypes.CDLL(str(folder / name), mode=ctypes.RTLD_GLOBAL)
        except OSError:
            continue  # the warm-up will say what is missing
        loaded.append(name)
    return tuple(loaded)
