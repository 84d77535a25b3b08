"""What a person does on the review page: each action is one note in notes.jsonl, or a drill that begins."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from voice_interviewer.review.model import Report
from voice_interviewer.store.notes import (
    MAX_TEXT,
    Corrected,
    Noted,
    Rated,
    Revealed,
    Tagged,
)
from voice_interviewer.web.desk import Desk, question_of
from voice_interviewer.web.jobs import Job

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Move = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class CorrectBody(_Body):
    turn: int = Field(ge=1)
    word: int = Field(ge=0)
    text: str | None = Field(max_length=200)


class RateBody(_Body):
    question: Name
    level: int = Field(ge=1, le=5)


class RevealBody(_Body):
    pass


class TagsBody(_Body):
    tags: list[Tag] = Field(max_length=20)


class NoteBody(_Body):
    question: Name | None = None
    text: str = Field(max_length=MAX_TEXT)


class RetryBody(_Body):
    question: Name | None = None
    move: Move | None = None


class DeleteBody(_Body):
    confirm: str
    """The session's id once more: what was asked is what is deleted."""


_T = TypeVar("_T", bound=_Body)


class Actions:
    """POST, and the state of what was begun. Each answers with the report as it is then, where it changed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def correct(self, request: Request) -> Response:
        """A word that was misheard: only the answers to its question are judged again."""
        session, body = request.path_params["session"], await _read(request, CorrectBody)
        return await run_in_threadpool(self._correct, session, body)

    def _correct(self, session: str, body: CorrectBody) -> Response:
        report = self._desk.report(session)
        question = _question_of_word(report, body.turn, body.word)
        text = None if body.text is None else _plain(body.text)
        note = Corrected(turn=body.turn, word=body.word, text=text)
        return _fresh(self._desk.note(session, note, rescore=True), question)

    async def rate(self, request: Request) -> Response:
        """The candidate's own level for a question."""
        session, body = request.path_params["session"], await _read(request, RateBody)
        return await run_in_threadpool(self._rate, session, body)

    def _rate(self, session: str, body: RateBody) -> Response:
        report = self._desk.report(session)
        question = question_of(report, body.question).id
        note = Rated(question=question, level=body.level, before_reveal=not report.revealed)
        return _fresh(self._desk.note(session, note), question)

    async def reveal(self, request: Request) -> Response:
        """From here on the levels are shown."""
        session, _ = request.path_params["session"], await _read(request, RevealBody)
        return _fresh(await run_in_threadpool(self._desk.note, session, Revealed()))

    async def tags(self, request: Request) -> Response:
        """All tags of the session, in place of those before."""
        session, body = request.path_params["session"], await _read(request, TagsBody)
        tags = dict.fromkeys(_plain(tag) for tag in body.tags)
        return _fresh(await run_in_threadpool(self._desk.note, session, Tagged(tags=tuple(tags))))

    async def note(self, request: Request) -> Response:
        """The candidate's own words about the session or one question."""
        session, body = request.path_params["session"], await _read(request, NoteBody)
        return await run_in_threadpool(self._note, session, body)

    def _note(self, session: str, body: NoteBody) -> Response:
        if body.question is not None:
            question_of(self._desk.report(session), body.question)
        note = Noted(question=body.question, text=body.text.strip())
        return _fresh(self._desk.note(session, note), body.question)

    async def delete(self, request: Request) -> Response:
        """The session's sound and text, for good."""
        session, body = request.path_params["session"], await _read(request, DeleteBody)
        return await run_in_threadpool(self._delete, session, body)

    def _delete(self, session: str, body: DeleteBody) -> Response:
        with self._desk.locked(session):
            if body.confirm != session:
                raise HTTPException(400, "Not confirmed, so nothing was deleted.")
            freed = self._desk.services.delete(session)
        self._desk.forget(session)
        return JSONResponse({"deleted": session, "freed_bytes": freed})

    # --- trying again -----------------------------------------------------------------------------------

    async def retry(self, request: Request) -> Response:
        """A drill of one question or one move, as a process of its own."""
        session, body = request.path_params["session"], await _read(request, RetryBody)
        return await run_in_threadpool(self._retry, session, body)

    def _retry(self, session: str, body: RetryBody) -> Response:
        if (body.question is None) == (body.move is None):
            raise HTTPException(400, "Name a question or a move to try again, one of them.")
        report = self._desk.report(session)
        if body.question is not None:
            question_of(report, body.question)
        command = self._desk.services.drill(body.question, body.move, session)
        try:
            job = self._desk.jobs.start(command, session)
        except OSError as error:
            raise HTTPException(500, f"The drill could not be started ({error.strerror}).") from error
        if job is None:
            raise HTTPException(409, "A drill is running already; end that one first.")
        return JSONResponse({"job": job.number}, 202)

    def job(self, request: Request) -> Response:
        """Whether it still runs, its newest lines, and the session it made."""
        return JSONResponse(self._job(request).plain())

    async def stop(self, request: Request) -> Response:
        """Ask it to end; it closes its record first."""
        await _read(request, RevealBody)
        job = self._job(request)
        self._desk.jobs.stop(job)
        return JSONResponse(job.plain())

    def _job(self, request: Request) -> Job:
        job = self._desk.jobs.get(request.path_params["job"], request.path_params["session"])
        if job is None:
            raise HTTPException(404, "No such drill was started here.")
        return job


async def _read(request: Request, model: type[_T]) -> _T:
    """The body as that model. Raises HTTPException 400 with one line."""
    try:
        return model.model_validate_json(await request.body() or b"{}")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        line = f"{where}: {first['msg']}" if where else first["msg"]
        raise HTTPException(400, " ".join(line.split())) from None


def _question_of_word(report: Report, turn: int, word: int) -> str | None:
    """The question whose answer that word belongs to. Raises HTTPException 404 where there is none."""
    for entry in report.dialogue:
        if entry.turn == turn and any(each.number == word for each in entry.words):
            return None if entry.question is None else report.questions[entry.question].id
    raise HTTPException(404, "There is no such word in this session.")


def _plain(text: str) -> str:
    """On one line, without control characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _fresh(report: Report, question: str | None = None) -> Response:
    return JSONResponse({"report": report.plain(), "question": question})
