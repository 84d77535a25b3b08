"""What a job description asks for, and which of it came up: computed from the events alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from voice_interviewer.review.model import Keyword
from voice_interviewer.review.report import build_report, write_reports

WANTED = ["loan model", "fairness", "<b>drift</b>", "complaints"]


@pytest.fixture
def folder(recording: Any) -> Path:
    """The finished session, as it would be had the plan held these keywords."""
    started = json.loads(recording.lines[0])
    started["plan"]["keywords"] = WANTED
    recording.lines[0] = json.dumps(started)
    return recording.write()


def test_each_keyword_says_who_brought_it_up_first_and_when(folder: Path) -> None:
    found = {keyword.text: keyword for keyword in build_report(folder).keywords}
    assert list(found) == WANTED
    said = found["loan model"]
    assert (said.state, said.turn) == ("said", 2)
    assert said.at_ms is not None
    assert found["fairness"].state == "probed"  # the second question speaks of it
    assert found["<b>drift</b>"] == Keyword("<b>drift</b>", "never_came_up")
    assert found["complaints"].state == "said"


def test_the_files_show_them_escaped(folder: Path) -> None:
    paths = write_reports(folder)
    page, text = paths.html.read_text(encoding="utf-8"), paths.markdown.read_text(encoding="utf-8")
    for shown in (page, text):
        assert "What the job description asks for" in shown
        assert "came up in your own words" in shown
        assert "came up in a question" in shown
        assert "never came up" in shown
        assert "<b>" not in shown
    kept = json.loads(paths.json.read_text(encoding="utf-8"))
    assert [entry["state"] for entry in kept["keywords"]] == ["said", "probed", "never_came_up", "said"]


def test_without_a_job_description_there_is_no_such_block(session_folder: Path) -> None:
    paths = write_reports(session_folder)
    assert "job description" not in paths.html.read_text(encoding="utf-8")
    assert "job description" not in paths.markdown.read_text(encoding="utf-8")
