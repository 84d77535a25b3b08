"""`progress` as it is run: over sessions on disk, in the terminal, as JSON and as a page."""

import json
import os
import shutil
from pathlib import Path

import pytest
from command_line import run
from plain_reports import question, report

from voice_interviewer.cli.progress import stored_reports
from voice_interviewer.review.report import build_report
from voice_interviewer.store.notes import Tagged, add_note


def keep(home: Path, made: dict, state: str = "complete") -> Path:
    """A session as far as `progress` looks at it: its description and its report."""
    folder = home / "sessions" / made["session"]
    folder.mkdir(parents=True)
    header = made["header"]
    about = {"schema_version": 1, "state": state, "role": header["role"], "level": header["level"]}
    about["started"] = header["started"]
    (folder / "session.json").write_text(json.dumps(about))
    (folder / "events.jsonl").write_text("")
    (folder / "report.json").write_text(json.dumps(made))
    return folder


@pytest.fixture
def home(fresh_home: Path) -> Path:
    slots = {"own_action": "at_once", "point:p1": "not_heard"}
    keep(fresh_home, report("2026-11-02", question({**slots, "result": "not_heard"}, turns=(1, 2, 3))))
    keep(
        fresh_home, report("2026-11-09", question({**slots, "result": "after_probe"}, turns=(1, 2), wpm=170))
    )
    keep(fresh_home, report("2026-11-20", question({**slots, "result": "at_once"})))
    keep(fresh_home, report("2026-11-21", question({"result": "at_once"}, id="mistake", family="mistake")))
    return fresh_home


def test_each_thing_over_the_sessions_in_signs(home: Path) -> None:
    done = run("progress", environment={"COLUMNS": "100", "PYTHONIOENCODING": "utf-8"})
    assert done.returncode == 0, done.stderr
    rows = {line[:33].strip(): line[33:].split("  ") for line in done.stdout.splitlines()}
    text = " ".join(done.stdout.split())
    assert "How it ended ○ ◐ ● more often at once" in text
    assert "Your own part ● ● ● as before" in text
    assert "Follow-ups needed 2 1 0" in text
    assert "Pace, words a minute 140 170 140" in text
    assert "1 question was answered in one session so far" in text
    assert "drill --question mistake --after 2026-11-21T09-00-00_nurse_senior" in text
    assert rows


def test_a_terminal_without_unicode_gets_plain_signs(home: Path) -> None:
    done = run("progress", environment={"PYTHONIOENCODING": "ascii", "COLUMNS": "100"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert "How it ended - + #" in " ".join(done.stdout.split())


@pytest.mark.parametrize("options", [("--question", "conflict"), ("--family", "conflict")])
def test_one_family_alone_as_json(home: Path, options: tuple[str, str]) -> None:
    done = run("progress", *options, "--json")
    found = json.loads(done.stdout)
    (family,) = found["families"]
    assert family["family"] == "conflict"
    assert [attempt["probes"] for attempt in family["attempts"]] == [2, 1, 0]


def test_one_session_is_no_progress_yet_and_that_is_said_kindly(home: Path) -> None:
    done = run("progress", "--family", "mistake")
    assert done.returncode == 0
    assert "A second answer shows what changed" in done.stdout


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (("--family", "conflikt"), "Did you mean conflict?"),
        (("--question", "misteak"), "Did you mean mistake?"),
        (("--question", "xyz"), "shows all there are"),
        (("--question", "a", "--family", "b"), "enough"),
    ],
)
def test_what_was_never_answered_is_told_in_one_line(home: Path, options, hint: str) -> None:
    done = run("progress", *options)
    assert done.returncode == 2
    _, second = done.stderr.splitlines()
    assert hint in second


def test_the_page_is_written_for_its_owner_alone(home: Path) -> None:
    done = run("progress", "--html")
    assert done.returncode == 0, done.stderr
    page = home / "progress.html"
    assert str(page) in done.stdout
    assert "How your answers changed" in page.read_text(encoding="utf-8")
    if os.name == "posix":
        assert page.stat().st_mode & 0o077 == 0


def test_nothing_recorded_is_fine(fresh_home: Path) -> None:
    done = run("progress")
    assert done.returncode == 0
    assert "nothing to compare yet" in done.stdout
    assert json.loads(run("progress", "--json").stdout)["families"] == []


def test_a_stored_report_older_than_its_record_is_made_anew(session_like: Path) -> None:
    """What was written before a note was added says something else now."""
    (first,) = stored_reports()
    path = session_like / "report.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "ending": "as stored"}))
    assert [each["ending"] for each in stored_reports()] == ["as stored"]
    add_note(session_like, Tagged(tags=("x",)))
    later = path.stat().st_mtime_ns + 10**9
    os.utime(session_like / "notes.jsonl", ns=(later, later))
    assert [each["ending"] for each in stored_reports()] == [first["ending"]]


def test_a_damaged_session_is_passed_over(session_like: Path) -> None:
    other = session_like.parent / session_like.name.replace("2026-11-23", "2026-11-22")
    shutil.copytree(session_like, other)
    (other / "report.json").unlink()
    (other / "events.jsonl").write_text("not a log\n")
    assert [each["session"] for each in stored_reports()] == [session_like.name]


GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "we-speaker"


@pytest.fixture
def session_like(fresh_home: Path) -> Path:
    """A real record, with its report."""
    folder = fresh_home / "sessions" / "2026-11-23T14-05-00_ai-ethics-specialist_junior"
    folder.mkdir(parents=True)
    shutil.copy(GOLDEN / "events.jsonl", folder)
    about = {"schema_version": 1, "state": "complete", "role": "ai-ethics-specialist", "level": "junior"}
    (folder / "session.json").write_text(json.dumps({**about, "started": "2026-11-23T14:05:00"}))
    (folder / "report.json").write_text(json.dumps(build_report(folder).plain()))
    return folder
