"""The catalogue of moves and slots: whole, strict, and enough to add a follow-up with."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from declared_readings import DeclaredReader
from known_moves import CATALOGUE

from voice_interviewer.content.catalogue import read_catalogue
from voice_interviewer.content.remarks import load_basis, read_weights
from voice_interviewer.content.resources import LABELS, LINES, content, words
from voice_interviewer.core.model.bank import SLOTS, Question
from voice_interviewer.core.model.catalogue import Catalogue
from voice_interviewer.core.model.moves import OWN_WAYS, ReplyContext
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.probing.ranking import rank_moves
from voice_interviewer.core.understanding.evidence import assess
from voice_interviewer.engine.wording import Wording, load_lines
from voice_interviewer.errors import BankProblem

MOVES = content().joinpath("prompts", "moves.yaml")
WEIGHTS = content().joinpath("configs", "feedback.toml")
Files = Callable[[str, str], Catalogue]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Reads the catalogue from these two texts."""

    def read(moves: str, labels: str) -> Catalogue:
        for name, text in (("moves.yaml", moves), ("labels.yaml", labels)):
            (tmp_path / name).write_text(text, encoding="utf-8")
        return read_catalogue(tmp_path / "moves.yaml", tmp_path / "labels.yaml")

    return read


def shipped() -> tuple[str, str]:
    return MOVES.read_text(encoding="utf-8"), words(LABELS).read_text(encoding="utf-8")


def test_every_slot_and_every_move_has_a_name() -> None:
    assert all(slot in CATALOGUE.slots for slots in SLOTS.values() for slot in slots)
    assert CATALOGUE.probes == CATALOGUE.moves.keys() - OWN_WAYS
    assert all(CATALOGUE.would_end(move) for move in CATALOGUE.probes)
    assert CATALOGUE.slot_label("never_heard_of") == "Never heard of"
    assert CATALOGUE.move_label("never_heard_of") == "never heard of"


def test_a_slot_is_practised_with_a_move_that_has_a_drill() -> None:
    assert CATALOGUE.drill_for("why") == "reasoning"
    assert CATALOGUE.drill_for("adoption") == "result"
    assert CATALOGUE.drill_for("failure_case") is None, "challenge has no drill"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("after: [measure]", "after: [mesure]", "there is no slot 'mesure'"),
        ("led_by: [hypothetical]", "led_by: [guess]", "there is no signal 'guess'"),
        ("- own_part: own_action", "- own_prt: own_action", "there is no follow-up 'own_prt'"),
        ("- depth: decision", "- depth: decisions", "there is no slot 'decisions'"),
        ("must: [own_action, result]", "must: [own_act]", "there is no slot 'own_act'"),
        ("  junior: [", "  intern: [", "there is no level 'intern'"),
        ("  hint:\n", "  nudge:\n", "the move 'hint' is missing"),
        ("drill: situational", "drill: riddle", "there is no type of question 'riddle'"),
        ("    at_most: 2", "    at_mots: 2", "unknown key 'at_mots'"),
    ],
)
def test_a_mistake_among_the_moves_is_one_line(files: Files, old: str, new: str, complaint: str) -> None:
    moves, labels = shipped()
    assert old in moves
    with pytest.raises(BankProblem) as problem:
        files(moves.replace(old, new), labels)
    assert complaint in problem.value.message
    assert "moves.yaml:" in problem.value.message
    assert "\n" not in problem.value.message


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('  goal: "The goal"\n', "", "the slot 'goal' has no name"),
        ("  goal:", "  gaol:", "'g"),
        ("  depth:\n", "  deep:\n", "the move 'depth' has no name"),
        (
            '    would_end: "One step of it told more closely."\n',
            "",
            "'depth' does not say what would end it",
        ),
    ],
)
def test_a_name_that_is_missing_is_one_line(files: Files, old: str, new: str, complaint: str) -> None:
    moves, labels = shipped()
    assert old in labels
    with pytest.raises(BankProblem) as problem:
        files(moves, labels.replace(old, new))
    assert complaint in problem.value.message
    assert "labels.yaml:" in problem.value.message


def test_a_new_follow_up_needs_no_code(files: Files, tmp_path: Path) -> None:
    moves, labels = shipped()
    row = '  people:\n    when: "Nobody else was named."\n    after: [people]\n    led_by: [team_action]\n'
    moves = moves.replace("  depth:\n    when", f"{row}  depth:\n    when")
    moves = moves.replace("    - depth: people\n", "    - people: people\n")
    name = '  people:\n    label: "for the people"\n    would_end: "One name."\n'
    catalogue = files(moves, labels.replace("  depth:\n    label", f"{name}  depth:\n    label"))
    lines = words(LINES).read_text(encoding="utf-8")
    path = tmp_path / "lines.yaml"
    wordings = '  people:\n    plain:\n      - "Who else was in it?"\n      - "Who was with you?"\n'
    wordings += '      - "Which people took part?"\n'
    path.write_text(lines.replace("probes:\n", f"probes:\n{wordings}", 1), encoding="utf-8")

    question = Question("lead", "leadership", "How do you lead a change?", "junior")
    told = "I changed the rota and I wrote it down"
    reader = DeclaredReader({"own_action": ("i changed", "i wrote"), "measure": ("rota",)})
    answer = Transcript.typed(told, 0)
    context = ReplyContext(question, "junior", 1, question.say, None, answer, said=(question.say,))
    read = partial(reader.read, question)
    ranked = rank_moves(context, assess(question, answer, read(question.say, answer)), read, catalogue)
    asked = next(candidate for candidate in ranked if candidate.move == "people")
    assert asked.target == "people"
    said = Wording(load_lines(path, catalogue), context).line(asked)
    assert said in ("Who else was in it?", "Who was with you?", "Which people took part?")
    with pytest.raises(BankProblem, match="'people' has no wordings"):
        load_lines(words(LINES), catalogue)


def test_feedback_weights_name_only_what_there_is(tmp_path: Path) -> None:
    assert read_weights(WEIGHTS) == load_basis().weights
    path, text = tmp_path / "feedback.toml", WEIGHTS.read_text(encoding="utf-8")
    for old, new, complaint in (
        ("told = 0.3", "tolled = 0.3", "there is no signal 'tolled'"),
        ("told = 0.3", "told = -0.3", "told"),
        ('[["approach"], ', "[", "'technical' needs a row for each of"),
        ('mend_first = ["own_action"', 'mend_first = ["own"', "there is no slot 'own'"),
        ('points_needed_from = "senior"', 'points_needed_from = "boss"', "there is no level 'boss'"),
    ):
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(BankProblem) as problem:
            read_weights(path)
        assert complaint in problem.value.message
        assert f"{path}:" in problem.value.message
