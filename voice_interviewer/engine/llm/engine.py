"""The engine with a language model over the rules: the rules decide, the model may choose and word better.

    pause      reply, speculative: the rules at once, and one request in a thread of its own, if the floor
               will probably be taken soon
    over       reply: the rules; the model's line, if it is ready or comes within the grace, has passed the
               guards and belongs to a move the rules ranked; else the line the rules planned

The model is asked only where the rules want a follow-up. Whatever a server does, a reply comes in time and
says nothing unguarded: a line from the model, or the very line the rules would have said, with the reason in
its tier. Two time-outs or failed connections in a row, or one refusal that will not pass, and the server is
left alone for the rest of the session (`status` says why).
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from importlib.resources.abc import Traversable
from pathlib import Path

from voice_interviewer.core.model.evidence import Slot
from voice_interviewer.core.model.moves import (
    Move,
    Reply,
    ReplyContext,
    is_probe,
)
from voice_interviewer.engine.llm.guards import Grounds, objection, quote_objection
from voice_interviewer.engine.llm.ladder import (
    BUSY,
    CONNECTION,
    FIRST_SEED,
    INVALID,
    REFUSED,
    TIMEOUT,
    UNSUPPORTED,
    LlmSettings,
    Proposal,
    Request,
    Server,
    ServerError,
    proposal_in,
)
from voice_interviewer.engine.llm.prompt import Message, Prompts, choices
from voice_interviewer.engine.port import Engine

GUARD = "guard"
SOON_MS = 3_000
"""A request that may be in vain is made only when the floor will probably be taken within this time."""
MOST_FAILURES = 2
"""Time-outs or failed connections in a row, after which the server is left alone."""
_OWN_WORDS = frozenset(("clarify", "contradiction"))
"""Follow-ups about what was heard: only the rules know the words they have to hold."""
_Key = tuple[int, int, str, str, str]


@dataclass
class _Call:
    """One request about one answer. move, proposal and why are set before `settled` is."""

    key: _Key
    settled: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    request: Request = field(default_factory=Request)
    proposal: Proposal | None = None
    why: str = ""
    begun: bool = False
    dropped: bool = False
    bug: BaseException | None = None

    def drop(self) -> None:
        """The answer went on: what this call would say is about old words."""
        self.dropped = True
        self.request.end()

    def settle(self, proposal: Proposal | None, why: str = "") -> None:
        self.proposal, self.why = proposal, why
        self.settled.set()

    def take_back(self) -> None:
        """What was settled turned out to be wrong; nobody may have heard it yet."""
        self.settled.clear()
        self.proposal = None

    def glance(self) -> tuple[Proposal | None, str]:
        """What it has settled on by now, or why nothing will come of it. Raises as `wait` does."""
        over = self.over.is_set()
        if self.bug is not None:
            raise self.bug
        return self.proposal, self.why if over else ""

    def wait(self, most_s: float) -> tuple[Proposal | None, str]:
        """What it settled on, or why there is nothing. Raises what went wrong in this program itself."""
        until = time.monotonic() + most_s
        while self.settled.wait(max(0.0, until - time.monotonic())):
            proposal, why = self.proposal, self.why
            if proposal is not None or why:  # else it is being taken back just now
                break
        else:
            proposal, why = None, "the model was not ready"
            if not self.begun:  # the one before it is still on its way
                self.drop()
        if self.bug is not None:
            raise self.bug
        return proposal, why


class LlmEngine:
    """Implements `engine.port.Engine` over another engine whose ranked moves it keeps to."""

    def __init__(
        self,
        rules: Engine,
        settings: LlmSettings,
        prompts: Traversable,
        persona: str = "calm, attentive and matter-of-fact",
        language: str = "en",
        memory: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """prompts: the folder prompts/llm. memory: where it is kept what the server can do; None: nowhere.
        Raises BankProblem for a prompt that cannot be used. Connects to nothing yet."""
        self._rules, self._settings, self._clock, self._language = rules, settings, clock, language
        self._prompts = Prompts(prompts, persona, language)
        self._server = Server(settings, memory)
        self._call: _Call | None = None
        self._previous: threading.Event | None = None
        self._started_at = float("-inf")
        self._failures = 0
        self._closed = False
        self.status = ""
        """Why the model is not asked any more in this session; empty while it is."""
        self.name = f"llm({settings.model} at {settings.host}) over {rules.name}"

    @property
    def calls(self) -> int:
        """Requests sent to the server in this session, those included that were given up or only found out
        what it can do."""
        return self._server.calls

    # --- the port -----------------------------------------------------------------------------------------

    def assess(self, context: ReplyContext) -> tuple[Slot, ...]:
        """What the rules hear."""
        return self._rules.assess(context)

    def asks_for_time(self, context: ReplyContext) -> bool:
        return self._rules.asks_for_time(context)

    def reply(self, context: ReplyContext) -> Reply:
        """The rules' reply, its chosen line bettered by the model where that is ready in time and harmless.

        Spoken answers wait for the model at most `grace_s`, typed ones `deadline_s`. A speculative reply
        waits for nothing and is unsettled while a better one may come.
        """
        planned = self._rules.reply(context)
        if self.status or self._closed or not _worth_asking(planned):
            self._drop()
            return _noted(planned, self.status) if _worth_asking(planned) else planned
        call = self._call
        if call is None or call.key != _key(context):
            self._drop()
            if context.speculative and not self._may_start(context):
                return replace(planned, unsettled=self._may_start_later(context))
            call = self._start(context, planned)
        if context.speculative:
            return replace(self._bettered(call.glance(), context, planned), unsettled=not call.over.is_set())
        within_s = self._settings.deadline_s if context.typed else self._settings.grace_s
        return self._bettered(call.wait(within_s), context, planned)

    def _bettered(self, settled: tuple[Proposal | None, str], context: ReplyContext, planned: Reply) -> Reply:
        """The rules' reply with the model's line in it, or with the reason why not."""
        (proposal, why), move = settled, None
        if proposal is not None:  # what was harmless at the pause must still be so now
            move, why = self._judged(proposal, context, planned)
        if move is None:
            return _noted(planned, why)
        return replace(planned, chosen=move, tier=f"model over {planned.tier}")

    # --- for whoever puts an interview together -----------------------------------------------------------

    def prepare(self) -> None:
        """Load the client and, where it is not known, find out in the background what the server can do."""

        def work() -> None:
            try:
                self._server.open()
                if not self._server.known:
                    self.probe()
            except ServerError as trouble:
                self._note(trouble)
            finally:
                over.set()

        over = threading.Event()
        self._previous = over
        threading.Thread(target=work, name="model-probe", daemon=True).start()

    def probe(self) -> tuple[str, int, int]:
        """Ask down the ladder until an answer can be read: the rung, ms to the first piece of the answer and
        ms to all of it. Holds nobody's words. Raises ServerError."""
        while True:
            begun, first_s, newest = time.monotonic(), 0.0, ""
            try:
                for text in self._server.read(self._prompts.trial(), self._settings.probe_s, Request()):
                    first_s, newest = first_s or time.monotonic() - begun, text
                if proposal_in(newest) is None:
                    raise ServerError(INVALID, "its answer cannot be read")
            except ServerError as trouble:
                before = self._server.rung
                if trouble.kind == INVALID:
                    self._server.unreadable()
                if trouble.kind == UNSUPPORTED or self._server.rung != before:
                    continue
                raise
            self._server.worked()
            return self._server.rung, round(first_s * 1000), round((time.monotonic() - begun) * 1000)

    def forget(self) -> None:
        """Find out anew what the server can do."""
        self._server.forget()

    def close(self) -> None:
        """End what is under way; from now on the rules decide alone. Waits for the thread to let go."""
        self._closed = True
        self._drop()
        if self._previous is not None:
            self._previous.wait(self._settings.deadline_s + self._settings.connect_s)
        self._server.close()

    # --- one call -----------------------------------------------------------------------------------------

    def _may_start(self, context: ReplyContext) -> bool:
        """Whether a request that may be in vain can be made now."""
        soon = context.floor_in_ms is not None and context.floor_in_ms <= SOON_MS
        return soon and self._interval_left_s <= 0

    def _may_start_later(self, context: ReplyContext) -> bool:
        """Whether one may still be made before the floor is taken, so that asking again is worth it."""
        return context.floor_in_ms is None or self._interval_left_s * 1000 < context.floor_in_ms

    @property
    def _interval_left_s(self) -> float:
        return self._started_at + self._settings.between_s - self._clock()

    def _drop(self) -> None:
        if self._call is not None:
            self._call.drop()
            self._call = None

    def _start(self, context: ReplyContext, planned: Reply) -> _Call:
        call = self._call = _Call(_key(context))
        before, self._previous, self._started_at = self._previous, call.over, self._clock()
        threading.Thread(
            target=self._run, args=(call, context, planned, before), name="model", daemon=True
        ).start()
        return call

    def _run(
        self, call: _Call, context: ReplyContext, planned: Reply, before: threading.Event | None
    ) -> None:
        """The thread of one call: its turn comes when the one before has ended."""
        try:
            if before is not None:
                before.wait()
            self._server.open()
            if not (call.dropped or self.status or self._closed):
                call.begun = True
                self._ask(call, context, planned)
        except Exception as bug:
            call.bug = bug
        finally:
            if call.proposal is None:
                call.settle(None, call.why or "the model was not asked")
            call.over.set()

    def _ask(self, call: _Call, context: ReplyContext, planned: Reply) -> None:
        """At most two requests, the second only with enough of the deadline left."""
        begun, messages = self._clock(), self._prompts.messages(context, planned)
        for attempt in (0, 1):
            left_s = self._settings.deadline_s - (self._clock() - begun)
            try:
                self._listen(call, messages, left_s, attempt, context, planned)
                self._failures = 0
                return
            except _UnusableError as unusable:
                trouble, messages = unusable.trouble, self._corrected(messages, unusable)
            except ServerError as failed:
                trouble = failed
            again = self._settings.deadline_s - (self._clock() - begun) > self._settings.retry_s
            if call.dropped or attempt or not again or trouble.kind in (REFUSED, TIMEOUT):
                break
        if not call.dropped or trouble.kind == TIMEOUT:
            self._note(trouble)
        call.settle(None, f"the model: {trouble.reason}")

    def _corrected(self, messages: list[Message], unusable: "_UnusableError") -> list[Message]:
        return self._prompts.again(messages, unusable.text, unusable.trouble.reason)

    def _listen(
        self,
        call: _Call,
        messages: list[Message],
        left_s: float,
        attempt: int,
        context: ReplyContext,
        planned: Reply,
    ) -> None:
        """Read until the line is whole and harmless, then settle; its quote may still spoil it."""
        found, text = None, ""
        pieces = self._server.read(messages, left_s, call.request, FIRST_SEED + attempt)
        try:
            for text in pieces:
                found = self._taken(call, text, found, context, planned)
        except ServerError:
            if found is None:  # a line that is whole needs no end of its message
                raise
        finally:
            _closed(pieces)
        if found is None:
            self._server.unreadable()
            raise _UnusableError(ServerError(INVALID, "its answer cannot be read"), text)
        self._server.worked()

    def _taken(
        self, call: _Call, text: str, before: Proposal | None, context: ReplyContext, planned: Reply
    ) -> Proposal | None:
        found = proposal_in(text)
        if found is None or found == before:
            return before
        move, why = self._judged(found, context, planned)
        if move is None:
            call.take_back()
            self._server.worked()
            raise _UnusableError(ServerError(GUARD, why), text[:1000])
        call.settle(found)
        return found

    def _judged(self, proposal: Proposal, context: ReplyContext, planned: Reply) -> tuple[Move | None, str]:
        """The move a proposal makes, or why it makes none."""
        ranked = _ranked(proposal, planned)
        if ranked is None:
            return None, "it chose no listed move"
        if not is_probe(ranked.move):
            return ranked, ""
        grounds = Grounds.of(context, self._language)
        say, quote = " ".join(proposal.say.split()), " ".join((proposal.quote or "").split())
        same = say == ranked.say
        why = ("" if same else objection(proposal.say.strip(), grounds)) or quote_objection(quote, grounds)
        if why:
            return None, why
        at = context.answer.text.lower().find(quote.lower()) if quote else -1
        verbatim = context.answer.text[at : at + len(quote)] if at >= 0 else ranked.quote
        return replace(ranked, say=say, quote=verbatim), ""

    def _note(self, trouble: ServerError) -> None:
        """What the failure means for the rest of the session."""
        if trouble.kind in (TIMEOUT, CONNECTION, BUSY):
            self._failures += 1
        elif trouble.kind in (INVALID, GUARD):
            self._failures = 0
        if trouble.kind == REFUSED:
            self.status = f"{self._settings.host} is not asked any more: {trouble.reason}"
        elif self._failures >= MOST_FAILURES:
            self.status = (
                f"{self._settings.host} is not asked any more: twice in a row, last {trouble.reason}"
            )


class _UnusableError(Exception):
    """An answer that can be read or not, but not be used. text: what the model is shown of it."""

    def __init__(self, trouble: ServerError, text: str) -> None:
        super().__init__(trouble.reason)
        self.trouble, self.text = trouble, text


def _closed(pieces: Iterator[str]) -> None:
    close = getattr(pieces, "close", None)
    if close is not None:
        close()


def _key(context: ReplyContext) -> _Key:
    return context.turn, len(context.earlier), context.question.id, context.asked, context.answer.text


def _worth_asking(planned: Reply) -> bool:
    """A request, a non-answer, a limit that is reached and a doubt about a word are the rules' own."""
    return is_probe(planned.chosen.move) and planned.chosen.move not in _OWN_WORDS


def _ranked(proposal: Proposal, planned: Reply) -> Move | None:
    """The move of the rules' list that a proposal means; without a target the first of that name."""
    target = proposal.target or "none"
    named = [move for move in choices(planned) if move.move == proposal.act and move.move not in _OWN_WORDS]
    if target == "none":
        return named[0] if named else None
    return next((move for move in named if move.target == target), None)


def _noted(planned: Reply, why: str) -> Reply:
    return replace(planned, tier=f"{planned.tier}; {why}") if why else planned
