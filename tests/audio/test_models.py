"""Which models there are, and finding them on this machine without a connection."""

import hashlib
import re
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from whisper_models import Script, write_whisper

from voice_audio.errors import ModelProblem
from voice_audio.models import CATALOGUE, KNOWN, Found, Missing, Model, find_model, is_hub_reachable
from voice_audio.models.catalogue import Hub, ModelFile, Package
from voice_audio.models.web import why_unreachable
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
        assert find_model(str(toy), None) == Found("toy.en", toy.resolve())

    def test_a_directory_given_relative_to_here(self, toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(toy.parent)
        assert find_model("toy.en") == Found("toy.en", toy.resolve())

    @pytest.mark.parametrize("name", sorted(KNOWN))
    def test_a_known_model_that_is_not_here(self, name: str, tmp_path: Path) -> None:
        missing = Missing(name, KNOWN[name].size_mb)
        assert find_model(name, tmp_path, tmp_path) == missing
        assert find_model(f"whisper-{name}", tmp_path, tmp_path) == missing

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
        assert "tiny.en, base, base.en, small.en" in raised.value.hint


@pytest.fixture
def known(toy: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    """The small model, taken for the published tiny.en."""
    files = tuple(
        ModelFile(file.name, file.stat().st_size, hashlib.sha256(file.read_bytes()).hexdigest())
        for file in sorted(toy.iterdir())
    )
    model = replace(KNOWN["tiny.en"], files=files)
    monkeypatch.setitem(KNOWN, "tiny.en", model)
    monkeypatch.setitem(CATALOGUE, "tiny.en", model)
    return model


def copied(source: Path, place: Path) -> Path:
    place.mkdir(parents=True)
    for file in source.iterdir():
        (place / file.name).write_bytes(file.read_bytes())
    return place


def in_the_cache(model: Model, source: Path, cache: Path) -> Path:
    """The model as the hub library keeps it, whichever program fetched it."""
    folder = cache / f"models--{model.repository.replace('/', '--')}"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text("a" * 40)
    return copied(source, folder / "snapshots" / ("a" * 40))


@pytest.mark.usefixtures("no_connections")
class TestFindingByName:
    def test_in_the_models_folder(self, known: Model, toy: Path, tmp_path: Path) -> None:
        place = copied(toy, tmp_path / "models" / "whisper-tiny.en")
        for name in ("tiny.en", "whisper-tiny.en"):
            assert find_model(name, tmp_path / "models", tmp_path) == Found("tiny.en", place)
        # The name stays the model's, whatever it is loaded by.
        for given in (name, place):
            transcriber = load_whisper(given, device="cpu", folder=tmp_path / "models")
            assert transcriber.name == "whisper tiny.en int8 cpu"

    @pytest.mark.parametrize("file", ["model.bin", "tokenizer.json"])
    def test_half_a_model_does_not_count(self, known: Model, toy: Path, tmp_path: Path, file: str) -> None:
        place = copied(toy, tmp_path / "models" / "whisper-tiny.en")
        (place / file).write_bytes((place / file).read_bytes()[:-1])
        assert isinstance(find_model("tiny.en", tmp_path / "models", tmp_path), Missing)
        (place / file).unlink()
        assert isinstance(find_model("tiny.en", tmp_path / "models", tmp_path), Missing)

    def test_in_the_hubs_cache(self, known: Model, toy: Path, tmp_path: Path) -> None:
        place = in_the_cache(known, toy, tmp_path / "cache")
        folder = tmp_path / "models"
        assert find_model("tiny.en", folder, tmp_path / "cache") == Found("tiny.en", place)

    def test_the_cache_is_hashed_once(
        self, known: Model, toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        in_the_cache(known, toy, tmp_path / "cache")
        folder = tmp_path / "models"
        folder.mkdir()
        hashed: list[Path] = []

        def counted(path: Path) -> str:
            hashed.append(path)
            return hashlib.sha256(path.read_bytes()).hexdigest()

        monkeypatch.setattr("voice_audio.models.finding.sha256_of", counted)
        for _ in range(3):
            assert isinstance(find_model("tiny.en", folder, tmp_path / "cache"), Found)
        assert len(hashed) == len(known.files)

    def test_another_file_in_the_cache_is_not_used(self, known: Model, toy: Path, tmp_path: Path) -> None:
        place = in_the_cache(known, toy, tmp_path / "cache")
        data = bytearray((place / "model.bin").read_bytes())
        data[100] ^= 1
        (place / "model.bin").write_bytes(data)
        assert isinstance(find_model("tiny.en", tmp_path / "models", tmp_path / "cache"), Missing)


def test_the_names_are_those_of_faster_whisper() -> None:
    from faster_whisper.utils import _MODELS

    assert {model.name: model.repository for model in KNOWN.values()}.items() <= _MODELS.items()


def test_every_file_and_wheel_is_pinned() -> None:
    sha256 = re.compile(r"[0-9a-f]{64}")
    for model in CATALOGUE.values():
        assert all(sha256.fullmatch(file.sha256) and file.size > 0 for file in model.files), model.name
        for source in model.sources:
            if isinstance(source, Hub):
                assert re.fullmatch(r"[0-9a-f]{40}", source.revision), model.name
            if isinstance(source, Package):
                held = {name for wheel in source.wheels for name in wheel.members}
                assert held == {file.name for file in model.files}, model.name
                assert all(sha256.fullmatch(wheel.sha256) for wheel in source.wheels)
    assert next(iter(KNOWN)) == "tiny.en"


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


def test_a_proxy_that_lets_nobody_through_costs_no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the connection and says nothing."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}/file"
        began = time.monotonic()
        assert why_unreachable(url, 0.3) is not None
        assert time.monotonic() - began < 2


def test_the_hubs_own_offline_switch_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert why_unreachable("http://127.0.0.1:9/file") == "HF_HUB_OFFLINE is set"
