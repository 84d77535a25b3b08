"""`sessions ...`: listing, finding, tagging, keeping, exporting and deleting, as a person types it."""

import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import command_line
import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result
from sound_server import VirtualSoundServer

from voice_interviewer.cli.sessions import sessions
from voice_interviewer.cli.sessions_index import open_library, read_report
from voice_interviewer.cli.sessions_search import clip
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.moves import Move, Reply
from voice_interviewer.core.model.plan import Plan, PlanItem
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.machine import step
from voice_interviewer.core.turns.state import State
from voice_interviewer.errors import CheckFailed, RecordProblem, SoundFileProblem, UsageProblem
from voice_interviewer.settings.config import load_config, sessions_dir
from voice_interviewer.store.index import database_beside
from voice_interviewer.store.retention import overdue

QUESTION = Question(id="past-issue", type="behavioural", say="Tell me about a problem you solved.")
RATE_HZ = 16_000


class Interview:
    """A short interview of one question, answered in words of 300 ms."""

    def __init__(self) -> None:
        self.state, self.clock_ms = State(load_turn_rules()), 0
        self.lines: list[str] = []

    def happen(self, event: e.Event) -> None:
        self.state, commands = step(self.state, event)
        self.lines.append(e.dumps(event))
        self.lines.append(json.dumps({"commands": [e.to_json(command) for command in commands]}))

    def lines_said(self) -> None:
        while self.state.phase == "speaking":
            line = self.state.line
            assert line is not None
            self.happen(e.LineStarted(self.clock_ms + 100, line.id, 2000))
            self.clock_ms += 2100
            self.happen(e.LineFinished(self.clock_ms, line.id, 2000))

    def answer(self, text: str) -> None:
        begins = self.clock_ms + 500
        words = tuple(
            Word(word, begins + 350 * at, begins + 350 * at + 300, 0.9)
            for at, word in enumerate(text.split())
        )
        self.clock_ms = words[-1].end_ms + 300
        turn, segment = self.state.answer.turn, self.state.answer.next_segment
        self.happen(e.SpeechStarted(begins + 100, begins))
        self.happen(e.SpeechStopped(self.clock_ms, words[-1].end_ms))
        self.happen(e.SegmentClosed(self.clock_ms, turn, begins, self.clock_ms))
        self.happen(e.SegmentTranscribed(self.clock_ms, turn, segment, words))
        self.happen(e.KeyPressed(self.clock_ms, "done"))
        self.happen(e.ListeningStopped(self.clock_ms, turn))
        reply = Reply(Move("move_on", "Thanks."), (), ())
        self.happen(
            e.ReplyPlanned(self.clock_ms, turn, self.state.answer.revision, reply, self.state.answer.draft)
        )


def record(text: str, started: datetime, state: str = "complete", sound: bool = True) -> str:
    """A session among this test's own, with a recording of the right length."""
    plan = Plan("nurse", "Nurse", "senior", 5, 0, (PlanItem("core", QUESTION.say, QUESTION, 60),))
    interview = Interview()
    interview.happen(e.SessionStarted(0, plan, e.Settings()))
    interview.lines_said()
    interview.answer(text)
    interview.lines_said()
    interview.happen(e.SessionEnded(interview.clock_ms + 100, "finished"))
    folder = sessions_dir() / f"{started:%Y-%m-%dT%H-%M-%S}_nurse_senior"
    folder.mkdir(parents=True)
    about = {"schema_version": 1, "state": state, "role": "nurse", "level": "senior", "title": "Nurse"}
    about |= {"started": started.isoformat(timespec="seconds"), "minutes": 5, "doubt_threshold": 0.5}
    (folder / "session.json").write_text(json.dumps(about), encoding="utf-8")
    (folder / "events.jsonl").write_text("".join(line + "\n" for line in interview.lines), encoding="utf-8")
    if sound:
        samples = np.zeros(((interview.clock_ms + 200) * 16, 2), np.int16)
        soundfile.write(folder / "dialogue.flac", samples, RATE_HZ)
    return folder.name


def run(*arguments: str, text: str = "") -> Result:
    result = CliRunner().invoke(sessions, list(arguments), input=text)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def two() -> tuple[str, str]:
    """An old session and a new one, the newer first."""
    return (
        record("we were six people and later six people more", datetime.now() - timedelta(days=40)),
        record("it was a zebra", datetime.now() - timedelta(days=300)),
    )


