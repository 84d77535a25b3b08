"""Trying again from the review: a real child process, its lines, its end; and the sound made on demand."""

import io
import re
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
from review_app import Answer, Running, running

from voice_interviewer.cli.review_services import drill_command
from voice_interviewer.errors import RecordProblem
from voice_interviewer.review.model import Report, TightenedPiece
from voice_interviewer.review.report import build_report
from voice_interviewer.web.jobs import LINES, Jobs
from voice_interviewer.web.sound import Kept, read_aloud

QUESTION = "past-issue"
WAITS = """
import signal, sys
def end(*_):
    print("Record  /x/2026-11-24T11-00-00_a-role_senior")
    sys.exit(1)
signal.signal(signal.SIGINT, end)
print("Listening", flush=True)
while True:
    signal.pause()
"""
"""A drill that goes on until it is asked to stop, and then closes its record."""
STUBBORN = (
    "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint('On', flush=True)\nsignal.pause()"
)


def until(app: Running, path: str, state: str) -> Answer:
    """The job's state once it is that one; the process is its own clock."""
    deadline = time.monotonic() + 60
    while True:
        answer = app.client.ask(path)
        if answer.json["state"] == state:
            return answer
        assert time.monotonic() < deadline, answer.text


def drilled(folder: Path, script: str) -> "Iterator[Running]":
    return running(folder.parent, drill=lambda question, move, after: [sys.executable, "-c", script])


def test_a_drill_runs_as_a_process_and_tells_its_session(session_folder: Path) -> None:
    given: list[tuple[str | None, str | None, str]] = []

    def drill(question: str | None, move: str | None, after: str) -> list[str]:
        given.append((question, move, after))
        lines = "for n in range(30): print('\\x1b[1mline', n)\nprint(repr(sys.stdin.read()))"
        end = "print('Record  /x/2026-11-24T10-00-00_a-role_senior_2')"
        return [sys.executable, "-c", f"import sys\n{lines}\n{end}"]

    base = f"/session/{session_folder.name}"
    with running(session_folder.parent, drill=drill) as app:
        begun = app.client.post(f"{base}/retry", {"question": QUESTION, "move": None})
        assert (begun.status, begun.json) == (202, {"job": 1})
        found = until(app, f"{base}/jobs/1", "done").json
        assert found["session"] == "2026-11-24T10-00-00_a-role_senior_2"
        assert len(found["lines"]) == LINES
        assert found["lines"][-3:-1] == ["line 29", "''"], "no terminal's codes, and nothing on stdin"
        assert app.client.post(f"{base}/retry", {"move": "quantify"}).json == {"job": 2}
        until(app, f"{base}/jobs/2", "done")
        assert app.client.ask(f"{base}/jobs/3").status == 404
        assert app.client.ask("/session/another/jobs/1").status == 404
    assert given == [(QUESTION, None, session_folder.name), (None, "quantify", session_folder.name)]


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX")
def test_a_drill_can_be_stopped_and_keeps_its_record(session_folder: Path) -> None:
    base = f"/session/{session_folder.name}"
    with drilled(session_folder, WAITS) as app:
        app.client.post(f"{base}/retry", {"question": QUESTION})
        path = f"{base}/jobs/1"
        deadline = time.monotonic() + 60
        while app.client.ask(path).json["lines"] != ["Listening"]:
            assert time.monotonic() < deadline
        second = app.client.post(f"{base}/retry", {"question": QUESTION})
        assert second.status == 409, "there is one microphone"
        assert app.client.post(f"{path}/stop").status == 200
        found = until(app, path, "done").json
        assert found["session"] == "2026-11-24T11-00-00_a-role_senior"
        assert app.client.post(f"{path}/stop").json == found


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX")
def test_no_drill_outlives_the_app() -> None:
    jobs = Jobs()
    job = jobs.start([sys.executable, "-c", STUBBORN], "a-session")
    assert job is not None
    deadline = time.monotonic() + 60
    while not job.lines:
        assert time.monotonic() < deadline
    jobs.close(grace_s=0.05)
    assert job.process.poll() is not None
    assert job.state == "done"


def test_a_drill_that_fails_says_so(session_folder: Path) -> None:
    base = f"/session/{session_folder.name}"
    with drilled(session_folder, "import sys; sys.exit('no microphone was found')") as app:
        app.client.post(f"{base}/retry", {"question": QUESTION})
        found = until(app, f"{base}/jobs/1", "failed").json
    assert found == {"state": "failed", "lines": ["no microphone was found"], "session": None}


def test_a_drill_that_cannot_begin_is_one_line(session_folder: Path) -> None:
    with running(session_folder.parent, drill=lambda *_: ["/nonexistent/program"]) as app:
        answer = app.client.post(f"/session/{session_folder.name}/retry", {"question": QUESTION})
    assert answer.status == 500
    assert "could not be started" in answer.json["error"]


