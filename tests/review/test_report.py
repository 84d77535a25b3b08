"""The report of a session that the interview's own machine lived through: every fact against its source."""

import html
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.cli.replay import replay
from voice_interviewer.cli.sessions import sessions
from voice_interviewer.core.model.evidence import Slot
from voice_interviewer.core.model.moves import Move, Reply
from voice_interviewer.core.turns import events as e
from voice_interviewer.errors import RecordProblem
from voice_interviewer.review.fold import fold
from voice_interviewer.review.markdown import answer_names, escape
from voice_interviewer.review.model import Finding, QuestionReport, Report
from voice_interviewer.review.report import build_report, write_reports
from voice_interviewer.store.log import read_log

PRESSURE_SAYS = "A launch is two days away and the fairness check fails. How do you handle it?"
NEVER_SAYS = "How would you audit a model for drift?"
PROBED = Move("example", "Can you give one instance?")


@pytest.fixture
def report(session_folder: Path) -> Report:
    return build_report(session_folder)


def question(report: Report, question_id: str) -> QuestionReport:
    return next(each for each in report.questions if each.id == question_id)


def states(asked: QuestionReport) -> dict[str, str]:
    return {finding.id: finding.state for finding in asked.findings}


def finding(asked: QuestionReport, slot_id: str) -> Finding:
    return next(each for each in asked.findings if each.id == slot_id)


def test_who_listened_and_what_it_came_to(report: Report) -> None:
    header, totals = report.header, report.totals
    assert (header.title, header.level, header.minutes) == ("AI Ethics Specialist", "senior", 10)
    assert (header.transcriber, header.voice, header.engine) == (
        "whisper tiny.en int8 cpu",
        "espeak-ng en-us",
        "rules",
    )
    assert header.devices == (("microphone", "Built-in Microphone"), ("speaker", "Built-in Speakers"))
    assert (totals.questions_asked, totals.questions_planned, totals.follow_ups) == (3, 3, 1)
    assert totals.taken_back == 1
    assert (report.ended, report.not_reached, report.unresolved_quotes) == ("finished", (), 0)
    assert report.sound == "dialogue.wav"


def test_talk_is_what_was_heard_of_either_side(recording, report: Report) -> None:
    said_ms = (
        sum(right - left for left, right in recording.left) + 50
    )  # the stopped line reported 450, not 400
    edges = [
        (event["onset_ms"] if event["type"] == "SpeechStarted" else event["last_speech_ms"])
        for event in map(json.loads, recording.lines)
        if event.get("type") in ("SpeechStarted", "SpeechStopped")
    ]
    spoken_ms = sum(right - left for left, right in zip(edges[::2], edges[1::2], strict=True))
    assert report.totals.interviewer_ms == said_ms
    assert report.totals.candidate_ms == spoken_ms
    assert report.totals.candidate_share == round(spoken_ms / (spoken_ms + said_ms), 2)


def test_the_dialogue_is_in_time_order_and_complete(report: Report) -> None:
    starts = [entry.start_ms for entry in report.dialogue]
    assert starts == sorted(starts)
    assert [(entry.who[0], entry.kind) for entry in report.dialogue] == [
        ("i", "opening"),
        ("i", "question"),
        ("c", "answer"),
        ("i", "bridge"),
        ("i", "question"),
        ("c", "answer"),
        ("i", "probe"),
        ("c", "answer"),
        ("i", "bridge"),
        ("i", "question"),
        ("c", "answer"),
        ("i", "bridge"),
        ("i", "bridge"),
        ("i", "question"),
        ("c", "answer"),
        ("i", "question"),
        ("c", "answer"),
        ("i", "reply"),
        ("i", "close"),
    ]


def test_a_line_taken_back_is_struck_and_the_answer_goes_on(report: Report) -> None:
    struck = [entry for entry in report.dialogue if entry.struck]
    assert [(entry.text, entry.played_ms, entry.cut_short) for entry in struck] == [("Next one.", 450, True)]
    asked = question(report, "deadline-pressure")
    assert len(asked.answers) == 1
    assert asked.answers[0].text.endswith("go wrong and I would write down who decides")
    assert finding(asked, "follow_through").state == "heard"
    assert finding(asked, "follow_through").when == "at once"


