"""`drill` end to end, as its own process: typed through a pipe, or a virtual candidate through files."""

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from command_line import run
from practice_terminal import COMMAND

from voice_interviewer.core.turns import events as e
from voice_interviewer.review.report import build_report
from voice_interviewer.store import schedule
from voice_interviewer.store.log import read_log
from voice_interviewer.store.notes import Retried, read_notes

FAST = {"VOICE_INTERVIEWER_WORDS_PER_MINUTE": "400"}
QUIET = ("--typed", "--no-audio", "--yes", "--plain")
OWN = "Tell me about a time you had to change a plan at short notice."
WEAK = "We had to change the plan for the launch and I rebuilt the whole schedule with the team that week."
STRONG = (
    "Last spring our launch moved up by two weeks, so I rebuilt the whole schedule myself and moved six "
    "people, because the tests could not wait. In the end we launched on time and complaints fell from forty "
    "to twelve a week. I learned to ask for the date in writing."
)


def drilled(home: Path, *options: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return run("drill", *options, environment={**FAST, "VOICE_INTERVIEWER_HOME": str(home)}, text=text)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one typed interview of one own question, answered weakly."""
    home = tmp_path_factory.mktemp("held") / "home"
    home.mkdir()
    (home / "own.yaml").write_text(f"- {OWN}\n")
    own = ("--questions", str(home / "own.yaml"), "--minutes", "1", "--seed", "1")
    environment = {**FAST, "VOICE_INTERVIEWER_HOME": str(home)}
    done = run("practice", *QUIET, *own, environment=environment, text=f"{WEAK}\n/skip\n/skip\n/skip\n")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def before(held: Path, home: Path) -> Path:
    """The interview of `held`, in a home of this test's own."""
    shutil.copytree(held, home)
    (folder,) = (home / "sessions").iterdir()
    return folder


def newest(home: Path, *others: Path) -> Path:
    (folder,) = set((home / "sessions").iterdir()) - set(others)
    return folder


def own_question(folder: Path) -> str:
    question: str = json.loads((folder / "session.json").read_text())["questions"][0]
    return question


def test_an_own_question_is_taken_again_and_what_changed_is_shown(home: Path, before: Path) -> None:
    question = own_question(before)
    done = drilled(home, "--question", question, *QUIET, text=f"{STRONG}\n/skip\n/skip\n")
    assert done.returncode == 0, done.stderr
    assert OWN in done.stdout
    folder = newest(home, before)

    about = json.loads((folder / "session.json").read_text())
    assert about["drill"] == {"question": question, "move": None, "after": before.name}
    plan = read_log(folder).entries[0].event.plan
    assert [item.kind for item in plan.items] == ["opening", "core", "close"]
    assert plan.items[1].say == OWN, "the very question, though it stands in no bank"
    assert 2 <= plan.minutes <= 5

    rows = {line.split("  ")[0].strip(): line for line in done.stdout.splitlines()}
    assert "was" in next(line for line in rows.values() if line.startswith("Listened for"))
    assert rows["How it ended"].split()[3:] == ["not", "heard", "heard", "at", "once"]
    assert (folder / "report.html").is_file()
    (note,) = [each for each in read_notes(before) if isinstance(each, Retried)]
    assert (note.question, note.move, note.session) == (question, None, folder.name)
    assert "This comes back" in done.stdout
    assert (home / "schedule" / f"{folder.name}.json").is_file()

    shown = run("progress", environment={"VOICE_INTERVIEWER_HOME": str(home)})
    assert re.search(r"How it ended +○ ●", shown.stdout), shown.stdout


def test_a_move_is_drilled_in_ones_own_story(home: Path, before: Path) -> None:
    answers = ["It went from ninety minutes to twenty five.", "/skip", "/skip"]
    options = ("--move", "quantify", "--after", before.name, *QUIET)
    done = drilled(home, *options, text="\n".join(answers) + "\n")
    assert done.returncode == 0, done.stderr
    assert "you rebuilt the whole schedule" in done.stdout
    folder = newest(home, before)
    about = json.loads((folder / "session.json").read_text())
    assert about["drill"] == {"question": None, "move": "quantify", "after": before.name}
    log = [entry.event for entry in read_log(folder).entries]
    assert sum(item.kind == "core" for item in log[0].plan.items) == 3
    asked = {event.reply.chosen.move for event in log if isinstance(event, e.ReplyPlanned)}
    assert asked == {"move_on"}, "there was a number, and nothing else is asked for"
    assert re.search(r"A number or a measure +not heard +heard at once", done.stdout), done.stdout
    (note,) = [each for each in read_notes(before) if isinstance(each, Retried)]
    assert note.move == "quantify"


def test_nothing_is_due_before_anything_was_practised(home: Path) -> None:
    nothing = drilled(home)
    assert nothing.returncode == 0
    assert "Nothing is due yet" in nothing.stdout


def test_what_is_due_today_is_taken_and_then_comes_back_later(home: Path, before: Path) -> None:
    report, now = build_report(before).plain(), datetime.now(UTC)
    schedule.record(report, now, home / "schedule")
    early = drilled(home)
    assert early.returncode == 0
    assert "Nothing is due today. Next, tomorrow" in early.stdout
    schedule.forget(before.name, home / "schedule")
    schedule.record(report, now - timedelta(days=3), home / "schedule")
    due = drilled(home, *QUIET, text="/skip\n" * 4)
    assert due.returncode == 0, due.stderr
    assert due.stdout.startswith("Due today:")
    assert f"{OWN}\n" in due.stdout
    assert "the record is complete" in due.stdout


def test_as_a_child_with_its_input_closed_it_ends_by_itself(home: Path) -> None:
    """How the review page starts it; only the person is virtual, and faster than real time."""
    done = subprocess.run(
        [COMMAND, "drill", "--question", "jr-past-issue", "--plain", "--yes", "--candidate", "strong"],
        env={**os.environ, "VOICE_INTERVIEWER_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    (folder,) = (home / "sessions").iterdir()
    log = [entry.event for entry in read_log(folder).entries]
    assert isinstance(log[-1], e.SessionEnded)
    assert log[-1].reason == "finished"
    assert (folder / "dialogue.flac").is_file()
    assert "heard at once" in done.stdout
    assert not (home / "schedule").exists(), "nobody practised"


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        (("--question", "jr-past-isue"), "no question 'jr-past-isue'", "jr-past-issue"),
        (("--move", "quantifi"), "no drill for 'quantifi'", "quantify"),
        (("--move", "depth"), "no drill for 'depth'", "example"),
        (("--question", "jr-past-issue", "--after", "2020"), "no sessions yet", "practice"),
        (("--question", "a", "--move", "b"), "not both", "One thing"),
        (("--after", "last"), "--after needs", "what to take again"),
    ],
)
def test_what_is_not_there_is_told_in_one_line(home: Path, options, message: str, hint: str) -> None:
    done = drilled(home, *options)
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert message in first
    assert hint in second


def test_a_session_that_is_not_there_is_told_with_the_nearest(home: Path, before: Path) -> None:
    done = drilled(home, "--question", "x", "--after", before.name.replace("T", "t"))
    assert done.returncode == 2
    assert f"Did you mean {before.name}?" in done.stderr


def test_nothing_is_recorded_without_consent(home: Path) -> None:
    done = drilled(home, "--question", "jr-past-issue", "--typed", "--no-audio")
    assert done.returncode == 2
    assert "Agree with --yes" in done.stderr
    assert not (home / "sessions").exists()
