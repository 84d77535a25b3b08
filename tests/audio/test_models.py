"""Finding, checking and fetching Whisper models, with a stand-in hub on the loopback interface."""

import socket
import threading
import time
from pathlib import Path

import pytest
from hub_server import hub_server
from whisper_models import Script, write_whisper

from voice_audio.errors import ModelProblem
from voice_audio.models import (
    KNOWN,
    Found,
    Missing,
    default_model,
    download,
    find_model,
    is_hub_reachable,
)
from voice_audio.transcribers.whisper import load_whisper


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_whisper(tmp_path_factory.mktemp("hub") / "toy.en", Script())


@pytest.fixture
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub library may connect (to loopback): it read HF_HUB_OFFLINE when it was imported."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Finding must never connect, not even to this machine."""

    def refuse(*args: object, **options: object) -> None:
        pytest.fail("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_connections")
class TestFinding:
    def test_a_directory(self, toy: Path, tmp_path: Path) -> None:
        assert find_model(toy) == Found("toy.en", toy.resolve())
        assert find_model(str(toy), tmp_path) == Found("toy.en", toy.resolve())

    def test_a_directory_given_relative_to_here(self, toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(toy.parent)
        assert find_model("toy.en") == Found("toy.en", toy.resolve())

    @pytest.mark.parametrize("name", sorted(KNOWN))
    def test_a_known_model_that_is_not_here(self, name: str, tmp_path: Path) -> None:
        assert find_model(name, tmp_path) == Missing(name, KNOWN[name].size_mb)

    @pytest.mark.parametrize("file", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
    def test_an_incomplete_directory_names_the_file(self, toy: Path, tmp_path: Path, file: str) -> None:
        for whole in toy.iterdir():
            if whole.name != file:
                (tmp_path / whole.name).write_bytes(whole.read_bytes())
        with pytest.raises(ModelProblem) as raised:
            find_model(tmp_path)
        assert raised.value.code == "model_incomplete"
        assert f"{file} is missing" in raised.value.message

    def test_a_vocabulary_as_text_will_do(self, toy: Path, tmp_path: Path) -> None:
        for whole in toy.iterdir():
            (tmp_path / whole.name).write_bytes(whole.read_bytes())
        (tmp_path / "vocabulary.json").rename(tmp_path / "vocabulary.txt")
        assert isinstance(find_model(tmp_path), Found)

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("base.eng", "no Whisper model is called 'base.eng'"),
            ("", "no Whisper model is called ''"),
            ("./nowhere", "there is no directory ./nowhere"),
            (Path("nowhere"), "there is no directory nowhere"),
        ],
    )
    def test_an_unknown_name_lists_the_known_ones(self, name: str | Path, said: str, tmp_path: Path) -> None:
        with pytest.raises(ModelProblem) as raised:
            find_model(name, tmp_path)
        assert said in raised.value.message
        assert "tiny.en, base.en, small.en" in raised.value.hint


def test_known_models_are_those_of_faster_whisper() -> None:
    from faster_whisper.utils import _MODELS

    assert {model.name: model.repository for model in KNOWN.values()}.items() <= _MODELS.items()
    assert {default_model(gpu) for gpu in (True, False)} <= set(KNOWN)
    assert KNOWN[default_model(True)].size_mb > KNOWN[default_model(False)].size_mb


class Connection:
    """A stand-in for socket.create_connection that counts and answers as told."""

    def __init__(self, answer: Exception | None = None, held: threading.Event | None = None) -> None:
        self.answer, self.held, self.asked = answer, held, []  # type: ignore[var-annotated]

    def __call__(self, address: tuple[str, int], timeout: float) -> socket.socket:
        self.asked.append((address, timeout))
        if self.held is not None:
            self.held.wait()
        if self.answer is not None:
            raise self.answer
        return socket.socket()


