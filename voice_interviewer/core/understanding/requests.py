"""The closed list of things a candidate can ask for in words. Nothing else that is said is an instruction.

A request counts only when the utterance is about nothing else: "let me think" asks for time, "I said let me
think" is part of a story. Four kinds come with words of one's own and may keep a few of them: a refusal and
an "I have none" with their reason, a question back with what it is about, an interruption with its cause. As
soon as those words tell what was done, when, or what one would do, the utterance is an answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from voice_interviewer.core.understanding.lexicon import PLAIN, PLANNED_ACT, Phrase, fold
from voice_interviewer.core.understanding.request_phrases import (
    AGAIN,
    AROUND_MEANING,
    ASK_BACK_PHRASE,
    BACK_TO_THE_STORY,
    BEGINS_A_QUESTION,
    BORDER_WORDS,
    CONDITION,
    CUT_SHORT,
    GIVES_A_REASON,
    HEARD_BADLY,
    INTERRUPTION,
    MEANING,
    MUSING,
    NONE,
    NOT_UNDERSTOOD,
    NOTHING_TO_ASK,
    NOVICE,
    REFUSAL,
    SAYS_YES,
    SOFT,
    STRICT,
    TELLS_THE_PAST,
    TURNS,
)

REPEAT, SKIP, WAIT, UNKNOWN, FINISHED = "repeat", "skip", "wait", "unknown", "finished"
ASK_BACK = "ask_back"
"""A question about the question, or about how it may be answered."""
STOP = "stop"
"""The candidate wants to end the interview."""
KINDS = (REPEAT, SKIP, WAIT, UNKNOWN, FINISHED, ASK_BACK, STOP)
"""Everything that can be said to the interviewer. To be not finished yet is to ask for time."""
_MUSING, _AGAIN, _NOVICE = "musing", "again", "novice"
_REFUSAL, _NONE, _INTERRUPTION = "refusal", "none", "interruption"
_PHRASES = {
    **STRICT,
    _REFUSAL: REFUSAL,
    _NONE: NONE,
    _NOVICE: NOVICE,
    _INTERRUPTION: INTERRUPTION,
    ASK_BACK: ASK_BACK_PHRASE,
    _MUSING: MUSING,
    _AGAIN: AGAIN,
}
_MEANS = {
    **{kind: kind for kind in (REPEAT, SKIP, ASK_BACK, WAIT, UNKNOWN, FINISHED)},
    _REFUSAL: SKIP,
    _NONE: UNKNOWN,
    _NOVICE: UNKNOWN,
    _INTERRUPTION: WAIT,
    _AGAIN: FINISHED,
}
PRIORITY = (STOP, REPEAT, SKIP, WAIT, ASK_BACK, UNKNOWN, FINISHED)
"""Where several are asked for, the first of these counts: a wish for time wins over an "I don't know"."""

_ROOM = {_REFUSAL: 18, _NONE: 18, ASK_BACK: 16, _INTERRUPTION: 8, _NOVICE: 4}
"""Words of one's own that a request may carry. Start values: the length of a spoken reason."""
_LEAD_WORDS = 10
"""Of those, how many may come before the request ("it is a bit private so ...")."""
_MOST_WORDS = 45
_QUESTION_WORDS = 20


@dataclass(frozen=True)
class _Piece:
    """A run of words of one kind: a request, soft words around it (""), or words of one's own (None)."""

    kind: str | None
    text: str
    words: int


@lru_cache(maxsize=512)
def spoken_request(text: str) -> str | None:
    """The request that the utterance makes, one of the constants above, or None when it is no request."""
    pieces = tuple(_pieces(text))
    if sum(piece.words for piece in pieces) > _MOST_WORDS:
        return None
    asked = {piece.kind for piece in pieces if piece.kind}
    if not _whole(pieces, asked):
        return ASK_BACK if _asks(text, pieces) else None
    meant = {_MEANS[kind] for kind in asked if kind != _MUSING}
    found = next((kind for kind in PRIORITY if kind in meant), None)
    return WAIT if found is None and _MUSING in asked else found


def was_not_finished(text: str) -> bool:
    """Of a request for time: whether it says that the answer was cut short ("sorry, I wasn't finished")."""
    return CUT_SHORT.search(fold(text)) is not None


def asks_meaning(text: str) -> bool:
    """Of a wish to hear the question again, or of a question back: whether it asks for other words.

    "What do you mean by stakeholder?" does, and "I don't understand the question". "I didn't understand, can
    you repeat that?" asks for the same words, and "do you mean at work?" for a choice.
    """
    folded = " ".join(fold(text).split())
    if MEANING.search(folded):
        return True
    return NOT_UNDERSTOOD.search(folded) is not None and not HEARD_BADLY.search(folded)


def only_asks_meaning(text: str) -> bool:
    """Whether that is all there is to an utterance: "I still don't understand it", but no story of it."""
    return asks_meaning(text) and _made_only_of(text, MEANING, NOT_UNDERSTOOD, AROUND_MEANING)


def asks_nothing(text: str) -> bool:
    """Whether an invitation to ask is declined: "no thank you", "you covered everything", or not a word."""
    if only_agrees(text):
        return False
    return _made_only_of(text, NOTHING_TO_ASK) or spoken_request(text) in (SKIP, UNKNOWN, FINISHED)


def only_agrees(text: str) -> bool:
    """Whether the utterance says yes and no more: "yes please, I have a question"."""
    folded = fold(text)
    agrees = SAYS_YES.search(folded) is not None and "no" not in folded.split()
    return agrees and _made_only_of(text, SAYS_YES)


