"""Records of real sessions: later versions must still read them and decide the same.

A change that leads to other commands on purpose records them anew (tests/benchmarks/make_golden.py) and says
so.
"""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from golden_sessions import ANALYZED, COUNTS, GOLDEN, OLD, SESSIONS, differences

from voice_interviewer.cli.replay import replay
from voice_interviewer.review.report import build_report

NAMED = {"typed", "live", "take_back", "pause", "resume", "hold", "skip", "stop", "device_lost"}
NAMED |= {"language_model", "drill", "analyze"}
"""What a session can be: each has a record."""
Lines = list[str]


def test_every_kind_of_session_is_there_and_nothing_else() -> None:
    kept = {folder.name for folder in GOLDEN.iterdir() if folder.is_dir()}
    assert kept - set(OLD) == set(SESSIONS) == set(json.loads((GOLDEN / COUNTS).read_text()))
    assert set(SESSIONS) >= NAMED


@pytest.mark.parametrize("name", SESSIONS)
def test_every_decision_is_made_again(name: str) -> None:
    assert differences(GOLDEN / name) == []


@pytest.mark.parametrize("name", sorted(set(SESSIONS) - set(ANALYZED)))
def test_the_command_that_checks_a_record_agrees(name: str, fresh_home: Path) -> None:
    shutil.copytree(GOLDEN / name, fresh_home / "sessions" / name)
    done = CliRunner().invoke(replay, [name])
    assert done.exit_code == 0, done.exception
    count = json.loads((GOLDEN / COUNTS).read_text())[name]
    assert f"{count['events']} events lead to the same {count['commands']} commands" in done.output


@pytest.mark.parametrize("name", SESSIONS)
def test_its_report_can_still_be_made(name: str, tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / name, tmp_path / name)
    report = build_report(tmp_path / name)
    assert report.questions
    if name == "we-speaker":
        asked = [question.id for question in report.questions]
        assert asked[1:4] == ["jr-past-issue", "jr-deadline-pressure", "jr-health-audit"]
        assert any(finding.quote for question in report.questions for finding in question.findings)


# --- a record that is not as it was is noticed ------------------------------------------------------------


def _changed_command(lines: Lines) -> Lines:
    """One number of one command in the middle."""
    at = next(at for at in _with_commands(lines) if re.search(r":\d", lines[at]))
    return [*lines[:at], re.sub(r":(\d)", r":1\1", lines[at], count=1), *lines[at + 1 :]]


def _missing_command(lines: Lines) -> Lines:
    at = _with_commands(lines)[0]
    fewer = {"commands": json.loads(lines[at])["commands"][1:]}
    return [*lines[:at], json.dumps(fewer), *lines[at + 1 :]]


def _unanswered_event(lines: Lines) -> Lines:
    at = _with_commands(lines)[0]
    return [*lines[:at], *lines[at + 1 :]]


def _without_its_end(lines: Lines) -> Lines:
    return lines[:-2]


def _without_an_event(lines: Lines) -> Lines:
    """One that nothing was done about."""
    at = next(at for at in range(len(lines) // 2 | 1, len(lines), 2) if lines[at] == '{"commands":[]}')
    return [*lines[: at - 1], *lines[at + 1 :]]


def _with_commands(lines: Lines) -> list[int]:
    return [at for at in range(len(lines) // 2 | 1, len(lines), 2) if lines[at] != '{"commands":[]}']


CHANGES = (_changed_command, _missing_command, _unanswered_event, _without_its_end, _without_an_event)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", SESSIONS)
def test_a_record_that_was_changed_is_not_the_same(
    name: str, change: Callable[[Lines], Lines], tmp_path: Path
) -> None:
    shutil.copytree(GOLDEN / name, tmp_path / name)
    shutil.copy(GOLDEN / COUNTS, tmp_path)
    path = tmp_path / name / "events.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(change(lines)) + "\n", encoding="utf-8")
    assert differences(tmp_path / name)


def test_a_record_that_is_not_there_is_missed(tmp_path: Path) -> None:
    shutil.copy(GOLDEN / COUNTS, tmp_path)
    (tmp_path / "typed").mkdir()
    assert differences(tmp_path / "typed") == [f"{tmp_path / 'typed' / 'events.jsonl'} is not there"]
