"""The device ladder: every rung provoked on a CPU, with a GPU that is made to fail in each known way."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from whisper_models import CountingEngine, Script, speech_like, words_of, write_whisper

from voice_audio.errors import ModelProblem
from voice_audio.transcribers import ladder
from voice_audio.transcribers.ladder import Attempt, Hardware, Rung, rungs
from voice_audio.transcribers.whisper import WhisperTranscriber, build_engine, load_whisper

CPU = Hardware(0, frozenset(), frozenset({"int8", "int8_float32", "float32"}), ladder.NO_GPU)
AMPERE = Hardware(1, frozenset({"float32", "float16", "int8", "int8_float16", "int8_float32"}), CPU.cpu_types)
PASCAL = Hardware(1, frozenset({"float32", "int8", "int8_float32"}), CPU.cpu_types)
NO_CUBLAS = "Library libcublas.so.12 is not found or cannot be loaded"
OUT_OF_MEMORY = "CUDA failed with error out of memory"


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that says the default script."""
    return write_whisper(tmp_path_factory.mktemp("ladder") / "toy.en", Script())


@pytest.mark.parametrize(
    ("hardware", "device", "compute_type", "expected"),
    [
        (CPU, "auto", "auto", "int8 cpu, float32 cpu"),
        (CPU, "cuda", "auto", "int8 cpu, float32 cpu"),
        (CPU, "auto", "float16", "float16 cpu, int8 cpu, float32 cpu"),
        (CPU, "auto", "int8", "int8 cpu, float32 cpu"),
        (AMPERE, "auto", "auto", "float16 cuda, int8_float16 cuda, int8 cpu, float32 cpu"),
        (AMPERE, "cpu", "auto", "int8 cpu, float32 cpu"),
        (AMPERE, "cuda", "int8", "int8 cuda, float16 cuda, int8_float16 cuda, int8 cpu, float32 cpu"),
        (PASCAL, "auto", "auto", "int8 cuda, int8 cpu, float32 cpu"),
        (Hardware(1, frozenset(), CPU.cpu_types), "auto", "auto", "int8 cpu, float32 cpu"),
    ],
)
def test_the_ladder(hardware: Hardware, device: str, compute_type: str, expected: str) -> None:
    assert ", ".join(map(str, rungs(hardware, device, compute_type))) == expected


def test_this_machine_reports_what_the_ladder_needs() -> None:
    machine = ladder.look()
    assert "float32" in machine.cpu_types
    assert bool(machine.cuda_trouble) == (machine.cuda_devices == 0)


def test_float16_on_the_cpu_is_refused_for_real_and_the_next_rung_works(toy: Path) -> None:
    notices: list[str] = []
    transcriber = load_whisper(toy, device="cpu", compute_type="float16", notice=notices.append)
    first, second = transcriber.attempts
    assert first.rung == Rung("cpu", "float16")
    assert "float16" in first.outcome
    assert second == Attempt(Rung("cpu", "int8"), "ok")
    assert len(notices) == 1
    assert "int8 cpu" in notices[0]
    assert transcriber.transcribe(speech_like(2)) != ()


class FailingWarmUp:
    """A GPU engine whose constructor succeeds and whose first encode fails, as CTranslate2's do."""

    def __init__(self, message: str) -> None:
        self.message = message

    def transcribe(self, audio: Any, **options: Any) -> tuple[Iterable[Any], object]:
        raise RuntimeError(self.message)


def failing_gpu(messages: dict[str, str]) -> Callable[[Path, Rung], Any]:
    """Real CPU engines; on the GPU, where a compute type has a message, one that fails with it."""

    def build(folder: Path, rung: Rung) -> Any:
        if rung.device == "cuda" and rung.compute_type in messages:
            return FailingWarmUp(messages[rung.compute_type])
        return build_engine(folder, Rung("cpu", "int8"))

    return build


def load_with(toy: Path, messages: dict[str, str]) -> tuple[WhisperTranscriber, list[str]]:
    notices: list[str] = []
    build = failing_gpu(messages)
    return load_whisper(toy, notice=notices.append, build=build, hardware=AMPERE), notices


def test_a_missing_library_leads_straight_to_the_cpu_with_one_line(toy: Path) -> None:
    transcriber, notices = load_with(toy, {"float16": NO_CUBLAS, "int8_float16": NO_CUBLAS})
    assert transcriber.name == "whisper toy.en int8 cpu"
    assert [str(attempt.rung) for attempt in transcriber.attempts] == ["float16 cuda", "int8 cpu"]
    assert notices == [
        f"GPU found but not usable ({NO_CUBLAS}). Using the CPU. To use it: pip install nvidia-cublas-cu12"
    ]
    assert words_of(transcriber.transcribe(speech_like(2))).startswith("Hello there")


def test_full_gpu_memory_tries_int8_there_first(toy: Path) -> None:
    transcriber, notices = load_with(toy, {"float16": OUT_OF_MEMORY})
    assert transcriber.name == "whisper toy.en int8_float16 cuda"
    assert [attempt.outcome for attempt in transcriber.attempts] == [OUT_OF_MEMORY, "ok"]
    assert len(notices) == 1
    assert OUT_OF_MEMORY in notices[0]


def test_full_gpu_memory_twice_ends_on_the_cpu(toy: Path) -> None:
    transcriber, notices = load_with(toy, {"float16": OUT_OF_MEMORY, "int8_float16": OUT_OF_MEMORY})
    assert transcriber.device == "cpu"
    assert len(notices) == 1
    assert "smaller model" in notices[0]


def test_a_working_gpu_is_used_without_a_word(toy: Path) -> None:
    transcriber, notices = load_with(toy, {})
    assert transcriber.name == "whisper toy.en float16 cuda"
    assert notices == []


