"""A record of the time when pocketsphinx listened: it must open, be folded again and be reviewed for good."""

import json
import shutil
from pathlib import Path

import pytest
from command_line import run

from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.turns.machine import State, step
from voice_interviewer.review.report import build_report, write_reports
from voice_interviewer.store.log import SessionFolder, read_log

OLD = Path(__file__).resolve().parents[1] / "golden" / "heard-by-pocketsphinx"


@pytest.fixture
def old(fresh_home: Path) -> Path:
    """The record among the sessions of this home, with a report as it was written then."""
    folder = fresh_home / "sessions" / "2026-11-01_1000_ai-ethics-specialist"
    shutil.copytree(OLD, folder)
    (folder / "report.json").write_text(json.dumps({"header": {"low_accuracy": True}}))
    return folder


def test_it_says_who_listened_and_that_they_were_not_to_be_relied_on(old: Path) -> None:
    about = SessionFolder(old).read_about()
    assert (about["transcriber"], about["low_accuracy"]) == ("pocketsphinx en-us", True)


def test_its_events_fold_to_the_same_end(old: Path) -> None:
    state = State(load_turn_rules())
    for entry in read_log(old).entries:
        state, _ = step(state, entry.event)
    assert (state.phase, state.floor.end_reason) == ("ended", "finished")
    assert state.agenda.exchanges


def test_its_review_can_be_made_anew(old: Path) -> None:
    report = build_report(old)
    assert report.header.transcriber == "pocketsphinx en-us"
    assert any(word.doubtful for entry in report.dialogue for word in entry.words)
    paths = write_reports(old)
    assert "pocketsphinx en-us" in paths.html.read_text(encoding="utf-8")
    written = json.loads((old / "report.json").read_text(encoding="utf-8"))
    assert "low_accuracy" not in written["header"]


@pytest.mark.usefixtures("old")
def test_the_commands_take_it_like_any_other() -> None:
    listed = run("sessions", "list")
    assert listed.returncode == 0, listed.stderr
    assert "ai-ethics-specialist" in listed.stdout
    reviewed = run("review", "last", "--file", "--no-browser")
    assert reviewed.returncode == 0, reviewed.stderr
