"""Spoken requests and non-answers: what is said instead of an answer, and where it leads."""

from itertools import pairwise

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.moves import Candidate, ReplyContext, is_probe
from voice_interviewer.core.model.reading import EMBEDDINGS, Reading
from voice_interviewer.core.model.transcript import Transcript, Word
from voice_interviewer.core.probing.heard import Read, history, moves_here, waited
from voice_interviewer.core.understanding.evidence import (
    LABEL_HEARD,
    LABEL_UNSURE,
    content_words,
    tells_an_act,
)
from voice_interviewer.core.understanding.lexicon import content_stems, fold
from voice_interviewer.core.understanding.requests import (
    ASK_BACK,
    FINISHED,
    PRIORITY,
    REPEAT,
    SKIP,
    STOP,
    UNKNOWN,
    WAIT,
    asks_meaning,
    asks_nothing,
    only_agrees,
    only_asks_meaning,
    spoken_request,
)

MIN_TIME_MS = 20_000
"""With less of the question's time left, nothing more is asked about it. Start value."""
THIN_STEMS = 3
"""With fewer content words than this, nothing has been answered yet."""
REQUEST_WORDS = 45
"""A longer utterance is an answer, whatever is asked in it."""
REQUEST_HEARD, REQUEST_HEARD_SHORT = 0.5, 0.4
REQUEST_TAIL_WORDS, BREATH_MS = 16, 350
"""A request behind a story is looked for in its last words, after a silence of this length."""
SHORT_WORDS = 15
"""In so few words less is needed to hear a request: there is hardly room for a story beside it."""
SURELY_STOP = 0.8
"""From here on a wish to end is heard even where the phrases hear a mere interruption."""
TOLD = ("situation", "own_action", "team_action", "result", "measure")
"""What an utterance tells, if it is a story and no request."""
EMPTY_LABELS = 0.4
"""Where no piece of so short an utterance is anything with more than this, nothing was said."""
EMPTY_WORDS = 60
"""A longer answer is never taken for one that says nothing."""
ECHO = 0.8
"""From this similarity on, a piece of an answer only says the question back."""
MAX_REPEATS = 3
"""The question is said again at most so often; after that, asking for it once more means moving on."""
NOTHING_ASKED = "the candidate has no questions"
"""The reason to leave a closing question to which nothing was asked."""
MEANING_ASKED = "asked what the question means"
"""The reason to say a question in other words. The move is still `repeat`: the question stays as it was, and
asking about it is free."""

SHORT_TYPES = frozenset(("factual", "warmup", "closing"))
"""Questions that one word may answer."""
UNPROBED = SHORT_TYPES | {"motivation"}


def request_in(answer: Transcript, reading: Reading) -> str | None:
    """What is said to the interviewer instead of an answer, one of `requests.KINDS`, or None for an answer.

    The phrases are sure but few; a reading knows other wordings. It is believed only where every sentence is
    a request, or tells nothing, so that the same words inside a story stay a story.

    Who asks what is meant asks back, even where the phrases hear an "I don't know" in it, or nothing.
    """
    found = _requested_in(answer, reading)
    asks = asks_meaning if found == UNKNOWN else only_asks_meaning
    return ASK_BACK if found in (None, UNKNOWN) and asks(answer.text) else found


def _requested_in(answer: Transcript, reading: Reading) -> str | None:
    plain = spoken_request(answer.text)
    if not reading.requests or len(answer.words) > REQUEST_WORDS:
        return plain
    if plain is not None:
        stops = max(reading.requests.get(STOP, ()), default=0.0)
        return STOP if plain == WAIT and stops >= SURELY_STOP else plain
    if not content_words(answer):
        return None
    least = REQUEST_HEARD if len(answer.words) > SHORT_WORDS else REQUEST_HEARD_SHORT
    found = set()
    for sentence in _sentences(reading):
        kind, value = max(
            ((kind, _most(row, sentence)) for kind, row in reading.requests.items()), key=_second
        )
        if value >= (REQUEST_HEARD if kind == FINISHED else least):
            found.add(kind)
        elif (
            max((_most(reading.labels.get(name, ()), sentence) for name in TOLD), default=0.0) >= LABEL_HEARD
        ):
            return None
    return next((kind for kind in PRIORITY if kind in found), None)


def _second(pair: tuple[str, float]) -> float:
    return pair[1]


def _most(row: tuple[float, ...], units: list[int]) -> float:
    return max((row[index] for index in units if index < len(row)), default=0.0)


def says_it_is_over(reading: Reading) -> bool:
    """Whether an answer closes with the words that this is all."""
    if not reading.units:
        return False
    row = reading.requests.get(FINISHED, ())
    return any(
        value >= REQUEST_HEARD and unit.end == reading.units[-1].end
        for unit, value in zip(reading.units, row, strict=False)
    )


