"""What a language model's line must pass before it is spoken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from known_moves import PROBES

from voice_interviewer.core.model.bank import Avoid, Point, Question
from voice_interviewer.core.model.moves import Exchange, ReplyContext
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.understanding.lexicon import STOPWORDS
from voice_interviewer.engine.llm.guards import ENGLISH_SHARE, Grounds, _folded, objection, quote_objection
from voice_interviewer.engine.llm.words import OPENERS
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.engine.rules import RulesEngine

TOLD = (
    "We had a problem with the loan model and I tested it by age group. Maria from legal asked for a risk "
    "score so I rebuilt the training set and the errors fell by 12 percent"
)
SECRET = "compare the error rates of every group with the whole and name the gap"
GROUNDS = Grounds(
    answer=TOLD,
    told=TOLD,
    asked="Tell me about a time you mended something that was broken.",
    secret=(SECRET,),
    said=("What did you do yourself?", "You said it was slow. How long did it take?"),
)

FINE = [
    "When you rebuilt the training set, what did you leave out?",
    "You mentioned the risk score. Who asked for it?",
    "You said Maria asked for a risk score. What did you give her?",
    'You said "I rebuilt the training set". What came of it?',
    "How did you pick the age groups you tested?",
    "What was different once the errors fell by 12 percent?",
    "Take me through the test by age group.",
    "Please walk me through the day you rebuilt it.",
    "What went wrong the first time you rebuilt it?",
    "How did you know that the rebuilt set was good enough?",
    "And in that test, what was your own part?",
    "What made you rebuild the training set rather than tune the loan model?",
    "Why that way?",
]

REFUSED = {
    "the line is empty": ["", "  \n"],
    "the line cannot be spoken as it is": [
        "What **happened** then?",
        "What happened? What then?",
        "1. What happened then?",
        "What happened \N{GRINNING FACE}?",
        "See https://example.org what happened there?",
        "Well. So. What happened after that?",
        "What " + "really " * 25 + "happened?",
        "What happened...?",
        "What\nhappened?",
    ],
    "it is not in English": ["Was hast du danach gemacht?", "Que fez depois disso?", "Что было потом?"],
    "the question is not the end of the line": ["What happened? You said so."],
    "the line is not exactly one request": [
        "Ok then.",
        "Tell me about the test. What came of it?",
        "You did this by yourself.",
        "Tell me about it. Give me the details of that.",
    ],
    "the line asks two things": [
        "What did you do and how did it go?",
        "What did you do, and why?",
        "What would you do, how would you do it?",
        "Why did you do that, or was it somebody else who did it?",
        "Tell me what you did and what came of it.",
        "Did you test it, and did you write it down?",
        "What did you test; which groups did you leave out?",
    ],
    "it asks about a protected matter": [
        "How old are you?",
        "Do you have children?",
        "And what does your husband say to it?",
        "Are you married?",
        "Were you pregnant at the time?",
        "Where are you originally from?",
        "What is your religion?",
        "Did your disability play a part in that?",
        "Have you ever been arrested?",
        "Do you plan to start a family?",
        "Which party do you vote for when you\N{RIGHT SINGLE QUOTATION MARK}re young?",
    ],
    "it is rude": ["Why did you do such a stupid thing?"],
    "it praises": [
        "Great. What did you do next?",
        "That is a really good example. What changed?",
        "Interesting. What changed then?",
        "I love that. What changed then?",
        "Well done. What changed then?",
    ],
    "it passes a verdict": [
        "That's right. What came next?",
        "Your answer was vague. What was the result?",
        "You forgot the result. What was it?",
        "I'm not convinced. What was the result?",
    ],
    "the line talks of scores": ["How would you grade that?", "What rating did you get for it?"],
    "it teaches": [
        "I'd give you five out of five. What next?",
        "You should compare groups. What did you do?",
        "Did you, for example, check the subgroups?",
        "It is important to write things down. Did you?",
        "The right approach is to compare. Did you?",
    ],
    "it quotes what was not said": ['You said "I fired the team". Why that?'],
    "it claims what was not said": [
        "You said you fired the whole team. Why was that?",
        "You mentioned the merger with the bank. What came of it?",
    ],
    "it names somebody or something that was not said": [
        "What did John do then?",
        "John objected. What did you say then?",
        "How did you use Kubernetes for it?",
    ],
    "it holds a number that was not said": ["What did the 40 users say?", "How did you get to 13 percent?"],
    "it gives away what an answer should hold": [
        "Did you compare the error rates of every group?",
        "Show me how you name the gap with the whole and name the gap.",
    ],
    "it was asked before": [
        "What did you do yourself then?",
        "Yourself, what did you do?",
        "How long did it take?",
    ],
}


@pytest.mark.parametrize("line", FINE)
def test_a_harmless_line_passes(line: str) -> None:
    assert objection(line, GROUNDS) == ""


@pytest.mark.parametrize(("why", "line"), [(why, line) for why, lines in REFUSED.items() for line in lines])
def test_what_must_not_be_said_is_refused_for_its_reason(why: str, line: str) -> None:
    assert objection(line, GROUNDS) == why


def test_protected_words_are_free_where_they_are_the_matter() -> None:
    data = "I compared the errors by age, religion and health status of the patients in the data"
    grounds = Grounds(answer=data, told=data, asked="")
    assert objection("Why did you compare by religion rather than by age?", grounds) == ""
    assert objection("How did age come into the errors?", grounds) == ""
    assert objection("What is your religion?", grounds) == "it asks about a protected matter"


def test_what_was_asked_or_said_by_the_candidate_is_no_secret() -> None:
    line = "How did you compare the error rates of every group?"
    assert objection(line, GROUNDS)
    said = f"{TOLD} and I would compare the error rates of every group"
    assert objection(line, Grounds(answer=said, told=said, asked="", secret=(SECRET,))) == ""


def test_names_count_as_said_whatever_their_case() -> None:
    spoken = "then maria from legal came and we used python"
    grounds = Grounds(answer=spoken, told=spoken, asked="")
    assert objection("What did Maria ask you for?", grounds) == ""
    assert objection("What did you write in Python?", grounds) == ""


def test_a_quote_is_what_was_said() -> None:
    assert quote_objection("", GROUNDS) == ""
    assert quote_objection("i rebuilt the training set", GROUNDS) == ""
    assert quote_objection("I rebuild the training set", GROUNDS) == ""  # one letter, as a recogniser would
    assert quote_objection("I fired the whole team", GROUNDS)
    assert quote_objection(f"{TOLD} and then I said more", GROUNDS)
    assert quote_objection("?!", GROUNDS)


def test_the_whole_sheet_of_a_question_is_secret() -> None:
    question = Question(
        "q",
        "technical",
        "How would you test it?",
        points=(Point("p1", "point", exemplars=("exemplar",), probe="How would the groups come in?"),),
        how=("how",),
        avoid=(Avoid("avoid", ("sign",)),),
        anchors=("anchor",),
        example="example",
    )
    before = Exchange(1, "q", "asked", None, Transcript.typed("earlier words", 0))
    context = ReplyContext(
        question, "mid", 2, "now", None, Transcript.typed("new words", 0), (before,), said=("hello",)
    )
    grounds = Grounds.of(context)
    assert set(grounds.secret) == {"point", "exemplar", "how", "avoid", "sign", "anchor", "example"}
    assert (grounds.answer, grounds.told) == ("new words", "earlier words new words")
    assert set(grounds.said) == {"hello", "now", question.say}


def test_the_products_own_follow_ups_are_english_and_open_with_known_words() -> None:
    """The bounds of the guards are drawn around what the product says itself."""
    probes = RulesEngine.from_content(load_reader("words")).lines.probes
    assert {name.split(".")[0] for name in probes} <= PROBES | {"redirect"}
    for kinds in probes.values():
        for line in kinds.plain:
            words = _folded(line).split()
            share = sum(word in STOPWORDS or word in OPENERS for word in words) / len(words)
            assert share >= ENGLISH_SHARE, line
            assert objection(line, Grounds("", "", "")) not in ("it is not in English", "it praises"), line


@given(st.text(max_size=120), st.text(max_size=200))
def test_any_text_is_judged_and_nothing_raises(line: str, told: str) -> None:
    grounds = Grounds(told, told, told, (told,), (told,))
    assert isinstance(objection(line, grounds), str)
    assert isinstance(quote_objection(line, grounds), str)
