"""A session on disk: written before it is acted on, whole after a crash, readable line by line."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_audio.dialogue import read_clip
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns.events import (
    ClockReached,
    KeyPressed,
    LineStarted,
    Listen,
    SegmentTranscribed,
    SpeechStarted,
    WakeAt,
)
from voice_interviewer.errors import RecordProblem
from voice_interviewer.store.log import Entry, read_log
from voice_interviewer.store.recorder import Recorder

STARTED = datetime(2026, 11, 23, 14, 5)
FRAME = np.arange(320, dtype=np.int16)


def new(root: Path, **about: object) -> Recorder:
    return Recorder.create(root, "AI Ethics Specialist", "senior", STARTED, about)


def about(recorder: Recorder) -> dict[str, object]:
    read: dict[str, object] = json.loads(recorder.folder.about.read_text(encoding="utf-8"))
    return read


def test_a_session_begins_as_a_private_folder_that_says_what_was_configured(tmp_path: Path) -> None:
    recorder = new(tmp_path / "sessions", versions={"python": "3.11"}, name="Zoë")
    assert recorder.folder.id == "2026-11-23T14-05-00_ai-ethics-specialist_senior"
    assert stat.S_IMODE(recorder.folder.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(recorder.folder.path.parent.stat().st_mode) == 0o700
    assert about(recorder) == {
        "versions": {"python": "3.11"},
        "name": "Zoë",
        "role": "AI Ethics Specialist",
        "level": "senior",
        "started": "2026-11-23T14:05:00",
        "schema_version": 1,
        "state": "open",
    }
    recorder.close()


def test_two_sessions_in_the_same_second_get_two_folders(tmp_path: Path) -> None:
    first, second = new(tmp_path), new(tmp_path)
    assert second.folder.id == first.folder.id + "_2"


def test_events_and_commands_are_on_disk_when_the_call_returns_and_read_back_equal(tmp_path: Path) -> None:
    recorder = new(tmp_path)
    heard = SegmentTranscribed(900, 1, 1, (Word("naïve\u2028“quoted”", 10, 20, 0.5),))
    recorder.event(heard)
    assert len(recorder.folder.events.read_bytes().splitlines()) == 1
    recorder.commands((WakeAt(2_000), Listen(1, 950)))
    recorder.event(KeyPressed(1_000, "done"))
    recorder.commands(())
    recorder.event(ClockReached(1_200))
    log = read_log(recorder.folder.path)
    assert log.entries == (
        Entry(heard, (WakeAt(2_000), Listen(1, 950))),
        Entry(KeyPressed(1_000, "done"), ()),
        Entry(ClockReached(1_200), ()),
    )
    assert log.unanswered == (2,)


def test_a_clean_end_leaves_a_small_recording_and_a_complete_session(tmp_path: Path) -> None:
    recorder = new(tmp_path)
    for _ in range(60):
        recorder.frame(FRAME, -FRAME)
    recorder.pad_to(2_000)
    assert recorder.duration_ms == 2_000
    recorder.close()
    names = sorted(path.name for path in recorder.folder.path.iterdir())
    assert names == ["dialogue.flac", "events.jsonl", "session.json"]
    assert about(recorder)["state"] == "complete"
    assert about(recorder)["duration_ms"] == 2_000
    clip = read_clip(recorder.folder.audio, 0, 9_999)
    assert len(clip) == 32_000
    assert np.array_equal(clip[:320], np.column_stack((FRAME, -FRAME)))
    recorder.close()
    with pytest.raises(ValueError, match="closed"):
        recorder.frame(FRAME, FRAME)
    with pytest.raises(ValueError, match="closed"):
        recorder.event(ClockReached(1))
    with pytest.raises(RecordProblem) as caught:
        Recorder.resume(recorder.folder.path)
    assert caught.value.code == "complete"


def test_a_suspended_session_goes_on_where_it_was(tmp_path: Path) -> None:
    recorder = new(tmp_path)
    recorder.event(ClockReached(1))
    recorder.frame(FRAME, FRAME)
    recorder.suspend()
    again = Recorder.resume(recorder.folder.path)
    assert again.duration_ms == 20
    again.event(ClockReached(2))
    again.frame(FRAME, FRAME)
    again.close()
    assert [entry.event for entry in read_log(recorder.folder.path).entries] == [
        ClockReached(1),
        ClockReached(2),
    ]
    assert len(read_clip(again.folder.audio, 0, 1_000)) == 640


@pytest.mark.parametrize("tail", [b'{"type":"ClockRea', b'{"type":"ClockReached","at_ms":9}', b"\0" * 700])
def test_a_torn_last_line_is_dropped_when_reading_and_cut_off_when_resuming(
    tmp_path: Path, tail: bytes
) -> None:
    recorder = new(tmp_path)
    recorder.event(ClockReached(1))
    recorder.commands(())
    recorder.suspend()
    with recorder.folder.events.open("ab") as file:
        file.write(tail)
    assert len(read_log(recorder.folder.path).entries) == 1
    again = Recorder.resume(recorder.folder.path)
    again.event(ClockReached(2))
    assert [entry.event for entry in read_log(recorder.folder.path).entries] == [
        ClockReached(1),
        ClockReached(2),
    ]


@pytest.mark.parametrize(
    "line",
    [
        b'{"type":"ClockRea',
        b'{"type":"Nonsense","at_ms":1}',
        b'{"type":"ClockReached"}',
        b'{"type":"ClockReached","at_ms":1,"more":2}',
        b'{"type":"WakeAt","at_ms":1}',
        b'{"commands":[{"type":"ClockReached","at_ms":1}]}',
        b'{"commands":[]}\n{"commands":[]}',
        b'{"commands":7}',
        b"[]",
        b"7",
        b"",
        b"\xff\xfe",
    ],
)
def test_a_bad_line_in_the_middle_is_named_by_file_and_number(tmp_path: Path, line: bytes) -> None:
    good = b'{"type":"ClockReached","at_ms":1}\n'
    (tmp_path / "events.jsonl").write_bytes(good + line + b"\n" + good)
    with pytest.raises(RecordProblem) as caught:
        read_log(tmp_path)
    assert caught.value.code == "bad_log"
    number = 3 if line.count(b"\n") else 2
    assert f"{tmp_path / 'events.jsonl'}:{number}:" in caught.value.message
    assert "\n" not in caught.value.message


def test_an_empty_log_is_fine_and_a_missing_one_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").touch()
    assert read_log(tmp_path).entries == ()
    with pytest.raises(RecordProblem):
        read_log(tmp_path / "nowhere")


def test_two_threads_may_write_at_once(tmp_path: Path) -> None:
    recorder = new(tmp_path)

    def events(first: int) -> None:
        for at in range(first, first + 300):
            recorder.event(LineStarted(at, at, 1))

    threads = [threading.Thread(target=events, args=(first,)) for first in (0, 1_000)]
    threads.append(threading.Thread(target=lambda: [recorder.frame(FRAME, FRAME) for _ in range(200)]))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.close()
    times = [entry.event.at_ms for entry in read_log(recorder.folder.path).entries]
    assert sorted(times) == [*range(300), *range(1_000, 1_300)]
    assert len(read_clip(recorder.folder.audio, 0, 99_999)) == 200 * 320


# --- crashes ----------------------------------------

CHILD = """
import sys
from datetime import datetime
from pathlib import Path
import numpy as np
from voice_interviewer.core.turns.events import ClockReached, WakeAt
from voice_interviewer.store.recorder import Recorder

