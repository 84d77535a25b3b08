"""Every event and command survives its JSON form, and a wrong one is refused."""

import json
import typing
from dataclasses import replace

import pytest
from timeline import Timeline, small_plan

from voice_interviewer.core.model.evidence import Slot
from voice_interviewer.core.model.moves import Move, Reply
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.gate_settings import GateSettings

SLOT = Slot("result", "heard", "it worked", 3, 12)
EXAMPLES = [
    e.SessionResumed(5),
    e.LineStarted(5, 1, 900),
    e.LineFinished(5, 1, 900),
    e.LineUnspoken(5, 1, "no voice"),
    e.SpeechStarted(5, 1),
    e.SpeechStopped(5, 1),
    e.SegmentClosed(5, 1, 0, 5),
    e.ListeningStopped(5, 1),
    e.SegmentTranscribed(5, 1, 0, (Word("naïve “quoted” 北", 0, 5, 0.5),)),
    e.SegmentFailed(5, 1, 0, "why"),
    e.FillersHeard(5, 1, (Word("um,", 3, 4, 0.7),)),
    e.LanguageHeard(5, 1, "de", 0.98),
    e.WordsHeard(5, 1, 0, 5, (Word("so", 0, 5, 0.5),), True),
    e.ProsodyHeard(5, 1, 4, 0.25),
    e.SpeechResumed(5, 1),
    e.EvidenceAssessed(5, 1, 0, (SLOT, Slot("measure", "not_heard"))),
    e.ReplyPlanned(
        5, 1, 0, Reply(Move("result", "What came of it?", "result"), (Move("own_part", ""),), (SLOT,))
    ),
    e.KeyPressed(5, "done"),
    e.AnswerTyped(5, 1, "text\nwith lines"),
    e.ClockReached(5),
    e.MicrophoneLost(5, "gone"),
    e.MicrophoneReturned(5),
    e.SessionInterrupted(5),
    e.SessionEnded(5, "finished"),
    e.Speak(e.Line(1, "probe", "Why?", "q", "reasoning"), 165),
    e.PrepareLine("Why?", 165),
    e.StopSpeaking(1),
    e.Listen(1, 250),
    e.StopListening(1),
    e.TranscribeSegment(1, 0, 0, 5),
    e.TranscribeTail(1, 0, 5),
    e.HearProsody(1, 0, 5),
    e.AssessEvidence(1, 0),
    e.PlanReply(1, 0),
    e.WakeAt(7),
    e.EndSession("finished"),
    Timeline().log[0][0],
]


@pytest.mark.parametrize("item", EXAMPLES, ids=lambda item: type(item).__name__)
def test_round_trip(item):
    line = e.dumps(item)
    assert "\n" not in line
    assert e.from_json(json.loads(line)) == item


def test_every_kind_has_an_example():
    kinds = {*typing.get_args(e.Event), *typing.get_args(e.Command)}
    assert kinds == {type(item) for item in EXAMPLES}


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "NoSuchThing", "at_ms": 1},
        {"at_ms": 1},
        {"type": "ClockReached", "at_ms": 1, "surprise": 2},
        {"type": "LineStarted", "at_ms": 1},
        {"type": "SegmentTranscribed", "at_ms": 1, "turn": 1, "segment": 0, "words": [{"text": "a"}]},
    ],
)
def test_a_wrong_form_is_refused(wrong):
    with pytest.raises(ValueError, match=r"unknown|no field|missing"):
        e.from_json(wrong)


def test_a_setting_that_older_records_lack_is_written_only_where_it_was_changed():
    plain = e.SessionStarted(0, small_plan(), e.Settings())
    written = e.to_json(plain)["settings"]
    assert not {"early_ms", "max_exchanges"} & set(written)
    assert not {"cut_cost_s", "least_wait_ms"} & set(written["gate"])
    changed = e.Settings(early_ms=1000, gate=GateSettings(cut_cost_s=20.0))
    written = e.to_json(replace(plain, settings=changed))["settings"]
    assert (written["early_ms"], written["gate"]["cut_cost_s"]) == (1000, 20.0)
    assert e.from_json(json.loads(e.dumps(replace(plain, settings=changed)))) == replace(
        plain, settings=changed
    )