@pytest.mark.parametrize(
    "answer", [socket.gaierror(-2, "Name or service not known"), TimeoutError(), ConnectionRefusedError()]
)
@pytest.mark.usefixtures("online")
def test_an_unreachable_hub_is_asked_once(answer: Exception) -> None:
    connection = Connection(answer)
    assert not is_hub_reachable(2.0, "https://hub.example", connection)
    assert connection.asked == [(("hub.example", 443), 2.0)]


@pytest.mark.usefixtures("online")
def test_a_name_look_up_that_hangs_is_left_behind() -> None:
    held = threading.Event()
    began = time.monotonic()
    assert not is_hub_reachable(0.05, "https://hub.example", Connection(held=held))
    assert time.monotonic() - began < 3
    held.set()


def test_behind_a_proxy_the_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    connection = Connection()
    assert is_hub_reachable(2.0, "https://hub.example", connection)
    assert connection.asked == [(("proxy.example", 3128), 2.0)]


@pytest.mark.usefixtures("online")
def test_a_download_reports_progress_and_is_found_afterwards(toy: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    with hub_server(toy) as hub:
        folder = download("tiny.en", lambda done, total: seen.append((done, total)), tmp_path, hub.endpoint)
    size = sum(file.stat().st_size for file in toy.iterdir())
    assert seen[-1] == (size, size)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert find_model("tiny.en", tmp_path) == Found("tiny.en", folder)
    assert all("/Systran/faster-whisper-tiny.en/" in path for path in hub.requests)
    # The name stays the model's, not the cache folder's hash.
    assert load_whisper("tiny.en", device="cpu", download_root=tmp_path).name == "whisper tiny.en int8 cpu"


@pytest.mark.usefixtures("online")
def test_a_download_that_breaks_off_is_a_problem_and_counts_as_missing(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)  # the hub library waits between its retries
    with hub_server(toy, break_off="vocabulary.json") as hub:
        with pytest.raises(ModelProblem) as raised:
            download("tiny.en", cache=tmp_path, endpoint=hub.endpoint)
        assert raised.value.code == "download_failed"
        assert "\n" not in raised.value.message
        assert isinstance(find_model("tiny.en", tmp_path), Missing)
        hub.break_off = None
        download("tiny.en", cache=tmp_path, endpoint=hub.endpoint)
    assert isinstance(find_model("tiny.en", tmp_path), Found)


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_hub_that_refuses_is_a_problem(toy: Path, tmp_path: Path, status: int) -> None:
    with hub_server(toy, status=status) as hub, pytest.raises(ModelProblem) as raised:
        download("tiny.en", cache=tmp_path, endpoint=hub.endpoint)
    assert raised.value.code == "download_failed"
    assert raised.value.exit_code == 3
    assert "--whisper-model DIR" in raised.value.hint


@pytest.mark.usefixtures("online")
def test_a_repository_without_the_model_is_a_problem(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_text("{}", encoding="utf-8")
    with hub_server(other) as hub, pytest.raises(ModelProblem, match=r"lacks model\.bin"):
        download("tiny.en", cache=tmp_path / "cache", endpoint=hub.endpoint)


@pytest.mark.usefixtures("online")
def test_an_unreachable_hub_ends_a_download_at_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, never listening: connections are refused
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ModelProblem) as raised:
            download("tiny.en", cache=tmp_path, endpoint=endpoint)
    assert raised.value.code == "hub_unreachable"
    assert list(tmp_path.iterdir()) == [tmp_path / "voice-interviewer-home"] or not list(tmp_path.iterdir())


def test_offline_refuses_without_a_connection(toy: Path, tmp_path: Path) -> None:
    with hub_server(toy) as hub:
        with pytest.raises(ModelProblem, match="--offline"):
            download("tiny.en", cache=tmp_path, endpoint=hub.endpoint, offline=True)
        assert hub.requests == []


def test_only_known_models_are_downloaded(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="no Whisper model is called 'huge'"):
        download("huge", cache=tmp_path)
