"""A resume or a job description, read and stripped of what is private before anything looks at it.

    FILE (.md .txt .pdf .docx) ──text──> lines ──private.without_private──> Document

The file's path and its text go no further than this value: a plan gets skills, keywords and single claims.
"""

import io
import logging
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from voice_interviewer.documents.private import JOB, KINDS, RESUME, Line, without_private
from voice_interviewer.errors import UsageProblem

MAX_BYTES = 5 * 1024 * 1024
MAX_PAGES = 20
MAX_CHARACTERS = 20_000
MAX_UNPACKED = 50 * 1024 * 1024
"""A .docx is an archive: what is in it may be much larger than the file."""
MAX_HEADING_WORDS = 6
NAMES = {RESUME: "resume", JOB: "job description"}


@dataclass(frozen=True)
class Section:
    """A heading ("" before the first) and the lines under it."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Document:
    """What was read. kind: "resume" or "job". removed: of each kind of private detail, how many were taken
    out. names: the words of the person's name, which no line holds any more. cut: it was longer than is
    read."""

    kind: str
    sections: tuple[Section, ...]
    removed: tuple[tuple[str, int], ...] = ()
    names: frozenset[str] = frozenset()
    cut: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything that was kept but the headings, in order."""
        return tuple(line.text for section in self.sections for line in section.lines)

    @property
    def told(self) -> str:
        """One line for the person whose document it is."""
        count = len(self.lines)
        text = f"Read {NAMES[self.kind]}: {count} line{'s' if count != 1 else ''}"
        gone = [f"{number} {_plural(kind, number)}" for kind, number in self.removed]
        text += f", removed {', '.join(gone)}" if gone else ""
        cut = (
            f" Only the first {MAX_PAGES} pages or {MAX_CHARACTERS:,} characters of it were read."
            if self.cut
            else ""
        )
        return f"{text}.{cut}"


def _plural(kind: str, number: int) -> str:
    if number == 1:
        return kind
    if kind == "nationality":
        return "nationalities"
    if kind.startswith("date of birth"):
        return "dates of birth or ages"
    return kind + ("es" if kind.endswith("address") else "s")


def read_document(path: Path, kind: str) -> Document:
    """Read a resume (kind "resume") or a job description ("job").

    Raises UsageProblem, one line and a hint, for what cannot be read: no such file, a folder, too large, no
    text in it, locked, broken, or another kind of file.
    """
    read = READERS.get(path.suffix.lower())
    if read is None:
        what = f"{path.suffix} files cannot be read" if path.suffix else "it has no ending such as .pdf"
        raise _problem(path, what, "Save it as .pdf, .docx, .txt or .md.")
    data = _bytes_of(path)
    lines, cut = _limited(read(path, data))
    if not any(re.search(r"\w", line.text) for line in lines):
        raise _problem(path, "it holds no text", "A scanned or empty page cannot be read; export it as text.")
    kept, counts, names = without_private(lines, kind)
    removed = tuple((name, counts[name]) for name in KINDS if counts[name])
    return Document(kind, _sections(kept), removed, names, cut)


def _problem(path: Path, what: str, hint: str) -> UsageProblem:
    return UsageProblem("document", f"{path}: {what}.", hint)


