"""What in a text could tell who somebody is, and where it stands.

Found by form (numbers, addresses, links), by lists (names, places), by capital letters inside a sentence, and
by what stands around ("my manager anneke"). Rather too much than too little: a word taken in error costs a
little sense, a name left in costs somebody's privacy.
"""

import gzip
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import pairwise

from voice_interviewer.review.redact_numbers import SHORT, goes_on, is_number, joins, plain

NAME, PLACE, ORGANISATION, NUMBER, E_MAIL, PHONE, LINK = (
    "name",
    "place",
    "organisation",
    "number",
    "e-mail",
    "phone",
    "link",
)


@dataclass(frozen=True)
class Found:
    """Something at characters start..end of a text."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class _Token:
    """A word of a text. key: in the form of `plain`; capital: it begins with a capital letter that says
    something; opens: it is the first of its sentence."""

    start: int
    end: int
    text: str
    key: str
    capital: bool
    opens: bool


@dataclass(frozen=True)
class _Lists:
    words: frozenset[str]
    names: frozenset[str]
    surnames: frozenset[str]
    places: frozenset[str]


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u00ad\u200b-\u200d\u2060\ufeff])*(?:['’][^\W_]+)*")
_WITHIN = re.compile(r"[\s\u2010-\u2015-]{1,3}|[.,]")
"""What stands between the parts of one number."""
_POSSESSIVE = re.compile(r"(?:n['’]t|['’](?:s|ll|d|re|ve|m)?)$", re.IGNORECASE)
_OPENING = re.compile(r"(?:^|[.!?:;…\n•])[\s\"'“”‘’()\[\]*_#>–—-]*$")
_DOMAIN = r"(?:com|org|net|io|dev|edu|gov|info|me|co|eu|uk|de|fr|br|in|us|ai|app)"
_FORMS = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (E_MAIL, r"[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"),
        (
            E_MAIL,
            rf"\b\w+(?:\s(?:dot|underscore|dash|hyphen)\s\w+){{0,4}}\sat\s\w+(?:\sdot\s\w+){{0,3}}\sdot\s{_DOMAIN}\b",
        ),
        (LINK, r"\b(?:https?|ftp)://\S+|\bwww\.\S+|(?<![\w@.])@[a-z_][\w.]{1,}"),
        (LINK, rf"\b(?:[a-z0-9-]{{1,63}}\.){{1,4}}{_DOMAIN}\b(?:/\S*)?"),
        (LINK, rf"\b\w+\sdot\s{_DOMAIN}\b"),
        (PHONE, r"(?<![\w.,])(?:\+|00)?\(?\d[\d\s()./–-]{5,18}\d(?![\w%])"),
    )
)
_CALENDAR = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july"
    " august september october november december christmas easter mondays tuesdays wednesdays thursdays"
    " fridays saturdays sundays"
)
_KEPT_CAPITALS = _listed(
    f"i {_CALENDAR} ai api apis sql cv hr it ok ui ux kpi kpis okr okrs pr prs qa ml pdf id ids ci cd gdpr"
    " pii sla slas roi faq tv pc ceo cto cfo coo vp phd english"
)
_NEVER = _listed(
    "a an the and but or nor so if because as than that this these those there then we you he she it"
    " they me him us them my your our its his her their in on at of for to with from by into about when"
    " where what why how who which is was were are be been am do did does have had has not no yes"
)
"""Whatever their case and place; a quotation inside a sentence can begin with them."""
_BEFORE_NAME = re.compile(
    r"\b(?:(?:called|named|name is|name's|name was|dear|mr|mrs|ms|miss|dr|prof|professor|doctor|sir|madam)"
    r"|(?:my|our|the|his|her|their) (?:\w+ )?(?:manager|boss|colleague|coworker|friend|mentor|supervisor|lead"
    r"|director|teacher|client|wife|husband|son|daughter|brother|sister|partner))\s+$"
)
_BEFORE_ORGANISATION = re.compile(
    r"\b(?:work(?:ed|ing|s)? (?:at|for)|job at|joined|employed (?:at|by)|interned at|intern at|hired by"
    r"|left|company called|startup called|firm called|client called|worked with)\s+$"
)
_ORGANISATION = _listed(
    "ltd limited inc incorporated llc llp plc gmbh ag corp corporation company co group university college"
    " institute hospital bank foundation ministry council consulting holdings partners labs airlines"
)
_KNOWN_ORGANISATIONS = _listed(
    "google microsoft facebook netflix ibm sap siemens bosch nokia ericsson samsung toyota volkswagen"
    " bmw daimler mercedes tesla spotify uber airbnb paypal ebay linkedin twitter tiktok youtube"
    " instagram whatsapp openai anthropic nvidia accenture deloitte kpmg pwc mckinsey bcg infosys wipro"
    " cognizant capgemini salesforce nhs bbc nasa unicef walmart tesco ikea unilever nestle pfizer"
    " novartis astrazeneca barclays hsbc citibank jpmorgan santander lufthansa ryanair easyjet vodafone"
    " verizon cisco dell lenovo huawei alibaba tencent bytedance baidu reddit dropbox atlassian stripe"
    " shopify zalando"
)
_CONNECTORS = _listed("of de da do dos das du del di la le el al bin van von der den ter ten & the")
_PARTICLE = r"(?:d[aeiou]s?|del|la|le|el|al|bin|van|von|der|den|ter|ten)"
_MOST_SHOUTED = 0.7
"""A text with more of its letters in capitals is written in capitals, which then say nothing."""


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    path = resources.files("voice_interviewer.review").joinpath("redact_words.txt.gz")
    sections = {}
    for line in gzip.decompress(path.read_bytes()).decode("utf-8").splitlines():
        name, _, words = line.partition(":")
        sections[name] = frozenset(words.split(","))
    return _Lists(**sections)


class Finder:
    """Finds what is private in texts that belong together: a name known from one is known in all.

    First `learn` from every text, then `find` in each."""

    def __init__(self) -> None:
        self._learned: set[str] = set()

    def learn(self, texts: Iterable[str]) -> None:
        """Names that a capital letter inside a sentence, or the words before, give away."""
        for text in texts:
            tokens = _tokens(text)
            for token in tokens:
                surely = (token.capital and not token.opens) or _introduced(text, token, tokens)
                if surely and _may_name(token) and not is_number(token.key):
                    self._learned.add(_bare(token.key))

    def find(self, text: str) -> tuple[Found, ...]:
        """Everything private in `text`, in order; none overlaps another."""
        found = list(_by_form(text))
        tokens = [each for each in _tokens(text) if not any(_overlap(each, form) for form in found)]
        found += _numbers(text, tokens)
        taken = {token for token in tokens if any(_overlap(token, each) for each in found)}
        found += _joined(text, self._names(text, [token for token in tokens if token not in taken]))
        return tuple(sorted(found, key=lambda each: each.start))

    def _names(self, text: str, tokens: list[_Token]) -> list[Found]:
        lists = _lists()
        found: list[Found] = []
        at = 0
        while at < len(tokens):
            token, key = tokens[at], _bare(tokens[at].key)
            span = _place(tokens, at)
            if span:
                found.append(Found(token.start, _end(tokens[at + span - 1]), PLACE))
                at += span
                continue
            kind = self._kind(text, token, key, tokens)
            if kind is None and found and _may_name(token) and _follows_name(text, found[-1], token):
                # "maria baker", "anneke de vries": a surname that is also a word, or no word at all
                kind = NAME if key in lists.surnames or key not in lists.words else None
            if kind is not None:
                found.append(Found(token.start, _end(token), kind))
            at += 1
        return found

    def _kind(self, text: str, token: _Token, key: str, tokens: list[_Token]) -> str | None:
        lists = _lists()
        if not _may_name(token):
            return None
        if key in _KNOWN_ORGANISATIONS:
            return ORGANISATION
        if token.capital:
            if not token.opens or key in self._learned or key not in lists.words or key in lists.names:
                return _called(text, token)
            return None
        if key in lists.names or _introduced(text, token, tokens):
            return _called(text, token)
        return _called(text, token) if key in self._learned and key not in lists.words else None


# --- words --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[_Token, ...]:
    letters = [c for c in text if c.isalpha()]
    shouted = len(letters) > 12 and sum(c.isupper() for c in letters) > _MOST_SHOUTED * len(letters)
    made = []
    for match in _WORD.finditer(text):
        word = match.group()
        capital = not shouted and any(c.isupper() or c.istitle() for c in word)
        opens = _OPENING.search(text, max(0, match.start() - 12), match.start()) is not None
        made.append(_Token(match.start(), match.end(), word, plain(word), capital, opens))
    return tuple(made)


def _bare(key: str) -> str:
    return _POSSESSIVE.sub("", key)


def _end(token: _Token) -> int:
    """Without the "'s"."""
    ending = _POSSESSIVE.search(token.text)
    return token.end - len(ending.group()) if ending else token.end


def _may_name(token: _Token) -> bool:
    key = _bare(token.key)
    return len(key) > 1 and key not in _KEPT_CAPITALS and key not in _NEVER


def _introduced(text: str, token: _Token, tokens: Iterable[_Token]) -> bool:
    """Whether the words before say that a name comes, and it is no word."""
    before = text[max(0, token.start - 40) : token.start].lower()
    known = _bare(token.key) in _lists().words
    return not known and bool(_BEFORE_NAME.search(before) or _BEFORE_ORGANISATION.search(before))


def _follows_name(text: str, name: Found, token: _Token) -> bool:
    """Whether that word can be the surname to a given name right before it."""
    between = text[name.end : token.start]
    near = between == " " or re.fullmatch(rf"(?: {_PARTICLE}){{1,2}} ", between, re.IGNORECASE) is not None
    return near and plain(text[name.start : name.end]) in _lists().names


def _called(text: str, token: _Token) -> str:
    before = text[max(0, token.start - 40) : token.start].lower()
    return ORGANISATION if _BEFORE_ORGANISATION.search(before) else NAME


def _place(tokens: list[_Token], at: int) -> int:
    """How many words from there on name a place; 0 where they name none."""
    places = _lists().places
    for count in (3, 2, 1):
        part = tokens[at : at + count]
        if len(part) == count and " ".join(_bare(each.key) for each in part) in places:
            close = all(after.start - before.end == 1 for before, after in pairwise(part))
            if close:
                return count
    return 0


# --- forms --------------------------------------------------------------------------------------------------


def _by_form(text: str) -> Iterator[Found]:
    taken: list[Found] = []
    for kind, pattern in _FORMS:
        for match in pattern.finditer(text):
            if kind == PHONE and sum(c.isdigit() for c in match.group()) < 7:
                continue
            end = match.start() + len(match.group().rstrip(".,;:!? )"))
            each = Found(match.start(), end, kind)
            if each.end > each.start and not any(_overlap(each, other) for other in taken):
                taken.append(each)
                yield each


def _numbers(text: str, tokens: list[_Token]) -> Iterator[Found]:
    """Neighbouring number words are one number; seven or more spoken digits are a telephone's."""
    run: list[_Token] = []
    for at, token in enumerate(tokens):
        near = bool(run) and _WITHIN.fullmatch(text[run[-1].end : token.start]) is not None
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        key = _bare(token.key)
        more = joins(key) and following is not None and is_number(_bare(following.key))
        if is_number(key) or (near and (goes_on(key) or more)):
            if run and not near:
                yield _number(run)
                run = []
            run.append(token)
        elif run:
            yield _number(run)
            run = []
    if run:
        yield _number(run)


def _number(run: list[_Token]) -> Found:
    spoken = sum(_bare(token.key) in SHORT for token in run)
    return Found(run[0].start, _end(run[-1]), PHONE if spoken >= 7 else NUMBER)


def _joined(text: str, names: list[Found]) -> list[Found]:
    """Parts of one name, taken together: "Maria de Souza", "University of Leeds"."""
    joined: list[Found] = []
    for each in names:
        between = text[joined[-1].end : each.start] if joined else ""
        middle = between.split()
        whole = between[:1] == " " == between[-1:] and len(middle) <= 2
        if joined and whole and all(word.lower() in _CONNECTORS for word in middle):
            last = joined.pop()
            kinds = (last.kind, each.kind)
            kind = ORGANISATION if ORGANISATION in kinds else last.kind if middle else NAME
            kind = PLACE if kinds == (PLACE, PLACE) else kind
            joined.append(Found(last.start, each.end, kind))
        else:
            joined.append(each)
    return [
        Found(each.start, each.end, ORGANISATION)
        if each.kind == NAME and _ORGANISATION & set(plain(text[each.start : each.end]).split())
        else each
        for each in joined
    ]


def _overlap(one: _Token | Found, other: Found) -> bool:
    return one.start < other.end and other.start < one.end
