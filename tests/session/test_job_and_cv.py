"""`practice --cv --job`: what was read is told, asked about and covered, and nothing private is kept."""

import json
import os
import re
import subprocess
from pathlib import Path

import docx
import pytest
from model_server import MODEL, model_server
from practice_terminal import COMMAND

from voice_interviewer.app.build import make_engine
from voice_interviewer.app.language_model import close
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.moves import Exchange, ReplyContext
from voice_interviewer.core.model.transcript import Transcript, Word
from voice_interviewer.core.turns import events as e
from voice_interviewer.settings.config import load_config
from voice_interviewer.store.log import read_log

CV = """\
# Joana Prado Whitfield

12 Elm Tree Road, Springfield, IL 62704 · +1 (217) 555-0148 · joana.whitfield@mailbox.example
linkedin.com/in/joanaprado
Date of birth: 12 May 1991 | Nationality: Brazilian
Married, two children

## Experience
- Led a team of 5 engineers to cut the nightly load from six hours to 40 minutes
- Joana presented the plan to the board of Acme Freight
- Wrote a hymnal for the choir in four voices

## Skills
Python, Kafka

## References
Dr Maria Gomez, +44 20 7946 0958
"""
JOB = (
    "Software Engineer at Northwind Logistics",
    "Requirements",
    "You must know testing and code review",
    "Kubernetes in production is required, Kubernetes at night too",
    "Contact: Paula Jones, jobs@northwind.example",
)
SECRETS = (
    *(
        "joana",
        "whitfield",
        "elm tree",
        "62704",
        "555-0148",
        "(217)",
        "217 555",
        "217-555",
        "mailbox",
        "linkedin",
        "12 may",
        "1991",
    ),
    *(
        "brazil",
        "married",
        "gomez",
        "7946",
        "hymnal",
        "acme",
        "paula",
        "northwind",
        "papers",
        "my-cv",
        "my-job",
    ),
)
ANSWERS = (
    "I keep the pipelines of three teams in shape.",
    "I split the job into parts on Kubernetes, and the load fell by half in a week.",
    "I planned it and wrote the loader myself.",
    "It saved two hours a night.",
)


@pytest.fixture
def papers(tmp_path: Path) -> tuple[str, ...]:
    """The options for a resume as Markdown and a job description as a Word document."""
    folder = tmp_path / "papers"
    folder.mkdir()
    cv, job = folder / "my-cv.md", folder / "my-job.docx"
    cv.write_text(CV, encoding="utf-8")
    made = docx.Document()
    for line in JOB:
        made.add_paragraph(line)
    made.save(str(job))
    return ("--cv", str(cv), "--job", str(job))


def practice(home: Path, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    home.mkdir(exist_ok=True)
    usual = ["--typed", "--no-audio", "--yes", "--role", "software-engineer", "--level", "mid"]
    fast = {"VOICE_INTERVIEWER_WORDS_PER_MINUTE": "400", "VOICE_INTERVIEWER_HOME": str(home)}
    return subprocess.run(
        [COMMAND, "practice", *usual, "--seed", "1", "--minutes", "15", *options],
        input="\n".join(ANSWERS) + "\n",
        env={**os.environ, **fast, **env},
        capture_output=True,
        text=True,
        timeout=120,
    )


def everything_in(folder: Path) -> str:
    """Every file of a session as text, the names of the files too. Sound is left out, also
    where a page carries it as base64: any four letters stand in 100 kB of that once in ten runs."""
    written = "\n".join(
        f"{path.relative_to(folder)}\n{path.read_bytes().decode('utf-8', 'replace')}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in (".wav", ".flac")
    ).lower()
    return re.sub(r"[a-z0-9+/=]{400,}", "", written)


@pytest.mark.slow
def test_an_interview_about_somebodys_own_work_keeps_nothing_private(
    tmp_path: Path, papers: tuple[str, ...]
) -> None:
    done = practice(tmp_path / "home", *papers)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    told = [line for line in done.stdout.splitlines() if line.startswith("Read ")]
    assert told[0].startswith("Read resume: ")
    assert "1 e-mail address, 1 phone number, 1 address" in told[0]
    assert told[1].startswith("Read job description: 3 lines, removed 1 e-mail address, 1 contact person.")
    assert all(line.endswith("It stays on this machine.") for line in told)
    assert "you led a team of 5 engineers to cut the nightly load" in done.stdout

    folder = next((tmp_path / "home" / "sessions").iterdir())
    kept = everything_in(folder)
    assert [secret for secret in SECRETS if secret in kept] == []
    started = next(iter(read_log(folder).entries)).event
    assert isinstance(started, e.SessionStarted)
    assert {"testing", "code review", "Kubernetes"} <= set(started.plan.keywords)
    private = [item.question for item in started.plan.items if item.question and item.question.private]
    assert [question.family for question in private] == ["resume"]
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert {entry["text"]: entry["state"] for entry in report["keywords"]}["Kubernetes"] == "said"
    assert "Kubernetes: came up in your own words" in (folder / "report.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("shared", [False, True])
def test_a_language_model_sees_words_of_a_resume_only_with_consent(shared: bool) -> None:
    say = "Your resume says you cut the nightly load. What was your own part in that?"
    asked = Question("resume-1", "behavioural", say, family="resume", private=True)
    answer = Transcript(tuple(Word(word, 0, 0, 0.9) for word in ANSWERS[1].split()))
    about = ReplyContext(asked, "mid", 1, say, None, answer, typed=True)
    other = Question("core-x", "behavioural", "Tell me about a hard week.")
    earlier = (Exchange(1, "resume-1", say, None, answer),)
    later = ReplyContext(
        other, "mid", 2, other.say, None, answer, earlier=earlier, said=(say, other.say), typed=True
    )
    with model_server() as server:
        options = {"llm_url": server.url, "llm_model": MODEL, "semantic": "words"}
        engine = make_engine(load_config({**options, "share_documents": shared or None}, {}))
        try:
            replies = engine.reply(about), engine.reply(later)
        finally:
            close(engine)
        sent = json.dumps(server.requests)
    assert all(reply.chosen.say for reply in replies)
    assert "hard week" in sent
    assert ("nightly load" in sent) is shared


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("cv.pdf", b"%PDF-1.4 torn", "damaged"),
        ("cv.txt", b"", "empty"),
        ("cv.jpg", b"picture", ".jpg files cannot be read"),
        ("", b"", "folder"),
    ],
)
def test_a_document_that_cannot_be_read_is_told_before_anything_else(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    folder = tmp_path / "papers.txt"
    folder.mkdir()
    if name:
        (folder / name).write_bytes(data)
    done = practice(tmp_path / "home", "--cv", str(folder / name))
    assert done.returncode == 2
    assert reason in done.stderr
    assert len(done.stderr.strip().splitlines()) == 2, done.stderr
    assert not (tmp_path / "home" / "sessions").exists()
