"""What is heard in an answer, with and without punctuation, and where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoken_words import heard

from voice_interviewer.core.model.bank import (
    QUESTION_TYPES,
    SLOTS,
    Point,
    Question,
)
from voice_interviewer.core.model.evidence import HEARD, NOT_HEARD, UNSURE
from voice_interviewer.core.model.transcript import Transcript, Word
from voice_interviewer.core.probing.quoting import quotes
from voice_interviewer.core.understanding.clauses import clauses
from voice_interviewer.core.understanding.evidence import (
    GENERAL,
    SHOWN_WORDS,
    assess,
    is_hypothetical,
    merge,
    signals,
)
from voice_interviewer.core.understanding.lexicon import CUES, fold, stem


def question(kind: str = "behavioural", *points: Point) -> Question:
    return Question("q", kind, "Tell me about a hard week.", points=points)


def state(text: str, slot: str, kind: str = "behavioural") -> str:
    return next(s.state for s in assess(question(kind), heard(text)) if s.id == slot)


ODD = ("i", "we", "called", "the", "rota.", "Zürich", "İ", "%$'’", "\ud800", "40%")
words = st.lists(
    st.builds(
        Word,
        st.one_of(st.text(max_size=12), st.sampled_from(ODD)),
        st.integers(0, 10_000),
        st.integers(0, 10_000),
        st.floats(0, 1),
    ),
    max_size=40,
).map(lambda items: Transcript(tuple(items)))


class TestClauses:
    def test_pauses_cut_where_there_is_no_punctuation(self) -> None:
        spans = clauses(heard("we were late / i called the depot / they sent a van"))
        assert [span.text for span in spans] == ["we were late", "i called the depot", "they sent a van"]
        assert (spans[1].start_ms, spans[1].end_ms) == (1400, 2550)

    def test_a_hesitation_after_an_article_does_not_cut(self) -> None:
        assert len(clauses(heard("i rebuilt the / training set"))) == 1

    def test_punctuation_cuts_typed_text(self) -> None:
        typed = Transcript.typed("We were late. I called the depot, and they sent a van!", 0)
        assert [span.text for span in clauses(typed)] == [
            "We were late.",
            "I called the depot,",
            "and they sent a van!",
        ]

    def test_a_long_run_is_cut_before_a_new_subject(self) -> None:
        typed = Transcript.typed("i moved the handover to seven in the morning and they came earlier", 0)
        assert [span.text for span in clauses(typed)][1] == "and they came earlier"

    @given(words)
    def test_every_clause_is_verbatim_and_no_word_is_lost(self, transcript: Transcript) -> None:
        spans = clauses(transcript)
        assert all(transcript.text[span.start : span.end] == span.text for span in spans)
        assert " ".join(span.text for span in spans).split() == transcript.text.split()


class TestSignals:
    @pytest.mark.parametrize(
        ("text", "signal", "expected"),
        [
            ("i rebuilt the training set", "own_action", HEARD),
            ("and then I personally called every parent", "own_action", HEARD),
            ("my part was writing the migration", "own_action", HEARD),
            ("I was responsible for the rota", "own_action", UNSURE),
            ("i think it was fine and i was tired", "own_action", NOT_HEARD),
            ("i need a good plan", "own_action", NOT_HEARD),
            ("i didn't call them", "own_action", NOT_HEARD),
            ("we changed the whole rota", "team_action", HEARD),
            ("we were late and we had no time", "team_action", NOT_HEARD),
            ("as a result they stayed", "result", HEARD),
            ("i changed the label and returns dropped", "result", HEARD),
            ("returns dropped so i changed the label", "result", NOT_HEARD),
            ("it fell by forty percent", "measure", HEARD),
            ("the close went from nine days to five", "measure", HEARD),
            ("It cost $3,000 less", "measure", HEARD),
            ("we waited three weeks", "measure", UNSURE),
            ("one person was away", "measure", NOT_HEARD),
            ("last year in March", "example", HEARD),
            ("because the belt was worn", "reasoning", HEARD),
            ("it was late but fine", "tradeoff", UNSURE),
            ("on the other hand it is slower", "tradeoff", HEARD),
            ("next time I would ask first", "reflection", HEARD),
            ("Usually I would ask first", "hypothetical", HEARD),
        ],
    )
    def test_one_sentence(self, text: str, signal: str, expected: str) -> None:
        assert signals(heard(text))[signal].state == expected

    def test_one_i_among_many_we_is_not_sure(self) -> None:
        story = "we moved the beds and we called the ward and we split the list and i printed the list"
        assert signals(heard(story))["own_action"].state == UNSURE

    def test_plans_are_not_events(self) -> None:
        assert is_hypothetical(signals(heard("usually i would call them and i'd explain the rule")))
        assert not is_hypothetical(signals(heard("last week i called them and i would do it again")))

    def test_every_slot_of_every_type_has_a_cue(self) -> None:
        for name in {slot for slots in SLOTS.values() for slot in slots} - {"situation", "why"}:
            assert name in CUES
        assert set(GENERAL) <= set(CUES)


class TestAssess:
    @pytest.mark.parametrize("kind", QUESTION_TYPES)
    def test_one_slot_per_slot_of_the_type_and_per_point(self, kind: str) -> None:
        points = (Point("p1", "Calls the depot"), Point("p2", "Writes it down"))
        slots = assess(question(kind, *points), heard("i called the depot"))
        assert [slot.id for slot in slots] == [*SLOTS[kind], "point:p1", "point:p2"]

    def test_an_empty_answer_shows_nothing(self) -> None:
        slots = assess(question("technical", Point("p1", "Tests it")), Transcript())
        assert {(s.state, s.quote, s.start, s.end) for s in slots} == {(NOT_HEARD, None, None, None)}

    def test_the_quote_is_the_clause_that_shows_it(self) -> None:
        text = (
            "in may the labels fell off / i retrained the night crew / after that returns went down by half"
        )
        slots = {slot.id: slot for slot in assess(question(), heard(text))}
        assert slots["own_action"].quote == "i retrained the night crew"
        assert slots["measure"].quote == "by half"
        assert slots["reflection"].quote is None

    @pytest.mark.parametrize(
        ("slot", "kind", "text"),
        [
            ("first_step", "situational", "first I would call the owner of the shop"),
            ("decision", "situational", "so I would recommend a small trial"),
            ("stakeholders", "situational", "I'd talk to the parents"),
            ("failure_case", "technical", "if the broker goes down we lose messages"),
            ("validation", "technical", "and I'd run a load test before that"),
            ("constraint", "technical", "as long as the latency stays low"),
            ("people", "leadership", "i met everyone one to one"),
            ("adoption", "leadership", "other teams picked it up"),
        ],
    )
    def test_slots_of_the_other_types(self, slot: str, kind: str, text: str) -> None:
        assert state(text, slot, kind) == HEARD

    def test_a_long_clause_is_quoted_up_to_a_conjunction(self) -> None:
        told = "i rebuilt the very old training set for our night crew in the north" + " of the big town" * 2
        run = f"{told} and also {'for the rest ' * 10}of it"
        assert len(clauses(heard(run))) == 1
        slots = {slot.id: slot for slot in assess(question(), heard(run))}
        assert slots["own_action"].quote == told

    def test_a_long_point_ends_with_a_clause(self) -> None:
        first = "the error rates of all patient groups differ in our two large hospitals in the north"
        second = "so we compare the error rates between the groups of each of the small hospitals as well"
        point = Point("p1", "Compares error rates between patient groups of hospitals in the north")
        (slot,) = (
            s for s in assess(question("technical", point), heard(f"{first} / {second}")) if ":" in s.id
        )
        assert (slot.state, slot.quote) == (HEARD, first)

    @given(words, st.sampled_from(QUESTION_TYPES))
    def test_every_quote_lies_where_it_says(self, transcript: Transcript, kind: str) -> None:
        points = (Point("p1", "Called the rota office", exemplars=("I called the rota",)),)
        for slot in assess(question(kind, *points), transcript):
            assert slot.state in (HEARD, UNSURE, NOT_HEARD)
            if slot.state == NOT_HEARD:
                assert slot.quote is None
            else:
                assert slot.quote == transcript.text[slot.start : slot.end] != ""
                assert slot.quote.count(" ") < SHOWN_WORDS


class TestPoints:
    points = (
        Point("p1", "Compares error rates between patient groups"),
        Point("p2", "Writes the findings down for doctors and lawyers"),
        Point(
            "p3", "Stops the model", exemplars=("I would switch the model off when the error rate climbs",)
        ),
    )

    def states(self, text: str) -> list[str]:
        slots = assess(question("technical", *self.points), heard(text))
        return [slot.state for slot in slots if slot.id.startswith("point:")]

    def test_the_words_of_a_point_show_it(self) -> None:
        assert self.states("i compared the error rates of the patient groups")[0] == HEARD

    def test_an_exemplar_shows_it_too(self) -> None:
        assert self.states("when the error rate climbs i switch the model off")[2] == HEARD

    def test_one_shared_word_shows_nothing(self) -> None:
        assert self.states("the doctors were nice to us and so was the patient") == [NOT_HEARD] * 3


def test_merge_keeps_the_better_state() -> None:
    one = assess(question(), heard("i rebuilt the training set"))
    two = assess(question(), heard("as a result it fell by half"))
    best = merge(one, two)
    assert (best["own_action"], best["result"], best["measure"]) == (HEARD, HEARD, HEARD)
    assert best["reflection"] == NOT_HEARD


class TestQuotes:
    def spoken(self, text: str, threshold: float = 0.5) -> list[str]:
        return [quote.spoken for quote in quotes(heard(text), threshold)]

    def test_said_back_in_the_second_person(self) -> None:
        assert self.spoken("so i rebuilt the training set / and we moved our handover") == [
            "you rebuilt the training set",
            "your team moved your handover",
        ]

    @pytest.mark.parametrize(
        "text",
        [
            "i called maria about it",
            "I met the Garcia family",
            "i drove my mother to work",
            "i told the patient",
            "i fixed the damn thing",
            "i made a mistake",
            "i ran",
            "i gave each room a lead",
            "i asked the team to stay",
            "i rebuilt the very old north training set data store",
        ],
    )
    def test_names_health_family_profanity_and_half_phrases_are_left_alone(self, text: str) -> None:
        assert self.spoken(text) == []

    def test_a_doubtful_word_spoils_it(self) -> None:
        sure = heard("i rebuilt the training set")
        doubtful = Transcript((*sure.words[:3], Word("training", 900, 1150, 0.2), *sure.words[4:]))
        assert quotes(sure, 0.5)
        assert not quotes(doubtful, 0.5)

    @given(words)
    def test_any_text(self, transcript: Transcript) -> None:
        for quote in quotes(transcript, 0.5):
            assert quote.text == transcript.text[quote.start : quote.end]
            assert 3 <= len(quote.text.split()) <= 8


@given(st.text())
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("one", "other"), [("tested", "testing"), ("policies", "policy"), ("models", "model"), ("rate", "rates")]
)
def test_stems_meet(one: str, other: str) -> None:
    assert stem(one) == stem(other)
