"""Banks: the shipped ones keep the rules; a mistake is told with file and line, never as a traceback."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from voice_interviewer.app import build
from voice_interviewer.cli.questions import questions as group
from voice_interviewer.content.bankfile import guess_type
from voice_interviewer.content.house_rules import bank_findings, house_findings, missing_findings
from voice_interviewer.content.resources import (
    CORE_BANK,
    HOUSE,
    content,
    languages,
    list_banks,
    load_bank,
    load_house,
    need_language,
    read_bank,
    read_house,
    words,
)
from voice_interviewer.core.model.bank import (
    LEVELS,
    QUESTION_TYPES,
    Avoid,
    Point,
)
from voice_interviewer.errors import BankProblem, CheckFailed, UsageProblem
from voice_interviewer.store.recorder import Recorder

HEAD = "bank:\n  id: mine\n  title: Mine\nquestions:\n"
QUESTION = "- id: q-one\n  type: technical\n  say: How do you test it?\n  points:\n  - text: a test\n"


def bank_file(folder: Path, text: str) -> Path:
    path = folder / "bank.yaml"
    path.write_text(text, encoding="utf-8")
    return path


# --- what is shipped ----------------------------------------------------------------------------------------


def test_the_first_role_has_three_questions_a_level_and_the_families() -> None:
    bank = load_bank("ai-ethics-specialist")
    assert [sum(question.level == level for question in bank.questions) for level in LEVELS] == [3] * 6
    families: dict[str, list[str]] = {}
    for question in bank.questions:
        if question.family:
            families.setdefault(question.family, []).append(question.id)
    assert families == {
        "model_audit": ["jr-health-audit", "mid-hiring-audit", "lead-llm-audit", "dir-llm-harm"],
        "pressure": ["jr-deadline-pressure", "lead-exec-pushback", "dir-launch-deadlock"],
        "programme": [
            "mid-governance-framework",
            "sr-team-program",
            "mgr-review-process",
            "dir-company-program",
        ],
        "incident": ["sr-offensive-chatbot", "mgr-past-incident"],
    }


def test_the_core_serves_any_role_and_has_twelve_behavioural_questions() -> None:
    bank = load_bank(CORE_BANK)
    assert len(bank.questions) == 12
    assert {(question.type, question.level) for question in bank.questions} == {("behavioural", None)}
    assert all(4 <= len(question.points) <= 6 for question in bank.questions)


def test_every_shipped_question_keeps_the_house_rules() -> None:
    banks = list_banks()
    found = [finding for entry in banks for finding in (*bank_findings(entry), *missing_findings(entry))]
    assert found == []
    every = [question for entry in banks for question in entry.bank.questions]
    assert len({question.id for question in every}) == len(every)
    assert all(question.type in QUESTION_TYPES and question.points for question in every)
    assert all([p.id for p in q.points] == [f"p{i + 1}" for i in range(len(q.points))] for q in every)
    assert all(30 <= question.target_s <= 240 for question in every)


def test_exemplars_are_short_enough_to_be_spoken() -> None:
    for entry in list_banks():
        for question in entry.bank.questions:
            for point in question.points:
                for exemplar in point.exemplars:
                    assert 4 <= len(exemplar.split()) <= 30, (question.id, exemplar)


def test_house_lines_are_short_and_speakable_in_several_wordings() -> None:
    path = words(HOUSE)
    assert house_findings(*read_house(path)) == ()
    house = load_house()
    assert len(house.warmups) >= 8
    assert {warmup.type for warmup in house.warmups} == {"warmup"}
    assert len({warmup.family for warmup in house.warmups}) == 2
    assert {question.type for question in house.candidate_questions} == {"closing"}
    assert min(len(house.opening), len(house.candidate_questions), len(house.close)) >= 3


def test_a_house_line_that_breaks_a_rule_is_told(tmp_path: Path) -> None:
    path = tmp_path / "house.yaml"
    path.write_text(
        "opening:\n- Hello. This is for {title}.\nwarmups:\n- {id: a, say: 'How are you, and why?'}\n"
        "candidate_questions:\n- {id: a, say: What would you like to know?}\n"
        "candidate_questions_reply: Thank you.\nclose:\n- Goodbye/farewell.\n"
    )
    assert [str(finding).removeprefix(f"{path}:") for finding in house_findings(*read_house(path))] == [
        "2: opening does not hold 'for the role of {title}' and '{minutes} minutes'",
        "9: close has '/', which a voice stumbles over",
        "4: warmups asks two things in one: 'and why'",
        "6: candidate_questions has the id 'a' of another",
    ]


# --- a user's own list --------------------------------------------------------------------------------------


def test_the_smallest_bank_is_a_list_of_sentences(tmp_path: Path) -> None:
    path = tmp_path / "My library.yaml"
    path.write_text("- Why do you want to work in a library?\n- Tell me about a time you said no.\n")
    bank = load_bank(path)
    assert (bank.id, bank.title) == ("my-library", "your own questions")
    assert [(q.id, q.type) for q in bank.questions] == [
        ("my-library-1", "motivation"),
        ("my-library-2", "behavioural"),
    ]


def test_sentences_and_full_questions_mix_and_points_may_be_sentences(tmp_path: Path) -> None:
    text = "questions:\n- No\n- say: How would you shelve it?\n  points: [by subject, by size]\n"
    bank = load_bank(str(bank_file(tmp_path, text)))
    assert bank.questions[0].say == "No"
    assert [(p.id, p.text) for p in bank.questions[1].points] == [("p1", "by subject"), ("p2", "by size")]


@pytest.mark.parametrize(
    ("say", "kind"),
    [
        ("Tell me about a time you failed.", "behavioural"),
        ("Describe something you improved.", "behavioural"),
        ("Give me an example of teamwork.", "behavioural"),
        ("Have you ever missed a deadline?", "behavioural"),
        ("Why do you want this job?", "motivation"),
        ("Tell me about yourself.", "motivation"),
        ("What is your greatest strength?", "motivation"),
        ("What would you do if a customer shouted at you?", "situational"),
        ("A parent complains. How do you handle it?", "situational"),
        ("How does a heat pump work?", "technical"),
        ("Which languages do you speak?", "factual"),
    ],
)
def test_the_type_is_guessed_from_the_wording(say: str, kind: str) -> None:
    assert guess_type(say) == kind


def test_context_may_be_given_by_region(tmp_path: Path) -> None:
    text = HEAD + QUESTION + "  context: {BR: 'LGPD, ANPD', US: ''}\n"
    assert load_bank(bank_file(tmp_path, text)).questions[0].context == "BR: LGPD, ANPD; US"


def test_a_question_of_120_words_is_asked(tmp_path: Path) -> None:
    assert len(load_bank(bank_file(tmp_path, "- " + "word " * 120)).questions[0].say.split()) == 120


def test_a_list_without_a_head_is_asked_as_it_stands_and_nothing_else(tmp_path: Path) -> None:
    told: list[str] = []
    says = [f"Why do you want job number {i}?" for i in range(8)]
    path = bank_file(tmp_path, "".join(f"- {say}\n" for say in says))
    for minutes, seed in ((5, 1), (30, 2)):
        made = build.make_plan(str(path), "mid", minutes, seed, told.append)
        assert [item.say for item in made.items if item.kind == "core"] == says
        assert "warmup" not in [item.kind for item in made.items]
        assert "with your own questions" in made.items[0].say
    headed = bank_file(tmp_path, HEAD + QUESTION)
    made = build.make_plan(str(headed), "mid", 30, 1, told.append)
    assert len([item for item in made.items if item.kind == "core"]) > 1
    assert "for the role of Mine" in made.items[0].say
    assert told == []


def test_a_long_question_of_ones_own_is_told_in_one_line_and_asked(tmp_path: Path) -> None:
    told: list[str] = []
    path = bank_file(tmp_path, "- Why?\n- " + "word " * 36 + "\n")
    made = build.make_plan(str(path), "mid", 10, 0, told.append)
    assert len([item for item in made.items if item.kind == "core"]) == 2
    (line,) = told
    assert line.startswith(f"{path}:2: this question has 36 words, at most 35")
    path.write_text("- " + "word " * 36 + "\n- Why? How?\n")
    build.make_plan(str(path), "mid", 10, 0, told.append)
    (line,) = told[1:]
    assert "\n" not in line
    assert "and 1 more" in line


def test_what_was_asked_last_is_of_this_role_and_never_of_a_demo(fresh_home: Path) -> None:
    def held(day: int, role: str, question: str, **about: str) -> None:
        started = datetime(2026, 1, day, 12, tzinfo=UTC)
        root = fresh_home / "sessions"
        Recorder.create(root, role, "mid", started, {"questions": [question], **about}).close()

    assert build.last_questions("ai-ethics-specialist") == frozenset()
    held(1, "ai-ethics-specialist", "oldest")
    held(2, "ai-ethics-specialist", "mine")
    held(3, CORE_BANK, "other")
    held(4, "ai-ethics-specialist", "demo", persona="anna")
    assert build.last_questions("ai-ethics-specialist") == {"mine"}
    assert build.last_questions("ai-ethics-specialist", limit=2) == {"mine", "oldest"}
    assert build.last_questions() == {"other"}
    assert build.last_questions(CORE_BANK) == {"other"}


def test_a_bank_in_a_language_without_words_is_refused_where_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "bank.yaml"
    path.write_text("bank:\n  id: mine\n  title: Meine\n  language: de\nquestions: [Warum gerade wir?]\n")
    with pytest.raises(BankProblem, match=r"bank.yaml:4: there are no words for an interview in 'de' yet"):
        read_bank(path)


def test_a_language_is_there_when_all_its_files_are() -> None:
    assert languages() == ("en",)
    need_language("en")
    with pytest.raises(UsageProblem, match="'de'"):
        need_language("de")


FULL = """\
bank: {id: mine, title: Mine}
questions:
- id: q-one
  type: technical
  skills: [testing, care]
  context: {BR: the LGPD, EU: the GDPR}
  say: How do you test it?
  plain: What do you do to see that it works?
  why: "{law} asks for it."
  how: [Begin with {law}.]
  avoid:
  - text: Blames others
    signs: [It was them.]
  - Forgets {law}
  points:
  - text: Names {law}
    weight: 2
    probe: Which rule holds here?
    exemplars: [I look at {law} first.]
  anchors: {1: a, 2: b, 3: c, 4: d, 5: knows {law}}
  challenge: Who would pay for that?
  example: I test it. {law} says so.