def test_findings_are_merged_over_the_turns_of_a_question(report: Report) -> None:
    asked = question(report, "past-issue")
    assert states(asked) == {
        "situation": "heard",
        "own_action": "heard",
        "reasoning": "not_heard",
        "result": "heard",
        "measure": "heard",
        "reflection": "not_heard",
        "point:p1": "unsure",
        "point:p2": "not_heard",
        "point:p3": "not_heard",
    }
    assert finding(asked, "own_action").when == "at once"
    assert finding(asked, "result").when == "after a follow-up"
    assert finding(asked, "point:p2").label == "involves the affected team early"
    assert finding(asked, "situation").quote.doubts == (4,)  # "loan" was hardly heard
    assert finding(asked, "own_action").quote.doubts == ()
    assert not finding(asked, "reasoning").assessed  # the engine said nothing about it


@pytest.mark.parametrize(
    ("doubtful", "state"), [("team", "heard"), ("rebuilt", "unsure"), ("nothing", "heard")]
)
def test_what_hangs_on_a_doubtful_word_is_unsure(new_recording, doubtful: str, state: str) -> None:
    recording = new_recording()
    recording.start()
    recording.until_listening()
    recording.speak("fine")
    recording.done()
    recording.reply(Move("move_on", "Thanks."))
    recording.until_listening()
    recording.speak("well i rebuilt the data for the team", doubtful=(doubtful,))
    recording.done()
    recording.reply(Move("move_on", "Thanks."), recording.slots(own_action="i rebuilt the data for the team"))
    report = build_report(recording.write(sound=None))
    shown = finding(question(report, "past-issue"), "own_action")
    assert (shown.state, report.unresolved_quotes) == (state, 0)
    assert shown.quote is not None


def test_every_quote_resolves_to_its_words_and_their_times(report: Report) -> None:
    texts = {answer.turn: answer.text for asked in report.questions for answer in asked.answers}
    entries = {entry.turn: entry for entry in report.dialogue if entry.who == "candidate"}
    quotes = [f.quote for asked in report.questions for f in asked.findings if f.quote]
    quotes += [a.why.quote for asked in report.questions for a in asked.answers if a.why and a.why.quote]
    assert len(quotes) == 9
    for quote in quotes:
        assert texts[quote.turn][quote.start : quote.end] == quote.text
        first = texts[quote.turn][: quote.start].count(" ")
        said = entries[quote.turn].words[first : first + len(quote.text.split())]
        assert " ".join(word.text for word in said) == quote.text
        assert (quote.start_ms, quote.end_ms) == (said[0].start_ms, said[-1].end_ms)


def test_why_a_follow_up_was_asked(report: Report) -> None:
    first, second = question(report, "past-issue").answers
    assert first.why is None
    assert first.move is None
    why = second.why
    assert why is not None
    assert (why.move, why.target, why.target_label, why.outcome) == (
        "result",
        "result",
        "How it ended",
        "heard",
    )
    assert why.reason == "The answer stops before its outcome."
    assert why.quote is not None
    assert (why.quote.turn, why.quote.text) == (first.turn, "asked for the numbers by group")


def test_the_reason_names_what_it_was_after_in_plain_words(new_recording) -> None:
    recording = new_recording()
    recording.start()
    recording.until_listening()
    recording.speak("we asked them")
    recording.done()
    recording.reply(
        Move("own_part", "Which part was yours?", "own_action", reason="own_action was not heard")
    )
    recording.until_listening()
    recording.speak("mine")
    why = build_report(recording.write(sound=None)).questions[0].answers[1].why
    assert why is not None
    assert why.reason == "“Your own part” was not heard."
    assert (why.quote, why.outcome) == (None, None)


