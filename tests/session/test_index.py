"""The index over all sessions: it finds the very words, follows the folders, and is never in the way."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voice_interviewer.core.learning.progress import progress_of
from voice_interviewer.errors import RecordProblem
from voice_interviewer.store import index_file
from voice_interviewer.store.deletion import delete_session
from voice_interviewer.store.index import Library, database_beside, forget

WORD_MS = 300


def words(text: str, start_ms: int) -> list[dict[str, Any]]:
    """As the report has them: each of 300 ms, 50 ms apart."""
    made = []
    for at, word in enumerate(text.split()):
        begins = start_ms + at * (WORD_MS + 50)
        made.append({"text": word, "start_ms": begins, "end_ms": begins + WORD_MS, "filler": word == "um"})
    return made


def entry(who: str, text: str, start_ms: int, turn: int | None = None, **more: Any) -> dict[str, Any]:
    said = words(text, start_ms) if turn else []
    end_ms = said[-1]["end_ms"] if said else start_ms + 3000
    made = {"who": who, "text": text, "start_ms": start_ms, "end_ms": end_ms, "turn": turn, "words": said}
    return {**made, "question": 0, "struck": False, **more}


def report(session: str, *said: str, **more: Any) -> dict[str, Any]:
    """The plain report of an interview of one question, with an answer for each of `said`."""
    dialogue = [entry("interviewer", "Tell me about a problem you solved.", 1000)]
    dialogue += [entry("candidate", text, 10_000 * turn, turn) for turn, text in enumerate(said, 1)]
    finding = {"id": "result", "kind": "slot", "label": "result", "state": "heard", "when": "at once"}
    delivery = {"words": 9, "length_ms": 4000, "words_per_minute": 120, "first_word_ms": 800}
    question = {
        "id": "past-issue",
        "kind": "core",
        "type": "behavioural",
        "family": "problem",
        "level": "senior",
        "text": "Tell me about a problem you solved.",
        "skills": ["judgement"],
        "skipped": False,
        "rated": 2,
        "feedback": {"level": 3},
        "findings": [{**finding, "assessed": True, "probes": 0}],
        "answers": [{"turn": turn, "move": None, "delivery": delivery} for turn in range(1, len(said) + 1)],
    }
    header = {"title": "Nurse", "level": "senior", "persona": None, "drill": None}
    made = {
        "session": session,
        "header": {**header, "started": f"{session[:10]}T09:30:00"},
        "dialogue": dialogue,
        "questions": [question],
        "turn_taking": {"cut_ins": [{"turn": 1, "at_ms": 5, "how": "voice", "gap_ms": 700}]},
        "tags": ["tuesday"],
        "note": "",
    }
    return {**made, **more}


class Folders:
    """Session folders whose report is a file of their own; counts how often each is read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.reads: list[str] = []

    def add(self, day: int, *said: str, **more: Any) -> str:
        name = f"2026-11-{day:02}T09-30-00_nurse_senior"
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True)
        about = {"schema_version": 1, "state": "complete", "role": "nurse", "level": "senior"}
        (folder / "session.json").write_text(json.dumps({**about, "started": f"2026-11-{day:02}T09:30:00"}))
        (folder / "events.jsonl").write_text(json.dumps(report(name, *said, **more)))
        return name

    def read(self, folder: Path) -> Mapping[str, Any]:
        self.reads.append(folder.name)
        text = (folder / "events.jsonl").read_text()
        if text == "broken":
            raise RecordProblem("bad", f"{folder}: cannot be read")
        made: Mapping[str, Any] = json.loads(text)
        return made

    def library(self) -> Library:
        return Library(self.root, database_beside(self.root), self.read)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "home" / "sessions")


@pytest.fixture
def open_library(folders: Folders) -> Iterator[Callable[[], Library]]:
    opened: list[Library] = []

    def open_() -> Library:
        opened.append(folders.library())
        return opened[-1]

    yield open_
    for library in opened:
        library.close()


def test_the_place_is_that_of_the_very_words(folders: Folders, open_library: Callable[[], Library]) -> None:
    folders.add(
        1, "we were a team of six people at first", "later we had six people and then six people more"
    )
    library = open_library()
    library.sync()
    first, second, third = library.search("six people")
    assert (first.turn, first.who, first.question, first.found) == (
        1,
        "candidate",
        "past-issue",
        "six people",
    )
    assert (first.start_ms, first.end_ms) == (10_000 + 5 * 350, 10_000 + 6 * 350 + WORD_MS)
    assert first.snippet == "we were a team of six people at first"
    assert (second.turn, second.start_ms, second.before) == (2, 20_000 + 3 * 350, "later we had")
    assert (third.start_ms, third.after) == (20_000 + 7 * 350, "more")
    assert all(place.exact for place in (first, second, third))


def test_what_the_interviewer_said_is_found_as_a_whole_line(
    folders: Folders, open_library: Callable[[], Library]
) -> None:
    folders.add(1, "nothing of it")
    library = open_library()
    library.sync()
    (place,) = library.search("problem YOU solved")
    assert (place.who, place.start_ms, place.end_ms, place.turn) == ("interviewer", 1000, 4000, None)


