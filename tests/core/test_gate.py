"""When the floor is taken, and when it is not."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.model.evidence import HEARD, NOT_HEARD, Slot
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns.gate import (
    ANYTHING_TO_ADD,
    CLOSING,
    NO_ANSWER,
    RAMBLING,
    SILENCE,
    TAKE_YOUR_TIME,
    UNFINISHED,
    Observation,
    judge,
)
from voice_interviewer.core.turns.gate_settings import GateSettings
from voice_interviewer.core.turns.turn_end import (
    Odds,
    breath_ms,
    outlasts_breath,
    outlasts_thinking,
    wait_ms,
)

PAUSES = load_turn_rules().pauses
SETTINGS = GateSettings()
STORY = "last spring our pump failed on a friday and I drove to the plant and I replaced the seal myself "


def words_of(text: str, start_ms: int = 1000) -> tuple[Word, ...]:
    return tuple(
        Word(word, start_ms + 350 * place, start_ms + 350 * place + 300)
        for place, word in enumerate(text.split())
    )


def seen(text: str, silence_ms: int = 300, **changes) -> Observation:
    """Somebody said this, in one go, and has been silent for that long."""
    words = words_of(text)
    until_ms = words[-1].end_ms if words else 1000
    found = Observation(
        now_ms=until_ms + silence_ms,
        silent_since_ms=until_ms,
        speech_active=False,
        heard_speech=True,
        holding=False,
        words=words,
        text_until_ms=until_ms,
        speaking_since_ms=1000,
        question_type="behavioural",
        target_s=120,
    )
    return replace(found, **changes)


def wait_after(text: str, **changes) -> int:
    """The silence after which the floor is taken, in ms."""
    found = seen(text, **changes)
    due_ms = judge(found, SETTINGS, PAUSES).due_ms
    assert due_ms is not None
    return due_ms - found.silent_since_ms


# --- what is never an end, and what always is -------------------------------------------------------


def test_nobody_is_interrupted_while_speaking_or_unheard():
    assert judge(seen(STORY, 60_000, speech_active=True), SETTINGS, PAUSES).reason == "speaking"
    assert not judge(seen(STORY, 60_000, speech_active=True), SETTINGS, PAUSES).over
    assert not judge(seen(STORY, 60_000, microphone_ok=False), SETTINGS, PAUSES).over


def test_a_plain_timer_decides_where_one_is_set():
    timer = GateSettings(fixed_ms=700)
    assert not judge(seen("and then I", 650), timer, PAUSES).over
    assert judge(seen("and then I", 700), timer, PAUSES).over
    assert judge(seen("let me think", 700), timer, PAUSES).over


def test_nobody_has_answered_yet():
    silent = seen("", 19_000, heard_speech=False)
    assert not judge(silent, SETTINGS, PAUSES).over
    verdict = judge(replace(silent, now_ms=silent.silent_since_ms + 20_000), SETTINGS, PAUSES)
    assert (verdict.over, verdict.reason) == (True, NO_ANSWER)


def test_words_that_hand_over_are_answered_at_once():
    handed = STORY * 3 + "and that would be my answer"
    assert wait_after(handed) <= 500
    assert judge(seen(handed, 500), SETTINGS, PAUSES).reason == CLOSING
    assert wait_after(STORY * 3 + "does that answer your question") <= 500


def test_politeness_is_no_farewell():
    assert wait_after("good thank you", question_type="warmup", target_s=45) > 1500


@pytest.mark.parametrize("end", ["and", "so I asked the", "because um", "and the the"])
def test_an_open_sentence_is_waited_for(end):
    assert wait_after(STORY * 3 + end) >= SETTINGS.open_ms
    assert judge(seen(STORY * 3 + end, 400), SETTINGS, PAUSES).reason == UNFINISHED


def test_a_last_word_that_was_not_heard_is_no_open_sentence():
    found = seen(STORY * 3 + "and I kept the")
    lost = replace(
        found, silent_since_ms=found.silent_since_ms + 400, text_until_ms=found.silent_since_ms + 400
    )
    assert judge(lost, SETTINGS, PAUSES).reason == SILENCE


def test_an_announced_list_is_heard_to_its_end():
    assert wait_after("there are three things first I would call second I would write") >= SETTINGS.list_ms


# --- what is weighed --------------------------------------------------------------------------------


def test_the_end_of_a_whole_story_comes_sooner_than_of_a_beginning():
    told = tuple(
        Slot(name, HEARD)
        for name in ("situation", "own_action", "reasoning", "result", "measure", "reflection")
    )
    nothing = tuple(Slot(slot.id, NOT_HEARD) for slot in told)
    assert wait_after(STORY * 9 + "and errors fell by half", slots=told) < wait_after(STORY, slots=nothing)


def test_a_short_fact_is_an_answer():
    fact = {"question_type": "factual", "target_s": 20}
    assert wait_after("three months from the first", **fact) < wait_after("three months from the first")


def test_a_follow_up_is_answered_in_fewer_words():
    assert wait_after(STORY * 3, follow_up=True) <= wait_after(STORY * 3)


def test_unknown_words_are_waited_for_but_not_for_ever():
    handed = STORY * 3 + "and that would be my answer"
    found = seen(handed, text_until_ms=2000)
    due_ms = judge(found, SETTINGS, PAUSES).due_ms
    assert due_ms == found.silent_since_ms + SETTINGS.text_wait_ms


def test_noise_without_words_is_no_answer_for_a_while():
    assert wait_after("") >= SETTINGS.open_ms


def test_who_rambles_is_stopped_at_a_short_pause():
    verdict = judge(seen(STORY * 20, 1000, rambling=True), SETTINGS, PAUSES)
    assert (verdict.over, verdict.reason) == (True, RAMBLING)


# --- time that was asked for -------------------------------------------------------------------------


def test_time_asked_for_is_given_and_something_is_said_softly_on_the_way():
    for asked in (seen("oh let me think about that"), seen("", holding=True, heard_speech=False)):
        told: tuple[str, ...] = ()
        heard = {}
        for now_ms in range(asked.silent_since_ms, asked.silent_since_ms + 40_000, 100):
            verdict = judge(replace(asked, now_ms=now_ms, told=told), SETTINGS, PAUSES)
            if verdict.say:
                heard[verdict.say] = now_ms - asked.silent_since_ms
                told = (*told, verdict.say)
            if verdict.over:
                break
        assert heard == {TAKE_YOUR_TIME: 5500, ANYTHING_TO_ADD: 11_000}
        assert now_ms - asked.silent_since_ms == SETTINGS.check_in_ms + SETTINGS.after_check_in_ms


def test_who_speaks_on_after_thinking_has_had_the_time():
    first = words_of("let me just count them")
    later = (*first, Word("nineteen", first[-1].end_ms + 5000, first[-1].end_ms + 5400))
    found = seen("x", question_type="factual", target_s=20)
    found = replace(found, words=later, silent_since_ms=later[-1].end_ms, text_until_ms=later[-1].end_ms)
    due_ms = judge(replace(found, now_ms=later[-1].end_ms + 300), SETTINGS, PAUSES).due_ms
    assert due_ms is not None
    assert due_ms - later[-1].end_ms < SETTINGS.hold_ms


def test_nothing_is_said_softly_just_before_the_floor_is_taken():
    found = seen(STORY + "and the")
    for now_ms in range(found.silent_since_ms, found.silent_since_ms + 6000, 100):
        assert judge(replace(found, now_ms=now_ms), SETTINGS, PAUSES).say is None


# --- whatever is seen ----------------------------------------------------------------------------------

PHRASES = (
    "we rebuilt it",
    "and then",
    "let me think",
    "that's my answer",
    "um",
    "I I",
    "three things first",
    "it fell by half",
)


@st.composite
def observations(draw) -> Observation:
    text = " ".join(draw(st.lists(st.sampled_from(PHRASES), max_size=30)))
    found = seen(text, draw(st.integers(0, 40_000)))
    states = st.sampled_from(("heard", "unsure", "not_heard"))
    slots = st.none() | st.lists(
        st.builds(Slot, st.sampled_from(("result", "own_action", "point:p1")), states)
    ).map(tuple)
    return replace(
        found,
        speech_active=draw(st.booleans()),
        heard_speech=draw(st.booleans()),
        holding=draw(st.booleans()),
        microphone_ok=draw(st.booleans()),
        rambling=draw(st.booleans()),
        text_until_ms=draw(st.integers(0, found.now_ms)),
        question_type=draw(st.sampled_from(("behavioural", "factual", "warmup", ""))),
        target_s=draw(st.sampled_from((0, 20, 120))),
        follow_up=draw(st.booleans()),
        slots=draw(slots),
        ending=draw(st.none() | st.floats(0, 1)),
        assessed_words=draw(st.integers(0, 90)),
        pauses_ms=tuple(draw(st.lists(st.integers(200, 9000), max_size=12))),
        patience=draw(st.floats(0.3, 4)),
        told=draw(st.sampled_from(((), (TAKE_YOUR_TIME,), (TAKE_YOUR_TIME, ANYTHING_TO_ADD)))),
    )


@given(observations())
def test_the_floor_is_never_taken_from_a_speaker_or_without_a_microphone(found):
    assert not judge(replace(found, speech_active=True), SETTINGS, PAUSES).over
    assert not judge(replace(found, microphone_ok=False), SETTINGS, PAUSES).over


@given(observations(), st.integers(0, 60_000))
def test_what_is_over_stays_over_and_comes_when_it_was_foretold(found, more_ms):
    verdict = judge(found, SETTINGS, PAUSES)
    later = judge(replace(found, now_ms=found.now_ms + more_ms), SETTINGS, PAUSES)
    if verdict.over:
        assert later.over
    elif verdict.due_ms is not None:
        assert verdict.look_again_ms is not None
        assert verdict.look_again_ms <= verdict.due_ms
        assert later.over == (found.now_ms + more_ms >= verdict.due_ms)
        assert verdict.say or verdict.look_again_ms > found.now_ms


@given(observations(), st.floats(1, 3))
def test_more_patience_never_takes_the_floor_earlier(found, more):
    if judge(replace(found, patience=found.patience * more), SETTINGS, PAUSES).over:
        assert judge(found, SETTINGS, PAUSES).over


# --- the prices ---------------------------------------------------------------------------------------


def test_a_sure_end_is_worth_no_wait_and_a_likely_thought_a_long_one():
    assert wait_ms(Odds(0.01, 0.0, 0.99)) <= 1500
    assert wait_ms(Odds(0.1, 0.7, 0.2)) >= 5000
    assert wait_ms(Odds(0.2, 0.0, 0.8)) < wait_ms(Odds(0.7, 0.0, 0.3))


def test_the_likelier_a_thought_the_longer_the_wait_and_no_edge_is_where_all_waits_end():
    waits = [wait_ms(Odds(0.0, share, 1 - share)) for share in (0.2, 0.35, 0.5, 0.65, 0.8)]
    assert waits == sorted(waits)
    assert len(set(waits)) == len(waits)


def test_who_pauses_long_is_given_more():
    assert breath_ms((300,) * 20) < breath_ms(()) < breath_ms((1400,) * 20)
    odds = Odds(0.6, 0.0, 0.4)
    assert wait_ms(odds, (300,) * 20) < wait_ms(odds, (1400,) * 20)


def test_ever_fewer_pauses_last_longer():
    times = range(200, 12_000, 100)
    for survives in ([outlasts_breath(t, 780) for t in times], [outlasts_thinking(t) for t in times]):
        assert survives == sorted(survives, reverse=True)
        assert 0 <= survives[-1] < 0.01
        assert survives[0] <= 1


def test_a_long_answer_is_judged_fast():
    found = seen(STORY * 16, slots=(Slot("result", HEARD),))
    judge(found, SETTINGS, PAUSES)
    start = time.perf_counter()
    for _ in range(200):
        judge(found, SETTINGS, PAUSES)
    assert (time.perf_counter() - start) / 200 < 0.002


def test_less_patience_makes_sure_ends_quick_but_leaves_thinkers_their_time():
    likely, unlikely = Odds(0.1, 0.2, 0.7), Odds(0.1, 0.8, 0.1)
    assert wait_ms(likely, patience=0.7) < wait_ms(likely)
    assert wait_ms(unlikely, patience=0.7) >= 0.9 * wait_ms(unlikely)
    assert wait_ms(unlikely, patience=2.0) == 2 * wait_ms(unlikely)


def test_the_dearer_a_cut_the_longer_the_wait_within_the_bounds_that_are_set():
    doubtful = Odds(0.3, 0.2, 0.5)
    waits = [wait_ms(doubtful, settings=GateSettings(cut_cost_s=cost)) for cost in (2.0, 10.0, 40.0)]
    assert waits == sorted(set(waits))
    assert wait_ms(Odds(0.0, 0.0, 1.0), settings=GateSettings(least_wait_ms=900)) == 900
    assert wait_ms(Odds(0.0, 0.99, 0.01), settings=GateSettings(most_wait_ms=5000)) == 5000


def test_how_soon_before_the_floor_something_is_said_softly_is_a_setting():
    silent = seen("let me think", 6000, asks_time=True)
    assert judge(silent, SETTINGS, PAUSES).say == TAKE_YOUR_TIME
    assert judge(silent, replace(SETTINGS, soft_before_ms=26_000), PAUSES).say is None
