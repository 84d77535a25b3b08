"""Takes out of a resume or a job description what nobody needs to know for an interview.

Line by line, before anything else looks at the text: how to reach or find a person, and what an interviewer
may not ask after. A line that is about nothing else goes as a whole. What looks private and is not goes too:
losing a line costs one question, keeping one costs somebody's privacy.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

RESUME, JOB = "resume", "job"


@dataclass(frozen=True)
class Line:
    """One line of a document. heading: it names a section; bullet: it began with a bullet."""

    text: str
    heading: bool = False
    bullet: bool = False


KINDS = (
    "e-mail address",
    "phone number",
    "address",
    "date of birth or age",
    "nationality",
    "family detail",
    "religion",
    "photo",
    "link",
    "identity number",
    "name",
    "personal section",
    "contact person",
)
"""What is taken out and counted, as it is told to the person."""
(
    E_MAIL,
    PHONE,
    ADDRESS,
    BIRTH,
    NATIONALITY,
    FAMILY,
    RELIGION,
    PHOTO,
    LINK,
    IDENTITY,
    NAME,
    SECTION,
    CONTACT,
) = KINDS

# --- pieces of a line ---------------------------------------------------------------------------------------

_DATE = r"\b(?:[0-3]?\d[./-][01]?\d[./-](?:19|20)?\d\d|(?:19|20)\d\d-[01]\d-[0-3]\d)\b"
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_WRITTEN_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTHS},? \d{{4}}|{_MONTHS} \d{{1,2}}(?:st|nd|rd"
    rf"|th)?,? \d{{4}})"
)
_PIECES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (E_MAIL, r"\b[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+"),
        (PHOTO, r"!\[[^\]]*\]\([^)]*\)|<img\b[^>]*>"),
        (LINK, r"\]\((?:https?:|www\.|mailto:)[^)]*\)"),
        (
            LINK,
            r"\bhttps?://\S+|\bwww\.\S+|\b(?:[\w-]{1,63}\.){1,4}(?:com|org|net|io|dev|me|de|uk|br"
            r"|eu|co|info)/\S+",
        ),
        (LINK, r"\b(?:linkedin|github|gitlab|xing|twitter|instagram|facebook|orcid)(?:\.com)?\s*[:/]\s*\S+"),
        (LINK, r"(?<![\w.])@[A-Za-z_][\w.]{2,}"),
        (LINK, r"\b(?:[a-z0-9-]{1,63}\.){1,4}(?:com|org|net|io|dev|me)\b(?!\w)"),
        (
            IDENTITY,
            r"\b\d{3}-\d{2}-\d{4}\b|\b\d{3}\.\d{3}\.\d{3}-\d{2}\b|\b[a-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d]\b",
        ),
        (IDENTITY, r"\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}\b"),
        (
            BIRTH,
            rf"\b(?:born|date of birth|birth ?date|birthday|d\.?o\.?b\.?)\b\W*(?:on|in|at)?\W*"
            rf"(?:{_DATE}|{_WRITTEN_DATE}|(?:19|20)\d\d)(?: in [A-Z][\w ]+)?",
        ),
        (
            BIRTH,
            r"\b(?:aged?|I am|I'm)\s*:?\s*\d\d\b(?!\s*(?:%|percent))(?: years old)?"
            r"|\b\d\d years? old\b|\b\d\d-year-old\b",
        ),
        (
            FAMILY,
            r"\b(?:happily )?married (?:to|with|since)\b[^.;|]*|\b(?:proud )?(?:mother|father"
            r"|parent|mum|dad) of [^.;|]*",
        ),
        (
            FAMILY,
            r"\b(?:married|single|divorced|widowed),? (?:with )?(?:no|one|two|three|four"
            r"|\d) (?:kids?|child(?:ren)?)\b",
        ),
        (
            RELIGION,
            r"\b(?:practi[sc]ing|devout|active member of the) (?:christian|catholic|protestant"
            r"|muslim|jew\w*|hindu|buddhist|\w+ church)\b",
        ),
        (NATIONALITY, r"\b(?:\w+) (?:citizen(?:ship)?|national(?:ity)?|passport holder)\b(?= *(?:[,.;|]|$))"),
    )
)
_PHONE = re.compile(r"(?<![\w.,-])(?:\+|00)?\(?\d[\d\s()./–-]{5,}\d(?![\w%])")
_YEARS = re.compile(r"^(?:\d{1,2}[./])?(?:19|20)\d\d\s*[-–/. ]+\s*(?:\d{1,2}[./])?(?:19|20)\d\d$")
_ANY_DATE = re.compile(rf"^(?:{_DATE})(?:\s*[-–]\s*(?:{_DATE}))?$")

# --- whole lines --------------------------------------------------------------------------------------------

_STREET = (
    r"(?:street|st\.?|road|rd\.?|avenue|ave\.?|lane|ln\.?|drive|dr\.?|boulevard|blvd\.?|court|square|terrace"
    r"|crescent|place|close|way|gardens|highway|parkway|quay|mews)"
)
_ADDRESS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b\d{{1,5}}[a-zA-Z]?,? (?:[A-Z][\w'.-]* ){{1,3}}(?i:{_STREET})(?=$|[\s,.;|])",
        r"\b[A-ZÄÖÜ][\wäöüß.-]*(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|straat|gatan"
        r"|vej)\s*\d{1,4}[a-z]?\b",
        r"(?i)\b(?:rua|avenida|av\.|calle|via|rue|alameda|travessa|plaza|praça|viale"
        r"|piazza) [\w .'’ãáéíóúçñàè-]+,?\s*\d{1,5}\b",
        r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b",
        r"\b[A-Z][a-z]+,? [A-Z]{2},? \d{5}(?:-\d{4})?\b",
        r"\b\d{5}-\d{3}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b|\b\d{4} ?[A-Z]{2} [A-Z][a-z]+",
        r"(?i)\bp\.? ?o\.? box\b|\b(?:apt|apartment|flat|suite|unit)\.? ?#?\d+\w?\b",
        r"\b(?:[A-Z]{1,2}-)?\d{5} [A-ZÄÖÜ][a-zäöüß]+(?: am \w+)?$",
    )
)
_LABELS: tuple[tuple[str, str], ...] = (
    (E_MAIL, r"e-?mail(?: address)?"),
    (PHONE, r"(?:tele)?phone(?: number)?|tel|mobile|cell(?:phone)?|fax|whats ?app"),
    (
        ADDRESS,
        r"(?:home |postal |current |private )?address|residence|place of residence|post ?code"
        r"|zip(?: code)?|lives? in",
    ),
    (
        BIRTH,
        r"born|(?:date|place|day|year)(?: and place)? of birth|birth ?(?:date|day|place)|d\.?o\.?b\.?|age",
    ),
    (
        NATIONALITY,
        r"nationality|citizenship|country of origin|place of origin|ethnicity|race|visa(?: status)?",
    ),
    (
        FAMILY,
        r"(?:marital|civil|family|relationship) status|married|children|kids|spouse|husband"
        r"|wife|partner|dependants?|dependents?"
        r"|sex|gender|pronouns|sexual orientation|military (?:service|status)|health"
        r"|disability|height|weight",
    ),
    (
        RELIGION,
        r"religion|religious (?:views|affiliation)|denomination|faith|political (?:views"
        r"|affiliation)|politics",
    ),
    (PHOTO, r"photo(?:graph)?|picture"),
    (
        LINK,
        r"website|web|homepage|linked ?in|git ?hub|portfolio|blog|twitter|skype|telegram"
        r"|instagram|xing|orcid",
    ),
    (
        IDENTITY,
        r"(?:passport|id|identity card|national id|tax id|personal|social security|insurance"
        r"|driving licen[cs]e|registration)"
        r"(?: (?:no|number|nr))?|ssn|nin|cpf|rg|dni|nie|nif|pesel|iban|bsn",
    ),
    (NAME, r"(?:full |first |last |family |given )?name|surname|candidate|applicant"),
    (CONTACT, r"contact(?: person)?|your contact|recruiter|hiring manager|references?|referees?"),
)
_LABELLED = tuple(
    (kind, re.compile(rf"^(?:{names})\.?\s*(?:[:|=\t]|[-–]\s)\s*\S?", re.IGNORECASE))
    for kind, names in _LABELS
)
_LABEL_ALONE = tuple((kind, re.compile(rf"^(?:{names})\.?\s*:?$", re.IGNORECASE)) for kind, names in _LABELS)
_PERSONAL_HEADING = re.compile(
    r"^(?:personal(?: (?:details?|information|data|profile data|particulars|life))?"
    r"|contact(?: (?:details?|information|me|us))?"
    r"|about my family|family|references?|referees?|personalia)\W*$",
    re.IGNORECASE,
)
_PERSONAL_WORDS = re.compile(
    r"\b(?:married|single|divorced|widowed|engaged|children|kids|sons?|daughters?|husband|wife"
    r"|catholic|protestant|muslim"
    r"|jewish|hindu|buddhist|christian|atheist|church|mosque|british|german|brazilian|american"
    r"|spanish|indian|french"
    r"|italian|polish|citizen|male|female)\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"^(?:(?:dr|mr|mrs|ms|prof)\.? )?[A-ZÀ-Þ][\w'’.-]*(?: (?:(?:de|da|dos|van|von|der|la|al"
    r"|bin)\b|[A-ZÀ-Þ][\w'’.-]*)){1,3}(?:,? (?:ph\.?d|mba|msc|bsc|rn))*$"
)
_TITLE = re.compile(
    r"\b(?:resume|résumé|curriculum|vitae|cv|engineer|manager|teacher|nurse|scientist"
    r"|specialist|developer|analyst|director|assistant|designer|officer|lead|consultant"
    r"|coordinator)\b",
    re.IGNORECASE,
)
_LEFT_OVER = re.compile(
    r"^[\W_]*$|^\W*(?:(?:e-?mail|phone|tel|mobile|cell|linked ?in|git ?hub|website|web|born"
    r"|and|or|at|[mtpe])\b\W*)+$",
    re.IGNORECASE,
)


@dataclass
class _Reading:
    kind: str
    counts: Counter[str] = field(default_factory=Counter)
    names: set[str] = field(default_factory=set)
    personal: bool = False
    """Inside a section about the person."""
    headed: bool = False
    """After the first heading; what stands before it is about the person."""
    owed: str | None = None
    """A label stood alone; the next line is what it names."""


def without_private(
    lines: Iterable[Line], kind: str
) -> tuple[tuple[Line, ...], Counter[str], frozenset[str]]:
    """The lines that may be kept, how many of each of KINDS were taken out, and the words of the person's
    name, in small letters, which is in none of the lines any more. kind: RESUME or JOB."""
    reading = _Reading(kind)
    kept = [line for line in _kept(lines, reading) if line.text]
    if reading.names:
        pattern = re.compile(
            rf"\b(?:{'|'.join(map(re.escape, sorted(reading.names)))})\b(?:['’]s)?", re.IGNORECASE
        )
        kept = [Line(_tidy(pattern.sub("", line.text)), line.heading, line.bullet) for line in kept]
    return tuple(line for line in kept if line.text), reading.counts, frozenset(reading.names)


def _kept(lines: Iterable[Line], reading: _Reading) -> Iterator[Line]:
    for line in lines:
        if line.heading and not _is_name(line.text, reading):
            reading.headed = True
            reading.personal = bool(_PERSONAL_HEADING.match(line.text)) and reading.kind == RESUME
            reading.owed = None
            if reading.personal:
                reading.counts[SECTION] += 1
                continue
        elif reading.personal:
            continue
        yield Line(_without(line, reading), line.heading, line.bullet)


def _without(line: Line, reading: _Reading) -> str:
    """The line without what is private in it; empty when nothing worth keeping is left."""
    text = line.text.strip()
    if reading.owed:
        reading.owed = None
        if len(text.split()) <= 8:
            return ""
    whole = _whole_line(text, reading)
    if whole:
        reading.counts[whole] += 1
        _learn_name(whole, text, reading)
        # a line of contact details may hold more than one; they are counted, since people check the figures
        for kind, pattern in _PIECES[:1]:
            reading.counts[kind] += len(pattern.findall(text)) if whole != kind else 0
        reading.counts[PHONE] += len(list(_phones(text))) if whole != PHONE else 0
        return ""
    found = False
    for kind, pattern in _PIECES:
        text, count = pattern.subn(" ", text)
        reading.counts[kind] += count
        found = found or count > 0
    for phone in _phones(text):
        text = text.replace(phone, " ", 1)
        reading.counts[PHONE] += 1
        found = True
    if not found:
        return text
    return "" if _LEFT_OVER.match(text) else _tidy(text)


def _phones(text: str) -> Iterator[str]:
    for match in _PHONE.finditer(text):
        number = match.group().strip(" ()")
        digits = sum(character.isdigit() for character in number)
        if 7 <= digits <= 16 and not _YEARS.match(number) and not _ANY_DATE.match(number):
            yield number


def _whole_line(text: str, reading: _Reading) -> str | None:
    """What a line is about when it is about nothing else that matters."""
    for kind, pattern in _LABELLED:
        if pattern.match(text) and (reading.kind == RESUME or kind in (CONTACT, E_MAIL, PHONE, ADDRESS)):
            return kind
    if reading.kind == RESUME:
        alone = next((kind for kind, pattern in _LABEL_ALONE if pattern.match(text)), None)
        if alone and len(text.split()) <= 4 and not reading.headed:
            reading.owed = alone
            return alone
    if any(pattern.search(text) for pattern in _ADDRESS) and len(text.split()) <= 14:
        return ADDRESS
    if reading.kind != RESUME or reading.headed:
        return None
    if _is_name(text, reading):
        return NAME
    if _PERSONAL_WORDS.search(text) and len(text.split()) <= 8:
        return FAMILY
    if re.search(rf"^(?:{_DATE}|{_WRITTEN_DATE})", text, re.IGNORECASE) and len(text.split()) <= 6:
        return BIRTH
    return None


def _is_name(text: str, reading: _Reading) -> bool:
    """Whether a line near the top of a resume is the person's name."""
    first = reading.kind == RESUME and not reading.headed and not reading.counts[NAME]
    return first and bool(_NAME.match(text.strip())) and not _TITLE.search(text)


def _learn_name(kind: str, text: str, reading: _Reading) -> None:
    if kind == NAME:
        value = re.sub(r"^[^:|=]*[:|=]", "", text)
        reading.names |= {word.lower() for word in re.findall(r"[^\W\d_]{3,}", value)} - {
            "the",
            "and",
            "mba",
            "phd",
            "msc",
        }


def _tidy(text: str) -> str:
    """Without the separators that stood around what was taken out."""
    text = re.sub(r"\(\s*\)|\[\s*\]?", " ", text)
    text = re.sub(r"\s*([|·•,;])(?:\s*[|·•,;])+", r" \1", text)
    return re.sub(r"\s+", " ", re.sub(r"\s+([,.;:)])", r"\1", text)).strip(" |·•,;:–-")