def test_newest_first_and_no_more_than_asked_for(
    folders: Folders, open_library: Callable[[], Library]
) -> None:
    names = [folders.add(day, "the ward was full") for day in range(1, 6)]
    library = open_library()
    library.sync()
    assert [place.session for place in library.search("ward", limit=3)] == names[:1:-1]
    assert library.search("ward", limit=0) == ()


def test_words_that_were_never_a_phrase_are_found_together(
    folders: Folders, open_library: Callable[[], Library]
) -> None:
    folders.add(1, "the people I asked were six in all", "people")
    library = open_library()
    library.sync()
    (place,) = library.search("six people")
    assert (place.turn, place.exact) == (1, False)
    assert library.search('"six people" asked') == ()
    assert [each.exact for each in library.search("people asking")] == [False]


def test_a_line_that_was_taken_back_was_never_said(
    folders: Folders, open_library: Callable[[], Library]
) -> None:
    struck = entry("interviewer", "And the zebra?", 9000, struck=True)
    folders.add(1, "x", dialogue=[struck, entry("candidate", "a lion", 9999, 1)])
    library = open_library()
    library.sync()
    assert library.search("zebra") == ()
    assert library.search("lion")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=40)
    | st.sampled_from(['"', '" OR x', "a* AND NOT", "NEAR(a b)", "text:x", "-", "^a"])
)
def test_no_text_is_an_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    library = _shared_library(tmp_path_factory)
    for place in library.search(text):
        assert place.found
        assert place.found in place.text


_shared: dict[str, Library] = {}


def _shared_library(factory: pytest.TempPathFactory) -> Library:
    if "one" not in _shared:
        folders = Folders(factory.mktemp("shared") / "sessions")
        folders.add(1, 'a or b and not near "quoted" text x 6%', "naïve café ½ –")
        _shared["one"] = folders.library()
        _shared["one"].sync()
    return _shared["one"]


@pytest.fixture(autouse=True, scope="module")
def close_the_shared_one() -> Iterator[None]:
    yield
    for library in _shared.values():
        library.close()


def test_only_what_changed_is_read_again(folders: Folders, open_library: Callable[[], Library]) -> None:
    first, second = folders.add(1, "one"), folders.add(2, "two")
    library = open_library()
    assert library.sync().read == (first, second)
    assert open_library().sync().read == ()
    (folders.root / second / "report.html").write_text("x" * 1000)
    assert library.sync().read == ()
    assert library.list()[0].size_bytes == sum(f.stat().st_size for f in (folders.root / second).iterdir())
    (folders.root / second / "notes.jsonl").write_text("{}\n")
    folders.add(3, "three")
    synced = library.sync()
    assert synced.read == (second, "2026-11-03T09-30-00_nurse_senior")
    assert folders.reads.count(first) == 1


def test_what_changed_is_what_is_found(folders: Folders, open_library: Callable[[], Library]) -> None:
    folders.add(1, "the word was misheard here")
    library = open_library()
    library.sync()
    folders.add(1, "the word was corrected just now")
    library.sync()
    assert library.search("misheard") == ()
    assert len(library.search("corrected")) == 1


def test_a_folder_that_is_gone_is_gone_from_the_file_too(
    folders: Folders, open_library: Callable[[], Library]
) -> None:
    name = folders.add(1, "a xylophone solo")
    folders.add(2, "nothing much")
    with folders.library() as library:
        library.sync()
    path = database_beside(folders.root)
    assert b"xylophon" in path.read_bytes()
    delete_session(folders.root, name)
    assert not [each for each in path.parent.glob("library*") if b"xylophon" in each.read_bytes()]
    with folders.library() as library:
        assert library.sync().gone == ()
        assert [each.id for each in library.list()] == ["2026-11-02T09-30-00_nurse_senior"]


def test_a_folder_removed_by_other_means_is_noticed(
    folders: Folders, open_library: Callable[[], Library]
) -> None:
    name = folders.add(1, "a xylophone solo")
    library = open_library()
    library.sync()
    (folders.root / name).rename(folders.root.parent / "elsewhere")
    assert library.sync().gone == (name,)
    assert library.list() == ()
    assert library.search("xylophone") == ()


def test_a_damaged_session_is_listed_and_the_rest_is_found(
    folders: Folders, open_library: Callable[[], Library]
) -> None:
    good, bad, odd = folders.add(1, "a zebra"), folders.add(2, "a zebra"), folders.add(3, "a zebra")
    (folders.root / bad / "events.jsonl").write_text("broken")
    (folders.root / odd / "events.jsonl").write_text('{"header": {}, "tags": 5, "note": {}}')
    library = open_library()
    assert library.sync().damaged == (bad, odd)
    assert {each.id: each.trouble is None for each in library.list()} == {good: True, bad: False, odd: False}
    assert [place.session for place in library.search("zebra")] == [good]
    assert [each["session"] for each in library.facts()] == [good]
    assert library.sync().read == ()
    folders.add(2, "a zebra again")
    assert library.sync().damaged == (odd,)


