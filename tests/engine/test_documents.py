"""Resumes and job descriptions: every format read, everything private taken out, nothing bad survived."""

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject, StreamObject

from voice_interviewer.content.line_rules import request_mistakes
from voice_interviewer.content.resources import load_house
from voice_interviewer.documents.claims import claim_questions, spoken_claim
from voice_interviewer.documents.private import JOB, RESUME, Line, without_private
from voice_interviewer.documents.reading import MAX_CHARACTERS, Document, read_document
from voice_interviewer.errors import UsageProblem

WORDINGS = load_house().resume

CV = """\
Joana Prado Whitfield
12 Elm Tree Road, Springfield, IL 62704
+1 (217) 555-0148 | joana.whitfield@mailbox.example
linkedin.com/in/joanaprado
Date of birth: 12 May 1991
Nationality: Brazilian
Marital status: married, two children

EXPERIENCE
Data Engineer, Acme Freight (2019 - 2024)
- Led a team of 5 engineers to cut the nightly load from six hours to 40 minutes
- Reduced cloud costs by 32% by moving our reports to cheaper storage

SKILLS
Python, SQL, Kafka
"""
SECRETS = (
    *("joana", "whitfield", "elm tree", "62704", "555", "mailbox", "linkedin"),
    *("1991", "brazil", "married", "children"),
)
CLAIMS = ("5 engineers", "32%")


def pdf(pages: Iterable[str]) -> bytes:
    """A small PDF with a page for each text, one drawn line for each of its lines."""
    texts = list(pages)
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(texts)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(texts)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for i, text in enumerate(texts):
        drawn = "".join(
            f"({row.replace(chr(92), '').replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj T* "
            for row in text.splitlines()
        )
        stream = f"BT /F1 11 Tf 14 TL 50 760 Td {drawn}ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * i} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    tail = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + (head + tail).encode("latin-1")


def as_docx(text: str) -> bytes:
    """The text as a Word document: headings as styles, bullets as lists, the first lines in a table."""
    made = docx.Document()
    top, _, rest = text.partition("\n\n")
    table = made.add_table(rows=0, cols=1)
    for row in top.splitlines():
        table.add_row().cells[0].text = row
    for row in rest.splitlines():
        if row.isupper():
            made.add_heading(row.title())
        elif row.startswith("- "):
            made.add_paragraph(row[2:], style="List Bullet")
        elif row:
            made.add_paragraph(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


FORMATS: dict[str, Callable[[str], bytes]] = {
    ".txt": str.encode,
    ".md": lambda text: text.replace("EXPERIENCE", "## Experience").replace("SKILLS", "## Skills").encode(),
    ".docx": as_docx,
    ".pdf": lambda text: pdf([text]),
}


def written(folder: Path, data: bytes | str, name: str = "cv.txt") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def all_text(document: Document) -> str:
    return "\n".join([*(section.heading for section in document.sections), *document.lines]).lower()


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_is_read_and_nothing_private_is_left(tmp_path: Path, suffix: str) -> None:
    document = read_document(written(tmp_path, FORMATS[suffix](CV), f"cv{suffix}"), RESUME)
    text = all_text(document)
    assert not [secret for secret in SECRETS if secret in text]
    assert all(claim in text for claim in CLAIMS)
    headings = [section.heading.lower() for section in document.sections]
    assert headings[-2:] == ["experience", "skills"]
    removed = dict(document.removed)
    assert removed["e-mail address"] == removed["phone number"] == removed["address"] == removed["name"] == 1
    assert removed["nationality"] == removed["family detail"] == removed["date of birth or age"] == 1
    assert document.told.startswith(f"Read resume: {len(document.lines)} lines, removed 1 e-mail address, 1 ")
    asked = claim_questions(document, WORDINGS, 1)
    assert [question.private for question in asked] == [True, True]


PRIVATE = (
    "Call me on 0171 234 5678",
    "Tel.: 030/1234567",
    "(55) 11 91234-5678",
    "me (at) home.org",
    "Rua das Flores, 123",
    "Hauptstraße 12a",
    "10115 Berlin",
    "SW1A 2AA",
    "P.O. Box 1234",
    "Address: somewhere nice",
    "Born 3 March 1985 in Porto",
    "34 years old",
    "Geek, aged 41",
    "D.O.B. 03/03/1985",
    "Religion: none",
    "Sex: female",
    "Children: 2",
    "I am a proud father of three",
    "Passport No: X1234567",
    "SSN 078-05-1120",
    "CPF 123.456.789-09",
    "https://people.example/~anna",
    "github.com/anna-k",
    "@anna_codes",
    "![portrait](anna.jpg)",
    "Photo: attached",
)


@pytest.mark.parametrize("line", PRIVATE)
def test_a_private_detail_is_counted_and_gone(line: str) -> None:
    kept, counts, _ = without_private([Line("EXPERIENCE", heading=True), Line(line, bullet=True)], RESUME)
    assert sum(counts.values()) >= 1
    left = " ".join(each.text for each in kept[1:])
    assert not any(character.isdigit() for character in left), left
    assert not any(
        word in left.lower() for word in ("anna", "home", "rua", "straße", "female", "father", "porto")
    )


HARMLESS = (
    "Engineer, Acme Freight, 2015 - 2019",
    "From 03/2015 to 12/2019 head of the lab",
    "Raised revenue from 1,200,000 to 3,400,000 in two years",
    "Taught 30 children aged up to ten maths and music",
    "Set up single sign-on for 12000 users",
    "Led the drive to close 40 open tickets",
    "Wrote a guide to data protection for 14 hospitals",
    "Worked with Node.js and version 3.11.7",
    "Cut the time to answer by 40 percent",
)


@pytest.mark.parametrize("line", HARMLESS)
def test_work_is_not_taken_for_something_private(line: str) -> None:
    kept, counts, _ = without_private([Line("EXPERIENCE", heading=True), Line(line, bullet=True)], RESUME)
    assert [each.text for each in kept[1:]] == [line]
    assert not +counts


def test_whole_sections_about_the_person_and_others_go() -> None:
    lines = [
        Line("Personal details", heading=True),
        Line("Tall, and fond of sailing"),
        Line("Experience", heading=True),
        Line("Built a press"),
        Line("References", heading=True),
        Line("Dr Gomez, head of the lab"),
    ]
    kept, counts, _ = without_private(lines, RESUME)
    assert [line.text for line in kept] == ["Experience", "Built a press"]
    assert counts["personal section"] == 2


def test_a_job_description_loses_its_contacts_and_keeps_its_words(tmp_path: Path) -> None:
    text = "Nurse\nRequirements\n- Must know CPR\nContact: Paula Jones\njobs@ward.example, +49 30 1234567\n"
    document = read_document(written(tmp_path, text, "job.md"), JOB)
    assert document.lines == ("Nurse", "Must know CPR")
    assert document.told == (
        "Read job description: 2 lines, removed 1 e-mail address, 1 phone number, 1 contact person."
    )


def locked() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([CV]))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def scanned() -> bytes:
    """A page that is one picture."""
    writer = PdfWriter()
    page = writer.add_blank_page(612, 792)
    picture = StreamObject()
    picture.set_data(bytes(64))
    names = {"/Type": "/XObject", "/Subtype": "/Image", "/ColorSpace": "/DeviceGray"}
    picture.update({NameObject(name): NameObject(value) for name, value in names.items()})
    for name in ("/Width", "/Height", "/BitsPerComponent"):
        picture[NameObject(name)] = NumberObject(8)
    images = DictionaryObject({NameObject("/Im0"): writer._add_object(picture)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): images})
    drawn = DecodedStreamObject()
    drawn.set_data(b"q 600 0 0 780 6 6 cm /Im0 Do Q")
    page[NameObject("/Contents")] = writer._add_object(drawn)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w>" + b" " * (60 * 1024 * 1024))
    return out.getvalue()