def test_delivery_facts_stand_beside_each_answer(report: Report) -> None:
    first = question(report, "past-issue").answers[0].delivery
    assert first.words == 21
    assert first.length_ms == 21 * 350 - 50
    assert first.words_per_minute == round(21 * 60_000 / first.length_ms)
    assert first.first_word_ms == 1200
    going_on = question(report, "deadline-pressure").answers[0].delivery
    assert going_on.longest_pause is not None
    assert going_on.longest_pause.length_ms > 1000
    typed = question(report, "own-questions").answers[0]
    assert typed.typed
    assert typed.delivery.words == 6
    assert typed.delivery.length_ms is None


def test_a_skipped_question_is_not_held_against_anyone(report: Report) -> None:
    asked = question(report, "never")
    assert {f.assessed for f in asked.findings} == {False}
    skipped = next(entry for entry in report.dialogue if entry.skipped)
    assert (skipped.text, skipped.question) == ("", 3)


def skip(recording, *, over_an_answer: bool = False) -> None:
    """Press `s`, twice where an answer would be lost, and let the microphone close."""
    for _ in range(1 + over_an_answer):
        commands = recording.key("skip")
    assert commands
    recording.happen(e.ListeningStopped(recording.clock_ms, recording.state.answer.turn))


@pytest.mark.parametrize("held", ["thinking", "paused", "asked once"])
def test_a_skip_that_was_ignored_skips_nothing(new_recording, held: str) -> None:
    recording = new_recording()
    recording.start()
    recording.until_listening()
    recording.speak("a long answer")
    if held == "thinking":
        recording.done()
        assert recording.key("skip") == ()
    elif held == "paused":
        recording.key("pause")
        recording.happen(e.ListeningStopped(recording.clock_ms, recording.state.answer.turn))
        assert recording.key("skip") == ()
        recording.key("pause")
        recording.done()
    else:
        assert recording.key("skip") == ()
        recording.done()
    recording.reply(Move("move_on", "Thanks."))
    report = build_report(recording.write(sound=None))
    answered = next(entry for entry in report.dialogue if entry.who == "candidate")
    assert (answered.text, answered.skipped) == ("a long answer", False)


def test_a_skip_over_an_answer_keeps_its_words(new_recording) -> None:
    recording = new_recording()
    recording.start()
    recording.until_listening()
    recording.speak("well")
    skip(recording, over_an_answer=True)
    recording.say(ms=500, heard_ms=200)
    skipped_at = recording.clock_ms
    recording.key("skip")  # the next question, while it is being asked
    paths = write_reports(recording.write(sound=None))
    report = build_report(recording.folder)
    (entry,) = [entry for entry in report.dialogue if entry.who == "candidate"]
    assert (entry.text, entry.skipped) == ("well", True)
    assert entry.end_ms < skipped_at
    assert "well (then skipped)" in paths.markdown.read_text(encoding="utf-8")


def test_a_question_that_was_left_says_so(new_recording) -> None:
    recording = new_recording()
    recording.start()
    recording.until_listening()
    skip(recording)  # the warm-up
    recording.until_listening()
    recording.speak("i would rather not talk about that")
    recording.done()
    slots = tuple(Slot(name, "not_heard") for name in ("situation", "own_action", "result"))
    recording.reply(Move("skip", "That's fine."), slots)
    recording.say()
    recording.say(ms=900, heard_ms=300)
    recording.key("skip")  # before it was wholly asked
    recording.until_listening()
    recording.key("quit")
    recording.key("quit")
    recording.end("quit")
    report = build_report(recording.write(sound=None))
    assert [(asked.id, asked.skipped) for asked in report.questions] == [
        ("warm", True),
        ("past-issue", True),
        ("deadline-pressure", True),
        ("never", False),
    ]
    assert {each.assessed for each in question(report, "past-issue").findings} == {False}
    parts = write_reports(recording.folder).markdown.read_text(encoding="utf-8").split("## Question ")[1:]
    assert [part.split("\n")[2] for part in parts] == ["Skipped.", "Skipped.", "No words were heard."]
    assert not any("Not heard" in part for part in parts)