def test_the_list_tells_sizes_and_tags_and_what_all_takes(two: tuple[str, str]) -> None:
    run("tag", two[0], "#tuesday", "loud", "loud")
    first, second, total = run("list").output.splitlines()
    assert first.startswith(two[0])
    assert first.endswith("MB  complete  #tuesday  #loud")
    assert second.startswith(two[1])
    assert total.startswith("2 sessions, ")
    assert run("list", "--tag", "loud").output.splitlines()[1].startswith("1 of 2 sessions, ")
    run("tag", two[0])
    assert "#" not in run("list").output


def test_a_tag_moves_no_cursor(two: tuple[str, str]) -> None:
    run("tag", "last", "\x1b[2Jred\nline")
    assert "#[2Jred line" in run("list").output
    assert "\x1b" not in run("list").output
    with pytest.raises(UsageProblem, match="1 to 40"):
        run("tag", "last", "x" * 41)


def test_no_session_is_no_error() -> None:
    assert "No sessions yet" in run("list").output
    assert "Nowhere in 0 sessions" in run("search", "six people").output
    assert "Together" in run("disk").output
    assert "No session is older" in [run("keep", "--days", "3"), run("clean")][1].output


def test_every_place_is_found_with_its_time_and_context(two: tuple[str, str]) -> None:
    output = run("search", "six people").output
    words = next(each for each in read_report(sessions_dir() / two[0])["dialogue"] if each["words"])["words"]
    at = [words[place]["start_ms"] // 1000 for place in (2, 6)]
    assert [f"{two[0]}  0:{seconds:02}   you   past-issue" in output for seconds in at] == [True, True]
    assert "     we were six people and later" in output
    assert run("search", "six", "people").output == output
    assert "interviewer" in run("search", "problem you solved").output
    assert "all of the words" in run("search", "people six").output
    assert "There are more places" in run("search", "six", "--limit", "1").output


def test_what_cannot_be_read_is_named_and_the_rest_is_found(two: tuple[str, str]) -> None:
    (sessions_dir() / two[0] / "events.jsonl").write_text("{}\n{}\n")
    result = run("search", "zebra")
    assert two[1] in result.output
    assert f"Not searched, since 1 session cannot be read: {two[0]}" in result.stderr
    assert "cannot be read" in run("list").output.splitlines()[0]


def test_the_place_played_is_that_of_the_words_with_margins(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    samples = np.zeros((RATE_HZ * 2, 2), np.int16)
    samples[RATE_HZ : RATE_HZ + 1600] = (3000, 4000)
    soundfile.write(path, samples, RATE_HZ)
    sound = clip(path, 1000, 1100)
    assert (sound.rate_hz, len(sound.samples), set(sound.samples.tolist())) == (RATE_HZ, 1600, {7000})
    assert len(clip(path, -300, 100).samples) == 1600
    assert len(clip(path, 1900, 9000).samples) == 1600
    with pytest.raises(SoundFileProblem, match="nothing was recorded"):
        clip(path, 5000, 6000)


def test_a_place_without_sound_or_that_is_not_there_is_one_line(two: tuple[str, str]) -> None:
    with pytest.raises(UsageProblem, match="There is no place 9: 2 were found"):
        run("search", "six people", "--play", "9")
    (sessions_dir() / two[0] / "dialogue.flac").unlink()
    with pytest.raises(RecordProblem, match="has no recording"):
        run("search", "six people", "--play")


def test_a_note_is_kept_shown_and_taken_away(two: tuple[str, str]) -> None:
    run("note", "last", "  breathe first  ")
    run("note", "last", "-", "--question", "past-issue", text="name the result\n")
    report = read_report(sessions_dir() / two[0])
    assert (report["note"], report["questions"][0]["note"]) == ("breathe first", "name the result")
    run("note", "last", "")
    assert read_report(sessions_dir() / two[0])["note"] == ""
    with pytest.raises(UsageProblem, match="no question 'other'"):
        run("note", "last", "x", "--question", "other")
    with pytest.raises(UsageProblem, match="at most"):
        run("note", "last", "x" * 10_001)


def test_a_written_report_is_taken_only_while_nothing_changed(two: tuple[str, str]) -> None:
    run("show", two[0])
    folder = sessions_dir() / two[0]
    written = json.loads((folder / "report.json").read_text())
    (folder / "report.json").write_text(json.dumps({**written, "note": "as written"}))
    assert read_report(folder)["note"] == "as written"
    run("note", two[0], "newer")
    assert read_report(folder)["note"] == "newer"
    (folder / "report.json").write_text("{")
    assert read_report(folder)["note"] == "newer"


# --- retention ----------------------------------------------------------------------------------------------


def test_nothing_is_deleted_before_somebody_says_so(two: tuple[str, str], fresh_home: Path) -> None:
    assert "kept for ever" in run("disk").output
    assert "for ever, so none" in run("clean").output
    (fresh_home / "config.toml").write_text('# mine\n[interview]\nrole = "nurse"\n')
    recent = record("newest", datetime.now() - timedelta(hours=2))
    run("keep", "--days", "1")
    assert load_config().library.keep_days == 1
    assert "# mine" in (fresh_home / "config.toml").read_text()
    assert "2 sessions are older than a day" in run("list").output.splitlines()[-1]
    assert "for a day" in run("keep").output
    assert run("clean", text="n\n").exit_code == 1
    assert len(list(sessions_dir().iterdir())) == 3
    result = run("clean", text="y\n")
    assert two[0] in result.output
    assert two[1] in result.output
    assert [each.name for each in sessions_dir().iterdir()] == [recent]
    run("keep", "--forever")
    assert load_config().library.keep_days == 0
    assert "older" not in run("list").output
    with pytest.raises(UsageProblem, match="not both"):
        run("keep", "--forever", "--days", "4")


def test_only_what_is_surely_older_is_overdue() -> None:
    class Began:
        def __init__(self, started: str) -> None:
            self.started = started

    now = datetime.fromisoformat("2026-11-24T12:00:00+01:00")
    days = ["2026-11-14T11:59:00", "2026-11-14T12:01:00", "2026-11-14T11:30:00+00:00", "", "nonsense"]
    assert [each.started for each in overdue(map(Began, days), 10, now)] == days[:1]
    assert overdue(map(Began, days), 0, now) == ()


# --- deleting -----------------------------------------------------------------------------------------------


def test_deleting_takes_the_words_out_of_the_index(two: tuple[str, str]) -> None:
    run("search", "zebra")
    database = database_beside(sessions_dir())
    assert b"zebra" in database.read_bytes()
    run("delete", two[1], "--yes")
    assert not [each for each in database.parent.glob("library*") if b"zebra" in each.read_bytes()]
    assert "Nowhere in 1 session" in run("search", "zebra").output


def test_sound_alone_can_go(two: tuple[str, str]) -> None:
    open_one = record("unfinished zebra", datetime.now() - timedelta(days=20), state="open")
    run("show", two[0])
    with_sound = len((sessions_dir() / two[0] / "report.html").read_bytes())
    assert run("delete", "--all-audio", text="n\n").exit_code == 1
    result = run("delete", "--all-audio", "--yes")
    assert "Deleted the sound of 2" in result.output
    assert f"not finished: {open_one}" in result.output
    left = {each.parent.name for each in sessions_dir().glob("*/dialogue.flac")}
    assert left == {open_one}
    page = sessions_dir() / two[0] / "report.html"
    assert len(page.read_bytes()) < with_sound
    assert "six people" in run("search", "six people").output
    run("delete", open_one, "--audio", "--yes")
    assert not list(sessions_dir().glob("*/dialogue.flac"))
    for wrong in ((), (two[0], "--all-audio")):
        with pytest.raises(UsageProblem, match="Name a session"):
            run("delete", *wrong, "--yes")


# --- export -------------------------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_one_session_in_each_form(two: tuple[str, str], here: Path) -> None:
    for kind, suffix in (("html", ".html"), ("markdown", ".md"), ("json", ".json"), ("zip", ".zip")):
        assert f"Wrote {two[0]}{suffix}" in run("export", two[0], "--format", kind).output
    assert {each.name for each in here.iterdir()} == {
        two[0] + end for end in (".html", ".md", ".json", ".zip")
    }
    with pytest.raises(UsageProblem, match="is there already"):
        run("export", two[0])
    run("export", two[0], "--force")
    printed = json.loads(run("export", "last", "--format", "json", "-o", "-").output)
    assert printed["session"] == two[0]
    (here / "sub").mkdir()
    run("export", "last", "-o", "sub")
    assert (here / "sub" / f"{two[0]}.html").exists()
    with pytest.raises(UsageProblem, match="ZIP cannot go"):
        run("export", "last", "--format", "zip", "-o", "-")


def test_all_sessions_in_one_zip_and_what_is_damaged_left_out(two: tuple[str, str], here: Path) -> None:
    run("export", "--all", "--format", "zip")
    with zipfile.ZipFile(here / "voice-interviewer-sessions.zip") as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == set(two)
    (sessions_dir() / two[1] / "events.jsonl").unlink()
    with pytest.raises(CheckFailed, match=two[1]):
        run("export", "--all", "--format", "markdown")
    assert [each.name for each in here.glob("*.md")] == [f"{two[0]}.md"]
    for wrong in ((), ("last", "--all")):
        with pytest.raises(UsageProblem, match="Name a session, or give --all"):
            run("export", *wrong)
    with pytest.raises(UsageProblem, match="is not a folder"):
        run("export", "--all", "-o", "nowhere")


def test_a_redacted_export_says_what_it_cannot_do(two: tuple[str, str], here: Path) -> None:
    result = run("export", two[0], "--redact", "--format", "markdown")
    text = (here / f"{two[0]}-redacted.md").read_text(encoding="utf-8")
    assert "six" not in text
    assert r"\[number 1\] people" in text
    assert "small letters hides names" in result.stderr


def test_the_index_knows_of_real_reports_what_they_say(two: tuple[str, str]) -> None:
    with open_library() as library:
        (asked,) = [each for each in library.history("past-issue") if each.session == two[0]]
        reports = list(library.facts())
    assert asked.answers[0].words == 9
    assert [each["session"] for each in reports] == [two[1], two[0]]
    assert reports[1]["questions"][0]["answers"][0]["delivery"]["words"] == 9


def test_playing_without_a_device_is_one_line(
    two: tuple[str, str], tmp_path: Path, no_sound: Callable[..., Any]
) -> None:
    done = no_sound("sessions", "search", "six people", "--play")
    assert done.returncode == 3, done.stderr
    assert two[0] in done.stdout
    assert len(done.stderr.strip().splitlines()) == 2
    assert f"voice-interviewer review {two[0]}" in done.stderr


@pytest.fixture
def no_sound(tmp_path: Path) -> Callable[..., Any]:
    """Runs the real command on a machine without the library that speaks to sound devices."""
    environment = command_line.no_portaudio(tmp_path / "no-portaudio")
    return lambda *arguments: command_line.run(*arguments, environment=environment)


@pytest.mark.sound_server
def test_the_words_are_heard_through_the_loudspeaker(
    two: tuple[str, str], sound_server: VirtualSoundServer, tmp_path: Path
) -> None:
    folder = sessions_dir() / two[0]
    words = next(each for each in read_report(folder)["dialogue"] if each["words"])["words"]
    samples = np.zeros(((words[-1]["end_ms"] + 500) * 16, 2), np.int16)
    place = slice(words[6]["start_ms"] * 16, words[7]["end_ms"] * 16)
    samples[place, 1] = (9000 * np.sin(np.arange(place.stop - place.start) * 0.2)).astype(np.int16)
    soundfile.write(folder / "dialogue.flac", samples, RATE_HZ)
    monitor = tmp_path / "monitor.wav"
    with sound_server.record_speaker(monitor):
        done = command_line.run(
            "sessions", "search", "six people", "--play", "2", environment=sound_server.env
        )
    assert (done.returncode, done.stderr) == (0, "")
    heard, rate_hz = soundfile.read(monitor, dtype="float32", always_2d=True)
    loud = np.flatnonzero(np.abs(heard[:, 0]) > 0.05)
    length_ms = (loud[-1] - loud[0]) * 1000 / rate_hz
    assert length_ms == pytest.approx(words[7]["end_ms"] - words[6]["start_ms"], abs=30)