def test_the_real_command_is_understood(session_folder: Path) -> None:
    def with_help(question: str | None, move: str | None, after: str) -> list[str]:
        return [*drill_command(question, move, after, offline=True), "--help"]

    base = f"/session/{session_folder.name}"
    with running(session_folder.parent, drill=with_help) as app:
        app.client.post(f"{base}/retry", {"question": QUESTION})
        lines = until(app, f"{base}/jobs/1", "done").json["lines"]
    assert any(line.strip().startswith("--patience") for line in lines)


# --- sound made on demand -----------------------------------------------------------------------------------

PIECES = (
    TightenedPiece("I asked for the numbers by group.", "own_action", "What you did"),
    TightenedPiece("[add: what came of it, in one number]", "result", "How it ended", placeholder=True),
)


def with_pieces(folder: Path) -> Report:
    report = build_report(folder)
    questions = [replace(each, tightened=PIECES if each.id == QUESTION else ()) for each in report.questions]
    return replace(report, questions=tuple(questions))


def test_the_tightened_answer_is_read_aloud_once(session_folder: Path) -> None:
    base = f"/session/{session_folder.name}"
    with running(session_folder.parent, report_of=with_pieces) as app:
        first = app.client.ask(f"{base}/tightened/{QUESTION}.wav")
        again = app.client.ask(f"{base}/tightened/{QUESTION}.wav", range="bytes=4-99")
        tail = app.client.ask(f"{base}/tightened/{QUESTION}.wav", range="bytes=-10")
        beyond = app.client.ask(f"{base}/tightened/{QUESTION}.wav", range=f"bytes={len(first.body)}-")
        none = app.client.ask(f"{base}/tightened/deadline-pressure.wav")
        unknown = app.client.ask(f"{base}/tightened/other.wav")
    said = "I asked for the numbers by group. add: what came of it, in one number."
    assert app.voice.said == [said]
    samples, rate_hz = soundfile.read(io.BytesIO(first.body), dtype="int16")
    assert (rate_hz, len(samples)) == (16_000, 16 * len(said))
    assert (again.status, again.body) == (206, first.body[4:100])
    assert (tail.status, tail.body) == (206, first.body[-10:])
    assert (beyond.status, none.status, unknown.status) == (416, 404, 404)


def test_nothing_empty_is_read_aloud() -> None:
    pieces = (TightenedPiece("  ", None, ""), TightenedPiece("[]", None, "", placeholder=True))
    assert read_aloud(pieces) == ""


def test_the_reel_is_made_on_demand_and_anew_when_something_changed(session_folder: Path) -> None:
    made: list[str] = []

    def reel(report: Report, folder: Path) -> Path:
        made.append(report.note)
        (folder / "reel.mp3").write_bytes(b"an MP3 " + report.note.encode())
        return folder / "reel.mp3"

    base = f"/session/{session_folder.name}"
    with running(session_folder.parent, reel=reel) as app:
        answers = [app.client.ask(f"{base}/reel.mp3"), app.client.ask(f"{base}/reel.mp3", range="bytes=0-5")]
        app.client.post(f"{base}/note", {"text": "again"})
        answers.append(app.client.ask(f"{base}/reel.mp3"))
    assert [each.body for each in answers] == [b"an MP3 ", b"an MP3", b"an MP3 again"]
    assert [each.status for each in answers] == [200, 206, 200]
    assert {each.headers["content-type"] for each in answers} == {"audio/mpeg"}
    assert made == ["", "again"]


def test_a_session_without_moments_has_no_reel(session_folder: Path) -> None:
    def reel(report: Report, folder: Path) -> Path:
        raise RecordProblem("no_moments", "no moment was found", "It takes an answer given aloud.")

    with running(session_folder.parent, reel=reel) as app:
        answer = app.client.ask(f"/session/{session_folder.name}/reel.mp3")
    assert (answer.status, answer.json) == (
        409,
        {"error": "no moment was found. It takes an answer given aloud."},
    )


def test_little_is_kept_and_nothing_made_twice() -> None:
    kept, made = Kept(2), []
    threads = [
        threading.Thread(target=kept.get, args=(key, lambda key=key: made.append(key) or key))
        for key in ("a", "a", "a")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["a"]
    for key in ("b", "c", "a"):
        assert kept.get(key, lambda key=key: made.append(key) or key) == key
    assert made == ["a", "b", "c", "a"]


def test_session_names_are_told_from_other_words() -> None:
    from voice_interviewer.web.jobs import _SESSION

    line = "Record  /home/x/2026-11-24T11-00-00_a-role_senior/report.html after 2026-11-24 at 11-00"
    assert re.findall(_SESSION, line) == ["2026-11-24T11-00-00_a-role_senior"]
