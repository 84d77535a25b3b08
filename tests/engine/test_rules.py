"""The rules engine as the interview uses it: its choices on hand-written answers, its words, its limits."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from known_moves import CATALOGUE, MOVES, PROBES
from spoken_words import heard

from voice_interviewer.core.model.bank import QUESTION_TYPES, Question
from voice_interviewer.core.model.moves import Exchange, Reply, ReplyContext
from voice_interviewer.core.model.transcript import Transcript, Word
from voice_interviewer.engine.port import Engine
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.engine.rules import Lines, RulesEngine, load_lines, speakable
from voice_interviewer.errors import BankProblem

HERE = Path(__file__).parent
LINES = HERE.parent.parent / "prompts" / "languages" / "en" / "lines.yaml"
ASK = {
    "behavioural": "Tell me about a difficult situation with a colleague at work.",
    "situational": "A customer asks for something your rules forbid. What do you do?",
    "technical": "How would you find a fault in a system you have never seen?",
    "leadership": "Tell me about a time you led people through a change.",
    "motivation": "Why do you want to work here?",
    "factual": "Do you hold a driving licence?",
    "warmup": "How are you today?",
    "closing": "What would you like to ask me?",
}
STORY = "last may a pump failed / i called the supplier and i moved the crew because the ward needed water"
JUDGING = {
    "great",
    "good",
    "excellent",
    "perfect",
    "impressive",
    "wonderful",
    "nice",
    "well",
    "correct",
    "wrong",
}


def context(text: str, kind: str = "behavioural", **changes: object) -> ReplyContext:
    question = Question("q", kind, ASK[kind])
    values = {
        "question": question,
        "level": "mid",
        "turn": 1,
        "asked": question.say,
        "asked_move": None,
        "answer": heard(text),
        "said": (question.say,),
    }
    return ReplyContext(**{**values, **changes})  # type: ignore[arg-type]


def answers(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def engine() -> RulesEngine:
    return RulesEngine(LINES, load_reader("words"), CATALOGUE)


def play(engine: Engine, kind: str, spoken: list[str], seed: int = 1) -> list[Reply]:
    """One question from its first answer on, as the interview would run it."""
    question = Question("q", kind, ASK[kind])
    said, replies = [question.say], []
    earlier: list[Exchange] = []
    asked, asked_move, probes = question.say, None, 0
    for turn, text in enumerate(spoken, 1):
        reply = engine.reply(
            ReplyContext(
                question,
                "mid",
                turn,
                asked,
                asked_move,
                heard(text),
                tuple(earlier),
                probes,
                said=tuple(said),
                seed=seed,
            )
        )
        replies.append(reply)
        earlier.append(Exchange(turn, "q", asked, asked_move, heard(text), reply.slots))
        asked, asked_move = reply.chosen.say, reply.chosen.move
        probes += asked_move in PROBES
        said.append(asked)
    return replies


class TestChoices:
    @pytest.mark.parametrize("case", answers("answers_dev.yaml"), ids=lambda case: str(case["id"]))
    def test_answers_the_rules_were_tuned_on(self, engine: RulesEngine, case: dict[str, str]) -> None:
        assert engine.reply(context(case["text"], case["type"])).chosen.move in case["accept"]

    def test_answers_held_back_from_tuning(self, engine: RulesEngine) -> None:
        cases = answers("answers_held.yaml")
        missed = [
            case["id"]
            for case in cases
            if engine.reply(context(case["text"], case["type"])).chosen.move not in case["accept"]
        ]
        assert len(missed) <= 0.3 * len(cases), missed

    def test_a_conversation(self, engine: RulesEngine) -> None:
        replies = play(
            engine,
            "behavioural",
            [
                "can you repeat that",
                "we had a storm / we moved the boats and we called the owners",
                "i wrote the list of the boats because nobody knew who was on site",
                "as a result every boat was safe",
            ],
        )
        assert [reply.chosen.move for reply in replies] == ["repeat", "own_part", "result", "move_on"]

    def test_a_person_who_says_nothing_is_left_in_peace(self, engine: RulesEngine) -> None:
        assert [reply.chosen.move for reply in play(engine, "technical", ["um", ""])] == ["repeat", "move_on"]

    def test_the_verdict_leads_the_ranking(self, engine: RulesEngine) -> None:
        reply = engine.reply(context(STORY))
        assert reply.chosen == reply.ranked[0]
        assert reply.tier == engine.name == "rules (words)"
        assert [slot.id for slot in reply.slots][:2] == ["situation", "own_action"]


class TestWords:
    def test_a_repeated_follow_up_is_repeated_itself(self, engine: RulesEngine) -> None:
        asked = "How did it end?"
        said = (ASK["behavioural"], asked)
        reply = engine.reply(
            context("sorry what was that question", asked=asked, asked_move="result", said=said)
        )
        assert reply.chosen.say.endswith(asked)
        assert ASK["behavioural"] not in reply.chosen.say

    def test_a_repeat_of_a_repeat_holds_the_question_once(self, engine: RulesEngine) -> None:
        first, second = play(engine, "behavioural", ["say that again", "pardon"])
        assert first.chosen.say != second.chosen.say
        assert second.chosen.say.count(ASK["behavioural"]) == 1

    def test_own_words_come_back_in_the_second_person(self, engine: RulesEngine) -> None:
        chosen = engine.reply(context(STORY)).chosen
        assert chosen.quote == "i moved the crew"
        assert "you moved the crew" in chosen.say.lower()

    @pytest.mark.parametrize(
        ("probability", "threshold", "doubted", "said_back"),
        [
            (0.9, 0.5, None, True),
            (0.3, 0.5, None, False),
            (0.95, 0.5, "crew", False),
            (0.95, 0.5, "and", False),  # the word before the quote
            (0.95, 0.5, "because", False),  # the word after it
            (0.95, 0.5, "ward", True),
            (0.85, 0.72, None, False),  # each word will do, all four together are right one time in two
            (0.97, 0.72, None, True),
        ],
    )
    def test_only_words_surely_heard_are_said_back(
        self, engine: RulesEngine, probability: float, threshold: float, doubted: str | None, said_back: bool
    ) -> None:
        words = [
            replace(word, probability=0.2) if word.text == doubted else word
            for word in heard(STORY, probability).words
        ]
        answer = Transcript(tuple(words))
        chosen = engine.reply(context("", answer=answer, doubt_threshold=threshold)).chosen
        assert chosen.move == "result"
        assert ("you moved the crew" in chosen.say.lower()) is said_back

    def test_the_same_context_gets_the_same_words(self) -> None:
        one, two = (
            RulesEngine(LINES, load_reader("words"), CATALOGUE),
            RulesEngine(LINES, load_reader("words"), CATALOGUE),
        )
        assert one.reply(context(STORY)) == two.reply(context(STORY))

    def test_seeds_vary_the_words_and_not_the_move(self, engine: RulesEngine) -> None:
        replies = [engine.reply(context(STORY, seed=seed)).chosen for seed in range(20)]
        assert len({reply.say for reply in replies}) >= 3
        assert {reply.move for reply in replies} == {"result"}

    def test_a_long_interview_never_repeats_a_line_or_an_opening(self, engine: RulesEngine) -> None:
        said: list[str] = []
        for turn in range(1, 17):
            reply = engine.reply(
                context("i'm good thanks", "warmup", turn=turn, said=tuple(said), answer=heard("fine thanks"))
            )
            assert reply.chosen.say
            assert reply.chosen.say not in said
            if said:
                assert reply.chosen.say.split()[:2] != said[-1].split()[:2]
            said.append(reply.chosen.say)

    def test_the_candidates_own_questions_get_no_bridge(self, engine: RulesEngine) -> None:
        chosen = engine.reply(context("How big is the team?", "closing")).chosen
        assert (chosen.move, chosen.say) == ("close", "")

    def test_what_is_used_up_is_not_said_again(self, engine: RulesEngine) -> None:
        lines = engine.lines
        reply = engine.reply(
            context("i don't know", said=(ASK["behavioural"], *lines.hint_past, ASK["behavioural"]))
        )
        assert reply.chosen.move == "move_on"
        assert reply.chosen.say not in lines.hint_past

    def test_who_would_rather_not_is_left_in_peace(self, engine: RulesEngine) -> None:
        for seed in range(10):
            chosen = engine.reply(
                context("I'd rather not talk about that, it was quite traumatic", seed=seed)
            ).chosen
            assert chosen.move == "skip"
            assert "?" not in chosen.say

    def test_who_has_no_such_job_yet_is_pointed_elsewhere_once(self, engine: RulesEngine) -> None:
        replies = play(
            engine,
            "behavioural",
            ["I'm a student so I have no experience", "I told you I have no experience"],
        )
        assert [reply.chosen.move for reply in replies] == ["hint", "move_on"]
        assert replies[0].chosen.say in engine.lines.hint_past
        assert engine.reply(context("i don't know", "technical")).chosen.say in engine.lines.hint

    def test_a_question_back_is_left_to_the_candidate(self, engine: RulesEngine) -> None:
        asked_back = "Is it okay if I talk about a university project?"
        replies = play(engine, "behavioural", [asked_back, asked_back, "um", "um"])
        assert [reply.chosen.move for reply in replies] == ["repeat", "repeat", "repeat", "move_on"]
        openings = [line.removesuffix("{question}") for line in engine.lines.ask_back]
        for reply in replies[:2]:
            assert any(reply.chosen.say == f"{opening}{ASK['behavioural']}" for opening in openings)
        assert all(speakable(opening) for opening in openings)

    def test_questions_back_do_not_go_on_for_ever(self, engine: RulesEngine) -> None:
        replies = play(engine, "technical", ["Do you mean at work?"] * 4)
        assert [reply.chosen.move for reply in replies] == ["repeat", "repeat", "repeat", "move_on"]

    @pytest.mark.parametrize("text", ["no", "no thank you", "I think you covered everything", ""])
    def test_no_questions_get_a_short_kind_word(self, engine: RulesEngine, text: str) -> None:
        chosen = engine.reply(context(text, "closing")).chosen
        assert chosen.move == "close"
        assert chosen.say in engine.lines.nothing_asked

    @pytest.mark.parametrize(
        "text",
        ["What is the salary?", "Could you explain what the team does?", "Is it okay to ask about pay?"],
    )
    def test_what_is_asked_at_the_end_is_left_to_the_plan(self, engine: RulesEngine, text: str) -> None:
        chosen = engine.reply(context(text, "closing")).chosen
        assert (chosen.move, chosen.say) == ("close", "")

    def test_a_yes_at_the_end_waits_for_the_question(self, engine: RulesEngine) -> None:
        assert engine.reply(context("yes I do", "closing")).chosen.move == "wait"


class TestLines:
    def test_every_shipped_line_is_neutral(self, engine: RulesEngine) -> None:
        lines = engine.lines
        probes = [
            line
            for probe in lines.probes.values()
            for group in (probe.plain, probe.would, probe.quoted)
            for line in group or ()
        ]
        spoken = [
            *probes,
            *lines.wait,
            *lines.repeat,
            *lines.repeat_asked,
            *lines.ask_back,
            *lines.explain,
            *(line for wordings in lines.explain_types.values() for line in wordings),
            *lines.hint,
            *lines.hint_past,
            *lines.skip,
            *lines.move_on,
            *lines.nothing_asked,
        ]
        assert len(set(spoken)) >= 100
        for line in spoken:
            words = {word.strip(".,?!").lower() for word in line.split()}
            assert not words & JUDGING, line

    def test_no_bridge_promises_what_comes_next(self, engine: RulesEngine) -> None:
        lines = engine.lines
        assert len(set(lines.move_on)) >= 20
        for line in (*lines.move_on, *lines.skip, *lines.nothing_asked):
            assert speakable(line)
            assert "?" not in line
            words = {word.strip(".,").lower() for word in line.split()}
            assert not words & {"question", "topic", "next", "another", "different", "else", "ask"}, line

    def test_examples_are_asked_for_by_name(self, engine: RulesEngine) -> None:
        """ "That" would point at whatever was said last, which may have been a blow."""
        for line in engine.lines.probes["example"].plain:
            assert not {"that", "this", "it"} & set(line.lower().removesuffix(".").split()[:6]), line

    @pytest.mark.parametrize(
        ("line", "fine"),
        [
            ("How did it end?", True),
            ("Take me to one time. What happened?", True),
            ("What was it? And who was there?", False),
            ("One. Two. Three?", False),
            ("What **exactly** was it?", False),
            ("word " * 26, False),
            ("", False),
        ],
    )
    def test_what_can_be_asked_aloud(self, line: str, fine: bool) -> None:
        assert speakable(line) is fine

    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            ({"wait": ["Sure."]}, "wait"),
            ({"repeat": ["Again."] * 3}, "{question}"),
            ({"praise": ["Well done."] * 3}, "praise"),
            ({"explain": ["Sure."] * 3}, "{plain}"),
            ({"explain_types": {"factual": ["A.", "B.", "C."]}}, "are not behavioural"),
            ({"probes": {}}, "has no wordings"),
            ({"probes": {"applaud": {"plain": ["a", "b", "c"]}}}, "is no follow-up"),
        ],
    )
    def test_mistakes_in_the_file_are_named(
        self, tmp_path: Path, change: dict[str, object], complaint: str
    ) -> None:
        data = yaml.safe_load(LINES.read_text(encoding="utf-8"))
        broken = tmp_path / "lines.yaml"
        broken.write_text(yaml.safe_dump({**data, **change}), encoding="utf-8")
        with pytest.raises(BankProblem) as problem:
            load_lines(broken, CATALOGUE)
        assert str(broken) in problem.value.message
        assert complaint in problem.value.message

    @pytest.mark.parametrize("text", ["wait: [", "[]", "\x00"])
    def test_what_is_no_such_file_is_refused(self, tmp_path: Path, text: str) -> None:
        broken = tmp_path / "lines.yaml"
        broken.write_text(text, encoding="utf-8")
        with pytest.raises(BankProblem):
            load_lines(broken, CATALOGUE)
        with pytest.raises(BankProblem):
            load_lines(tmp_path / "missing.yaml", CATALOGUE)

    def test_the_shipped_file_is_found(self) -> None:
        assert isinstance(RulesEngine.from_content(load_reader("words")).lines, Lines)


SHIPPED = RulesEngine(LINES, load_reader("words"), CATALOGUE)
spoken_words = st.lists(
    st.builds(
        Word,
        st.one_of(
            st.text(max_size=10),
            st.sampled_from(f"{STORY} we moved the boats usually would don't know skip 40% **".split()),
        ),
        st.integers(0, 9_000),
        st.integers(0, 9_000),
        st.floats(0, 1),
    ),
    max_size=30,
).map(lambda items: Transcript(tuple(items)))


@settings(deadline=None)
@given(
    spoken_words,
    spoken_words,
    st.sampled_from(QUESTION_TYPES),
    st.sampled_from([None, "result", "repeat"]),
    st.integers(),
)
def test_nothing_a_candidate_says_breaks_it(
    answer: Transcript, before: Transcript, kind: str, asked_move: str | None, seed: int
) -> None:
    earlier = (Exchange(1, "q", ASK[kind], None, before),) if asked_move else ()
    given_context = context(
        "", kind, answer=answer, asked_move=asked_move, earlier=earlier, seed=seed, doubt_threshold=0.4
    )
    reply = SHIPPED.reply(given_context)
    for move in reply.ranked:
        assert move.move in MOVES
        assert move.say not in given_context.said
        if move.move in PROBES:
            assert speakable(move.say)
    assert reply == SHIPPED.reply(given_context)


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("we lost the data that night / give me a second to think", True),
        ("oh / could I have a moment to collect my thoughts", True),
        ("we lost the data that night / and I called the supplier", False),
        ("my manager gave me a moment to decide / so I called the supplier", False),
    ],
)
def test_time_is_asked_for_after_a_story_too(said: str, asks: bool) -> None:
    from voice_interviewer.engine.reader.load import load_reader

    assert RulesEngine(LINES, load_reader("words"), CATALOGUE).asks_for_time(context(said)) is asks
