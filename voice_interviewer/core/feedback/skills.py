"""What a job description asks for, and whether it came up in an interview.

Skills carry the names the banks give their questions. A name is mentioned where its word stems, or those of
another way of saying it, stand close together; a model of meaning may add what was said in other words.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from voice_interviewer.core.understanding.lexicon import STOPWORDS, fold, stem

MOST_KEYWORDS, MOST_SKILLS = 8, 6
"""Of what must be covered, and how many of these are the banks' skills; the rest is the job's own terms."""
NEAR = 0.55
"""From this similarity on, a piece of text is about a skill it does not name. Start value."""
APART = 3
"""Content words that may stand between those of one name."""
REQUIRED, WISHED, MENTIONED = 2.0, 0.5, 1.0
"""What a mention weighs: among what the job demands, what would be nice, and anywhere else."""

SAID, PROBED, NEVER = "said", "probed", "never_came_up"


@dataclass(frozen=True)
class SkillWords:
    """skills.yaml of a language. others: by skill, other ways it is said; common: words that every job
    description has."""

    others: Mapping[str, tuple[str, ...]]
    common: frozenset[str]


@dataclass(frozen=True)
class Passage:
    """One sentence or line of a job description, and what a mention in it weighs."""

    text: str
    weight: float


Near = Callable[[Sequence[str], Sequence[str]], Sequence[Sequence[float]]]
"""Similarity of each of some names with each of some texts, -1 to 1."""

# --- reading a job description ------------------------------------------------------------------------------

_ASIDE_HEADING = re.compile(
    r"about (?:us|the company|the team|our)|who we are|our (?:values|offer|company|mission"
    r"|story)|benefits|perks"
    r"|what (?:we|you.ll) (?:offer|get)|we offer|compensation|salary|equal opportunit|diversity|how to apply"
    r"|contact|application|location|why (?:join|work)",
    re.IGNORECASE,
)
_WISHED = re.compile(
    r"nice.to.have|preferred|a plus|is a bonus|bonus points|ideally|desirable|advantage", re.IGNORECASE
)
_DEMANDED = re.compile(
    r"\b(?:must|required?|requirements?|essential|mandatory|minimum|need to|you (?:have|bring"
    r"|will have)|your profile"
    r"|what you bring|we expect|proven|at least)\b",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"equal opportunit|without regard to|regardless of|we are (?:an?|proud)|apply now"
    r"|competitive salary|reasonable accommodation",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")


def passages(sections: Iterable[tuple[str, Sequence[str]]]) -> tuple[Passage, ...]:
    """What of a job description is about the work: headings with their lines, without what every company
    says of itself."""
    found = []
    for heading, lines in sections:
        if _ASIDE_HEADING.search(heading):
            continue
        for text in (part for line in lines for part in _SENTENCE.split(line) if part.strip()):
            if _BOILERPLATE.search(text):
                continue
            wished = _WISHED.search(text) or (_WISHED.search(heading) and not _DEMANDED.search(text))
            demanded = _DEMANDED.search(text) or _DEMANDED.search(heading)
            found.append(Passage(text, WISHED if wished else REQUIRED if demanded else MENTIONED))
    return tuple(found)


def weights(
    skills: Iterable[str], said: Sequence[Passage], words: SkillWords, near: Near | None = None
) -> dict[str, float]:
    """How much the job asks for each of these skills; those it does not ask for are left out.

    A skill weighs the sum of the passages that mention it. near: adds those that mean it.
    """
    names = list(dict.fromkeys(skills))
    pieces = [(piece, index) for index, passage in enumerate(said) for piece in _pieces(passage.text)]
    rows = near(names, [piece for piece, _ in pieces]) if near and pieces and names else [()] * len(names)
    found: dict[str, float] = {}
    for name, row in zip(names, rows, strict=True):
        meant = {index for (_, index), value in zip(pieces, row, strict=False) if value >= NEAR}
        meant |= {index for index, passage in enumerate(said) if mentions(name, passage.text, words)}
        if meant:
            found[name] = sum(said[index].weight for index in meant)
    return found


def _pieces(text: str) -> list[str]:
    """A sentence and the parts of its lists: a short name is never near a long sentence."""
    parts = [part.strip() for part in re.split(r"[,;:()/]|\band\b|\bor\b|\bwith\b|\bin\b", text)]
    return list(dict.fromkeys([text, *(part for part in parts if len(part) > 2)]))


def mentions(name: str, text: str, words: SkillWords) -> bool:
    """Whether the text says the name or another way of putting it."""
    said = _stems(text)
    return any(_close_together(_stems(each), said) for each in (name, *words.others.get(name, ())))


def _stems(text: str) -> tuple[str, ...]:
    """The stems of the content words in order, spelt alike on both sides of the ocean."""
    words = re.findall(r"[a-z0-9+#]+(?:'[a-z]+)?", fold(text.replace("-", " ").replace("/", " ")))
    return tuple(
        stem(re.sub(r"(?<=[a-z]{2})iz(?=[aei])", "is", word)) for word in words if word not in STOPWORDS
    )


def _close_together(wanted: tuple[str, ...], said: tuple[str, ...]) -> bool:
    if not wanted:
        return False
    needed, window = Counter(wanted), len(wanted) + (APART if len(wanted) > 1 else 0)
    places = [index for index, each in enumerate(said) if each in needed]
    return any(not needed - Counter(said[index : index + window]) for index in places)


# --- what must be covered -----------------------------------------------------------------------------------

_COMPANY = re.compile(
    r"\b(?:join|at|about|why|with us at|part of)\s+((?:[A-Z][\w&'.-]*\s?){1,3})"
    r"|^((?:[A-Z][\w&'.-]*\s?){1,3})\s+(?:is|are|was|offers|provides|builds|helps|seeks)\b"
    r"|\b((?:[A-Z][\w&'.-]*\s?){1,3})\s?,?\s(?:Inc|Ltd|LLC|GmbH|AG|Corp|Corporation|PLC|plc"
    r"|Limited|Group|S\.A\.|B\.V\.)"
    r"|\b(?:in|located in|office in|based in|from)\s+((?:[A-Z][a-z]+\s?){1,3})(?=[,.;]|$)"
)
_TOKEN = re.compile(r"[A-Za-z][\w+#]*(?:[./'-][\w+#]+)*")


def keywords(
    asked: Mapping[str, float], said: Sequence[Passage], words: SkillWords, everything: Iterable[str] = ()
) -> tuple[str, ...]:
    """What must come up: the skills that weigh most, then the job's own terms, at most MOST_KEYWORDS.

    everything: the whole text, in which the company's name is looked for; it and common words are no terms.
    """
    chosen: list[str] = []
    for name in sorted(asked, key=lambda name: (-asked[name], name)):
        alike = any(mentions(name, other, words) or mentions(other, name, words) for other in chosen)
        if len(chosen) < MOST_SKILLS and not alike:
            chosen.append(name)
    names = {word.lower() for text in everything for word in _company_words(text)}
    scores: dict[str, float] = {}
    spelt: dict[str, str] = {}
    for passage in said[1:] if said and _is_title(said[0].text) else said:
        for term in dict.fromkeys(_terms(passage.text, names | words.common)):
            key = " ".join(_stems(term))
            if key not in spelt or _is_proper(term):
                spelt[key] = term
            scores[key] = scores.get(key, 0.0) + passage.weight
    for key in sorted(scores, key=lambda key: (-scores[key], -key.count(" "), spelt[key].lower())):
        if len(chosen) == MOST_KEYWORDS:
            break
        term = spelt[key]
        known = any(mentions(name, term, words) or mentions(term, name, words) for name in (*chosen, *asked))
        if not known and (" " in key or _is_proper(term) or scores[key] > REQUIRED):
            chosen.append(term)
    return tuple(chosen)


def _company_words(text: str) -> Iterator[str]:
    for match in _COMPANY.finditer(text):
        yield from (word for group in match.groups() if group for word in group.split())


def _terms(text: str, names: set[str]) -> Iterator[str]:
    """Runs of up to three words that say something, cut at common words, names and signs."""
    run: list[str] = []
    end = 0
    text = _without_capitals(text)
    for match in [*_TOKEN.finditer(text), None]:
        word = match.group() if match else ""
        bare = word.lower().removesuffix("'s")
        plain = not word or bare in STOPWORDS or bare in names or len(word) < 2
        apart = match is not None and bool(text[end : match.start()].strip())
        if run and (plain or apart):
            yield from _cut(run)
            run = []
        if match and not plain:
            run.append(word)
        end = match.end() if match else end
    return


def _titled(text: str) -> list[re.Match[str]]:
    words = _TOKEN.finditer(text)
    return [match for match in words if match.group()[:1].isupper() and match.group()[1:].islower()]


def _is_title(text: str) -> bool:
    """Whether most words are written with a capital, as in the name of a position; no list of tools."""
    words = text.split()
    return 1 < len(words) <= 10 and 5 * len(_titled(text)) >= 3 * len(words) and "," not in text


def _without_capitals(text: str) -> str:
    """Capitals that name nothing made small: of a title, and of a first word that begins a phrase."""
    if _is_title(text):
        return text.lower()
    first = next((match for match in _titled(text) if not text[: match.start()].strip()), None)
    if first is None or text[first.end() : first.end() + 1] in ("", ",", ";", "/", "("):
        return text
    return text[: first.end()].lower() + text[first.end() :]


def _cut(run: list[str]) -> Iterator[str]:
    if len(run) <= 3:
        yield " ".join(run)
    yield from (word for word in run if _is_proper(word) and len(run) > 1)


def _is_proper(term: str) -> bool:
    """A tool's or a method's name: Kubernetes, CI/CD, C++."""
    return " " not in term and (not term.islower() or bool(re.search(r"[\d+#]", term)))


# --- what came up -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """One thing said in an interview, by the candidate or not; skills: those of the question it asks."""

    text: str
    by_candidate: bool
    skills: tuple[str, ...] = ()


def came_up(keyword: str, told: Sequence[Told], words: SkillWords) -> tuple[str, int | None]:
    """SAID where the candidate spoke of it before anybody asked, PROBED where a question did first, else
    NEVER; and which of `told` it was."""
    for index, each in enumerate(told):
        if mentions(keyword, each.text, words):
            return SAID if each.by_candidate else PROBED, index
    asked = next((index for index, each in enumerate(told) if keyword in each.skills), None)
    return (NEVER, None) if asked is None else (PROBED, asked)
