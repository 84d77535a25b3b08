"""Pieces of an answer that read differently after more was heard with them."""

from timeline import Timeline

from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.review.fold import Fold


def said(talk: Timeline, text: str) -> tuple[Word, ...]:
    return tuple(Word(token, talk.now_ms, talk.now_ms, 0.9) for token in text.split())


def folded(talk: Timeline) -> Fold:
    fold = Fold()
    for event, commands in talk.log:
        fold.take(event, commands)
    return fold


def listening() -> Timeline:
    talk = Timeline()
    talk.until_listening()
    talk.speak(1.0, "we had many problems. JEEPS.")
    return talk


def test_a_piece_told_again_with_the_next_replaces_what_was_told() -> None:
    talk = listening()
    talk.speak(1.0, "", understood=False)
    again = e.Revision(0, said(talk, "we had many projects"))
    talk.send(e.SegmentTranscribed(talk.now_ms, 1, 1, said(talk, "at the bank."), (again,)))
    assert talk.state.answer.text == "we had many projects at the bank."
    assert folded(talk).turns[1].transcript.text == "we had many projects at the bank."


def test_a_piece_heard_again_in_the_silence_after_it_counts_as_another_draft() -> None:
    talk = listening()
    draft = talk.state.answer.draft
    talk.send(e.SegmentTranscribed(talk.now_ms, 1, 0, said(talk, "we had many projects.")))
    assert talk.state.answer.draft == draft + 1
    talk.send(e.SegmentTranscribed(talk.now_ms, 1, 0, said(talk, "we had many projects.")))
    assert talk.state.answer.draft == draft + 1, "the same words are no news"


def test_the_tail_brings_what_changed_before_it() -> None:
    talk = listening()
    talk.send(e.SpeechStarted(talk.now_ms, talk.now_ms))
    talk.now_ms += 1000
    talk.send(e.SpeechStopped(talk.now_ms, talk.now_ms - 200))
    again = e.Revision(0, said(talk, "we had many projects"))
    words = said(talk, "and one failed")
    talk.send(
        e.WordsHeard(talk.now_ms, 1, talk.state.floor.closed_until_ms, talk.now_ms, words, True, (again,))
    )
    assert (
        " ".join(word.text for word in talk.state.answer.heard_words) == "we had many projects and one failed"
    )
    assert folded(talk).turns[1].transcript.text == "we had many projects"


def test_after_the_reply_was_chosen_the_answer_stays_what_the_interview_went_by() -> None:
    talk = listening()
    talk.silence(2.1)
    talk.reply("own_part", "Which part was yours?")
    before = talk.state
    talk.send(e.SegmentTranscribed(talk.now_ms, 1, 0, said(talk, "late")))
    again = e.Revision(0, said(talk, "late"))
    talk.send(e.WordsHeard(talk.now_ms, 1, 0, talk.now_ms, (), True, (again,)))
    assert talk.state.answer.segments == before.answer.segments
    assert folded(talk).turns[1].transcript.text == "we had many problems. JEEPS."


def test_a_revision_of_a_piece_that_is_not_known_is_dropped() -> None:
    talk = listening()
    talk.speak(1.0, "", understood=False)
    again = e.Revision(7, said(talk, "nothing"))
    talk.send(e.SegmentTranscribed(talk.now_ms, 1, 1, said(talk, "so."), (again,)))
    assert talk.state.answer.text == "we had many problems. JEEPS. so."


def test_a_record_without_revisions_can_still_be_read() -> None:
    old = {"type": "SegmentTranscribed", "at_ms": 1, "turn": 1, "segment": 0, "words": []}
    assert e.from_json(old) == e.SegmentTranscribed(1, 1, 0, ())
    new = e.SegmentTranscribed(1, 1, 0, (), (e.Revision(0, (Word("so", 0, 5, 0.5),)),))
    assert e.from_json(e.to_json(new)) == new