def test_asking_for_a_gpu_where_there_is_none_says_so(toy: Path) -> None:
    notices: list[str] = []
    transcriber = load_whisper(toy, device="cuda", notice=notices.append, hardware=CPU)
    assert transcriber.device == "cpu"
    assert notices == [
        "GPU asked for but not usable (no CUDA device was found). Using the CPU. "
        "To use it: install an NVIDIA driver for CUDA 12 or newer."
    ]


class DyingGpu(CountingEngine):
    """A real engine that fails from its second call on, as when the GPU goes away during a session."""

    def transcribe(self, audio: Any, **options: Any) -> tuple[Iterable[Any], object]:
        if self.calls >= 1:
            raise RuntimeError("CUDA failed with error unspecified launch failure")
        return super().transcribe(audio, **options)


def test_a_gpu_that_dies_in_a_session_loses_no_answer(toy: Path) -> None:
    def build(folder: Path, rung: Rung) -> Any:
        engine = build_engine(folder, Rung("cpu", "int8"))
        return DyingGpu(engine) if rung.device == "cuda" else engine

    notices: list[str] = []
    transcriber = load_whisper(toy, notice=notices.append, build=build, hardware=AMPERE)
    assert transcriber.device == "cuda"
    assert words_of(transcriber.transcribe(speech_like(3))).startswith("Hello there")
    assert transcriber.name == "whisper toy.en int8 cpu"
    assert [attempt.outcome for attempt in transcriber.attempts][0::2] == ["ok", "ok"]
    assert "unspecified launch failure" in transcriber.attempts[1].outcome
    assert len(notices) == 1
    assert notices[0].startswith("The GPU stopped working")


def test_a_failure_on_the_cpu_is_a_problem_for_people(toy: Path) -> None:
    def build(folder: Path, rung: Rung) -> Any:
        return DyingGpu(build_engine(folder, rung))

    transcriber = load_whisper(toy, device="cpu", build=build)
    with pytest.raises(ModelProblem, match="unspecified launch failure"):
        transcriber.transcribe(speech_like(3))


def test_a_bug_in_a_constructor_keeps_its_traceback(toy: Path) -> None:
    def build(folder: Path, rung: Rung) -> Any:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        load_whisper(toy, device="cpu", build=build)


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
@pytest.mark.parametrize("damage", ["empty", "cut", "noise"])
def test_a_damaged_model_is_one_clear_problem(toy: Path, tmp_path: Path, name: str, damage: str) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(toy, folder)
    whole = (toy / name).read_bytes()
    damaged = {"empty": b"", "cut": whole[: len(whole) // 2], "noise": bytes(range(256)) * 8}[damage]
    (folder / name).write_bytes(damaged)
    notices: list[str] = []
    with pytest.raises(ModelProblem) as raised:
        load_whisper(folder, notice=notices.append, hardware=CPU)
    assert raised.value.code == "whisper_unusable"
    assert str(folder) in raised.value.message
    assert "\n" not in raised.value.message
    assert raised.value.hint
    assert notices == []


def test_a_missing_file_is_named_before_anything_loads(toy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "half"
    shutil.copytree(toy, folder)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelProblem, match=r"tokenizer\.json is missing"):
        load_whisper(folder)


def test_a_model_that_is_not_here_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem) as raised:
        load_whisper("base.en", folder=tmp_path)
    assert raised.value.code == "model_missing"
    assert "models download base.en (about 148 MB)" in raised.value.hint


@pytest.mark.parametrize(("installed", "refused"), [("4.6.3", True), ("4.7.0", False), ("5.0.1", False)])
def test_a_ctranslate2_that_would_abort_is_refused(
    toy: Path, monkeypatch: pytest.MonkeyPatch, installed: str, refused: bool
) -> None:
    monkeypatch.setattr("voice_audio.transcribers.whisper.version", lambda name: installed)
    if not refused:
        assert load_whisper(toy, device="cpu").device == "cpu"
        return
    with pytest.raises(ModelProblem, match=r"too old"):
        load_whisper(toy, device="cpu")


PRELOAD = """
import ctypes, sys
sys.path.insert(0, sys.argv[1])
from voice_audio.transcribers.ladder import preload_cublas
try:
    ctypes.CDLL("libcublas.so.12")
    print("there before")
except OSError:
    pass
print(*preload_cublas())
ctypes.CDLL("libcublas.so.12")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="dlopen by soname is Linux's way")
@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler to make stand-in libraries")
def test_cublas_from_a_pip_package_is_found_by_its_bare_name(tmp_path: Path) -> None:
    """Stand-in libraries in the package's layout; a child process, because a loaded library stays."""
    lib = tmp_path / "nvidia" / "cublas" / "lib"
    lib.mkdir(parents=True)
    (lib.parent / "__init__.py").touch()
    for name in ("libcublasLt.so.12", "libcublas.so.12"):
        needed = [] if "Lt" in name else [str(lib / "libcublasLt.so.12")]
        source = tmp_path / f"{name}.c"
        source.write_text(f"int {name.split('.')[0]}_here(void) {{ return 12; }}\n", encoding="utf-8")
        subprocess.run(
            ["cc", "-shared", "-fPIC", f"-Wl,-soname,{name}", "-o", str(lib / name), str(source), *needed],
            check=True,
        )
    child = subprocess.run(
        [sys.executable, "-c", PRELOAD, str(tmp_path)], capture_output=True, text=True, check=False
    )
    if "there before" in child.stdout:
        pytest.skip("this machine has cuBLAS installed system-wide")
    assert (child.returncode, child.stdout) == (0, "libcublasLt.so.12 libcublas.so.12\n"), child.stderr


def test_without_the_pip_package_nothing_is_preloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert ladder.preload_cublas() == ()
