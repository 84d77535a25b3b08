"""Taking a session along: what is in the files, what is never overwritten, and what redaction leaves out."""

import json
import re
import stat
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from voice_interviewer.core.delivery.answer import Delivery
from voice_interviewer.errors import RecordProblem, UsageProblem
from voice_interviewer.review.export import export_text, export_zip, prepare, write_export
from voice_interviewer.review.export_schema import report_schema
from voice_interviewer.review.html import render_html
from voice_interviewer.review.markdown import escape
from voice_interviewer.review.model import (
    Answer,
    Comment,
    Entry,
    Feedback,
    Finding,
    Header,
    Keyword,
    QuestionReport,
    Quote,
    Report,
    ReportWord,
    TightenedPiece,
    Totals,
    Why,
)
from voice_interviewer.review.redact import redact
from voice_interviewer.review.report import build_report

ROOT = Path(__file__).parents[2]
HEADER = Header(
    "AI Ethics Specialist", "ethics", "senior", 10, "2026-11-23T14:05:00", "whisper base.en", "espeak",
    "rules", ("rules",), "silero", (("microphone", "Anneke's AirPods"),), 0.5, ("tone",),
)  # fmt: skip
PLACEHOLDER = re.compile(r"\[(?:name|number|place|organisation|e-mail|phone|link) \d+\]")


def made(text: str, quoted: tuple[int, int] | None = None, note: str = "", **more: Any) -> Report:
    """A report of one answer, which also stands everywhere an answer is repeated."""
    start, end = quoted or (0, len(text))
    quote = Quote(3, text[start:end], start, end, 1000, 2000, (0,))
    words = tuple(
        ReportWord(word, 1000 + 300 * at, 1200 + 300 * at, False, at) for at, word in enumerate(text.split())
    )
    why = Why(
        "quantify", "for a number", f"Because of {text}", "measure", "measure", text, quote, "rules", None
    )
    question = QuestionReport(
        id="past-issue",
        kind="core",
        type="behavioural",
        number=1,
        text="Tell me about a problem.",
        start_ms=0,
        answers=(Answer(3, f"You said {text}", "quantify", "number", why, text, False, Delivery(9)),),
        findings=(Finding("result", "slot", "result", "heard", quote),),
        tightened=(TightenedPiece(text, "result", "result", False, quote),),
        note=note,
    )
    entry = Entry("candidate", "answer", text, 1000, 9000, 0, turn=3, words=words)
    report = Report(
        2, "2026-11-23T14-05-00_ethics_senior", HEADER, Totals(1, 1, 1, 1, 1, 1, 0.5, 0), "finished", "done",
        (entry,), (question,), (), "dialogue.flac", 0,
        keywords=(Keyword(text, "said"),), tags=(text,), note=note,
    )  # fmt: skip
    return replace(report, **more)


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in strings(each)]
    if isinstance(value, list | tuple):
        return [text for each in value for text in strings(each)]
    return [value] if isinstance(value, str) else []


def shown(report: Report) -> str:
    """Every string of a redacted report but what is not said by anyone, without the placeholders."""
    plain = report.plain()
    for name in ("session", "header"):
        del plain[name]
    return PLACEHOLDER.sub("", "\n".join(strings(plain)))


# --- files --------------------------------------------------------------------------------------------------


def test_the_published_schema_is_that_of_the_program() -> None:
    path = ROOT / "docs" / "report-schema.json"
    told = "python -m voice_interviewer.review.export_schema docs/report-schema.json"
    assert path.read_text(encoding="utf-8") == report_schema(), f"out of date; make it again: {told}"


def test_a_real_report_is_what_the_schema_says(session_folder: Path) -> None:
    report = build_report(session_folder)
    text = export_text(prepare(report, session_folder, False), "json")
    assert TypeAdapter(Report).validate_json(text) == report
    schema = json.loads(report_schema())
    assert set(json.loads(text)) == set(schema["properties"])
    redacted = export_text(prepare(report, session_folder, True), "json")
    assert TypeAdapter(Report).validate_json(redacted) == redact(report)


def test_a_zip_holds_everything_and_can_be_put_back(session_folder: Path, tmp_path: Path) -> None:
    report = build_report(session_folder)
    target = tmp_path / "all.zip"
    write_export(target, lambda file: export_zip([prepare(report, session_folder, False)], file))
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        names = {name.removeprefix(report.session + "/") for name in archive.namelist()}
        archive.extractall(tmp_path / "back")
    assert names == {
        "report.html", "report.md", "report.json", "README.txt",
        "session.json", "events.jsonl", "dialogue.wav",
    }  # fmt: skip
    back = tmp_path / "back" / report.session
    assert build_report(back) == report
    assert (back / "dialogue.wav").read_bytes() == (session_folder / "dialogue.wav").read_bytes()
    silent = export_text(prepare(report, session_folder, True), "html")
    assert len((back / "report.html").read_text(encoding="utf-8")) > len(silent) + 20_000  # the sound