@pytest.mark.parametrize("typed", [False, True])
def test_a_reply_to_an_answer_that_goes_on_never_was(new_recording, typed: bool) -> None:
    recording = new_recording()
    recording.start(typed=typed)
    while recording.state.phase == "speaking":
        recording.say()
    if typed:
        recording.happen(e.AnswerTyped(recording.clock_ms, recording.state.answer.turn, "first half"))
    else:
        recording.speak("first half")
        recording.done()
    before = recording.state.answer.revision
    recording.key("unfinished")
    late = Reply(Move("own_part", "Which part was yours?"), (), (Slot("result", "heard", "half"),))
    recording.happen(e.ReplyPlanned(recording.clock_ms, recording.state.answer.turn, before, late))
    assert recording.state.phase in ("listening", "typing")
    (turn,) = fold(read_log(recording.write(sound=None)).entries).turns.values()
    assert (turn.reply, turn.slots, turn.over) == (None, (), False)


def test_what_was_typed_too_late_changes_nothing(new_recording) -> None:
    recording = new_recording()
    recording.start(typed=True)
    while recording.state.phase == "speaking":
        recording.say()
    turn = recording.state.answer.turn
    recording.happen(e.AnswerTyped(recording.clock_ms, turn, "all of it"))
    recording.reply(Move("move_on", "Thanks."))
    assert recording.happen(e.AnswerTyped(recording.clock_ms, turn, "and more")) == ()
    recording.say()
    report = build_report(recording.write(sound=None))
    assert [answer.text for answer in question(report, "warm").answers] == ["all of it"]
    assert not [entry for entry in report.dialogue if entry.struck]


@pytest.mark.parametrize("phase", ["speaking", "listening", "typing", "thinking"])
def test_a_pause_is_no_time_of_the_interview(new_recording, phase: str) -> None:
    recording = new_recording()
    recording.start(typed=phase == "typing")
    if phase == "speaking":
        recording.happen(e.LineStarted(10, recording.state.line.id, 900))
    else:
        while recording.state.phase == "speaking":
            recording.say()
    if phase == "thinking":
        recording.speak("an answer")
        recording.done()
    recording.key("pause")
    if phase == "listening":
        recording.happen(e.ListeningStopped(recording.clock_ms, recording.state.answer.turn))
    if phase == "thinking":
        recording.reply(Move("move_on", "Thanks."))
    assert recording.state.phase == "paused"
    recording.clock_ms += 70_000
    recording.key("pause")
    assert recording.state.phase in ("speaking", "listening", "typing")
    paths = write_reports(recording.write(sound=None))
    assert build_report(recording.folder).totals.paused_ms == recording.state.floor.paused_ms == 70_050
    assert ", of which 1 min 10 s paused" in paths.markdown.read_text(encoding="utf-8")
    assert "paused</dd>" in paths.html.read_text(encoding="utf-8")


def test_doubtful_words_are_marked(report: Report) -> None:
    doubtful = [word.text for entry in report.dialogue for word in entry.words if word.doubtful]
    assert doubtful == ["loan"]


def test_a_session_cut_off_anywhere_still_gives_a_report(recording, tmp_path: Path) -> None:
    recording.about.pop("engine")
    lines = recording.lines
    for length in range(1, len(lines) + 1, 5):
        recording.lines = lines[:length]
        report = build_report(recording.write(sound=None))
        assert report.ended is None
        assert report.header.engine is None
        assert report.sound is None
        assert all(entry.end_ms <= report.totals.length_ms for entry in report.dialogue)


def test_going_on_after_the_next_turn_was_opened_keeps_the_answer_in_one(new_recording) -> None:
    recording = new_recording()
    recording.start()
    recording.until_listening()
    recording.speak("first half")
    recording.done()
    recording.reply(Move("example", "Can you give one instance?"))
    recording.until_listening()
    early = recording.state.answer.turn
    recording.key("unfinished")
    recording.happen(e.ListeningStopped(recording.clock_ms, early))
    recording.speak("and second half")
    text = recording.state.answer.text
    recording.done()
    recording.reply(Move("move_on", "Thanks."))
    recording.until_listening()
    report = build_report(recording.write(sound=None))
    answers = question(report, "warm").answers
    assert [answer.text for answer in answers] == [text] == ["first half and second half"]
    assert [entry.text for entry in report.dialogue if entry.struck] == ["Can you give one instance?"]
    assert report.totals.follow_ups == 0