def entities() -> bytes:
    """A Word document whose text is a chain of entities, each ten times the one before."""
    chain = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    body = (
        f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a0 "laughs">{chain}]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        "<w:body><w:p><w:r><w:t>&a9;</w:t></w:r></w:p></w:body></w:document>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_docx(CV))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, body if name == "word/document.xml" else old.read(name))
    return out.getvalue()


BAD: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "an empty file": ("cv.txt", bytes, "empty"),
    "blank lines": ("cv.txt", lambda: b"\n \n\t\n", "empty"),
    "only signs": ("cv.md", lambda: b"---\n***\n", "no text"),
    "a binary .txt": ("cv.txt", lambda: bytes(range(256)) * 20, "no text"),
    "another ending": ("cv.odt", lambda: b"words", ".odt files cannot be read"),
    "no ending": ("cv", lambda: b"words", "no ending"),
    "a .pdf that is none": ("cv.pdf", lambda: b"words and words", "no PDF"),
    "a torn .pdf": ("cv.pdf", lambda: pdf([CV])[:300], "PDF"),
    "a locked .pdf": ("cv.pdf", locked, "password"),
    "a scanned .pdf": ("cv.pdf", scanned, "pictures of pages"),
    "a .docx that is none": ("cv.docx", lambda: b"PK\x03\x04 no zip", "no Word document"),
    "another zip as .docx": ("cv.docx", lambda: as_docx(CV)[:2000], "no Word document"),
    "a zip bomb": ("cv.docx", bomb, "too much packed"),
    "too large": ("cv.txt", lambda: b"word " * 1_200_000, "at most 5 MB"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_read_is_one_line_and_a_hint(
    tmp_path: Path, case: str, capfd: pytest.CaptureFixture[str]
) -> None:
    name, make, reason = BAD[case]
    path = written(tmp_path, make(), name)
    with pytest.raises(UsageProblem) as found:
        read_document(path, RESUME)
    assert reason in found.value.message
    assert str(path) in found.value.message
    assert found.value.hint
    assert "\n" not in f"{found.value.message}{found.value.hint}"
    assert found.value.exit_code == 2
    assert capfd.readouterr() == ("", "")


def test_a_chain_of_entities_is_not_unfolded(tmp_path: Path) -> None:
    path = written(tmp_path, entities(), "cv.docx")
    with pytest.raises(UsageProblem, match=r"Word|no text"):
        read_document(path, RESUME)


def test_folders_pipes_and_missing_files(tmp_path: Path) -> None:
    folder, pipe = tmp_path / "cv.pdf", tmp_path / "cv.txt"
    folder.mkdir()
    os.mkfifo(pipe)
    for path, reason in ((folder, "folder"), (pipe, "ordinary"), (tmp_path / "no.md", "no such file")):
        with pytest.raises(UsageProblem, match=reason):
            read_document(path, RESUME)


def test_what_is_too_long_is_cut_and_said_so(tmp_path: Path) -> None:
    long = read_document(written(tmp_path, "Built a press and ran it.\n" * 2000), RESUME)
    assert long.cut
    assert len("\n".join(long.lines)) <= MAX_CHARACTERS
    assert "Only the first" in long.told
    pages = read_document(written(tmp_path, pdf([f"Built press {n}." for n in range(25)]), "cv.pdf"), RESUME)
    assert pages.cut
    assert pages.lines[-1] == "Built press 19."
    assert not read_document(written(tmp_path, CV), RESUME).cut


def test_other_encodings(tmp_path: Path) -> None:
    for codec in ("utf-8-sig", "utf-16", "cp1252"):
        path = written(tmp_path, "Führte 14 Köche über 3 Häuser".encode(codec))
        assert read_document(path, RESUME).lines == ("Führte 14 Köche über 3 Häuser",)


# --- claims -------------------------------------------------------------------------------------------------


def resume(tmp_path: Path, *bullets: str, skills: str = "Kafka") -> Document:
    text = "Experience\n" + "".join(f"- {bullet}\n" for bullet in bullets) + f"Skills\n{skills}\n"
    return read_document(written(tmp_path, text), RESUME)


@pytest.mark.parametrize(
    ("bullet", "claim"),
    [
        ("Led a team of 5 people in two towns.", "you led a team of 5 people in two towns"),
        ("I personally trained 14 nurses on my ward", "you trained 14 nurses on your ward"),
        ("Responsible for the rota of 40 drivers", "you were responsible for the rota of 40 drivers"),
        ("Raised coverage from 40% to 85%+", "you raised coverage from 40 percent to 85 percent or more"),
        ("Saved $1.2M & 20k hours (2019)", "you saved 1.2 million dollars and 20 thousand hours"),
        ("Moved 3 services to Kafka without a stop", "you moved 3 services to Kafka without a stop"),
        ("Managed 12 people at three sites, reporting to Anna Berg", "you managed 12 people at three sites"),
        ("Built a press for Barclays with John Smith", ""),
        ("Organised the works council and the union party", ""),
        ("Supported colleagues after maternity leave in 3 teams", ""),
        ("Helped", ""),
        ("Curious and open to 3 new things", ""),
        ("We cut costs by 3 percent that year", ""),
    ],
)
def test_a_line_becomes_a_claim_in_the_second_person_or_is_left_alone(
    tmp_path: Path, bullet: str, claim: str
) -> None:
    document = resume(tmp_path, bullet)
    assert spoken_claim(bullet, document) == claim
    assert len(claim.split()) <= 14


def test_claims_are_asked_as_one_request_the_strongest_first(tmp_path: Path) -> None:
    document = resume(
        tmp_path,
        "Wrote the handbook of the house for beginners",
        "Introduced a night shift in the bakery",
        "Raised the output of the line by 12 percent in one year",
        "Led 30 people",
        "Led the move of 4 shops to a new till system",
    )
    asked = claim_questions(document, WORDINGS, 3)
    assert [question.id for question in asked] == ["resume-1", "resume-2"]
    assert "12 percent" in asked[0].say
    assert "4 shops" in asked[1].say
    for question in asked:
        assert not request_mistakes(question.say)
        assert (question.type, question.family, question.private) == ("behavioural", "resume", True)
    assert asked == claim_questions(document, WORDINGS, 3)
    assert {q.say[:12] for seed in range(9) for q in claim_questions(document, WORDINGS, seed)} >= {
        "Your resume ",
        "I read in yo",
        "One line of ",
    }


def test_a_resume_without_such_lines_gives_no_question(tmp_path: Path) -> None:
    assert claim_questions(resume(tmp_path, "Kind, patient and on time"), WORDINGS, 1) == ()


def test_readers_are_loaded_only_for_their_files(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from voice_interviewer.documents.reading import read_document;"
        f"read_document(Path({str(written(tmp_path, CV))!r}), 'resume');"
        "sys.exit(bool({'pypdf', 'docx', 'lxml'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
