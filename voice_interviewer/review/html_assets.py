"""What the page is made of beside its text: style and scripts in small files, joined when it is made."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from voice_interviewer.review.model import Report

STYLES = ("report.css", "report_talk.css", "report_card.css", "report_player.css", "report_print.css")
SCRIPTS = (
    "report_start.js",
    "report_reveal.js",
    "report_player.js",
    "report_words.js",
    "report_wave.js",
    "report_live.js",
    "report_ready.js",
)
"""In this order: each adds to the one object `page` of the first."""


@dataclass(frozen=True)
class Assets:
    """style: one text; scripts: each with a hash of its own; nonce: what lets in the style that the waveform
    makes for itself in the browser."""

    style: str
    scripts: tuple[str, ...]
    nonce: str


def assets(with_sound: bool, report: Report, token: str) -> Assets:
    """token: makes the nonce of a live page one that cannot be guessed. The same report has the same page."""
    style = "".join(_text("templates", name) for name in STYLES)
    own = "".join(_text("templates", name) for name in SCRIPTS)
    seed = repr((report, token, style, own)).encode("utf-8")
    nonce = base64.b64encode(hashlib.sha256(seed).digest()[:18]).decode()
    return Assets(style, (*((_waveform(),) if with_sound else ()), own), nonce)


def policy(parts: Assets, more: dict[str, str]) -> str:
    """The content policy in the form of a header's value."""
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(_hash(script) for script in parts.scripts),
        "style-src": f"{_hash(parts.style)} 'nonce-{parts.nonce}'",
        **more,
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{key} {value}" for key, value in rules.items())


@cache
def _waveform() -> str:
    """wavesurfer.js with its licence, which travels with every copy."""
    licence = _text("static", "wavesurfer", "LICENSE").replace("*/", "* /")
    return f"/* wavesurfer.js\n{licence}*/\n" + _text("static", "wavesurfer", "wavesurfer.min.js")


@cache
def _text(*path: str) -> str:
    return resources.files("voice_interviewer.review").joinpath(*path).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode() + "'"