def test_typed_answers_gone_on_with_are_one_answer(new_recording) -> None:
    recording = new_recording()
    recording.start(typed=True)
    while recording.state.phase == "speaking":
        recording.say()
    recording.clock_ms += 4000
    recording.happen(e.AnswerTyped(recording.clock_ms, recording.state.answer.turn, "one two"))
    recording.reply(Move("example", "Can you give one instance?"))
    recording.say()
    recording.key("unfinished")
    recording.clock_ms += 4000
    recording.happen(e.AnswerTyped(recording.clock_ms, recording.state.answer.turn, "three"))
    text = recording.state.answer.text
    report = build_report(recording.write(sound=None))
    assert [answer.text for answer in question(report, "warm").answers] == [text] == ["one two three"]
    assert report.totals.candidate_share is None


def test_heard_without_its_words_counts_as_unsure(new_recording) -> None:
    recording = new_recording()
    recording.start()
    recording.until_listening()
    recording.speak("hello there")
    recording.done()
    recording.reply(Move("move_on", "Thanks."))
    recording.until_listening()
    recording.speak("we asked them")
    recording.done()
    recording.reply(Move("move_on", "Thanks."), (Slot("result", "heard", "never said", 0, 10),))
    report = build_report(recording.write(sound=None))
    found = finding(question(report, "past-issue"), "result")
    assert (found.state, found.quote, report.unresolved_quotes) == ("unsure", None, 1)


def test_a_line_that_could_not_be_spoken_is_shown_as_such(new_recording) -> None:
    recording = new_recording()
    recording.start()
    line = recording.state.line
    recording.happen(e.LineUnspoken(200, line.id, "the voice did not answer in time"))
    entry = build_report(recording.write(sound=None)).dialogue[0]
    assert (entry.shown_as_text, entry.played_ms) == ("the voice did not answer in time", None)


def test_pauses_lie_where_the_detector_heard_silence(recording) -> None:
    report = build_report(recording.write(sound=None))
    pause = question(report, "deadline-pressure").answers[0].delivery.longest_pause
    words = next(e for e in report.dialogue if e.text.endswith("who decides")).words
    before, after = words[11], words[12]
    taken = next(entry for entry in report.dialogue if entry.struck)
    assert pause is not None
    assert pause.start_ms == before.end_ms
    assert taken.start_ms - 200 < pause.end_ms <= taken.start_ms < after.start_ms, "what follows was our line"


def test_the_three_files_are_written_whole_and_the_same_twice(session_folder: Path) -> None:
    paths = write_reports(session_folder)
    first = {path: path.read_bytes() for path in (paths.json, paths.markdown, paths.html)}
    assert write_reports(session_folder) == paths
    assert {path: path.read_bytes() for path in first} == first
    data = json.loads(first[paths.json])
    assert data["schema_version"] == 2
    assert data["totals"]["follow_ups"] == 1
    left = {path.name for path in session_folder.iterdir()}
    assert left == {
        "session.json",
        "events.jsonl",
        "dialogue.wav",
        "report.json",
        "report.md",
        "report.html",
    }


def test_a_record_that_cannot_be_read_is_a_problem_with_its_file(recording) -> None:
    recording.about["minutes"] = "many"
    with pytest.raises(RecordProblem, match=r"session\.json: minutes"):
        build_report(recording.write(sound=None))


def test_a_folder_that_cannot_be_written_is_a_problem(session_folder: Path, monkeypatch) -> None:
    (session_folder / "report.json").mkdir()
    (session_folder / "report.json" / "inside").touch()
    with pytest.raises(RecordProblem, match=r"report\.json: cannot be written"):
        write_reports(session_folder)
    assert not [path for path in session_folder.iterdir() if path.name.startswith(".")]