"""


def full_bank(folder: Path, text: str = FULL) -> Path:
    """Places that YAML would read as a mapping are quoted here, so that the text above stays readable."""
    for bare in ("[Begin with {law}.]", "[I look at {law} first.]"):
        text = text.replace(bare, '["' + bare.strip("[]") + '"]')
    return bank_file(folder, text.replace("knows {law}}", '"knows {law}"}'))


def test_the_full_form_arrives_whole_under_the_first_places_law(tmp_path: Path) -> None:
    question = load_bank(full_bank(tmp_path)).questions[0]
    assert question.skills == ("testing", "care")
    assert question.context == "BR: the LGPD; EU: the GDPR"
    assert question.plain == "What do you do to see that it works?"
    assert question.why == "The LGPD asks for it."
    assert question.how == ("Begin with the LGPD.",)
    assert question.avoid == (Avoid("Blames others", ("It was them.",)), Avoid("Forgets the LGPD"))
    assert question.points == (
        Point("p1", "Names the LGPD", 2, ("I look at the LGPD first.",), "Which rule holds here?"),
    )
    assert question.anchors == ("a", "b", "c", "d", "knows the LGPD")
    assert (question.challenge, question.example) == (
        "Who would pay for that?",
        "I test it. The LGPD says so.",
    )


def test_another_places_law_is_put_in_and_an_unknown_place_means_the_first(tmp_path: Path) -> None:
    path = full_bank(tmp_path)
    assert load_bank(path, "eu").questions[0].why == "The GDPR asks for it."
    assert load_bank(path, "EU").questions[0].context == "EU: the GDPR; BR: the LGPD"
    assert load_bank(path, "MARS") == load_bank(path) == load_bank(path, "")
    assert read_bank(path).places == ("BR", "EU")


def test_the_chosen_place_reaches_the_plan_and_an_unknown_one_is_told(tmp_path: Path) -> None:
    told: list[str] = []

    def why(place: str) -> str:
        made = build.make_plan(str(full_bank(tmp_path)), "mid", 10, 0, told.append, core_count=1, place=place)
        return next(item.question.why for item in made.items if item.kind == "core" and item.question)

    assert why("eu") == "The GDPR asks for it."
    assert told == []
    assert why("XX") == "The LGPD asks for it."
    assert told == ["No question here knows the law of 'XX'; places: BR, EU."]


def test_a_law_that_nobody_gave_is_a_mistake(tmp_path: Path) -> None:
    path = full_bank(tmp_path, FULL.replace("  context: {BR: the LGPD, EU: the GDPR}\n", ""))
    with pytest.raises(BankProblem, match=r":3: \{law\} stands for nothing"):
        load_bank(path)


# --- mistakes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty"),
        ("just words", 1, "list of questions"),
        ("[]", 1, ":1: there is no question in it"),
        ("bank: {id: a, title: A}\nquestions: []\n", 2, ":2: there is no question in it"),
        ("- Why?\n- 42\n", 2, "'42' is not a question in words"),
        ("- Why?\n- null\n", 2, "'null' is not a question in words"),
        ("- Why?\n- 2020-01-01\n", 2, "not a question in words"),
        ("- Why?\n- '?!'\n", 2, "not a question in words"),
        ("- Why?\n-\n", 2, "'say' is empty"),
        (HEAD + QUESTION.replace("How do you test it?", "42"), 7, "'42' is not a question"),
        ("- Why?\n- " + "word " * 121 + "\n", 2, "121 words, more than 120"),
        ("- a\n- b: [\n", 3, "not YAML"),
        ("- a\n\tb: c\n", 2, "not YAML"),
        ("- a\n- \x07\n", 2, "not YAML"),
        (HEAD + QUESTION + "  colour: red\n", 10, "unknown key 'colour'"),
        ("bankk: {}\n" + HEAD + QUESTION, 1, "unknown key 'bankk'"),
        (HEAD + QUESTION.replace("technical", "tecnical"), 6, "Did you mean 'technical'"),
        (HEAD + QUESTION + "  level: senor\n", 10, "Did you mean 'senior'"),
        (HEAD + QUESTION + QUESTION, 10, "already used in line 5"),
        (HEAD + QUESTION + "  type: factual\n", 10, "given twice"),
        (HEAD + QUESTION.replace("a test", '""'), 9, "'text'"),
        (HEAD + QUESTION + "  - weight: 2\n", 10, "'text' is missing"),
        (HEAD + QUESTION.replace("a test", "a\n    weight: -1"), 10, "'weight'"),
        (HEAD + QUESTION.replace("a test", "a\n    weight: .nan"), 10, "'weight'"),
        (HEAD + QUESTION + "  target_s: soon\n", 10, "'target_s'"),
        (HEAD + "- id: q-one\n  type: technical\n", 5, "'say' is missing"),
        (HEAD + "- [a, b]\n", 5, "wrong form"),
        (HEAD + QUESTION + "  anchors: {1: a, 2: b}\n", 10, "one text each for 1, 2, 3, 4, 5"),
        (HEAD + QUESTION + "  anchors: [a, b, c, d, e]\n", 10, "'anchors' has the wrong form"),
        (HEAD + QUESTION + "  avoid:\n  - signs: [a]\n", 11, "'text' is missing"),
        (HEAD + QUESTION + "  skills: ['']\n", 10, "'skills' is empty"),
        (HEAD + QUESTION + "  why: 'As {law} says.'\n", 5, "{law} stands for nothing"),
        ("- &a b\n- *a\n", 2, "alias"),
        ("- " + "[" * 50 + "]" * 50, 1, "nested"),
        ("- {[a]: b}\n", 1, "key must be a word"),
    ],
)
def test_a_mistake_is_one_line_with_file_and_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = bank_file(tmp_path, text)
    with pytest.raises(BankProblem) as caught:
        load_bank(path)
    assert caught.value.message.startswith(f"{path}:{line}: ")
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_files_that_are_no_text_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "bank.yaml"
    path.write_bytes(b"- fine\n- \xff\xfe\n")
    with pytest.raises(BankProblem, match=r"bank\.yaml:2: not UTF-8"):
        load_bank(path)
    path.write_bytes(b"# filler\n" * 300_000)
    with pytest.raises(BankProblem, match="larger than"):
        load_bank(path)
    with pytest.raises(UsageProblem, match="no file"):
        load_bank(tmp_path / "absent.yaml")
    with pytest.raises(UsageProblem, match="cannot be read"):
        load_bank(tmp_path)


def test_an_unknown_role_names_the_roles_there_are() -> None:
    with pytest.raises(UsageProblem) as caught:
        load_bank("ai-ethics-specalist")
    assert "Did you mean 'ai-ethics-specialist'" in caught.value.message
    assert "ai-ethics-specialist" in caught.value.hint
    assert CORE_BANK not in caught.value.hint


@given(st.text(max_size=80) | st.from_regex(r"([-a\[\]{}:&*!|>#'\" \n]){0,40}", fullmatch=True))
def test_whatever_is_in_a_file_it_is_a_bank_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("any") / "bank.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    told = ""
    try:
        questions = read_bank(path).bank.questions
    except UsageProblem as problem:
        questions, told = (), problem.message
    assert bool(questions) != told.startswith(f"{path}:")


# --- the command --------------------------------------------------------------------------------------------


def test_check_passes_what_is_shipped(semantic_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_INTERVIEWER_SEMANTIC", str(semantic_model))
    result = CliRunner().invoke(group, ["check"])
    assert result.exit_code == 0, result.output
    assert re.fullmatch(r"\d+ files, \d+ questions, \d+ points: 0 mistakes\n", result.output)


def test_check_names_file_and_line_of_every_mistake_and_fails(tmp_path: Path) -> None:
    bad = bank_file(
        tmp_path, HEAD + QUESTION.replace("?", "? And why?") + "- id: Q_2\n  say: " + "word " * 36
    )
    broken = tmp_path / "broken.yaml"
    broken.write_text("- a\n- [\n")
    result = CliRunner().invoke(group, ["check", str(bad), str(broken)])
    assert isinstance(result.exception, CheckFailed)
    assert result.exception.exit_code == 1
    for expected in (
        f"{bad}:5: q-one: asks 2 things",
        f"{bad}:10: Q_2: has 36 words",
        f"{bad}:10: Q_2: the id 'Q_2' is not in kebab-case",
        f"{bad}:10: Q_2: has no rubric point",
        f"{broken}:3: not YAML",
    ):
        assert expected in result.output


def test_check_finds_the_same_question_and_the_same_id_twice(tmp_path: Path) -> None:
    first = bank_file(tmp_path, HEAD + QUESTION + QUESTION.replace("q-one", "q-two").replace("How", "how"))
    second = tmp_path / "other.yaml"
    second.write_text(HEAD.replace("mine", "other") + QUESTION.replace("How", "When"))
    result = CliRunner().invoke(group, ["check", str(first), str(second)])
    assert f"{first}:10: q-two: asks the same as line 5" in result.output
    assert f"{second}:5: q-one: the id was already used in {first}" in result.output


def test_check_of_an_absent_file_is_a_usage_problem(tmp_path: Path) -> None:
    result = CliRunner().invoke(group, ["check", str(tmp_path / "absent.yaml")])
    assert isinstance(result.exception, UsageProblem)
    assert result.exception.exit_code == 2


def test_list_into_a_pipe_is_plain_and_filtered() -> None:
    result = CliRunner().invoke(group, ["list", "--role", "ai-ethics-specialist", "--level", "junior"])
    rows = [line.split("\t") for line in result.output.splitlines()]
    assert len(rows) == 3 + 12
    assert {row[1] for row in rows} == {"junior", "any"}
    assert isinstance(CliRunner().invoke(group, ["list", "--role", "x"]).exception, UsageProblem)
    assert CliRunner().invoke(group, ["list", "--level", "x"]).exit_code == 2


def test_show_tells_what_is_listened_for_and_suggests_the_id_meant() -> None:
    output = CliRunner().invoke(group, ["show", "jr-health-audit"]).output
    question = load_bank("ai-ethics-specialist").find("jr-health-audit")
    assert question is not None
    told = " ".join(output.split())
    assert all(point.text in told for point in question.points)
    assert "context:     BR: " in output
    problem = CliRunner().invoke(group, ["show", "jr-helth-audit"]).exception
    assert isinstance(problem, UsageProblem)
    assert "Did you mean 'jr-health-audit'" in problem.message


def test_show_folds_the_example_until_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = read_bank(full_bank(tmp_path), "EU")
    monkeypatch.setattr("voice_interviewer.cli.questions.list_banks", lambda place: (entry,))
    folded = CliRunner().invoke(group, ["show", "q-one"]).output
    for expected in (
        "skills:      testing, care",
        "in plain words, when its meaning is asked:\n  What do you do to see that it works?",
        "why it is asked:\n  The GDPR asks for it.",
        "how to answer:\n  - Begin with the GDPR.",
        '  * Names the GDPR\n      "Which rule holds here?"',
        '  - Blames others\n      "It was them."',
        "  1 a\n  2 b\n  3 c\n  4 d\n  5 knows the GDPR",
        "a strong answer is asked:\n  Who would pay for that?",
        "add --example",
    ):
        assert expected in folded
    assert "I test it." not in folded
    assert "I test it. The GDPR says so." in CliRunner().invoke(group, ["show", "q-one", "--example"]).output


def test_content_holds_prompts_and_configs() -> None:
    assert content().joinpath("configs", "default.toml").is_file()