def _bytes_of(path: Path) -> bytes:
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise _problem(path, "this is a folder", "Name one file.")
        if not stat.S_ISREG(about.st_mode):
            raise _problem(path, "this is no ordinary file", "Name a .pdf, .docx, .txt or .md file.")
        if about.st_size > MAX_BYTES:
            size, most = about.st_size / 1024 / 1024, MAX_BYTES // 1024 // 1024
            raise _problem(
                path, f"it is {size:.1f} MB, at most {most} MB are read", "Leave out its pictures."
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise _problem(path, "there is no such file", "Check the name.") from None
    except OSError as error:
        raise _problem(
            path, f"it cannot be opened ({error.strerror})", "Check the name and its rights."
        ) from None
    except ValueError:
        raise UsageProblem("document", "That is no name of a file.", "Check the name.") from None
    if not data.strip():
        raise _problem(path, "it is empty", "Name a file with text in it.")
    return data


# --- formats ------------------------------------------------------------------------------------------------


def _plain(path: Path, data: bytes) -> Iterator[Line]:
    """Text, or Markdown of which only headings and bullets are understood."""
    for row in _decoded(path, data).splitlines():
        yield _line(row)


def _decoded(path: Path, data: bytes) -> str:
    codec = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    strange = sum(character < " " and character not in "\t\n\r\f\v" for character in text)
    if "\0" in text or strange > len(text) // 100 or text.count("�") > len(text) // 100:
        raise _problem(path, "this is no text", "Save it as .pdf, .docx, .txt or .md.")
    return text


def _pdf(path: Path, data: bytes) -> Iterator[Line]:
    from pypdf import PdfReader

    if b"%PDF-" not in data[:1024]:
        raise _problem(path, "this is no PDF", "Export it as PDF again, or save it as .txt.")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it reports every flaw it gets over
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise _problem(path, "it is locked with a password", "Save a copy without one.")
        pages = [page.extract_text() or "" for page, _ in zip(reader.pages, range(MAX_PAGES), strict=False)]
        more = len(reader.pages) > MAX_PAGES
    except UsageProblem:
        raise
    except Exception:  # pypdf raises many kinds, RecursionError and KeyError among them
        raise _problem(path, "this PDF is damaged", "Export it as PDF again, or save it as .txt.") from None
    if not any(page.strip() for page in pages):
        hint = "It is probably a scan. Save the text itself as .txt, .docx or .pdf."
        raise _problem(path, "this PDF has pictures of pages, but no text", hint)
    for page in pages:
        for row in page.splitlines():
            yield _line(row)
    if more:
        yield _MORE


def _docx(path: Path, data: bytes) -> Iterator[Line]:
    import docx
    from docx.table import Table

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise _problem(path, "there is far too much packed into it", "Save its text as .txt.")
        body = list(docx.Document(io.BytesIO(data)).iter_inner_content())
    except UsageProblem:
        raise
    except Exception:  # zipfile, lxml and python-docx raise many kinds
        hint = "Save it as .docx again, or as .txt."
        raise _problem(path, "this is no Word document, or a damaged or locked one", hint) from None
    for block in body:
        if isinstance(block, Table):
            for row in block.rows:
                cells = dict.fromkeys(" ".join(cell.text.split()) for cell in row.cells)
                yield _line(" | ".join(text for text in cells if text))
            continue
        style = str(getattr(block.style, "name", "") or "")
        for row in block.text.splitlines():
            line = _line(row)
            listed = line.bullet or style.startswith("List")
            yield Line(line.text, line.heading or style.startswith(("Heading", "Title")), listed)


READERS: dict[str, Callable[[Path, bytes], Iterator[Line]]] = {
    ".md": _plain,
    ".markdown": _plain,
    ".txt": _plain,
    ".pdf": _pdf,
    ".docx": _docx,
}

# --- lines and sections -------------------------------------------------------------------------------------

_MORE = Line("\0more")
"""Stands for the pages that are not read."""
_BULLET = re.compile(r"^\s*(?:[•◦▪●○■□‣⁃∙·➢✓*–—-]|\uf0b7|\(?\d{1,2}[.)])\s+")
_HEADING_MARK = re.compile(r"^\s{0,3}#{1,6}\s+|^\s*(?:\*\*|__)(?=[^*_]+(?:\*\*|__)\s*:?\s*$)")
_KNOWN_HEADINGS = (
    r"(?:work |professional |relevant |employment )?(?:experience|history|background)"
    r"|employment|education|skills"
    r"|(?:technical|core|key) (?:skills|competenc\w+)|projects|publications|certificat\w+"
    r"|awards|languages|summary|profile"
    r"|objective|interests|hobbies|references?|personal(?: \w+)?|contact(?: \w+)?|achievements"
    r"|volunteering|training"
    r"|about (?:us|me|you|the \w+)|responsibilities|(?:key |your )?(?:responsibilities|duties"
    r"|tasks)|requirements"
    r"|(?:minimum |preferred |required )?qualifications|benefits|perks|what (?:we|you).{0,30}"
    r"|who (?:we|you) are"
    r"|your (?:profile|role|mission)|nice to have|must have|how to apply|equal opportunit\w+.*"
    r"|our (?:offer|values)|the role"
)
_KNOWN_HEADING = re.compile(rf"^(?:{_KNOWN_HEADINGS})\W*$", re.IGNORECASE)


def _line(row: str) -> Line:
    """One row of text without its marks, and what the marks said."""
    marked = bool(_HEADING_MARK.match(row))
    bullet = bool(_BULLET.match(row)) and not marked
    text = _BULLET.sub("", row, count=1) if bullet else _HEADING_MARK.sub("", row, count=1)
    text = re.sub(
        r"(?<!!)\[([^\]]+)\](?=\()", r"\1 [", text
    )  # a link keeps its words; its address is stripped later
    text = " ".join(re.sub(r"[*_`]{2,}|</?[a-z]+>|[​­]", "", text).split())
    named = bool(_KNOWN_HEADING.match(text)) and len(text.split()) <= MAX_HEADING_WORDS
    shouted = (
        text.isupper() and 1 <= len(text.split()) <= 4 and text.replace(" ", "").isalpha() and len(text) > 5
    )
    return Line(text, not bullet and (marked or named or shouted), bullet)


def _limited(lines: Iterator[Line]) -> tuple[list[Line], bool]:
    """The first MAX_CHARACTERS, and whether there was more."""
    kept: list[Line] = []
    size = 0
    for line in lines:
        size += len(line.text) + 1
        if line is _MORE or size > MAX_CHARACTERS:
            room = MAX_CHARACTERS - (size - len(line.text) - 1)
            if line is not _MORE and room > 0 and not kept:
                kept.append(Line(line.text[:room], line.heading, line.bullet))
            return kept, True
        if line.text:
            kept.append(line)
    return kept, False


def _sections(lines: tuple[Line, ...]) -> tuple[Section, ...]:
    found: list[tuple[str, list[Line]]] = [("", [])]
    for line in lines:
        if line.heading:
            found.append((line.text, []))
        else:
            found[-1][1].append(line)
    return tuple(Section(heading, tuple(under)) for heading, under in found if under)
