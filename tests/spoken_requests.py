"""Labelled utterances as the classifier of requests meets them (requests.yaml, orders.yaml)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from voice_interviewer.core.model.reading import ORDER
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.understanding.clauses import units
from voice_interviewer.core.understanding.requests import KINDS

REQUESTS = Path(__file__).parent / "training" / "requests.yaml"
ORDERS = REQUESTS.with_name("orders.yaml")


@dataclass(frozen=True)
class Said:
    """One utterance and what it asks for; no kinds: it is an answer."""

    text: str
    kinds: frozenset[str]
    writer: str
    held: bool


def read_requests(path: Path = REQUESTS) -> tuple[Said, ...]:
    """The utterances of a labelled file."""
    found = []
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
        writer, held = entry["writer"], entry.get("held", False)
        for kind in (*KINDS, ORDER):
            found += [Said(text, frozenset((kind,)), writer, held) for text in entry.get(kind, ())]
        found += [Said(each["t"], frozenset(each["l"]), writer, held) for each in entry.get("several", ())]
        found += [Said(text, frozenset(), writer, held) for text in entry.get("answers", ())]
    return tuple(found)


def pieces(text: str) -> tuple[str, ...]:
    """The units of a typed utterance."""
    return tuple(unit.text for unit in units(Transcript.typed(text, 0)))


def sentences(text: str) -> tuple[str, ...]:
    """Those units that are no part of another one."""
    spans = units(Transcript.typed(text, 0))
    inner = [
        any((a.start, a.end) != (b.start, b.end) and b.start <= a.start and a.end <= b.end for b in spans)
        for a in spans
    ]
    return tuple(span.text for span, within in zip(spans, inner, strict=True) if not within)


def heard_kinds(rows: Mapping[str, Sequence[float]], least: float = 0.5) -> frozenset[str]:
    """For each piece the likeliest kind, where it is likely enough. An order is none."""
    rows = {kind: row for kind, row in rows.items() if kind != ORDER}
    found = set()
    for index in range(max((len(row) for row in rows.values()), default=0)):
        kind, value = max(((kind, row[index]) for kind, row in rows.items()), key=lambda each: each[1])
        if value >= least:
            found.add(kind)
    return frozenset(found)
