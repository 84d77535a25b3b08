"""One line of what `doctor` finds."""

from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["ok", "missing", "problem"]
DEVICE_OR_MODEL, SETTING = 3, 2


@dataclass(frozen=True)
class Finding:
    """One line of the report. id: stable, for machines; fix: what to do, one line; exit_code: what doctor
    ends with because of it, 0 when it is not in the way of an interview aloud; facts: plain values."""

    id: str
    state: State
    text: str
    fix: str = ""
    exit_code: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