root = Path(sys.argv[1])
if sys.argv[2] == "new":
    recorder = Recorder.create(root, "role", "level", datetime(2026, 11, 23), {})
else:
    recorder = Recorder.resume(next(root.iterdir()))
begun = recorder.duration_ms // 20
for frame in range(begun, begun + 10_000):
    left = np.full(320, frame, np.int16)
    recorder.frame(left, -left)
    recorder.event(ClockReached(frame))
    recorder.commands((WakeAt(frame),))
    print(frame, flush=True)  # from here on it counts as done
"""


def killed(root: Path, mode: str, after: int) -> int:
    """Let a child record and kill it without warning; the last frame that it had finished."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(root), mode], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    finished = [int(child.stdout.readline()) for _ in range(after)]
    os.kill(child.pid, signal.SIGKILL)
    rest = child.stdout.read()  # what it had said until then; the last line may be torn
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL
    return [*finished, *map(int, rest.split("\n")[:-1])][-1]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_kill_9_loses_no_event_and_less_than_a_second_of_sound(tmp_path: Path) -> None:
    last = killed(tmp_path, "new", 137)
    folder = next(tmp_path.iterdir())
    events = [entry.event for entry in read_log(folder).entries]
    assert events[: last + 1] == [ClockReached(frame) for frame in range(last + 1)]
    assert len(events) <= last + 2
    sound, _ = soundfile.read(folder / "dialogue.wav", dtype="int16")
    assert len(sound) > (last + 1) * 320 - 16_000
    frames = np.arange(len(sound)) // 320
    assert np.array_equal(sound, np.column_stack((frames, -frames)))

    # ... and once more after it was continued
    before = len(sound)
    killed(tmp_path, "resume", 90)
    again, _ = soundfile.read(folder / "dialogue.wav", dtype="int16")
    assert len(again) > before + 90 * 320 - 16_000
    frames = np.arange(len(again)) // 320
    assert np.array_equal(again, np.column_stack((frames, -frames)))
    log = read_log(folder)
    assert len(log.unanswered) <= 2


