"""An interview held without a terminal, as a browser would: attended by an observer that answers."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from voice_audio.ports import Microphone, Sound, Speaker
from voice_interviewer.app import interview
from voice_interviewer.app.request import InterviewRequest
from voice_interviewer.core.turns import events as e
from voice_interviewer.errors import UsageProblem
from voice_interviewer.live.session import Session
from voice_interviewer.settings.config import load_config, sessions_dir
from voice_interviewer.store.log import read_log

ANSWER = "Last year I moved our backups to a second site, and the restore now takes ten minutes."


class Answers:
    """Reads every line at once and types the same answer each time; stops after `most` of them."""

    def __init__(self, session: Session, most: int = 99) -> None:
        self._session, self._most = session, most
        self.typed, self._answered = 0, -1

    def observe(self, event: e.Event, commands: tuple[e.Command, ...]) -> None:
        state = self._session.state
        if state.phase == "speaking":
            self._session.press("done")
        elif state.phase == "typing" and state.answer.turn != self._answered:
            if self.typed == self._most:
                raise RuntimeError("the page was closed")
            self.typed, self._answered = self.typed + 1, state.answer.turn
            self._session.type_answer(ANSWER)


class Page:
    """What a browser stands for. most: see `Answers`."""

    def __init__(self, most: int = 99) -> None:
        self._most, self.seen = most, [""]

    @contextmanager
    def attend(self, session: Session, equipment: interview.Equipment) -> Iterator[None]:
        answers = Answers(session, self._most)
        session.add_observer(answers)
        self.seen = [equipment.conditions.where]
        yield
        self.seen.append(f"{answers.typed} answers")


def never_checks(microphone: Microphone, speaker: Speaker | None, line: Sound | None) -> None:
    raise AssertionError("there is no microphone to check")


@pytest.fixture
def request_of(tmp_path: Path) -> InterviewRequest:
    bank = tmp_path / "mine.yaml"
    bank.write_text("- Tell me about a backup you are proud of.\n")
    return InterviewRequest(questions=str(bank), minutes=5, typed=True, no_audio=True, voice="system")


def test_it_is_held_and_finished_without_a_line_on_a_terminal(
    request_of: InterviewRequest, capfd: pytest.CaptureFixture[str]
) -> None:
    config, lines, page = load_config(request_of.options(), {}), [], Page()
    plan, about_documents = interview.plan_interview(request_of, config, lines.append)
    with closing(interview.equip(config, request_of, True, lines.append, lines.append)) as equipment:
        assert equipment.devices == {"microphone": "none (typed)", "speaker": "none"}
        recorder = interview.new_record(equipment, plan, config, no_audio=True)
        state = interview.hold(
            equipment,
            recorder,
            config,
            page.attend,
            lambda session: session.run(plan, config.settings(typed=True)),
            lines.append,
        )
    interview.finish(recorder, state, config)
    paths, due = interview.review(recorder.folder.path)
    assert (state.phase, state.floor.end_reason) == ("ended", "finished")
    assert page.seen[0] == interview.LOCAL
    assert page.seen[1] != "0 answers"
    assert ANSWER in paths.markdown.read_text(encoding="utf-8")
    assert (about_documents, lines) == ("", [])
    assert due is None or "voice-interviewer drill" in due
    assert capfd.readouterr() == ("", "")


def test_what_breaks_off_is_kept_and_can_be_gone_on_with(request_of: InterviewRequest) -> None:
    config = load_config(request_of.options(), {})
    plan, _ = interview.plan_interview(request_of, config, print)
    with closing(interview.equip(config, request_of, True, print, print)) as equipment:
        recorder = interview.new_record(equipment, plan, config, no_audio=True)
        with pytest.raises(RuntimeError, match="the page was closed"):
            interview.hold(
                equipment,
                recorder,
                config,
                Page(most=0).attend,
                lambda session: session.run(plan, config.settings(typed=True)),
                print,
            )
    left = interview.unfinished("last")
    assert (left.typed, left.no_audio, left.ended) == (True, True, False)
    assert left.summary.path == recorder.folder.path
    assert interview.newest_open() == left.summary
    with closing(interview.equip(config, request_of, True, print, print)) as equipment:
        recorder, clock_ms = interview.reopen(left)
        assert clock_ms >= left.past[-1].at_ms
        page = Page()
        state = interview.hold(
            equipment,
            recorder,
            config,
            page.attend,
            lambda session: session.resume(left.past),
            print,
            clock_ms,
        )
    interview.finish(recorder, state, config)
    assert state.floor.end_reason == "finished"
    happened = [type(entry.event) for entry in read_log(recorder.folder.path).entries]
    assert (happened.count(e.SessionStarted), happened.count(e.SessionResumed)) == (1, 1)
    assert interview.newest_open() is None
    with pytest.raises(UsageProblem, match="There is no unfinished session"):
        interview.unfinished("last")


def test_a_microphone_check_needs_a_microphone(request_of: InterviewRequest) -> None:
    config = load_config(request_of.options(), {})
    interview.equip(config, request_of, True, print, print, check=never_checks).close()
    assert not sessions_dir().exists()