def test_a_redacted_zip_holds_neither_sound_nor_record(session_folder: Path, tmp_path: Path) -> None:
    report = build_report(session_folder)
    target = tmp_path / "all.zip"
    write_export(target, lambda file: export_zip([prepare(report, session_folder, True)], file))
    with zipfile.ZipFile(target) as archive:
        files = {name.split("/")[1]: archive.read(name).decode("utf-8") for name in archive.namelist()}
    assert set(files) == {"report.html", "report.md", "report.json", "README.txt"}
    assert "data:audio" not in files["report.html"]
    assert len(files["report.html"]) + 20_000 < len(render_html(report, session_folder))
    assert "small letters" in files["README.txt"]
    assert all("nine percent" not in text for text in files.values())
    assert re.search(r"by \[number \d\] percent", files["report.json"])


def test_nothing_is_overwritten_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    write_export(path, lambda file: file.write(b"first") and None)
    with pytest.raises(UsageProblem, match="there already"):
        write_export(path, lambda file: file.write(b"second") and None)
    assert path.read_bytes() == b"first"
    write_export(path, lambda file: file.write(b"third") and None, force=True)
    assert path.read_bytes() == b"third"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(UsageProblem, match="is a folder"):
        write_export(tmp_path, lambda file: None, force=True)
    with pytest.raises(RecordProblem, match="cannot be written"):
        write_export(tmp_path / "nowhere" / "a.html", lambda file: None)
    assert sorted(each.name for each in tmp_path.iterdir() if each.name.startswith((".", "a"))) == ["a.html"]


def test_a_failed_export_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("before")

    def fail(file: Any) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(RecordProblem, match="No space left"):
        write_export(path, fail, force=True)
    assert path.read_text() == "before"
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".a")]


def test_what_was_said_is_no_markup_in_any_file(session_folder: Path) -> None:
    nasty = (
        '</script><script>alert(1)</script> [x](javascript:alert(1)) | `=cmd` <img src=x onerror=y> "\u2028'
    )
    exported = prepare(made(nasty, sound=None, note=nasty), session_folder, False)
    html, markdown = export_text(exported, "html"), export_text(exported, "markdown")
    assert "<script>alert(1)" not in html
    assert "<img src=x" not in html
    assert "<script>" not in markdown
    assert "[x](javascript" not in markdown
    assert json.loads(export_text(exported, "json"))["note"] == nasty
    assert escape("[name 1]") == r"\[name 1\]"


# --- redaction ----------------------------------------------------------------------------------------------

