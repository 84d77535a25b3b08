"""Whatever a microphone, a keyboard and slow workers produce, in any order, the machine stays legal and
keeps words."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from timeline import Timeline

from voice_interviewer.core.model.evidence import Slot
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.events import KEYS
from voice_interviewer.core.turns.machine import TABLE, ignored, step
from voice_interviewer.core.turns.state import State

ACTIONS = st.one_of(
    st.tuples(st.just("silence"), st.sampled_from([0.1, 1.0, 2.1, 25.0])),
    st.tuples(st.just("speak"), st.booleans()),
    st.tuples(st.just("key"), st.sampled_from([key for key in KEYS if key != "quit"])),
    st.tuples(st.just("line"), st.booleans()),
    st.tuples(st.just("reply"), st.sampled_from(["move_on", "own_part", "result", "repeat", "wait", "skip"])),
    st.tuples(st.just("late"), st.integers(0, 5)),
    st.tuples(st.just("device"), st.booleans()),
    st.tuples(st.just("typed"), st.just("typed words")),
    st.tuples(st.just("resume"), st.just(None)),
    st.tuples(st.just("resumed"), st.booleans()),
    st.tuples(st.just("heard"), st.booleans()),
    st.tuples(st.just("assessed"), st.sampled_from([0.1, 0.9])),
    st.tuples(st.just("onset"), st.booleans()),
)


def act(talk: Timeline, action: str, value: object, spoken: list[str]) -> None:
    now, state = talk.now_ms, talk.state
    if action == "silence":
        talk.silence(value)
    elif action == "speak" and state.phase == "listening":
        spoken.append(f"word{len(spoken)}")
        talk.speak(1.0, spoken[-1], understood=bool(value))
    elif action == "key":
        talk.key(value)
    elif action == "line" and state.line is not None:
        if value and state.floor.reading_until_ms is None:
            talk.say_line()
        else:
            talk.send(e.LineUnspoken(now, state.line.id, "no voice"))
    elif action == "reply" and state.floor.last_turn:
        talk.reply(value, "Say more.")
    elif action == "late" and state.answer.pending:
        pending = state.answer.pending[value % len(state.answer.pending)]
        talk.understand(state.answer.turn, pending.segment, f"late{pending.segment}")
    elif action == "device":
        talk.send(e.MicrophoneLost(now, "gone") if value else e.MicrophoneReturned(now))
    elif action == "typed" and state.floor.last_turn:
        talk.send(e.AnswerTyped(now, state.answer.turn, value))
    elif action == "resume":
        talk.send(e.SessionResumed(now))
    elif action == "resumed":
        talk.send(e.SpeechResumed(now, max(0, now - 150) if value else now))
    elif action == "heard" and state.floor.last_turn:
        begin = max(state.floor.closed_until_ms, now - 900)
        talk.send(
            e.WordsHeard(now, state.answer.turn, begin, now, (Word("perhaps", begin, now, 0.5),), bool(value))
        )
    elif action == "assessed" and state.ahead.assessing is not None:
        slots = (Slot("result", "heard" if value > 0.5 else "not_heard"),)
        talk.send(
            e.EvidenceAssessed(
                now, state.answer.turn, state.answer.revision, slots, state.ahead.assessing[0], value
            )
        )
    elif action == "onset" and state.phase == "listening":
        talk.send(
            e.SpeechStarted(now, max(0, now - 64)) if value else e.SpeechStopped(now, max(0, now - 192))
        )


def committed(talk: Timeline, before: State, happened: int) -> list[tuple[int, int]]:
    """The turns and revisions whose floor the gate has taken since; never while speech is active."""
    found, state = [], before
    for event, _ in talk.log[happened:]:
        after, _ = step(state, event)
        taken = state.phase == "listening" and after.phase == "thinking" and after.answer.closed_by_gate
        if taken:
            assert not (state.floor.speech_active and not isinstance(event, e.SpeechStopped))
            found.append((after.answer.turn, after.answer.revision))
        state = after
    return found


@settings(max_examples=400, deadline=None)
@given(st.lists(ACTIONS, max_size=40), st.booleans(), st.booleans())
def test_any_order_is_legal_and_the_log_replays(actions, gated, full_duplex):
    talk = Timeline(settings=e.Settings(full_duplex=full_duplex), gated=gated)
    spoken: list[str] = []
    commits: list[tuple[int, int]] = []
    for action, value in actions:
        if talk.phase == "ended":
            break
        before, happened = talk.state, len(talk.log)
        act(talk, action, value, spoken)
        state = talk.state
        commits += committed(talk, before, happened)
        assert len(set(commits)) == len(commits), "two commits of one revision"
        assert state.agenda.probes_used <= state.settings.max_probes
        if state.phase == "listening":
            assert state.floor.microphone_open
            assert state.line is None
        if (state.answer.turn, state.agenda.item) == (
            before.answer.turn,
            before.agenda.item,
        ) and before.answer.words:
            kept = [word.text for word in state.answer.words]
            assert [word.text for word in before.answer.words if word.text not in kept] == []
    replayed = Timeline.__new__(Timeline)
    replayed.state = type(talk.state)(talk.state.rules)
    for event, commands in talk.log:
        before = replayed.state
        replayed.state, again = step(before, event)
        assert again == commands
        if TABLE[before.phase, type(event)] is ignored:
            assert (replayed.state, again) == (replace(before, at_ms=max(before.at_ms, event.at_ms)), ())
    assert replayed.state == talk.state
