"""The resume and the job description a person brings: what is told about them, what a plan gets of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voice_interviewer.content.resources import load_house
from voice_interviewer.documents.briefing import make_brief, nearness
from voice_interviewer.documents.private import JOB, RESUME
from voice_interviewer.documents.reading import read_document
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.settings.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voice_interviewer.core.model.bank import Bank
    from voice_interviewer.core.model.plan import Brief
    from voice_interviewer.documents.reading import Document


@dataclass(frozen=True)
class ApplicationDocuments:
    """What was read of them; their paths are forgotten."""

    resume: "Document | None" = None
    job: "Document | None" = None


def read_documents(cv: str | None, job: str | None) -> ApplicationDocuments | None:
    """The documents at these paths; None without any. Raises UsageProblem for what cannot be read."""
    if cv is None and job is None:
        return None

    return ApplicationDocuments(
        read_document(Path(cv).expanduser(), RESUME) if cv is not None else None,
        read_document(Path(job).expanduser(), JOB) if job is not None else None,
    )


def told(documents: ApplicationDocuments, config: Config) -> str:
    """What was read, a line each, and where it goes."""
    where = "It stays on this machine."
    if config.network.share_documents and config.llm.url:
        where = f"As you allowed, what is asked about it may go to the language model at {config.llm.url}."
    return "\n".join(f"{each.told} {where}" for each in (documents.resume, documents.job) if each is not None)


def brief(documents: ApplicationDocuments, seed: int, config: Config, banks: "Iterable[Bank]") -> "Brief":
    """What a plan needs to know of the documents."""
    near = nearness(load_reader(config.semantic.model)) if documents.job is not None else None
    return make_brief(banks, documents.resume, documents.job, load_house().resume, seed, near)
