"""An answer in another language: nothing is made of it, the candidate is told, and English is heard again."""

from timeline import Timeline

from voice_interviewer.content.catalogue import language_name
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.feedback.gates import refusal
from voice_interviewer.core.model.feedback import OTHER_LANGUAGE as NOT_UNDERSTOOD
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.understanding.languages import (
    SURE,
    another,
)
from voice_interviewer.review.fold import fold
from voice_interviewer.review.labels import not_assessed
from voice_interviewer.review.scored import scorable

INVENTED = "I found a fair in the book last year and immediately ordered and logged in"


def german(talk: Timeline, probability: float = 0.98) -> None:
    talk.send(e.LanguageHeard(talk.now_ms, talk.state.answer.turn, "de", probability))


def told() -> Timeline:
    """An answer in German, written down as English before the language was known."""
    talk = Timeline()
    talk.until_listening()
    talk.speak(5.0, INVENTED)
    german(talk)
    return talk


def test_its_words_go_and_the_candidate_is_told() -> None:
    talk = told()
    assert talk.state.answer.words == ()
    assert talk.state.answer.slots == ()
    talk.silence(2.5)
    assert talk.saying == load_turn_rules().asides.other_language
    assert talk.state.agenda.non_answers == 0


def test_words_that_come_later_are_not_believed() -> None:
    talk = Timeline()
    talk.until_listening()
    talk.speak(5.0, "", understood=False)
    german(talk)
    talk.send(e.WordsHeard(talk.now_ms, 1, 0, talk.now_ms, (Word("fair", 1, 2),), True))
    talk.understand(1, 0, INVENTED)
    assert talk.state.answer.words == ()
    talk.silence(2.5)
    assert talk.saying == load_turn_rules().asides.other_language


def test_english_is_heard_again_after_that() -> None:
    talk = told()
    talk.silence(2.5)
    talk.until_listening()
    talk.speak(5.0, "we rebuilt the data set")
    assert talk.state.answer.text == "we rebuilt the data set"
    (turn,) = fold(talk.log).turns.values()
    assert turn.transcript.text == "we rebuilt the data set"


def test_what_is_unsure_or_english_changes_nothing() -> None:
    for language, probability in (("de", SURE - 0.1), ("en", 0.99), ("", 0.0)):
        talk = Timeline()
        talk.until_listening()
        talk.speak(5.0, "we rebuilt the data set")
        talk.send(e.LanguageHeard(talk.now_ms, 1, language, probability))
        assert talk.state.answer.text == "we rebuilt the data set"
        assert not another(language, probability)


def test_of_an_answer_that_is_over_nothing_is_taken_back() -> None:
    talk = Timeline()
    talk.until_listening()
    talk.answer("we rebuilt the data set", "result", "What came of it?")
    before = talk.state
    talk.send(e.LanguageHeard(talk.now_ms, 1, "de", 0.98))
    assert talk.state == before
    assert fold(talk.log).turns[1].transcript.text == "we rebuilt the data set"


def test_the_review_says_in_which_language_it_was_heard() -> None:
    folded = fold(told().log)
    assert folded.turns[1].transcript.words == ()
    assert set(folded.turns[1].failed.values()) == {"German"}
    assert folded.plan is not None
    question = folded.plan.items[1].question
    assert question is not None
    reason = refusal(scorable(folded, question, "junior", 0.5).material, ())
    assert reason == f"{NOT_UNDERSTOOD}:de"
    assert not_assessed(reason) == "It was heard as German; only English is understood."
    assert not_assessed("thin") == "Too little was said to go by."


def test_names() -> None:
    assert language_name("xx") == "another language"
