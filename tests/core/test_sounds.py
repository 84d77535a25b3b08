"""Sounds that a recogniser wrote as words reach no question and no quote, and end no clause."""

from functools import partial

import pytest
from declared_readings import DeclaredReader
from known_moves import CATALOGUE

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.moves import ReplyContext
from voice_interviewer.core.model.transcript import Transcript, Word
from voice_interviewer.core.probing.doubts import clarify
from voice_interviewer.core.probing.heard import Heard
from voice_interviewer.core.probing.quoting import quotes
from voice_interviewer.core.understanding.clauses import clauses
from voice_interviewer.core.understanding.lexicon import PLAIN, fold

ASKED = Question("q", "behavioural", "Tell me about a hard week.")
READER = DeclaredReader({})


def asked_about(text: str) -> str | None:
    answer = Transcript.typed(text, 0)
    context = ReplyContext(
        question=ASKED,
        level="mid",
        turn=1,
        asked=ASKED.say,
        asked_move=None,
        answer=answer,
        said=(ASKED.say,),
    )
    found = clarify(context, Heard(context, (), partial(READER.read, ASKED), CATALOGUE))
    return found.said if found else None


@pytest.mark.parametrize(
    "text",
    [
        "I asked the team. MMMM and then I called the Mhm with them.",
        "We went to the HMM and fixed it.",
        "I worked at the University with some data.",
    ],
)
def test_no_sound_and_no_plain_institution_is_asked_about(text: str) -> None:
    assert asked_about(text) is None


def test_an_abbreviation_still_is() -> None:
    assert asked_about("I wrote the QXZT with them.") == "QXZT"


@pytest.mark.parametrize(
    ("probability", "pause_ms", "asked"), [(0.9, 50, True), (0.9, 900, False), (0.4, 50, False)]
)
def test_a_capital_after_a_pause_and_a_doubtful_one_name_nothing(
    probability: float, pause_ms: int, asked: bool
) -> None:
    begun = (Word("we", 0, 100), Word("used", 100, 300), Word("the", 300, 400))
    at_ms = 400 + pause_ms
    term = (
        Word("Zarm", at_ms, at_ms + 300, probability),
        Word("before", at_ms + 320, at_ms + 600),
        Word("it.", at_ms + 600, at_ms + 700),
    )
    context = ReplyContext(
        question=ASKED,
        level="mid",
        turn=1,
        asked=ASKED.say,
        asked_move=None,
        answer=Transcript(begun + term),
        said=(ASKED.say,),
        doubt_threshold=0.7,
    )
    found = clarify(context, Heard(context, (), partial(READER.read, ASKED), CATALOGUE))
    assert (found is not None and found.said == "Zarm") == asked


def test_a_sound_is_never_quoted() -> None:
    assert quotes(Transcript.typed("I wrote the hmm report and I rebuilt the uh-huh", 0), 0.5) == ()
    (quote,) = quotes(Transcript.typed("I rebuilt the test mhm and left", 0), 0.5)
    assert quote.text == "I rebuilt the test"


def test_a_pause_after_a_sound_ends_no_clause() -> None:
    words = (Word("we", 0, 100), Word("tried", 100, 300), Word("erm", 400, 600), Word("again", 1400, 1600))
    assert len(clauses(Transcript(words))) == 1


@pytest.mark.parametrize(
    "text", ["It was 12% before.", "It was 12 % before.", "12%-ish", "It fell to 1%and stayed"]
)
def test_a_share_is_a_measure(text: str) -> None:
    assert PLAIN["measure"].search(fold(text))
