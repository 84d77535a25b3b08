"""What must be cleared up before anything else is asked: a term nobody knows, a number that may have been
misheard, and an answer that has lost its way."""

import re

from voice_interviewer.core.model.bank import SLOTS
from voice_interviewer.core.model.moves import Candidate, ReplyContext
from voice_interviewer.core.model.reading import Reading
from voice_interviewer.core.probing.heard import Heard, made
from voice_interviewer.core.understanding.clauses import PAUSE_MS
from voice_interviewer.core.understanding.lexicon import CARDINAL, Phrase, fold
from voice_interviewer.core.understanding.sounds import is_sound

CLARIFIES = 2
"""In a whole interview. Start value: somebody who is asked more often feels cross-examined."""
DOUBTED_SHARE = 0.2
"""Where more of the words are doubtful, no single one is worth asking about."""
RAMBLE_SHARE = 1.5
"""An answer this much longer than a good one may be rambling."""
LEAST_RAMBLE_MS = 60_000
STALE_MS = 30_000
VERY_STALE_MS = 60_000
"""It rambles when nothing new has come for so long; sooner in a long answer."""
TYPED_WORD_MS, SPOKEN_WORD_MS = 400, 50
"""How long a written word takes to say, at 150 words a minute; what took longer than the other was spoken."""

_KNOWN_WORDS = """
AI ML IT HR PR QA UX UI API APIs SQL CSV PDF URL HTTP HTTPS SSH VPN CPU GPU RAM USB GPS CEO CTO CFO
COO CIO VP PM KPI KPIs OKR OKRs ROI SLA SLAs FAQ ID IDs TV PC US USA UK EU UN NHS NGO NGOs GP GPs
ICU ER CPR MRI CT ECG IV DNA GDPR LGPD HIPAA FTC NIST DPIA DPO LLM LLMs NLP CV CVs PhD MBA BSc MSc
SUV AM PM ETL CRM ERP AWS SDK SaaS CI CD HTML CSS JSON XML AB A I OK
"""
_KNOWN = frozenset(_KNOWN_WORDS.split())
"""Abbreviations that most people who interview have met."""
_EXPLAINED = Phrase(
    r"(?:that is|that's|which is|which was|this is|meaning|stands for|short for|we call(?:ed)?|called"
    r"|basically|it's|it is|it was|our|so called|i e)"
)
_TERM = (
    r"(?<=[a-z] )(?P<coined>[A-Z][a-z]{2,}(?:ing|ed))\b|\b(?P<short>[A-Z][A-Z0-9]{1,7}s?)\b"
    r"|(?<=\bthe )(?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+)*)"
    r"(?=[.,;:]| (?:and|because|so|but|for|with|in|on|at|to|was|is|did|had|said|says|who|which|before)\b)"
)
"""A verb made of a name, an abbreviation, or a name that stands alone with an article, as things have one
inside a company."""
_SHOUTED = re.compile(r"\b[A-Z]{2,} [A-Z]{2,}\b")
"""Capitals side by side are loud rather than short for something."""
_CALENDAR_WORDS = """Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May
June July August September October November December Christmas Easter Internet"""
_INSTITUTION_WORDS = """University College School Institute Academy Faculty Department Ministry Government
Parliament Congress Senate Council Board Committee Commission Court Church Army Navy Police Fire Hospital
Bank Company Group Team Office Union Embassy Mayor President State County City"""
_INSTITUTIONS = frozenset(_INSTITUTION_WORDS.split())
"""Plain nouns that are written with a capital by custom: "at the University" names nothing unknown."""
_NUMBER = Phrase(CARDINAL)
_TWO_PARTIES = Phrase(
    r"they (?:[a-z]+ ){1,2}them (?:[a-z]+ ){0,4}(?:they|their)"
    r"|he (?:[a-z]+ ){1,2}him (?:[a-z]+ ){0,4}(?:he|his)|she (?:[a-z]+ ){1,2}her (?:that )?she"
    r"|(?:he said (?:[a-z']+ ){2,12}(?:and|but) he|they said (?:[a-z']+ ){2,12}(?:and|but) they) said"
)


def clarify(context: ReplyContext, heard: Heard) -> Candidate | None:
    """A misheard number, or an abbreviation at the heart of the answer that was never explained."""
    if made(context, "clarify") >= CLARIFIES:
        return None
    return (
        _doubted_number(context, heard) or _unknown_term(context, heard.reading) or _unclear_person(context)
    )