def _made_only_of(text: str, *phrases: Phrase) -> bool:
    folded = " ".join(fold(text).split())
    position = 0
    while position < len(folded):
        ends = [found.end() for cue in (*phrases, SOFT) if (found := cue.match(folded, position))]
        if not ends:
            return False
        position = max(ends) + 1
    return True


# --- reading an utterance -------------------------------------------------------------------------


def _tokens(text: str) -> tuple[str, list[tuple[int, bool]]]:
    """The folded text with single spaces, and for each word where it begins and whether punctuation stands
    before it."""
    folded: list[str] = []
    starts: list[tuple[int, bool]] = []
    length, border = 0, True
    for token in text.split():
        for word in fold(token).split():
            starts.append((length, border))
            folded.append(word)
            length += len(word) + 1
            border = False
        border = border or token[-1] in ".,;:!?"
    return " ".join(folded), starts


def _pieces(text: str) -> Iterator[_Piece]:
    """The utterance from left to right, each piece the longest that fits at its place."""
    folded, starts = _tokens(text)
    if len(starts) > _MOST_WORDS:
        yield _Piece(None, folded, len(starts))
        return
    index, own, before = 0, -1, "so"
    while index < len(starts):
        position, punctuated = starts[index]
        border = own < 0 or punctuated or before in BORDER_WORDS
        kind, end = _longest(folded, position, border, first=own < 0)
        if kind is None:
            own = index if own < 0 else own
            index += 1
        else:
            if own >= 0:
                yield _own(folded, starts, own, index)
                own = -1
            count = sum(1 for start, _ in starts[index:] if start < end)
            yield _Piece(kind, folded[position:end], count)
            index += count
        before = folded[: starts[index][0]].split()[-1] if index < len(starts) else ""
    if own >= 0:
        yield _own(folded, starts, own, len(starts))


def _own(folded: str, starts: list[tuple[int, bool]], first: int, after: int) -> _Piece:
    end = starts[after][0] - 1 if after < len(starts) else len(folded)
    return _Piece(None, folded[starts[first][0] : end], after - first)


def _longest(folded: str, position: int, border: bool, first: bool) -> tuple[str | None, int]:
    """The kind that reads furthest from here and where it ends. Requests begin where a clause can."""
    best: tuple[str | None, int] = (None, position)
    soft = SOFT.match(folded, position)
    if soft and (first or border):
        best = ("", soft.end())
    for kind, phrase in _PHRASES.items() if border else ():
        found = phrase.match(folded, position)
        if found and found.end() >= best[1] and (found.end() > best[1] or not best[0]):
            best = (kind, found.end())
    return best


# --- judging it -----------------------------------------------------------------------------------


def _whole(pieces: tuple[_Piece, ...], asked: set[str]) -> bool:
    """Whether the requests are all there is to the utterance, or all but a reason."""
    if not asked or not _again_leads(pieces, asked):
        return False
    if all(piece.kind is not None for piece in pieces):
        return True
    carriers = [kind for kind in _ROOM if kind in asked]
    if not carriers or asked - {*_ROOM, _MUSING, _AGAIN, UNKNOWN, SKIP, WAIT, FINISHED}:
        return False
    room = max(_ROOM[kind] for kind in carriers)
    if sum(piece.words for piece in pieces if piece.kind is None) > room:
        return False
    first = next(index for index, piece in enumerate(pieces) if piece.kind in carriers)
    lead, rest = pieces[:first], pieces[first:]
    before = sum(piece.words for piece in lead if piece.kind is None)
    if before > (_LEAD_WORDS if {_REFUSAL, _NONE} & asked else 0):
        return False
    return not any(_tells(run, pieces[first].kind) for run in (*_runs(lead), *_runs(rest)))


def _again_leads(pieces: tuple[_Piece, ...], asked: set[str]) -> bool:
    """Whether "I told you" goes before what is said once more; anywhere else it is part of a story."""
    if _AGAIN not in asked:
        return True
    lead = pieces[: [piece.kind for piece in pieces].index(_AGAIN)]
    begins = all(piece.kind == "" and piece.text not in ("then", "and", "but", "so") for piece in lead)
    return begins and asked <= {_AGAIN, _REFUSAL, _NONE, _NOVICE, UNKNOWN, FINISHED}


def _runs(pieces: tuple[_Piece, ...]) -> Iterator[str]:
    """What stands between the requests, soft words included, where it holds words of one's own."""
    run: list[_Piece] = []
    for piece in (*pieces, _Piece("end", "", 0)):
        if not piece.kind:
            run.append(piece)
            continue
        if any(each.kind is None for each in run):
            yield " ".join(each.text for each in run)
        run = []


def _tells(run: str, kind: str | None) -> bool:
    """Whether the words beside a request are an answer of their own."""
    turn = TURNS.search(run)
    if turn and len(run[turn.end() :].split()) >= 3:
        return True
    if kind == ASK_BACK:
        return BACK_TO_THE_STORY.search(run) is not None
    if kind == _REFUSAL and CONDITION.search(run):
        return True
    if kind == _INTERRUPTION and TELLS_THE_PAST.search(run):
        return True
    if PLANNED_ACT.search(run):
        return True
    if GIVES_A_REASON.match(run, 0):
        return False
    return any(PLAIN[name].search(run) for name in ("own_action", "team_action", "example"))


def _asks(text: str, pieces: tuple[_Piece, ...]) -> bool:
    """Whether it is one question by its first word and its question mark."""
    folded, starts = _tokens(text)
    if not text.rstrip().endswith("?") or not 2 <= len(starts) <= _QUESTION_WORDS:
        return False
    own = next((piece for piece in pieces if piece.kind != ""), None)
    begins = own is not None and BEGINS_A_QUESTION.match(own.text, 0) is not None
    told = (PLAIN["own_action"], PLAIN["team_action"])
    return begins and not any(cue.search(folded) for cue in told)
