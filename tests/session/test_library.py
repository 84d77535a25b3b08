"""The list of sessions: newest first, damaged ones shown, and deletion that touches nothing else."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from voice_interviewer.errors import RecordProblem
from voice_interviewer.store.deletion import audio_bytes, delete_audio, delete_session
from voice_interviewer.store.library import find_session, list_sessions, look
from voice_interviewer.store.recorder import Recorder

FRAME = np.arange(320, dtype=np.int16)


def session(root: Path, day: int, role: str = "data analyst", frames: int = 50, complete: bool = True) -> str:
    recorder = Recorder.create(root, role, "junior", datetime(2026, 11, day, 9, 30), {})
    for _ in range(frames):
        recorder.frame(FRAME, FRAME)
    recorder.close() if complete else recorder.suspend()
    return recorder.folder.id


def test_sessions_are_listed_newest_first_with_what_they_are(tmp_path: Path) -> None:
    old = session(tmp_path, 1)
    new = session(tmp_path, 20, role="AI ethics specialist", frames=75, complete=False)
    (tmp_path / "notes").mkdir()
    (tmp_path / "library.txt").touch()
    second, first = list_sessions(tmp_path)[::-1]
    assert (first.id, first.role, first.level, first.state) == (new, "AI ethics specialist", "junior", "open")
    assert (first.started, first.duration_s) == ("2026-11-20T09:30:00", 1.5)
    assert (second.id, second.state, second.duration_s) == (old, "complete", 1.0)
    assert first.size_bytes == sum(file.stat().st_size for file in (tmp_path / new).iterdir())


def test_no_folder_means_no_sessions(tmp_path: Path) -> None:
    assert list_sessions(tmp_path / "nowhere") == []
    (tmp_path / "file").touch()
    assert list_sessions(tmp_path / "file") == []
    with pytest.raises(RecordProblem) as caught:
        find_session(tmp_path, "last")
    assert caught.value.code == "no_sessions"


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "[]",
        '{"schema_version": 1}',
        '{"schema_version": 99}',
        "\x00" * 50,
        '{"schema_version": "1"}',
    ],
)
def test_a_session_that_cannot_be_read_is_listed_as_damaged_among_the_others(
    tmp_path: Path, text: str | None
) -> None:
    good, bad = session(tmp_path, 1), session(tmp_path, 2)
    path = tmp_path / bad / "session.json"
    path.unlink() if text is None else path.write_text(text)
    listed = list_sessions(tmp_path)
    assert [(one.id, one.state) for one in listed] == [(bad, "damaged"), (good, "complete")]
    assert (listed[0].started, listed[0].role, listed[0].duration_s) == (
        "2026-11-02T09:30:00",
        "data-analyst",
        1.0,
    )


def test_a_damaged_recording_does_not_hide_its_session(tmp_path: Path) -> None:
    name = session(tmp_path, 1)
    (tmp_path / name / "dialogue.flac").write_bytes(b"no sound")
    assert [(one.state, one.duration_s) for one in list_sessions(tmp_path)] == [("complete", 0.0)]


def test_a_session_is_found_by_id_by_the_beginning_of_it_or_as_the_last(tmp_path: Path) -> None:
    first, second = session(tmp_path, 1), session(tmp_path, 1)
    third = session(tmp_path, 12)
    assert second == first + "_2"
    assert find_session(tmp_path, "last").id == third
    assert find_session(tmp_path, first).id == first
    assert find_session(tmp_path, "2026-11-12").id == third
    for key, code in (("2026-11", "ambiguous_session"), ("2025", "unknown_session"), ("", "unknown_session")):
        with pytest.raises(RecordProblem) as caught:
            find_session(tmp_path, key)
        assert caught.value.code == code
        assert caught.value.hint


def test_deleting_removes_the_whole_folder_and_nothing_else(tmp_path: Path) -> None:
    keep, drop = session(tmp_path, 1), session(tmp_path, 2)
    (tmp_path / drop / "review").mkdir()
    (tmp_path / drop / "review" / "report.html").write_text("x")
    size = find_session(tmp_path, drop).size_bytes
    assert delete_session(tmp_path, drop) == size
    assert [path.name for path in tmp_path.iterdir()] == [keep]
    with pytest.raises(RecordProblem):
        delete_session(tmp_path, drop)


def test_a_damaged_session_can_be_deleted(tmp_path: Path) -> None:
    name = session(tmp_path, 1)
    (tmp_path / name / "session.json").unlink()
    delete_session(tmp_path, name)
    assert list_sessions(tmp_path) == []


def test_nothing_but_a_session_folder_in_its_place_is_ever_deleted(tmp_path: Path) -> None:
    root = tmp_path / "sessions"
    inside = session(root, 1)
    outside = session(tmp_path / "elsewhere", 2)
    (root / "holiday photos").mkdir()
    link = "2026-11-05T09-30-00_data-analyst_junior"
    (root / link).symlink_to(tmp_path / "elsewhere" / outside)
    file = "2026-11-06T09-30-00_data-analyst_junior"
    (root / file).touch()
    for name in (
        "holiday photos",
        link,
        file,
        f"../elsewhere/{outside}",
        str(tmp_path / "elsewhere" / outside),
        f"{inside}/../{inside}",
        "..",
        ".",
        "",
        "2026-11-01",
    ):
        with pytest.raises(RecordProblem) as caught:
            delete_session(root, name)
        assert caught.value.code == "unknown_session"
    assert (tmp_path / "elsewhere" / outside / "session.json").exists()
    assert sorted(path.name for path in root.iterdir()) == sorted((inside, "holiday photos", link, file))
    assert [one.id for one in list_sessions(root)] == [inside]


def test_deleting_forgets_a_session_in_the_schedule_too(tmp_path: Path) -> None:
    root = tmp_path / "home" / "sessions"
    keep, drop = session(root, 1), session(root, 2)
    cards = root.parent / "schedule"
    cards.mkdir()
    for name in (keep, drop):
        (cards / f"{name}.json").write_text("{}")
    delete_session(root, drop)
    assert [path.name for path in cards.iterdir()] == [f"{keep}.json"]


def test_sound_goes_and_text_stays(tmp_path: Path) -> None:
    name = session(tmp_path, 1)
    folder = tmp_path / name
    (folder / "report.html").write_bytes(b"x" * 1000)
    (folder / "notes.jsonl").write_text("{}\n")
    expected = (folder / "dialogue.flac").stat().st_size + 1000
    assert audio_bytes(folder) == expected
    assert delete_audio(tmp_path, name) == expected
    assert {path.name for path in folder.iterdir()} == {"session.json", "events.jsonl", "notes.jsonl"}
    assert delete_audio(tmp_path, name) == 0
    for wrong in ("..", "", f"../{tmp_path.name}/{name}"):
        with pytest.raises(RecordProblem):
            delete_audio(tmp_path, wrong)


def test_a_look_at_a_folder_sees_every_change_to_the_record_and_no_other(tmp_path: Path) -> None:
    folder = tmp_path / session(tmp_path, 1)
    before = look(folder)
    assert before.size_bytes == sum(file.stat().st_size for file in folder.iterdir())
    (folder / "report.json").write_text("{}")
    assert (look(folder).fingerprint, look(folder).size_bytes) == (before.fingerprint, before.size_bytes + 2)
    for name in ("notes.jsonl", "events.jsonl", "session.json", "dialogue.wav"):
        with (folder / name).open("a") as file:
            file.write(" ")
        assert look(folder).fingerprint != before.fingerprint
        before = look(folder)
    assert look(tmp_path / "nowhere") == look(tmp_path / "also nowhere")
