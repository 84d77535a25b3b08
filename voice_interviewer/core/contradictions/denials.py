"""When one clause denies what another one claims. Precision before recall: what is denied of one moment is
often so of the next one."""

import re

from voice_interviewer.core.contradictions.matching import ENOUGH_SHARED, Link, places_differ
from voice_interviewer.core.contradictions.stance_cues import SOMEBODY
from voice_interviewer.core.contradictions.statements import Clause
from voice_interviewer.core.understanding.lexicon import Phrase
from voice_interviewer.core.understanding.stems import lemma, specific, stems

_OWN = Phrase(r"(?:i|i've|i'm|i'd|my|me|we|we've|we're|our|us)")
_DID_NOT = Phrase(r"(?:didn't|did not|wasn't|was not|weren't|never)")
_MINE = Phrase(r"(?:i|we|i've|we've|i'd|i'm|we're|me|us)")
_THEIRS = Phrase(rf"(?:he|she|they|{SOMEBODY})")
_LIFE = Phrase(
    r"(?:i've|i have|i've got) (?:never|no)|never in my life|(?:no|not any) [a-z]+ at all"
    r"|i never (?:in my life|once)"
    r"|i (?:don't|do not|can't|cannot)"
    r" (?:speak|read|use|have|drive|work|own|manage|supervise|lead|run|write|travel|handle)"
)
"""What is denied for good, not only of one story."""
_NAMES_NOTHING = frozenset(("singl", "anyth", "anywher", "kind", "sort", "wors", "littl"))


def denial_conflict(
    first: Clause, second: Clause, link: Link, windows: tuple[frozenset[str], frozenset[str]]
) -> bool:
    """Whether one clause denies what the other claims. windows: what is said around each of them."""
    if link.answer or not (first.denied or first.asked_denied or second.denied or second.asked_denied):
        return False
    return _denies(first, second, link, windows[0] & windows[1]) or _denies(
        second, first, link, windows[0] & windows[1]
    )


def _denies(no: Clause, yes: Clause, link: Link, shared: frozenset[str]) -> bool:
    flags = no.flags | yes.flags
    if flags & {"question", "corrected"}:
        return False
    if "zero" in no.flags:
        return link.story and "#" in yes.text and no.asked_denied <= yes.said | yes.near
    if "changed" in flags or no.flags & _UNSURE or "quoted" in yes.flags:
        return False
    own = bool(no.asked_denied) or "own" in no.flags
    for_good = bool(_LIFE.search(no.text))
    if not for_good and not no.asked_denied and places_differ(no.where, yes.where, link):
        return False
    if not own and not link.story:
        return False
    if link.story and _had_none(no, yes):
        return True
    if "own" in no.flags and _THEIRS.search(yes.text) and not _MINE.search(yes.text):
        return False
    always = (
        own
        and (no.never or for_good or "answered" in yes.flags)
        and "single" not in no.text
        and (bool(_OWN.search(yes.text)) or "answered" in yes.flags)
    )
    return any(
        _claimed(denied, no, yes, link, shared, always) for denied in (no.denied, no.asked_denied) if denied
    )


def _claimed(
    denied: frozenset[str], no: Clause, yes: Clause, link: Link, shared: frozenset[str], always: bool
) -> bool:
    """Whether what was denied is claimed by the other clause. always: it was denied once and for all
    by somebody who now speaks of the same self. shared: what names the story around both of them."""
    named = specific(denied) - _NAMES_NOTHING
    around = bool(no.asked_denied) or len(denied & yes.said) >= ENOUGH_SHARED
    if not named or not named <= yes.said | (yes.near if around else frozenset()):
        return False
    tied = bool(shared - named)
    if len(named) >= ENOUGH_SHARED:
        return always or link.story or (no.never and tied)
    if "unreal" in yes.flags:
        return False
    if always and (link.story or no.asked_denied or _LIFE.search(no.text) or tied):
        return True
    if not link.story:
        return False
    whole = denied <= yes.said and (len(denied) >= ENOUGH_SHARED or (_DID_NOT.search(no.text) and tied))
    return bool(whole) or _none_of(no, yes, named) or (no.never and tied)


def _had_none(no: Clause, yes: Clause) -> bool:
    """Whether there was none of what the other clause has: "no computer" and "my computer"."""
    owned = re.search(r"\b(?:my|our)\s+([a-z]+)(?:\s+([a-z]+))?", yes.text)
    none = re.search(
        r"\bno\s+(?:[a-z]+\s+)?(?!(?:from|for|with|of|at)\b)([a-z]+)\b(?!\s+(?:from|for|with|of|at)\b)",
        no.text,
    )
    return bool(owned and none and specific(frozenset(stems(none.group()[2:]))) & set(stems(owned.group())))


def _none_of(no: Clause, yes: Clause, named: frozenset[str]) -> bool:
    """Whether there was none of what the other clause has a number of."""
    if re.search(r"\b(?:nobody|no one|none)\b", no.text):
        return bool(re.search(r"#|\b(?:one|some|several|many|most|a few|two) (?:of|people)\b", yes.text))
    none = re.search(
        r"\b(?:no|zero|not a single|without a single|without any|not one)\s+(?:[a-z]+\s+)?([a-z]+)", no.text
    )
    some = re.search(r"#\s+(?:[a-z]+\s+){0,2}?([a-z]+)\b", yes.text)
    counted = {lemma(word) for word in re.findall("[a-z]+", some.group())} if some else set()
    return bool(none) and named <= counted


_UNSURE = frozenset(("unreal", "quoted"))
