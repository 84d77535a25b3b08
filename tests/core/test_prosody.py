"""An optional model of prosody: when it is asked, whose silence its verdict is good for, what it changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from timeline import Timeline

from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.gate import (
    SILENCE,
    Observation,
    Verdict,
    judge,
)
from voice_interviewer.core.turns.gate_settings import GateSettings

STORY = "last spring our pump failed on a friday and I drove to the plant and I replaced the seal myself"

PAUSES = load_turn_rules().pauses


def listening(prosody: bool = True, gated: bool = False) -> Timeline:
    talk = Timeline(settings=e.Settings(prosody=prosody), gated=gated)
    talk.until_listening()
    return talk


def pause_after(talk: Timeline, seconds: float, noticed_ms: int = 192) -> tuple[int, int]:
    """Speech, and silence until the detector is sure of it. Returns (onset, last speech)."""
    talk.silence(0.3)
    onset = talk.now_ms
    talk.send(e.SpeechStarted(onset + 64, onset))
    last = onset + round(seconds * 1000)
    talk.now_ms = last + noticed_ms
    talk.send(e.SpeechStopped(talk.now_ms, last))
    return onset, last


def judged(talk: Timeline, over: float, until_ms: int) -> float | None:
    talk.send(e.ProsodyHeard(talk.now_ms, talk.state.answer.turn, until_ms, over))
    return talk.state.observe(talk.now_ms).turn_over


def test_it_is_asked_at_each_pause_about_the_last_eight_seconds_at_most() -> None:
    talk = listening()
    onset, last = pause_after(talk, 3.0)
    turn = talk.state.answer.turn
    assert talk.commands(e.HearProsody) == [e.HearProsody(turn, max(0, onset - 500), last + 192)]
    _, last = pause_after(talk, 20.0, noticed_ms=400)
    end_ms = last + 200  # a detector that takes its time adds no silence
    assert talk.commands(e.HearProsody)[1:] == [e.HearProsody(turn, end_ms - 8000, end_ms)]


def test_it_is_asked_along_with_the_words_and_never_unless_it_is_wanted() -> None:
    talk = listening()
    pause_after(talk, 3.0)
    _, commands = next(entry for entry in reversed(talk.log) if isinstance(entry[0], e.SpeechStopped))
    assert [type(command) for command in commands][:2] == [e.TranscribeTail, e.HearProsody]
    without = listening(prosody=False)
    pause_after(without, 3.0)
    assert without.commands(e.TranscribeTail)
    assert not without.commands(e.HearProsody)


def test_a_verdict_is_good_for_its_own_silence_only() -> None:
    talk = listening()
    _, last = pause_after(talk, 3.0)
    until_ms = last + 192
    assert judged(talk, 0.8, until_ms) == 0.8
    talk.silence(0.5)
    talk.send(e.SpeechStarted(talk.now_ms + 64, talk.now_ms))
    assert talk.state.observe(talk.now_ms).turn_over is None, "speech begins"
    assert judged(talk, 0.9, until_ms) is None, "while somebody speaks"
    talk.now_ms += 2000
    talk.send(e.SpeechStopped(talk.now_ms, talk.now_ms - 192))
    assert judged(talk, 0.9, until_ms) is None, "about the pause before"
    assert judged(talk, 0.1, talk.now_ms) == 0.1


def test_a_verdict_on_another_turn_or_after_the_floor_is_taken_changes_nothing() -> None:
    talk = listening()
    pause_after(talk, 3.0)
    talk.send(e.KeyPressed(talk.now_ms, "done"))
    before = talk.state
    assert judged(talk, 1.0, talk.now_ms) is None
    assert talk.state == before
    talk.reply("own_part", "Which part was yours?")
    talk.until_listening()
    pause_after(talk, 1.0)
    talk.send(e.ProsodyHeard(talk.now_ms, talk.state.answer.turn - 1, talk.now_ms, 1.0))
    assert talk.state.ahead.turn_over is None


def test_silence_after_a_lost_microphone_was_not_judged() -> None:
    talk = listening()
    _, last = pause_after(talk, 3.0)
    judged(talk, 0.8, last + 192)
    talk.send(e.MicrophoneLost(talk.now_ms, "gone"))
    talk.send(e.MicrophoneReturned(talk.now_ms))
    assert talk.state.ahead.turn_over is None


# --- the gate ---------------------------------------------------------------------------------------------


def verdict(text: str, turn_over: float | None, **changes: object) -> Verdict:
    words = tuple(
        Word(word, 1000 + 350 * place, 1300 + 350 * place) for place, word in enumerate(text.split())
    )
    until_ms = words[-1].end_ms
    given: dict[str, object] = {"holding": False, "words": words, "text_until_ms": until_ms} | changes
    seen = Observation(
        now_ms=until_ms + 300,
        silent_since_ms=until_ms,
        speech_active=False,
        heard_speech=True,
        speaking_since_ms=1000,
        question_type="behavioural",
        target_s=120,
        turn_over=turn_over,
        **given,  # type: ignore[arg-type]
    )
    return judge(seen, GateSettings(), PAUSES)


def wait_ms(text: str, turn_over: float | None, **changes: object) -> int:
    found = verdict(text, turn_over, **changes)
    assert found.due_ms is not None
    return found.due_ms - (1300 + 350 * (len(text.split()) - 1))


def test_an_end_by_its_sound_shortens_the_wait_and_going_on_lengthens_it() -> None:
    unknown = wait_ms(STORY, None)
    assert verdict(STORY, None).reason == SILENCE
    assert wait_ms(STORY, 0.5) == unknown
    assert wait_ms(STORY, 1.0) == pytest.approx(0.65 * unknown, abs=1)
    assert wait_ms(STORY, 0.0) == pytest.approx(1.35 * unknown, abs=1)


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        (f"{STORY} and then the", {}),
        (f"{STORY} um", {}),
        (f"{STORY} let me think", {}),
        (STORY, {"holding": True}),
        (f"{STORY} so that's my answer", {}),
    ],
    ids=["open", "filler", "asked for time", "holding", "closing"],
)
@pytest.mark.parametrize("turn_over", [0.0, 1.0])
def test_words_that_say_it_outweigh_the_sound(
    text: str, changes: dict[str, object], turn_over: float
) -> None:
    assert verdict(text, turn_over, **changes) == verdict(text, None, **changes)


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from([0.3, 0.7, 1.0, 2.0]))
def test_the_surer_the_sooner_but_never_sooner_than_after_closing_words(
    one: float, two: float, patience: float
) -> None:
    less, more = sorted((one, two))
    sooner, later = wait_ms(STORY, more, patience=patience), wait_ms(STORY, less, patience=patience)
    assert GateSettings().closing_ms <= sooner <= later
