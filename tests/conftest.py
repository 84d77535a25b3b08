"""What every test gets: a home of its own, no network, and real sound where the machine has the parts for it.

Plain helper modules beside this file are importable by name (`pythonpath` in pyproject.toml).
"""

import csv
import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sound_server import VirtualSoundServer, missing_parts, virtual_sound_server

from voice_audio.models.finding import missing_files
from voice_audio.transcribers.whisper import WhisperTranscriber, load_whisper
from voice_interviewer.settings.places import models_dir

settings.register_profile("suite", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("suite")


LONGEST = (
    *("test_wheel", "test_session", "test_simulate", "test_remote_interview", "test_drill"),
    *("test_bench_speech", "test_cli_problems", "test_practice_typed", "test_page_live", "test_consent"),
    *("test_html", "test_resources", "test_voices", "test_page_reading", "test_analyze", "test_app"),
    *("test_model_fetching", "test_kokoro", "test_whisper", "test_pitch", "test_selftest", "test_assess"),
)
"""The files that take longest, 130 to 15 s, longest first. A worker has a file to itself, and one that begins
late is waited for when everything else is done."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; each keeps its order within."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONGEST)))


class NetworkForbidden(BaseException):
    """A test reached for the network. Not an Exception, so that no fallback in the program can swallow it."""


def _is_local(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.split("%")[0]).is_loopback or text in ("0.0.0.0", "::")
    except ValueError:
        return False


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
            raise NetworkForbidden(f"a test tried to reach {address!r}")
        return connect(self, address)

    return guarded


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only loopback and Unix sockets; names other than localhost are not looked up either."""
    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **options: Any) -> Any:
        if not _is_local(host):
            raise NetworkForbidden(f"a test tried to look up {host!r}")
        return look_up(host, *rest, **options)

    monkeypatch.setattr(socket.socket, "connect", _guarded(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


SEMANTIC = "VOICE_INTERVIEWER_SEMANTIC"
MODELS = models_dir()
"""Where this machine keeps its models: read before any test gets a home of its own."""


@pytest.fixture(autouse=True)
def fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder of the test's own, which child processes inherit, with this machine's models; the
    model hub is offline. The interviewer speaks with the system's voice, the cheapest, where a test does not
    ask for another."""
    home = tmp_path / "voice-interviewer-home"
    monkeypatch.setenv("VOICE_INTERVIEWER_HOME", str(home))
    monkeypatch.setenv("VOICE_INTERVIEWER_MODELS", str(MODELS))
    monkeypatch.setenv("VOICE_INTERVIEWER_VOICE", "system")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.delenv(SEMANTIC, raising=False)
    return home


@pytest.fixture
def sound_server() -> Iterator[VirtualSoundServer]:
    """A running virtual sound card; skipped where the machine lacks the parts, unless they are required."""
    missing = missing_parts()
    if missing:
        if os.environ.get("CI") == "true" or os.environ.get("VOICE_INTERVIEWER_REQUIRE_SOUND") == "1":
            pytest.fail(f"the virtual sound card {missing}")
        pytest.skip(f"the virtual sound card {missing}")
    with virtual_sound_server() as server:
        yield server


@pytest.fixture(scope="session")
def semantic_model() -> Path:
    """The folder of the reader that comes with the program."""
    return Path(__file__).parents[1] / "configs" / "reader"


def _folder_from_environment(variable: str, what: str, value: str | None = None) -> Path:
    value = value or os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} is not set ({what})")
    folder = Path(value)
    if not folder.is_dir():
        pytest.fail(f"{variable}={value} is not a folder")
    return folder


@pytest.fixture(scope="session")
def speech_recordings() -> Path:
    """The folder of recordings named by VOICE_INTERVIEWER_SPEECH; every file of its manifest is there."""
    folder = _folder_from_environment("VOICE_INTERVIEWER_SPEECH", "a folder of recordings with manifest.csv")
    manifest = folder / "manifest.csv"
    if not manifest.is_file():
        pytest.fail(f"{folder} has no manifest.csv")
    with manifest.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    if not rows or "file" not in rows[0]:
        pytest.fail(f"{manifest} has no rows with a 'file' column")
    lost = [row["file"] for row in rows if not (folder / row["file"]).is_file()]
    if lost:
        pytest.fail(f"{manifest} names files that are not there: {', '.join(lost[:3])}")
    return folder


def _fetched(folder: Path, *files: str) -> Path:
    """The folder of a fetched model. Where everything can be installed (CI=true), it must be there."""
    lacking = [file for file in files if not (folder / file).is_file()]
    if lacking:
        reason = f"{folder} lacks {', '.join(lacking)}; `make test` fetches it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


WHISPER_FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")


@pytest.fixture(scope="session")
def tiny_en_dir() -> Path:
    """The real Whisper tiny.en: the folder named by VOICE_INTERVIEWER_MODEL, else that among the models.

    A test whose child processes listen asks for it as well, so that it is skipped where nobody can.
    """
    named = os.environ.get("VOICE_INTERVIEWER_MODEL")
    if not named:
        return _fetched(MODELS / "whisper-tiny.en", *WHISPER_FILES)
    lacking = missing_files(Path(named))
    if lacking:
        pytest.fail(f"{named} is no Whisper model, it lacks {', '.join(lacking)}")
    return Path(named)


@pytest.fixture(scope="session")
def tiny_en(tiny_en_dir: Path) -> WhisperTranscriber:
    """The one real recogniser of all tests in this process, on the CPU."""
    return load_whisper(tiny_en_dir, device="cpu")


@pytest.fixture(scope="session")
def whisper_base_dir() -> Path:
    """The fetched Whisper base, which knows many languages."""
    return _fetched(MODELS / "whisper-base", *WHISPER_FILES)


@pytest.fixture(scope="session")
def kokoro_model() -> Path:
    """The fetched Kokoro-82M, an .onnx file."""
    name = "kokoro-v1.0.int8.onnx"
    return _fetched(MODELS / "kokoro", name) / name


@pytest.fixture
def no_models(fresh_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without any model: an empty models folder in the test's own home, and an empty hub cache.
    Child processes inherit both."""
    monkeypatch.delenv("VOICE_INTERVIEWER_MODELS")
    cache = tmp_path / "hub-cache"
    monkeypatch.setenv("HF_HUB_CACHE", str(cache))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache))
    return fresh_home / "models"


ALLOWED_SKIPS = (
    "VOICE_INTERVIEWER_SPEECH is not set",
    "VOICE_INTERVIEWER_PROSODY is not set",
    "only on ",
)
"""What cannot be had everywhere: real weights of smart-turn, outside recordings, another operating system."""
_unexpected: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not any(allowed in reason for allowed in ALLOWED_SKIPS):
            _unexpected.append(f"{report.nodeid}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything can be installed (CI=true), a test that was skipped for another reason is a
    failure."""
    if os.environ.get("CI") == "true" and _unexpected and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get("CI") == "true" and _unexpected:
        terminalreporter.section("skipped, though they could run here")
        for line in _unexpected:
            terminalreporter.line(line)