NUMBER_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million
billion dozen dozens hundreds millions third fifth twentieth half twice
"""
ODD = (
    "twenty-five",
    "three hundred and six",
    "nineteen ninety four",
    "2x",
    "q3",
    "12.5%",
    "³",
    "５",
    "s\u00adix",
)
NUMBERS = st.one_of(
    st.integers(0, 10**9).map(str),
    st.integers(1000, 10**7).map("{:,}".format),
    st.decimals(0, 1000, places=1).map(str),
    st.sampled_from([*NUMBER_WORDS.split(), *ODD]),
)
SENTENCE = "we had people in the team and then customers came because of it, so I asked. The result was"
WORDS = st.one_of(
    st.sampled_from(SENTENCE.split(" ")),
    st.builds(lambda case, text: case(text), st.sampled_from((str, str.upper, str.capitalize)), NUMBERS),
)
SAID = st.lists(WORDS, min_size=1, max_size=25)
NUMBER_WORD = re.compile(
    r"\b(?:(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty"
    r"|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen)s?|third|fifth|twentieth|half"
    r"|twice)\b",
    re.IGNORECASE,
)


@settings(max_examples=150)
@given(words=SAID, note=SAID, cut=st.tuples(st.integers(0, 200), st.integers(1, 200)))
def test_no_number_that_was_said_stays(words: list[str], note: list[str], cut: tuple[int, int]) -> None:
    text = " ".join(words)
    start = min(cut[0], len(text) - 1)
    report = redact(made(text, (start, min(len(text), start + cut[1])), " ".join(note)))
    left = shown(report).replace("\u00ad", "")
    assert not [each for each in left if each.isnumeric()], left
    assert not NUMBER_WORD.findall(left), left
    (entry,) = report.dialogue
    assert " ".join(word.text for word in entry.words) == entry.text
    (answer,) = report.questions[0].answers
    quote = report.questions[0].findings[0].quote
    assert quote is not None
    assert answer.text[quote.start : quote.end] == quote.text


NAMES = st.sampled_from(
    (
        "Maria",
        "Ahmed",
        "Zbigniew",
        "Grace",
        "Will",
        "O'Brien",
        "Łukasz",
        "Nguyễn",
        "Xyzzy",
        "Rose",
        "Jean-Luc",
    )
)
BEFORE = st.sampled_from(("we met", "they asked", "then the work of", "it was", "in a call with"))


@settings(max_examples=80)
@given(parts=st.lists(st.tuples(BEFORE, NAMES), min_size=1, max_size=5))
def test_a_capital_inside_a_sentence_is_a_name_and_goes(parts: list[tuple[str, str]]) -> None:
    text = " ".join(f"{before} {name} again" for before, name in parts)
    report = redact(made(text, note=f"{parts[0][1]} called."))
    for _, name in parts:
        assert name not in shown(report)
        assert name.lower() not in shown(report).lower().split() or name in ("Grace", "Will", "Rose")


@pytest.mark.parametrize(
    ("said", "redacted"),
    [
        ("then maria and john smith left", "then [name 1] and [name 2] left"),
        ("my manager anneke de vries agreed", "my manager [name 1] agreed"),
        ("Maria Schneider wrote. maria called.", "[name 1] wrote. [name 1] called."),
        ("six people, then 6, then six", "[number 1] people, then [number 2], then [number 1]"),
        ("three hundred and fifty users", "[number 1] users"),
        ("I moved from london to sao paulo", "I moved from [place 1] to [place 2]"),
        ("I worked at initech then", "I worked at [organisation 1] then"),
        ("the University of Leeds said", "the [organisation 1] said"),
        ("mail jane.doe@example.com or jane dot doe at example dot com", "mail [e-mail 1] or [e-mail 2]"),
        ("call +44 20 7946 0958 now", "call [phone 1] now"),
        ("call oh seven seven nine three four five two", "call oh [phone 1]"),
        ("see https://example.com/me and www.me.org", "see [link 1] and [link 2]"),
        ("Zbigniew's idea", "[name 1]'s idea"),
        ("I asked in May, on Monday, about the API", "I asked in May, on Monday, about the API"),
        ("the will to rise and the grace of a rose", "the will to rise and the grace of a rose"),
        ("first we looked, and a few of the others", "first we looked, and a few of the others"),
        ("it doesn't matter on fridays", "it doesn't matter on fridays"),
        ("The deploy failed. Customers were angry.", "The deploy failed. Customers were angry."),
    ],
)
def test_what_is_replaced_and_what_stays(said: str, redacted: str) -> None:
    report = redact(made(said))
    assert report.dialogue[0].text == redacted
    assert report.questions[0].answers[0].text == redacted
    assert report.questions[0].tightened[0].text == redacted


def test_the_rest_of_the_record_tells_nothing_either() -> None:
    report = redact(made("we had six people", note="Ask Ahmed about it"))
    assert report.sound is None
    assert report.header.devices == ()
    assert report.header.title == "AI Ethics Specialist"
    assert report.note == "Ask [name 1] about it"
    assert report.session == made("x").session


def test_words_keep_their_times_and_a_name_of_several_words_is_one() -> None:
    report = redact(made("we met Maria Schneider there"))
    words = report.dialogue[0].words
    assert [word.text for word in words] == ["we", "met", "[name 1]", "there"]
    assert (words[2].start_ms, words[2].end_ms, words[2].number) == (1600, 2100, 2)
    assert (words[3].start_ms, words[3].number) == (2200, 4)


def test_a_misheard_name_goes_with_its_correction() -> None:
    words = (ReportWord("Ahmed", 0, 10, True, 0, "amid"), ReportWord("left", 20, 30, False, 1, "sarah"))
    entry = Entry("candidate", "answer", "Ahmed left", 0, 30, 0, turn=3, words=words)
    redacted = redact(made("Ahmed left", dialogue=(entry,))).dialogue[0].words
    assert [(word.text, word.heard) for word in redacted] == [("[name 1]", None), ("left", "[name 2]")]


def test_a_comment_and_everything_new_is_redacted_unless_it_is_listed() -> None:
    fix = Comment("result", "result", "Here Maria had six.", 3, 0, 1, None, "Maria had six [add: of what]")
    feedback = Feedback(True, None, 2, 2, 2, "six", ("six",), (), (), fix, fix, "rules")
    asked = replace(made("we had six").questions[0], note="six", example="Take six.", how=("six",))
    question = redact(made("we had six", questions=(replace(asked, feedback=feedback),))).questions[0]
    assert (question.note, question.example, question.how) == (
        "[number 1]",
        "Take [number 1].",
        ("[number 1]",),
    )
    assert question.feedback is not None
    assert question.feedback.fix is not None
    assert question.feedback.fix.say == "[name 1] had [number 1] [add: of what]"
    assert (question.feedback.anchor, question.feedback.next_needs) == ("[number 1]", ("[number 1]",))


def test_a_whole_interview_redacted_still_makes_every_file(session_folder: Path) -> None:
    exported = prepare(build_report(session_folder), session_folder, True)
    for kind in ("html", "markdown", "json"):
        assert "percent" in export_text(exported, kind)
        assert "nine percent" not in export_text(exported, kind)
