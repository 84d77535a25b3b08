"""What is in the wheel, and that it alone is enough: a whole interview away from the checkout."""

import json
import re
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from installed_program import Installed

ROOT = Path(__file__).parents[2]
CONTENT = "voice_interviewer/_content"
MOST_WHEEL_MB = 40
"""Downloaded by everybody. Half of it are the spoken samples, a third the tables of the voices."""
PROBE = """
import importlib.util, json, voice_audio, voice_interviewer
from voice_interviewer.content import resources
names = ("audio", "prompts", "configs", "tests")
print(json.dumps({
    "packages": [voice_audio.__file__, voice_interviewer.__file__],
    "content": str(resources.content()),
    "importable": [name for name in names if importlib.util.find_spec(name)],
}))
"""


@pytest.fixture(scope="module")
def sizes(wheel: Path) -> dict[str, int]:
    """Path in the wheel -> bytes."""
    with zipfile.ZipFile(wheel) as archive:
        return {info.filename: info.file_size for info in archive.infolist() if not info.is_dir()}


def files_below(folder: Path, *suffixes: str) -> set[str]:
    """Paths relative to `folder`, without what Python and the tools leave there."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix in suffixes
    }


@pytest.mark.parametrize(
    ("folder", "target", "suffixes"),
    [
        ("prompts", f"{CONTENT}/prompts", (".yaml", ".md", ".j2", ".txt")),
        ("configs", f"{CONTENT}/configs", (".toml", ".yaml")),
        ("audio/samples", f"{CONTENT}/samples", (".ogg", ".csv", ".jsonl")),
        ("audio/voice_audio/cues", "voice_audio/cues", (".wav",)),
        ("voice_interviewer/review", "voice_interviewer/review", (".j2", ".css", ".js", ".py")),
        ("voice_interviewer", "voice_interviewer", (".py",)),
        ("audio/voice_audio", "voice_audio", (".py",)),
    ],
)
def test_nothing_is_left_behind(
    folder: str, target: str, suffixes: tuple[str, ...], sizes: dict[str, int]
) -> None:
    expected = {f"{target}/{name}" for name in files_below(ROOT / folder, *suffixes)}
    assert expected
    assert expected - set(sizes) == set()


def test_only_the_two_packages_are_importable_names(sizes: dict[str, int]) -> None:
    top = {PurePosixPath(name).parts[0] for name in sizes}
    packages = {name for name in top if not name.endswith(".dist-info")}
    assert packages == {"voice_interviewer", "voice_audio"}
    assert len(top) == 3


def test_the_wheel_stays_small(wheel: Path) -> None:
    assert wheel.stat().st_size <= MOST_WHEEL_MB * 1_000_000


def test_the_wheel_says_what_it_needs_and_what_it_offers(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        text = archive.read(metadata).decode()
        entry_points = archive.read(metadata.replace("METADATA", "entry_points.txt")).decode()
        for file in ("LICENSE", "NOTICE"):
            packed = archive.read(metadata.replace("METADATA", f"licenses/{file}"))
            assert packed == (ROOT / file).read_bytes()
    assert "voice-interviewer = voice_interviewer.cli.main:main" in entry_points
    assert "Requires-Python: >=3.11" in text
    needed = {
        re.split(r"[^\w-]", line.split(": ")[1])[0] for line in text.splitlines() if "Requires-Dist" in line
    }
    assert {"faster-whisper", "pyttsx3", "sounddevice", "webrtcvad-wheels"} <= needed


def test_both_packages_come_from_the_wheel(installed: Installed) -> None:
    done = installed.run("python", "-c", PROBE)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert all(name.startswith(str(installed.folder)) for name in found["packages"])
    assert found["content"].startswith(str(installed.folder))
    assert found["importable"] == []


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_en_dir")
def test_a_whole_interview_away_from_the_checkout(installed: Installed) -> None:
    demo = installed.run("voice-interviewer", "demo", "--persona", "vague")
    assert demo.returncode == 0, demo.stderr
    assert "The interview is over (finished)." in demo.stdout
    (report,) = installed.home.rglob("report.html")
    assert "<html" in report.read_text(encoding="utf-8")
    assert (report.parent / "dialogue.flac").is_file()
    replay = installed.run("voice-interviewer", "replay")
    assert replay.returncode == 0, replay.stderr
    assert "lead to the same" in replay.stdout
    assert list((installed.home / "elsewhere").iterdir()) == []  # nothing lands where it was started


def test_the_installed_questions_keep_the_house_rules(installed: Installed) -> None:
    done = installed.run("voice-interviewer", "questions", "check")
    assert done.returncode == 0, done.stdout
    assert done.stdout.rstrip().endswith(": 0 mistakes")


def test_the_installed_doctor_finds_every_part_of_the_product(installed: Installed) -> None:
    done = installed.run("voice-interviewer", "doctor", "--json", "--no-listen")
    found = {check["id"]: check["state"] for check in json.loads(done.stdout)["checks"]}
    for part in ("content", "samples", "voice", "detector"):
        assert found[part] == "ok"
