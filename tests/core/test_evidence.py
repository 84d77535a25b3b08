"""What is heard in an answer, with and without punctuation, and where."""

from dataclasses import replace

import pytest
from declared_readings import DeclaredReader
from hypothesis import given
from hypothesis import strategies as st
from spoken_words import heard

from voice_interviewer.core.model.bank import (
    QUESTION_TYPES,
    SLOTS,
    Point,
    Question,
)
from voice_interviewer.core.model.evidence import HEARD, NOT_HEARD, UNSURE, Slot
from voice_interviewer.core.model.reading import LABELS, WORDS, Reading
from voice_interviewer.core.model.transcript import Transcript, Word
from voice_interviewer.core.probing.quoting import quotes
from voice_interviewer.core.understanding.clauses import clauses
from voice_interviewer.core.understanding.evidence import (
    SHOWN_WORDS,
    assess,
    is_hypothetical,
    merge,
    signals,
)
from voice_interviewer.core.understanding.lexicon import fold, stem


def question(kind: str = "behavioural", *points: Point) -> Question:
    return Question("q", kind, "Tell me about a hard week.", points=points)


READER = DeclaredReader(
    {
        "own_action": ("i called", "i printed", "i rebuilt", "i retrained"),
        "team_action": ("we moved", "we called", "we split"),
        "situation": ("last week",),
        "hypothetical": ("i would", "i'd"),
        "result": ("as a result", "went down"),
        "measure": ("by half",),
    },
    {"p1": ("rota", "in the north so we compare"), "p2": ()},
)


def assessed(asked: Question, answer: Transcript) -> tuple[Slot, ...]:
    return assess(asked, answer, READER.read(asked, asked.say, answer))


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


def reading(text: str, **rows: float) -> Reading:
    """An answer of one piece, with a probability for each of these labels."""
    answer = heard(text)
    whole = answer.span(0, len(answer.text))
    return Reading(WORDS, (whole,), labels={name: (value,) for name, value in rows.items()})


class TestSignals:
    @pytest.mark.parametrize(
        ("probability", "expected"), [(0.5, HEARD), (0.49, UNSURE), (0.3, UNSURE), (0.29, NOT_HEARD)]
    )
    def test_a_label_is_heard_from_its_probability_on(self, probability: float, expected: str) -> None:
        assert signals(reading("they stayed", tradeoff=probability))["tradeoff"].state == expected

    @pytest.mark.parametrize(
        ("text", "name", "expected"),
        [
            ("i rebuilt the training set", "own_action", HEARD),
            ("and then I personally called every parent", "own_action", HEARD),
            ("I was responsible for the rota", "own_action", UNSURE),
            ("i didn't call them", "own_action", UNSURE),
            ("we changed the whole rota", "team_action", HEARD),
            ("we were late and we had no time", "team_action", UNSURE),
            ("it fell by forty percent", "measure", HEARD),
            ("It cost $3,000 less", "measure", HEARD),
            ("one person was away", "measure", UNSURE),
            ("because the belt was worn", "reasoning", HEARD),
            ("next time I would ask first", "reflection", HEARD),
        ],
    )
    def test_plain_words_make_an_unsure_piece_sure(self, text: str, name: str, expected: str) -> None:
        assert signals(reading(text, **{name: 0.3}))[name].state == expected
        assert signals(reading(text, **{name: 0.2}))[name].state == NOT_HEARD

    def test_a_change_before_the_last_act_is_a_step_on_the_way(self) -> None:
        told = DeclaredReader({"own_action": ("i changed",), "result": ("returns dropped",)})
        before = heard("and all of the returns dropped because of that. then i changed the label once more.")
        after = heard("first i changed the label of the box. and all of the returns dropped because of that.")
        faint = [
            replace(each, labels={**each.labels, "result": tuple(0.6 * v for v in each.labels["result"])})
            for each in (told.read(question(), "", before), told.read(question(), "", after))
        ]
        assert [signals(each)["result"].state for each in faint] == [UNSURE, HEARD]

    def test_one_i_among_many_we_is_not_sure(self) -> None:
        story = "we moved the beds. we called the ward. we split the list. i printed the list."
        assert signals(READER.read(question(), "", heard(story)))["own_action"].state == UNSURE

    def test_plans_are_not_events(self) -> None:
        plan = heard("usually i would call them. i'd explain the rule.")
        past = heard("last week i called them. i would do it again.")
        assert is_hypothetical(signals(READER.read(question(), "", plan)))
        assert not is_hypothetical(signals(READER.read(question(), "", past)))

    def test_every_slot_of_every_type_can_be_read(self) -> None:
        known = {"why": "reasoning", "approach": "method"}
        assert {known.get(slot, slot) for slots in SLOTS.values() for slot in slots} <= set(LABELS)


