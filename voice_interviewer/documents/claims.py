"""Questions about single lines of a resume: "Your resume says you cut the nightly load to 40 minutes. ..."

Only lines that begin with what somebody did are used, best with a figure, put in the second person and made
speakable. A line that names a person or a firm, touches on something private or cannot be said in fourteen
words is left alone.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence

from voice_interviewer.content.line_rules import request_mistakes
from voice_interviewer.content.skill_words import load_skill_words
from voice_interviewer.core.feedback.skills import mentions
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.understanding.lexicon import PAST
from voice_interviewer.documents.reading import Document

FAMILY = "resume"
MOST_CLAIMS = 2
MOST_WORDS, LEAST_WORDS = 14, 5

_PAST_VERB = re.compile(rf"^(?:{PAST}|managed|owned|won|grew|oversaw|was|were)\b", re.IGNORECASE)
_STRONG = re.compile(
    r"^(?:led|built|rebuilt|designed|launched|created|reduced|cut|increased|raised|grew|saved"
    r"|won|introduced|founded"
    r"|negotiated|managed|directed|delivered|developed|improved|migrated|automated|trained"
    r"|hired|halved|doubled)\b",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"^(?:I |(?:successfully|personally|single-handedly|effectively|also|then)\s+)+", re.IGNORECASE
)
_CUT_AT = re.compile(
    r"[,;:(–—]|\s-\s|\s(?:and|by|using|which|that|while|resulting|leading|including|through"
    r"|with|across|for|from|over)\s"
)
_OWN = {
    "my": "your",
    "our": "your",
    "mine": "yours",
    "ours": "yours",
    "me": "you",
    "myself": "yourself",
    "us": "you",
}
_WE = re.compile(r"\b(?:we|I|he|she|they|his|her|their|him)\b", re.IGNORECASE)
_PRIVATE = re.compile(
    r"\b(?:matern|patern|pregnan|church|mosque|synagogue|temple|religio|union\b|party\b"
    r"|politic|disab|illness|depress"
    r"|cancer|leave\b|prison|gay|lesbian|trans\b|refugee|immigra|divorce|abus|death|died|suicid)",
    re.IGNORECASE,
)
_SPOKEN: tuple[tuple[str, str], ...] = (
    (r"(?<=\d)\s*%", " percent"),
    (r"\$\s?([\d.,]+)\s?(?:k|K)\b", r"\1 thousand dollars"),
    (r"[$]\s?([\d.,]+)\s?(?:m|M|mn|mio|million)\b", r"\1 million dollars"),
    (r"[€]\s?([\d.,]+)\s?(?:k|K)\b", r"\1 thousand euros"),
    (r"[€]\s?([\d.,]+)\s?(?:m|M|mn|mio|million)\b", r"\1 million euros"),
    (r"[£]\s?([\d.,]+)\s?(?:k|K)\b", r"\1 thousand pounds"),
    (r"[£]\s?([\d.,]+)\s?(?:m|M|mn|mio|million)\b", r"\1 million pounds"),
    (r"\$\s?([\d.,]*\d)", r"\1 dollars"),
    (r"€\s?([\d.,]*\d)", r"\1 euros"),
    (r"£\s?([\d.,]*\d)", r"\1 pounds"),
    (r"\b(\d[\d.,]*)\s?[kK]\b", r"\1 thousand"),
    (r"\b(\d[\d.,]*)\s?M\b", r"\1 million"),
    (r"\b(\d[\d.,]*)\+", r"more than \1"),
    (r"percent\+", "percent or more"),
    (r"~\s?(?=\d)", "about "),
    (r"\s?&\s?", " and "),
    (r"(?<=\w)/(?=\w)", " or "),
    (r"[\"“”*_`#]", ""),
    (r"(?<=\d)\s?x\b", " times"),
)
_CLEAN = re.compile(r"^[\w\s.,'’-]+$")


def claim_questions(document: Document, wordings: Sequence[str], seed: int) -> tuple[Question, ...]:
    """Up to MOST_CLAIMS questions about a resume, the strongest claims first; the seed chooses the wording.

    wordings hold {claim}. Nothing but the claims' own words is in them.
    """
    found: dict[str, tuple[int, int]] = {}
    for index, text in enumerate(_candidates(document)):
        claim = spoken_claim(text, document)
        if claim:
            strength = 2 * bool(re.search(r"\d", claim)) + bool(_STRONG.match(claim.removeprefix("you ")))
            if strength:
                found.setdefault(claim, (-strength, index))
    questions: list[Question] = []
    ways = sorted(wordings, key=lambda line: hashlib.sha256(f"{seed}:{line}".encode()).hexdigest())
    for claim in sorted(found, key=lambda each: found[each]):
        if len(questions) == min(MOST_CLAIMS, len(ways)):
            break
        say = ways[len(questions)].replace("{claim}", claim)
        if not request_mistakes(say):
            name = f"{FAMILY}-{len(questions) + 1}"
            questions.append(Question(name, "behavioural", say, family=FAMILY, private=True))
    return tuple(questions)


def _candidates(document: Document) -> Iterator[str]:
    """Bullets anywhere, and other lines, sentence by sentence."""
    for section in document.sections:
        for line in section.lines:
            yield from re.split(r"(?<=[.!?])\s+(?=[A-Z])", line.text)


def spoken_claim(text: str, document: Document) -> str:
    """One thing somebody did, as "you led a team of five", or "" where it cannot be said."""
    text = _LEAD_IN.sub("", text.strip()).rstrip(" .;,!")
    if text[:16].lower() == "responsible for ":
        text = "was " + text[0].lower() + text[1:]
    if not _PAST_VERB.match(text) or _PRIVATE.search(text):
        return ""
    for sign, words in _SPOKEN:
        text = re.sub(sign, words, text)
    for piece in _shortened(text):
        piece = re.sub(r"\b(\w+)\b", lambda match: _OWN.get(match.group().lower(), match.group()), piece)
        said = piece.split()
        if not LEAST_WORDS <= len(said) + 1 <= MOST_WORDS or not _CLEAN.match(piece) or _WE.search(piece):
            continue
        if _names_somebody(said, document) or any(word.lower() in document.names for word in said):
            continue
        first = "were" if said[0].lower() == "was" else said[0].lower()
        return " ".join(["you", first, *said[1:]])
    return ""


def _shortened(text: str) -> Iterator[str]:
    """The whole, then what stands before each place where it can be cut, the longest first."""
    yield " ".join(text.split())
    for match in reversed(list(_CUT_AT.finditer(text))):
        yield " ".join(text[: match.start()].split()).rstrip(" ,")


def _names_somebody(words: Sequence[str], document: Document) -> bool:
    """Whether a word inside is written as a name and stands for no skill the resume lists."""
    listed = [
        line for section in document.sections if _lists_skills(section.heading) for line in section.lines
    ]
    capitals = [word.strip(".,'’") for word in words[1:] if word[:1].isupper()]
    skills = load_skill_words()
    strange = (word for word in capitals if not any(mentions(word, line.text, skills) for line in listed))
    return any(not (word.isupper() and 2 <= len(word) <= 5) or word.isalpha() is False for word in strange)


def _lists_skills(heading: str) -> bool:
    return bool(re.search(r"skills|competenc|tools|technolog|languages", heading, re.IGNORECASE))


__all__ = ["FAMILY", "MOST_CLAIMS", "claim_questions", "spoken_claim"]
