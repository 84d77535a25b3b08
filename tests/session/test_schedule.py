"""What comes back when: real cards over simulated weeks."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from plain_reports import question, report

from voice_interviewer.errors import RecordProblem
from voice_interviewer.review.model import Drill
from voice_interviewer.store import schedule

START = datetime(2026, 11, 2, 10, tzinfo=UTC)
ALL = ("situation", "own_action", "reasoning", "result", "measure", "reflection")
GOOD = dict.fromkeys(ALL, "at_once")
PROBED = {**dict.fromkeys(ALL, "after_probe")}
WEAK = {**GOOD, "result": "not_heard", "measure": "not_heard"}


def day(days: float) -> str:
    return f"{START + timedelta(days=days):%Y-%m-%d}"


def practise(at: float, slots: dict[str, str], id: str = "conflict", root: Path | None = None) -> dict:
    made = report(day(at), question(slots, id=id, family=id))
    made["session"] += f"_{id}"
    schedule.record(made, START + timedelta(days=at), root)
    return made


def cards() -> dict[str, schedule.Due]:
    return {each.key: each for each in schedule.everything()}


def test_a_weak_answer_comes_back_sooner_than_a_good_one_and_a_probed_one_between() -> None:
    for at in (0, 3, 8, 15):
        practise(at, GOOD, "good")
        practise(at, PROBED, "probed")
        practise(at, WEAK, "weak")
    found = cards()
    due = [found[f"question:{name}"].due for name in ("weak", "probed", "good")]
    assert due == sorted(due)
    assert len(set(due)) == 3
    assert due[0] <= START + timedelta(days=15 + 3)


def test_what_goes_well_is_asked_less_and_less_often() -> None:
    at, gaps = 0.0, []
    for number in range(5):
        practise(at, GOOD)
        back = cards()["question:conflict"].due
        gaps.append((back - START).total_seconds() / 86_400 - at)
        at += gaps[-1]
        assert cards()["question:conflict"].times == number + 1
    assert gaps == sorted(gaps)
    assert gaps[0] >= 1
    assert gaps[-1] > 3 * gaps[0]
    assert max(gaps) <= schedule.LONGEST_DAYS


def test_the_weak_one_is_due_the_next_day_whatever_the_hour() -> None:
    practise(0, WEAK)
    early_next_day = (START + timedelta(days=1)).replace(hour=5)
    assert not schedule.due(START)
    waiting = schedule.due(early_next_day)
    assert waiting[0].key in ("question:conflict", "move:quantify", "move:result")
    assert {each.key for each in waiting} >= {"question:conflict", "move:quantify", "move:result"}
    assert all(each.last == "again" for each in waiting[:3])
    far_east = early_next_day.astimezone(timezone(timedelta(hours=12)))
    assert {each.key for each in schedule.due(far_east)} >= {each.key for each in waiting}


def test_commands_and_the_line() -> None:
    made = practise(0, WEAK)
    tomorrow = START + timedelta(days=1)
    told = {each.command for each in schedule.due(tomorrow)}
    assert f"voice-interviewer drill --question conflict --after {made['session']}" in told
    assert f"voice-interviewer drill --move quantify --after {made['session']}" in told
    assert schedule.due_line(START) is None
    assert "due today" in (schedule.due_line(tomorrow) or "")
    assert schedule.upcoming(START) is not None


def test_the_same_session_counts_once_and_a_correction_takes_its_place() -> None:
    made = practise(0, WEAK)
    before = cards()
    schedule.record(made, START + timedelta(days=9))
    assert cards() == before
    practise(0, GOOD)  # a corrected word: the same session tells something else now
    after = cards()
    assert after["question:conflict"].last != "again"
    assert after["question:conflict"].times == 1


def test_a_forgotten_session_leaves_no_trace() -> None:
    practise(0, GOOD)
    before = cards()
    made = practise(3, WEAK)
    assert cards() != before
    schedule.forget(made["session"])
    assert cards() == before
    schedule.forget(made["session"])


def test_the_same_reviews_give_the_same_days_in_any_order(tmp_path: Path) -> None:
    for at in (0, 2, 5):
        practise(at, PROBED, root=tmp_path / "a")
    for at in (5, 0, 2):
        practise(at, PROBED, root=tmp_path / "b")
    assert schedule.everything(tmp_path / "a") == schedule.everything(tmp_path / "b")


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"schema_version": 9}', "\x00" * 40, None])
def test_a_damaged_file_costs_its_session_alone(fresh_home: Path, damage: str | None) -> None:
    practise(0, GOOD)
    before = cards()
    made = practise(2, WEAK)
    path = fresh_home / "schedule" / f"{made['session']}.json"
    if damage is None:
        entry = json.loads(path.read_text())
        entry["entries"] = [{**each, "move": "no_such_move", "question": None} for each in entry["entries"]]
        damage = json.dumps(entry)
    path.write_text(damage)
    assert cards() == before
    practise(2, WEAK)
    assert cards() != before, "written anew"


def test_what_says_nothing_is_not_kept(fresh_home: Path) -> None:
    unsure = report(day(0), question(dict.fromkeys(ALL, "unsure")))
    assert not schedule.record(unsure, START)
    demo = report(day(0), question(WEAK), persona="vague")
    assert not schedule.record(demo, START)
    misheard = report(day(0), question(dict.fromkeys(ALL, "not_heard")), doubtful=0.5)
    assert not schedule.record(misheard, START)
    assert not list((fresh_home / "schedule").glob("*"))


def test_a_question_that_was_left_comes_back() -> None:
    left = report(day(0), question(dict.fromkeys(ALL, "not_assessed"), skipped=True))
    assert schedule.record(left, START)
    assert list(cards()) == ["question:conflict"]
    assert cards()["question:conflict"].last == "again"


def test_the_drill_of_a_move_tells_about_that_move_alone() -> None:
    asks = [
        question(
            {**dict.fromkeys(ALL, "not_heard"), "measure": "at_once"},
            id=f"drill-quantify-{at}",
            family="drill-quantify",
        )
        for at in (1, 2, 3)
    ]
    schedule.record(report(day(0), *asks, drill=Drill(None, "quantify", None)), START)
    assert {key: each.last for key, each in cards().items()} == {"move:quantify": "easy"}


def test_no_name_leads_out_of_the_folder(fresh_home: Path) -> None:
    for name in ("../outside", "", "..", "a/b", "a\\b"):
        with pytest.raises(RecordProblem):
            schedule.forget(name)