@pytest.mark.parametrize(
    ("key", "value"),
    [("note", {"a": 1}), ("dialogue", [5]), ("questions", None), ("tags", "x"), ("header", [])],
)
def test_no_report_however_odd_stops_it(
    folders: Folders, open_library: Callable[[], Library], key: str, value: Any
) -> None:
    name = folders.add(1, "one")
    odd = json.loads((folders.root / name / "events.jsonl").read_text())
    (folders.root / name / "events.jsonl").write_text(json.dumps({**odd, key: value}))
    folders.add(2, "two")
    library = open_library()
    library.sync()
    assert len(library.list()) == 2
    assert len(library.search("two")) == 1


def test_the_file_is_for_its_owner_alone(folders: Folders) -> None:
    folders.add(1, "one")
    with folders.library() as library:
        library.sync()
        modes = {stat.S_IMODE(each.stat().st_mode) for each in folders.root.parent.glob("library*")}
    assert modes == {0o600}


def garbage(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 500)


def torn(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[5000:30_000] = os.urandom(25_000)
    path.write_bytes(bytes(data))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:6000])


def gone(path: Path) -> None:
    path.unlink()


def other_edition(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.execute("ALTER TABLE said RENAME COLUMN text TO words")
    connection.close()


def other_tables(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE findings")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("damage", [garbage, torn, cut, gone, other_edition, other_tables])
def test_a_damaged_index_is_made_anew(folders: Folders, damage: Callable[[Path], None]) -> None:
    folders.add(1, *(f"answer {n} about a zebra " + " ".join(map(str, range(n, n + 60))) for n in range(30)))
    folders.add(2, "a zebra")
    with folders.library() as library:
        library.sync()
    damage(database_beside(folders.root))
    with folders.library() as library:
        library.sync()
        assert len(library.list()) == 2
        assert len(library.search("zebra", limit=99)) == 31
        assert len(library.history("problem")) == 2
        assert len(list(library.facts())) == 2


def test_a_damaged_index_does_not_keep_a_session_from_being_deleted(folders: Folders) -> None:
    name = folders.add(1, "a zebra")
    path = database_beside(folders.root)
    garbage(path)
    delete_session(folders.root, name)
    assert not path.exists()
    forget(path, name)
    assert not path.exists()


def test_a_folder_that_cannot_be_written_is_no_hindrance(folders: Folders) -> None:
    folders.add(1, "a zebra")
    blocked = folders.root / "no folder"
    blocked.write_text("in the way")
    with Library(folders.root, blocked / "library.sqlite", folders.read) as library:
        library.sync()
        assert len(library.search("zebra")) == 1
    assert blocked.read_text() == "in the way"


def test_a_busy_index_is_not_taken_for_a_damaged_one(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders.add(1, "a zebra")
    monkeypatch.setattr(index_file, "BUSY_S", 0.01)
    with folders.library() as library:
        library.sync()
        folders.add(2, "a lion")
        other = sqlite3.connect(database_beside(folders.root), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordProblem, match="locked"):
            library.sync()
        assert len(library.search("zebra")) == 1
        other.execute("ROLLBACK")
        other.close()
        library.sync()
        assert len(library.search("lion")) == 1


_CHILD = """
import json, sys
from pathlib import Path
from voice_interviewer.store.index import Library, database_beside
root = Path(sys.argv[1])
read = lambda folder: json.loads((folder / "events.jsonl").read_text())
for _ in range(3):
    with Library(root, database_beside(root), read) as library:
        library.sync()
        assert len(library.search("zebra", limit=999)) == 40, len(library.search("zebra", limit=999))
"""


def test_two_processes_fill_it_at_once(folders: Folders) -> None:
    for day in range(1, 21):
        folders.add(day, "a zebra", "and a zebra")
    children = [
        subprocess.Popen([sys.executable, "-c", _CHILD, str(folders.root)], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for child in children:
        _, told = child.communicate(timeout=60)
        assert child.returncode == 0, told


def test_history_and_facts_are_what_progress_is_made_from(
    folders: Folders, open_library: Callable[[], Library]
) -> None:
    folders.add(1, "um we did it um", "and more")
    folders.add(8, "we did it again")
    library = open_library()
    library.sync()
    first, second = library.history("problem")
    assert library.history("past-issue") == (first, second)
    assert library.history("nothing") == ()
    assert (first.started[:10], second.started[:10]) == ("2026-11-01", "2026-11-08")
    assert (first.rated, first.feedback_level, first.skills) == (2, 3, ("judgement",))
    assert (first.findings[0].id, first.findings[0].heard_when) == ("result", "at once")
    answer = first.answers[0]
    assert (answer.turn, answer.fillers, answer.words_per_minute, answer.cut_offs) == (1, 2, 120, 1)
    reports = [folders.read(folders.root / each.id) for each in library.list()]
    assert progress_of(library.facts()).plain() == progress_of(reports).plain()
    assert len(progress_of(library.facts()).families[0].attempts) == 2
