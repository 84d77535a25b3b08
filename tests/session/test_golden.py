"""A record of a real interview from this version: later versions must still read it and decide the same.

Made by `voice-interviewer demo`; a change that leads to other commands on purpose makes it anew and says so.
"""

import shutil
from pathlib import Path

from voice_interviewer.core.machine import State, step
from voice_interviewer.review.report import build_report
from voice_interviewer.store.log import read_log

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "we-speaker"


def test_every_decision_is_made_again():
    state, decisions = State(), 0
    for entry in read_log(GOLDEN).entries:
        state, commands = step(state, entry.event)
        assert commands == entry.commands, entry.event
        decisions += len(commands)
    assert (state.phase, state.end_reason) == ("ended", "finished")
    assert decisions > 200


def test_its_report_can_still_be_made(tmp_path):
    folder = tmp_path / GOLDEN.name
    shutil.copytree(GOLDEN, folder)
    report = build_report(folder)
    asked = [question.id for question in report.questions]
    assert asked[1:4] == ["jr-past-issue", "jr-deadline-pressure", "jr-health-audit"]
    assert any(finding.quote for question in report.questions for finding in question.findings)
