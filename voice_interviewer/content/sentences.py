"""Named sentences of a language file: which there have to be, and which {places} each of them has."""

import re
from collections.abc import Mapping

from voice_interviewer.content.bankfile import Finding
from voice_interviewer.content.yaml_file import Located
from voice_interviewer.errors import BankProblem

Wanted = Mapping[str, frozenset[str]]
"""Name of a sentence -> its places."""


def wanted(*names: str) -> Wanted:
    """Sentences by name, each followed by its places: "not_heard what" needs {what} in `not_heard`."""
    return {name.split()[0]: frozenset(name.split()[1:]) for name in names}


def checked(lines: Mapping[str, str], names: Wanted, located: Located, *section: str) -> dict[str, str]:
    """The sentences of a section, if there are exactly those, each with exactly its places.

    Raises BankProblem with file and line for the first that is missing, unknown or has other places.
    """
    for name in names:
        if name not in lines:
            raise mistake(located, f"{name!r} is missing", *section)
    for name, line in lines.items():
        if name not in names:
            raise mistake(located, f"unknown key {name!r}", *section, name)
        if frozenset(re.findall(r"\{(\w*)\}", line)) != names[name]:
            needed = " ".join(f"{{{place}}}" for place in sorted(names[name])) or "no {place}"
            raise mistake(located, f"{name!r} needs {needed}", *section, name)
    return dict(lines)


def check_sections(located: Located, sections: Mapping[str, Wanted]) -> None:
    """Whether each section of a file of the right form is as `checked` wants it. Raises BankProblem."""
    for name, names in sections.items():
        checked(located.data[name], names, located, name)


def mistake(located: Located, text: str, *path: str) -> BankProblem:
    """That text about what stands at that path."""
    return BankProblem("words", str(Finding(located.file, located.line(*path), text)), "Mend that line.")
