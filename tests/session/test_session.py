"""Whole interviews in file mode: real detector, recogniser, voice, engine and record; only the person is
virtual."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from interview_room import Room

from voice_audio.dialogue import DialogueWriter, read_clip
from voice_audio.errors import ModelProblem
from voice_audio.files import to_rate
from voice_audio.ports import Sound
from voice_audio.segmenter import SegmenterSettings
from voice_interviewer.content.resources import samples_dir
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.machine import State, step
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.engine.rules import RulesEngine
from voice_interviewer.live.session import Session
from voice_interviewer.live.virtual_candidate import VirtualCandidate
from voice_interviewer.store.log import read_log
from voice_interviewer.store.recorder import Recorder


@pytest.fixture(scope="module")
def room(tmp_path_factory, tiny_en) -> Room:
    return Room(tmp_path_factory.mktemp("room"), tiny_en)


@pytest.fixture(scope="module")
def whole(room) -> tuple[Session, Recorder, VirtualCandidate]:
    return room.interview("whole", "we-speaker", core_count=3)


@pytest.fixture(scope="module")
def short(room) -> tuple[Session, Recorder, VirtualCandidate]:
    return room.interview("short")


def events_of(recorder: Recorder, kind: type) -> list:
    return [entry.event for entry in read_log(recorder.folder.path).entries if isinstance(entry.event, kind)]


def test_the_interview_reaches_its_end_and_asks_all_three_questions(whole):
    session, recorder, _ = whole
    assert session.state.floor.end_reason == "finished"
    asked = [exchange.question_id for exchange in session.state.agenda.exchanges]
    for question in ("jr-past-issue", "jr-deadline-pressure", "jr-health-audit"):
        assert 1 <= asked.count(question) <= 3, "a question and at most two follow-ups"
    assert recorder.folder.read_about()["state"] == "complete"
    assert (recorder.folder.path / "dialogue.flac").is_file()
    assert not (recorder.folder.path / "dialogue.wav").exists()


def test_follow_ups_are_asked_where_something_is_missing(whole):
    session, _, _ = whole
    moves = [exchange.move for exchange in session.state.agenda.exchanges if exchange.move]
    assert moves, "a we-speaker gives an interviewer something to ask"


def test_what_was_said_is_what_was_understood(whole):
    """Content words of what the candidate said, found in the transcript of the same turn."""
    session, _, candidate = whole
    heard_share = []
    for said, exchange in zip(candidate.said, session.state.agenda.exchanges, strict=True):
        spoken = {word for word in re.findall(r"[a-z']+", said.transcript.lower()) if len(word) > 4}
        heard = set(re.findall(r"[a-z']+", exchange.answer.text.lower()))
        heard_share.append(len(spoken & heard) / len(spoken))
    assert np.mean(heard_share) > 0.6, heard_share


def test_words_lie_where_they_were_said(whole):
    session, _, candidate = whole
    for said, exchange in zip(candidate.said, session.state.agenda.exchanges, strict=True):
        words = exchange.answer.words
        assert said.start_ms - SegmenterSettings().pre_roll_ms <= words[0].start_ms
        assert words[-1].end_ms <= said.end_ms + 500


def test_no_answer_was_cut(whole):
    """The candidate's pauses are all shorter than the timer: each clip was heard to its end."""
    _, recorder, candidate = whole
    closed = events_of(recorder, e.ListeningStopped)
    for said, event in zip(candidate.said, closed, strict=True):
        assert event.at_ms >= said.end_ms


def test_each_line_stands_in_the_left_channel_where_it_began(whole, room):
    _, recorder, _ = whole
    speaks = {
        command.line.id: command.line
        for entry in read_log(recorder.folder.path).entries
        for command in entry.commands
        if isinstance(command, e.Speak)
    }
    for started in events_of(recorder, e.LineStarted)[:6]:
        rendered = to_rate(room.voice.render(speaks[started.line].text, 165), 16_000).samples.astype(float)
        clip = read_clip(recorder.folder.audio, started.at_ms, started.at_ms + started.duration_ms)[:, 0]
        length = min(len(rendered), len(clip))
        assert np.corrcoef(rendered[:length], clip[:length])[0, 1] > 0.99


def test_the_candidate_stands_in_the_right_channel(whole):
    _, recorder, candidate = whole
    said = candidate.said[0]
    during = read_clip(recorder.folder.audio, said.start_ms, said.end_ms)[:, 1].astype(float)
    before = read_clip(recorder.folder.audio, said.start_ms - 600, said.start_ms - 100)[:, 1].astype(float)
    assert np.sqrt(np.mean(during**2)) > 20 * np.sqrt(np.mean(before**2))


def test_the_log_leads_to_the_same_commands(whole):
    _, recorder, _ = whole
    state = State(load_turn_rules())
    for entry in read_log(recorder.folder.path).entries:
        state, commands = step(state, entry.event)
        assert commands == entry.commands
    assert state.phase == "ended"