def _doubted_number(context: ReplyContext, heard: Heard) -> Candidate | None:
    """A number that carries the result, in the middle of words that are certain."""
    answer = context.answer
    doubtful = answer.doubtful(context.doubt_threshold)
    if not any(doubtful) or sum(doubtful) > DOUBTED_SHARE * len(doubtful):
        return None
    offset = 0
    for index, word in enumerate(answer.words):
        inside = any(a <= offset < b for name in ("measure", "result") for a, b in heard.now[name].matches)
        alone = not any(doubtful[max(0, index - 1) : index]) and not any(doubtful[index + 1 : index + 2])
        if doubtful[index] and inside and alone and _NUMBER.match(fold(word.text).strip(), 0):
            return Candidate("clarify", "number", word.text, "the number may have been misheard")
        offset += len(word.text) + 1
    return None


def _unknown_term(context: ReplyContext, reading: Reading) -> Candidate | None:
    """An abbreviation unknown to most, not explained beside it and not in the question, nor in an order."""
    text = context.answer.text
    known = {word.strip(".,;:!?'\"") for word in f"{context.question.say} {context.asked}".split()}
    heard = " ".join(exchange.asked for exchange in context.earlier)
    for match in re.finditer(_TERM, text):
        term, (start, end) = match.group(), match.span()
        around = fold(text[max(0, start - 12) : start]) + "  " + fold(text[end : end + 24])
        unknown = (
            term not in _KNOWN and term not in _CALENDAR_WORDS and term not in known and term not in heard
        ) and not (is_sound(term) or term in _INSTITUTIONS)
        misheard = _may_be_misheard(context, start, match.lastgroup != "short")
        shouted = text.upper() == text or _SHOUTED.search(text[max(0, start - 24) : end + 24]) is not None
        ordered = reading.within_order(start, end)
        if unknown and not misheard and not ordered and not shouted and not _EXPLAINED.search(around):
            return Candidate("clarify", "term", term, f"{term} was not explained", said=term)
    return None


def _may_be_misheard(context: ReplyContext, start: int, by_capital: bool) -> bool:
    """Whether the word at that character is doubtful, or known by a capital alone and said after a pause,
    where a recogniser writes one of its own."""
    words, offset = context.answer.words, 0
    for index, word in enumerate(words):
        if offset <= start < offset + len(word.text):
            pause_ms = word.start_ms - words[index - 1].end_ms if index else 0
            return word.probability < context.doubt_threshold or (by_capital and pause_ms >= PAUSE_MS)
        offset += len(word.text) + 1
    return False


def _unclear_person(context: ReplyContext) -> Candidate | None:
    """Two parties under one pronoun, so that nobody can tell who is who: "they told them they would not"."""
    match = _TWO_PARTIES.search(fold(context.answer.text))
    if match is None:
        return None
    who = match.group().split()[0]
    quote = context.answer.text[match.start() : match.end()]
    return Candidate("clarify", "person", quote, "it is unclear who is who", said=who)


def redirect(context: ReplyContext, heard: Heard, wanted: str | None) -> Candidate | None:
    """Back to what is still open, when an answer runs on and on without anything new. wanted: the slot that
    is missed most; without one there is nothing to come back for."""
    if made(context, "redirect") >= context.redirects or wanted is None:
        return None
    if not context.rambling and not rambles(context, heard):
        return None
    return Candidate("redirect", wanted, None, "nothing new for half a minute, and it is long")


def has_lost_the_way(length_ms: int, news_ms: int, target_s: int) -> bool:
    """Whether an answer of that length, whose last news came at news_ms, goes nowhere: half as long again as
    a good one and nothing new for half a minute, or as long as a good one and nothing for a whole one."""
    stale_ms, target_ms = length_ms - news_ms, 1000 * target_s
    if length_ms < LEAST_RAMBLE_MS:
        return False
    long = length_ms >= RAMBLE_SHARE * target_ms and stale_ms >= STALE_MS
    return long or (length_ms >= target_ms and stale_ms >= VERY_STALE_MS)


def rambles(context: ReplyContext, heard: Heard) -> bool:
    """Whether a written answer goes nowhere. Of a spoken one the gate decides, while it is going on: whoever
    has stopped need not be stopped."""
    words = context.answer.words
    if not words or words[-1].end_ms - words[0].start_ms > SPOKEN_WORD_MS * len(words):
        return False
    told = context.answer.text[: _last_news(context, heard)]
    news_ms = TYPED_WORD_MS * len(told.split())
    return has_lost_the_way(TYPED_WORD_MS * len(words), news_ms, context.question.target_s)


def _last_news(context: ReplyContext, heard: Heard) -> int:
    """The character where the newest slot or point of this question was first heard."""
    slots = SLOTS.get(context.question.type, ())
    signals = [signal for name, signal in heard.now.items() if name in slots and signal.sure]
    news = [min(start for start, _ in signal.matches) for signal in signals]
    reading = heard.reading
    for row in reading.points.values():
        places = zip(reading.units, row, strict=True)
        heard_at = [unit.start for unit, value in places if value >= reading.point_heard]
        news += heard_at[:1]
    return max(news, default=0)