def test_markdown_shows_what_was_said_verbatim(recording) -> None:
    text = write_reports(recording.write(sound=None)).markdown.read_text(encoding="utf-8")
    assert "“asked for the numbers by group”" in text
    assert "taken back" in text
    assert "| Follow-up 1 | " in text
    assert "| Answer | 7 s | 21 |" in text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("# not a heading", r"\# not a heading"),
        ("1. not a list", r"1\. not a list"),
        ("<b>*no*</b>", r"&lt;b\>\*no\*&lt;/b\>"),
        ("a | b\nc", r"a \| b c"),
        ("[x](y)", r"\[x\](y)"),
    ],
)
def test_markdown_escapes(said: str, shown: str) -> None:
    assert escape(said) == shown


@given(st.text())
def test_markdown_never_leaks_a_tag_or_a_second_line(said: str) -> None:
    shown = escape(said)
    assert "<" not in shown
    assert "\n" not in shown


def test_a_demo_says_who_answered(recording) -> None:
    recording.about["persona"] = "we-speaker"
    paths = write_reports(recording.write(sound=None))
    for path in (paths.markdown, paths.html):
        seen = html.unescape(path.read_text(encoding="utf-8"))
        assert "Demo: the virtual candidate 'we-speaker' answered." in seen
        assert not re.search(r"\bYou(</span>|\*\*)", seen)
        assert re.search(r"\bCandidate(</span>|\*\*)", seen)


def test_the_list_of_sessions_tells_a_demo_from_practice(new_recording, tmp_path: Path, monkeypatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("VOICE_INTERVIEWER_HOME", str(home))
    for day, persona in ((1, {}), (2, {"persona": "vague"})):
        recording = new_recording()
        recording.folder = home / "sessions" / f"2026-11-0{day}T10-00-00_data-analyst_junior"
        recording.about |= persona
        recording.write(sound=None)
    (home / "sessions" / "2026-11-03T10-00-00_data-analyst_junior").mkdir()
    shown = CliRunner().invoke(sessions, ["list"])
    assert shown.exit_code == 0, shown.output
    told = [line.split()[-1] for line in shown.output.splitlines()[:-1]]
    assert sorted(told) == ["complete", "damaged", "demo"]


def test_what_was_never_asked_or_answered(new_recording) -> None:
    recording = new_recording()
    recording.start(typed=True)
    while recording.state.agenda.item < 2 or recording.state.phase == "speaking":
        if recording.state.phase == "typing":
            recording.key("skip")
        recording.say()
    recording.key("quit")
    recording.key("quit")
    recording.end("quit")
    paths = write_reports(recording.write(sound=None))
    text = paths.markdown.read_text(encoding="utf-8")
    assert build_report(recording.folder).not_reached == (PRESSURE_SAYS, NEVER_SAYS)
    assert "Not answered." in text
    assert "No words were heard." not in text + paths.html.read_text(encoding="utf-8")


def test_answers_are_named_by_what_asked_for_them(new_recording) -> None:
    recording = new_recording()
    recording.start()
    moves = (Move("repeat", "Once more."), PROBED, Move("depth", "And then?"), Move("move_on", "Thanks."))
    for move in moves:
        recording.until_listening()
        recording.speak("some words of an answer")
        recording.done()
        recording.reply(move)
    names = answer_names(build_report(recording.write(sound=None)).questions[0])
    assert list(names.values()) == ["Answer", "Asked again", "Follow-up 1", "Follow-up 2"]


def test_replay_ends_with_how_the_interview_ended(recording, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("VOICE_INTERVIEWER_HOME", str(tmp_path / "home"))
    recording.folder = tmp_path / "home" / "sessions" / recording.folder.name
    recording.write(sound=None)
    shown = CliRunner().invoke(replay, ["last"])
    assert shown.exit_code == 0, shown.output
    assert shown.output.endswith(" commands. The interview ran to its end.\n")
