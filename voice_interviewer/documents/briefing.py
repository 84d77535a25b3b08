"""From documents to what a plan needs of them: skills and how much each is asked for, what must be covered,
and questions about the resume. Nothing else of their text goes on."""

from collections.abc import Iterable, Sequence

from voice_interviewer.content.skill_words import load_skill_words
from voice_interviewer.core.feedback.skills import (
    Near,
    keywords,
    passages,
    weights,
)
from voice_interviewer.core.model.bank import Bank
from voice_interviewer.core.model.plan import Brief
from voice_interviewer.documents.claims import claim_questions
from voice_interviewer.documents.reading import Document
from voice_interviewer.engine.port import Reader
from voice_interviewer.engine.reader.semantic import EmbeddingReader


def make_brief(
    banks: Iterable[Bank],
    resume: Document | None = None,
    job: Document | None = None,
    wordings: Sequence[str] = (),
    seed: int = 0,
    near: Near | None = None,
) -> Brief:
    """What a resume and a job description add to a plan over these banks; the same for the same arguments.

    wordings: how a claim of a resume is asked about. near: a model of meaning, see `nearness`.
    """
    claims = claim_questions(resume, wordings, seed) if resume else ()
    if job is None:
        return Brief(claims=claims)
    said = passages((section.heading, [line.text for line in section.lines]) for section in job.sections)
    known = (skill for bank in banks for question in bank.questions for skill in question.skills)
    words = load_skill_words()
    asked = weights(known, said, words, near)
    return Brief(asked, keywords(asked, said, words, job.lines), claims)


def nearness(reader: Reader) -> Near | None:
    """Similarities by the reader's sentence encoder; None where it has none."""
    if not isinstance(reader, EmbeddingReader):
        return None
    encoder = reader.encoder

    def near(names: Sequence[str], texts: Sequence[str]) -> Sequence[Sequence[float]]:
        found: Sequence[Sequence[float]] = (encoder.encode(names) @ encoder.encode(texts).T).tolist()
        return found

    return near