def last_breath(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """What was said last, after a silence that parts clauses: there a request may stand behind a story."""
    words = words[-REQUEST_TAIL_WORDS:]
    begins = [
        at + 1 for at, (one, two) in enumerate(pairwise(words)) if two.start_ms - one.end_ms >= BREATH_MS
    ]
    return words[begins[-1] :] if begins else words


def asks_for_time(reading: Reading) -> bool:
    """Whether an answer stops at a request for time to think, after a story as well as at its beginning."""
    if not reading.units:
        return False
    row = reading.requests.get(WAIT, ())
    return any(
        value >= REQUEST_HEARD_SHORT and unit.end == reading.units[-1].end
        for unit, value in zip(reading.units, row, strict=False)
    )


def _sentences(reading: Reading) -> list[list[int]]:
    """The units of each sentence: itself, and the clauses that lie in it."""
    spans = [(unit.start, unit.end) for unit in reading.units]
    whole = [
        (start, end)
        for start, end in spans
        if not any((start, end) != (a, b) and a <= start and end <= b for a, b in spans)
    ]
    return [[i for i, (start, end) in enumerate(spans) if a <= start and end <= b] for a, b in whole]


def route(context: ReplyContext, read: Read) -> Candidate | None:
    """The one move that a request or a non-answer leads to; None for an answer."""
    reading = read(context.asked, context.answer)
    request = request_in(context.answer, reading)
    return _requested(context, request) or _unanswered(context, request, read) or _unfinished(context)


def is_non_answer(
    question: Question, asked: str, asked_move: str | None, answer: Transcript, reading: Reading
) -> bool:
    """Whether an answer says nothing: silence, a word or two, the question said back, words that are no
    statement at all, or "I don't know".

    After a follow-up only silence and "I don't know" count, because a word or two may answer it.
    """
    request = request_in(answer, reading)
    if request is not None:
        return request == UNKNOWN
    if is_probe(asked_move) or question.type in SHORT_TYPES:
        return not fold(answer.text).strip()
    if _echoes(reading) or _says_nothing(reading, answer):
        return True
    if tells_an_act(answer):
        return False
    stems = set(content_words(answer))
    return len(stems) < THIN_STEMS or len(stems - set(content_stems(f"{question.say} {asked}"))) < 2


def _echoes(reading: Reading) -> bool:
    return bool(reading.asked) and reading.tier == EMBEDDINGS and min(reading.asked) >= ECHO


def _says_nothing(reading: Reading, answer: Transcript) -> bool:
    """Whether no piece of it is anything an answer is made of, or near anything that is listened for."""
    if reading.tier != EMBEDDINGS or not reading.labels or len(answer.words) > EMPTY_WORDS:
        return False
    if tells_an_act(answer):
        return False
    told = max((value for row in reading.labels.values() for value in row), default=0.0)
    near = max((value for row in reading.points.values() for value in row), default=0.0)
    least = EMPTY_LABELS if len(answer.words) <= SHORT_WORDS else LABEL_UNSURE
    return told < least and near < reading.point_unsure


def non_answers(context: ReplyContext, read: Read) -> int:
    """Non-answers to this question before this one. Asking to hear it again, or about it, is free."""
    past = history(context)
    readings = [read(e.asked, e.answer) for e in past]
    free = sum(
        request_in(e.answer, reading) in (REPEAT, ASK_BACK) for e, reading in zip(past, readings, strict=True)
    )
    counted = sum(
        is_non_answer(context.question, e.asked, e.move, e.answer, reading)
        for e, reading in zip(past, readings, strict=True)
    )
    return max(context.non_answers - free, counted)


def _requested(context: ReplyContext, request: str | None) -> Candidate | None:
    quote = context.answer.text
    closing = context.question.type == "closing"
    repeats = moves_here(context).count("repeat")
    if closing and asks_nothing(quote):
        return Candidate("close", quote=quote or None, reason=NOTHING_ASKED)
    if request == STOP:
        return Candidate("close", quote=quote, reason="asked to end the interview")
    if request == ASK_BACK and closing:
        return None
    if request in (REPEAT, ASK_BACK) and repeats < MAX_REPEATS:
        about = "asked to hear the question again" if request == REPEAT else "asked about the question"
        about = MEANING_ASKED if asks_meaning(quote) else about
        return Candidate("repeat", quote=quote, reason=about)
    if request == SKIP and not closing:
        return Candidate("skip", quote=quote, reason="asked to skip the question")
    if (request == WAIT or (closing and only_agrees(quote))) and not waited(context):
        return Candidate("wait", quote=quote, reason="asked for time")
    if request in (FINISHED, SKIP, REPEAT, ASK_BACK):
        return Candidate(_leave(closing), quote=quote, reason="the candidate has no more to say here")
    return None


def _leave(closing: bool) -> str:
    return "close" if closing else "move_on"


_OPEN_END_WORDS = "and but because or the a an my our his their i we if when which that's um uh er"
_OPEN_ENDS = frozenset(_OPEN_END_WORDS.split())
"""Nobody ends a sentence with one of these."""


def _unfinished(context: ReplyContext) -> Candidate | None:
    """An answer that breaks off in the middle of a sentence: once, room is given to finish it."""
    last = context.answer.words[-1].text if context.answer.words else ""
    if not last or waited(context):
        return None
    breaks_off = last.endswith(("...", "…", "-", "–", "—"))
    if breaks_off or (last[-1].isalnum() and fold(last).strip() in _OPEN_ENDS):
        return Candidate("wait", reason="the answer breaks off")
    return None


def _unanswered(context: ReplyContext, request: str | None, read: Read) -> Candidate | None:
    question, answer = context.question, context.answer
    waited_for_nothing = request == WAIT
    reading = read(context.asked, answer)
    said_nothing = is_non_answer(question, context.asked, context.asked_move, answer, reading)
    if not waited_for_nothing and not said_nothing:
        return None
    if context.silences == 1 and not answer.words and question.type not in UNPROBED:
        return Candidate("hint", reason="nobody has begun to answer")
    if question.type == "closing" or non_answers(context, read) >= 1:
        return Candidate(_leave(question.type == "closing"), reason="nothing more was said")
    if context.time_left_ms < MIN_TIME_MS:
        return Candidate("move_on", reason="the time for this question is used up")
    if request == UNKNOWN:
        if is_probe(context.asked_move) or question.type in UNPROBED:
            return Candidate("move_on", quote=answer.text, reason="the candidate does not know")
        return Candidate("hint", quote=answer.text, reason="the candidate does not know where to start")
    return Candidate("repeat", reason="nothing was answered yet")