@pytest.mark.skipif(sys.platform == "win32", reason="no flock")
def test_a_session_that_is_still_running_is_not_resumed(tmp_path: Path) -> None:
    recorder = new(tmp_path)
    with pytest.raises(RecordProblem) as caught:
        Recorder.resume(recorder.folder.path)
    assert caught.value.code == "busy"
    recorder.event(ClockReached(1))
    recorder.close()


# --- places that cannot be written ----------------------------------------


def impossible_roots(tmp_path: Path) -> list[Path]:
    (tmp_path / "file").touch()
    return [tmp_path / "file", tmp_path / "file" / "sessions", Path("/proc/sessions")]


def test_an_unwritable_place_is_a_problem_with_a_hint(tmp_path: Path) -> None:
    for root in impossible_roots(tmp_path):
        with pytest.raises(RecordProblem) as caught:
            new(root)
        assert caught.value.code == "disk"
        assert str(root) in caught.value.message
        assert caught.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_session_that_cannot_begin_leaves_no_folder_behind(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        new(tmp_path, not_json=object())
    assert list(tmp_path.iterdir()) == []


FULL_DISK = """
import resource, sys
from datetime import datetime
from pathlib import Path
from voice_interviewer.core.turns.events import ClockReached
from voice_interviewer.errors import RecordProblem
from voice_interviewer.store.log import read_log
from voice_interviewer.store.recorder import Recorder

recorder = Recorder.create(Path(sys.argv[1]), "role", "level", datetime(2026, 11, 23), {})
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))  # no file may grow beyond this
kept = []
for at in range(100):
    try:
        recorder.event(ClockReached(at))
        kept.append(ClockReached(at))
    except RecordProblem as problem:
        assert problem.code == "disk" and problem.hint, problem.code
assert 20 < len(kept) < 100
assert [entry.event for entry in read_log(recorder.folder.path).entries] == kept
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))  # somebody made room
recorder.event(ClockReached(100))
recorder.close()
assert [entry.event for entry in read_log(recorder.folder.path).entries] == [*kept, ClockReached(100)]
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_FSIZE")
def test_a_full_disk_tears_no_line(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_session_whose_description_is_damaged_is_not_resumed(tmp_path: Path) -> None:
    recorder = new(tmp_path)
    recorder.suspend()
    for text, code in (("{", "damaged"), ("[]", "damaged"), ('{"schema_version": 99}', "newer")):
        recorder.folder.about.write_text(text)
        with pytest.raises(RecordProblem) as caught:
            Recorder.resume(recorder.folder.path)
        assert caught.value.code == code


def test_speech_is_logged_with_its_own_time(tmp_path: Path) -> None:
    recorder = new(tmp_path)
    recorder.event(SpeechStarted(1_500, 1_436))
    line = json.loads(recorder.folder.events.read_text())
    assert line == {"type": "SpeechStarted", "at_ms": 1_500, "onset_ms": 1_436}


@pytest.mark.skipif(sys.platform == "win32", reason="only on systems with file modes")
def test_every_file_of_a_record_is_for_its_owner_alone(tmp_path: Path) -> None:
    recorder = new(tmp_path)
    frame = np.zeros(320, np.int16)
    recorder.frame(frame, frame)
    modes = {path.name: path.stat().st_mode & 0o777 for path in recorder.folder.path.iterdir()}
    recorder.close()
    modes |= {path.name: path.stat().st_mode & 0o777 for path in recorder.folder.path.iterdir()}
    assert set(modes) >= {"dialogue.wav", "dialogue.flac", "events.jsonl", "session.json"}
    assert set(modes.values()) == {0o600}