def test_the_same_interview_comes_out_the_same_to_the_byte(room, short):
    first = short[1].folder.events.read_bytes()
    second = room.interview("again")[1].folder.events.read_bytes()
    assert first == second


class Mute:
    """A voice whose lines cannot be rendered."""

    name = "mute"

    def render(self, text: str, words_per_minute: int) -> Sound:
        raise ModelProblem("voice_timeout", "The voice does not answer.", "")


def test_without_a_voice_lines_are_read_and_the_interview_goes_on(room):
    session, recorder, _ = room.interview("mute", voice=Mute())
    assert session.state.floor.end_reason == "finished"
    assert not events_of(recorder, e.LineStarted)
    assert len(events_of(recorder, e.LineUnspoken)) >= 5


class Deaf:
    """A recogniser that fails on every segment."""

    name, doubt_threshold = "deaf", 0.5

    def transcribe(self, samples, cancelled=lambda: False):
        raise ModelProblem("recogniser", "The recogniser stopped working.", "")


def test_a_failing_recogniser_loses_no_sound_and_does_not_hang(room):
    session, recorder, candidate = room.interview("deaf", transcriber=Deaf())
    assert session.state.floor.end_reason == "finished"
    assert events_of(recorder, e.SegmentFailed)
    said = candidate.said[0]
    kept = read_clip(recorder.folder.audio, said.start_ms, said.end_ms)[:, 1]
    assert np.abs(kept).max() > 1000


def test_a_bug_in_an_engine_keeps_its_traceback_and_the_record(room):
    class Broken(RulesEngine):
        def reply(self, context):
            raise ZeroDivisionError("a bug")

    broken = Broken.from_content(load_reader("words"))
    with pytest.raises(ZeroDivisionError, match="a bug"):
        room.interview("broken", engine=broken)
    (folder,) = (room.root / "broken").iterdir()
    assert read_log(folder).entries


def crash(folder: Path, target: Path, keep: Callable[[int, e.Event], bool]) -> Path:
    """A copy of a finished session as a crash would have left it: open, its log torn, its sound shorter."""
    target.mkdir(parents=True)
    entries = read_log(folder).entries
    kept = [entry for number, entry in enumerate(entries) if keep(number, entry.event)]
    lines = []
    for entry in kept:
        lines.append(e.dumps(entry.event))
        lines.append(json.dumps({"commands": [e.to_json(command) for command in entry.commands]}))
    (target / "events.jsonl").write_text("\n".join(lines) + '\n{"type":"SpeechSt')
    about = json.loads((folder / "session.json").read_text())
    (target / "session.json").write_text(json.dumps({**about, "state": "open"}))
    end_ms = kept[-1].event.at_ms - 400
    sound = read_clip(folder / "dialogue.flac", 0, end_ms)
    writer = DialogueWriter(target / "dialogue.wav")
    for start in range(0, len(sound) - 320, 320):
        writer.write(sound[start : start + 320, 0], sound[start : start + 320, 1])
    writer.close()
    return target


@pytest.mark.parametrize(
    "moment", ["while a question is said", "in the middle of an answer", "while thinking"]
)
def test_a_crash_is_continued_where_it_happened(room, short, moment):
    _, recorder, _ = short
    entries = read_log(recorder.folder.path).entries
    kinds = {
        "while a question is said": e.LineStarted,
        "in the middle of an answer": e.SpeechStarted,
        "while thinking": e.ListeningStopped,
    }
    last = [number for number, entry in enumerate(entries) if isinstance(entry.event, kinds[moment])][2]
    name = f"crash {moment}"
    folder = crash(
        recorder.folder.path, room.root / name / recorder.folder.path.name, lambda number, _: number <= last
    )
    again = Recorder.resume(folder)
    past = [entry.event for entry in read_log(folder).entries]
    clock_ms = max(again.duration_ms, past[-1].at_ms)
    again.pad_to(clock_ms)
    candidate = VirtualCandidate("vague", Path(str(samples_dir())), start_ms=clock_ms)
    for entry in read_log(folder).entries:
        candidate.observe(entry.event, entry.commands)
    session = Session(
        room.parts(candidate, again, lambda: session.now_ms), (candidate,), live=False, start_ms=clock_ms
    )
    before = State(load_turn_rules())
    for event in past:
        before, _ = step(before, event)
    session.resume(past)
    again.close()
    assert session.state.floor.end_reason == "finished"
    assert session.state.agenda.exchanges[: len(before.agenda.exchanges)] == before.agenda.exchanges
    asked = {exchange.question_id for exchange in session.state.agenda.exchanges}
    assert asked == {exchange.question_id for exchange in short[0].state.agenda.exchanges}
    state = State(load_turn_rules())
    for entry in read_log(folder).entries:
        state, commands = step(state, entry.event)
        assert commands == entry.commands
    shutil.rmtree(folder)