class TestAssess:
    @pytest.mark.parametrize("kind", QUESTION_TYPES)
    def test_one_slot_per_slot_of_the_type_and_per_point(self, kind: str) -> None:
        points = (Point("p1", "Calls the depot"), Point("p2", "Writes it down"))
        slots = assessed(question(kind, *points), heard("i called the depot"))
        assert [slot.id for slot in slots] == [*SLOTS[kind], "point:p1", "point:p2"]

    def test_an_empty_answer_shows_nothing(self) -> None:
        slots = assessed(question("technical", Point("p1", "Tests it")), Transcript())
        assert {(s.state, s.quote, s.start, s.end) for s in slots} == {(NOT_HEARD, None, None, None)}

    def test_the_quote_is_the_clause_that_shows_it(self) -> None:
        text = (
            "in may the labels fell off / i retrained the night crew / after that returns went down by half"
        )
        slots = {slot.id: slot for slot in assessed(question(), heard(text))}
        assert slots["own_action"].quote == "i retrained the night crew"
        assert slots["measure"].quote == "after that returns went down by half"
        assert slots["reflection"].quote is None

    def test_a_long_clause_is_quoted_up_to_a_conjunction(self) -> None:
        told = "i rebuilt the very old training set for our night crew in the north" + " of the big town" * 2
        run = f"{told} and also {'for the rest ' * 10}of it"
        assert len(clauses(heard(run))) == 1
        slots = {slot.id: slot for slot in assessed(question(), heard(run))}
        assert slots["own_action"].quote == told

    def test_a_long_point_ends_with_a_clause(self) -> None:
        first = "the error rates of all patient groups differ in our two large hospitals in the north,"
        second = "so we compare the error rates between the groups of each of the small hospitals as well"
        point = Point("p1", "Compares error rates between patient groups of hospitals in the north")
        (slot,) = (
            s for s in assessed(question("technical", point), heard(f"{first} / {second}")) if ":" in s.id
        )
        assert (slot.state, slot.quote) == (HEARD, first)

    @given(words, st.sampled_from(QUESTION_TYPES))
    def test_every_quote_lies_where_it_says(self, transcript: Transcript, kind: str) -> None:
        points = (Point("p1", "Called the rota office", exemplars=("I called the rota",)),)
        for slot in assessed(question(kind, *points), transcript):
            assert slot.state in (HEARD, UNSURE, NOT_HEARD)
            if slot.state == NOT_HEARD:
                assert slot.quote is None
            else:
                assert slot.quote == transcript.text[slot.start : slot.end] != ""
                assert slot.quote.count(" ") < SHOWN_WORDS


class TestPoints:
    @pytest.mark.parametrize(
        ("near", "expected"), [(0.5, HEARD), (0.45, HEARD), (0.4, UNSURE), (0.33, UNSURE), (0.3, NOT_HEARD)]
    )
    def test_a_point_is_heard_from_the_thresholds_of_the_reading(self, near: float, expected: str) -> None:
        asked = question("technical", Point("p1", "Tests it"))
        read = replace(reading("i tested it twice"), points={"p1": (near,)})
        slot = next(slot for slot in assess(asked, heard("i tested it twice"), read) if ":" in slot.id)
        assert slot.state == expected

    def test_of_a_sentence_and_its_clause_the_clause_shows_it(self) -> None:
        text = "we waited for the van, but i called the depot again."
        read = DeclaredReader({}, {"p1": ("the depot",)}).read(
            question("technical", Point("p1", "Calls the depot")), "", heard(text)
        )
        slots = assess(question("technical", Point("p1", "Calls the depot")), heard(text), read)
        assert slots[-1].quote == "but i called the depot again."


def test_merge_keeps_the_better_state() -> None:
    one = assessed(question(), heard("i rebuilt the training set"))
    two = assessed(question(), heard("as a result it fell by half"))
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
