"""The lines the interviewer says after an answer: every one of them by rule, and the choice among them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, pairwise
from pathlib import Path

import pytest
import yaml
from known_moves import CATALOGUE, PROBES
from spoken_words import heard

from voice_interviewer.content.line_rules import SHARED_RUN, request_mistakes, say_mistakes, words_of
from voice_interviewer.content.resources import list_banks
from voice_interviewer.content.tones import TONES, toned
from voice_interviewer.core.model.bank import QUESTION_TYPES, Point, Question
from voice_interviewer.core.model.moves import Candidate, Exchange, Reply, ReplyContext
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.engine.llm.guards import Grounds, objection
from voice_interviewer.engine.llm.words import PRAISE, PROFANE, SCORES, VERDICTS
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.engine.rules import RulesEngine
from voice_interviewer.engine.wording import MAX_WORDS, Forms, Lines, Wording, load_lines, speakable

LINES = Path(__file__).parents[2] / "prompts" / "languages" / "en" / "lines.yaml"
QUOTE = "you moved the boats"
SHORT_LINE = 18  # words; what is heard once is best kept this short
LISTS = ("interrupt", "wait", "go_on", "hint", "hint_past", "skip", "leave", "move_on", "nothing_asked")
AROUND = ("repeat", "repeat_asked", "ask_back", "explain")


@pytest.fixture(scope="module", params=TONES)
def lines(request: pytest.FixtureRequest) -> Lines:
    return load_lines(LINES, CATALOGUE, request.param)


@pytest.fixture(scope="module")
def all_lines() -> Lines:
    data = yaml.safe_load(LINES.read_text(encoding="utf-8"))
    return Lines.model_validate(toned(data, None))


def probe_lists(lines: Lines) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, probe in lines.probes.items():
        forms: dict[str, Forms] = {
            key: probe,
            **{f"{key}/{kind}": form for kind, form in probe.types.items()},
        }
        for place, form in forms.items():
            for name in ("plain", "would", "quoted", "said"):
                if getattr(form, name):
                    yield f"{place}.{name}", getattr(form, name)


def filled(line: str) -> str:
    for place, words in (("quote", QUOTE), ("said", "the night desk"), ("before", "the day desk")):
        line = line.replace(f"{{{place}}}", words)
    return line[0].upper() + line[1:]


def follow_ups(lines: Lines) -> Iterator[tuple[str, str]]:
    for name, wordings in probe_lists(lines):
        yield from ((name, filled(line)) for line in wordings)


def opening(line: str) -> str:
    return " ".join(re.findall(r"[\w']+", line.lower())[:2])


def runs(text: str) -> set[tuple[str, ...]]:
    words = words_of(text)
    return {words[i : i + SHARED_RUN] for i in range(len(words) - SHARED_RUN + 1)}


def everything(lines: Lines) -> Iterator[str]:
    yield from (line for _, line in follow_ups(lines))
    for name in LISTS:
        yield from getattr(lines, name)
    for name in AROUND:
        yield from (re.sub(r" \{\w+\}", "", line) for line in getattr(lines, name))
    for wordings in lines.explain_types.values():
        yield from wordings


class TestEveryLine:
    def test_a_follow_up_is_one_short_request(self, all_lines: Lines) -> None:
        for name, line in follow_ups(all_lines):
            if name.startswith("redirect"):
                line = f"I'd like to stop here for a second. {line}"
            assert request_mistakes(line, MAX_WORDS) == (), (name, line)
            assert speakable(line), (name, line)
            long = SHORT_LINE + (4 if name.endswith((".quoted", ".said")) or "redirect" in name else 0)
            assert len(line.split()) <= long, (name, line)

    def test_nothing_praises_judges_or_sums_up(self, all_lines: Lines) -> None:
        for line in everything(all_lines):
            plain = line.lower()
            for banned in (PRAISE, VERDICTS, PROFANE, SCORES):
                assert not banned.search(plain), line
            assert "!" not in line
            assert say_mistakes(line) == (), line

    def test_what_guards_a_language_model_lets_the_follow_ups_through(self, all_lines: Lines) -> None:
        told = f"i moved the boats {QUOTE} the night desk the day desk"
        for name, line in follow_ups(all_lines):
            assert objection(line, Grounds(told, told, told)) == "", (name, line)

    def test_three_openings_at_least_in_every_list(self, lines: Lines) -> None:
        for name, wordings in probe_lists(lines):
            assert len({opening(filled(line)) for line in wordings}) >= 3, name
        for name in (*LISTS, *AROUND):
            assert len({opening(line) for line in getattr(lines, name)}) >= 3, name

    def test_no_list_says_a_thing_twice(self, lines: Lines) -> None:
        named = [*probe_lists(lines), *((name, getattr(lines, name)) for name in (*LISTS, *AROUND))]
        named += lines.explain_types.items()
        for name, wordings in named:
            assert len({line.lower().rstrip(".?") for line in wordings}) == len(wordings), name

    def test_bridges_are_many_and_none_fills_another_role(self, lines: Lines) -> None:
        assert len(lines.move_on) >= 30
        assert len(lines.skip) + len(lines.leave) >= 40
        assert min(len(lines.wait), len(lines.hint), len(lines.hint_past)) >= 20
        roles = (lines.move_on, lines.skip, lines.leave, lines.nothing_asked, lines.wait, lines.go_on)
        assert sum(map(len, roles)) == len({line for role in roles for line in role})
        for line in (*lines.move_on, *lines.skip, *lines.leave, *lines.wait, *lines.nothing_asked):
            assert "?" not in line
            assert len(line.split()) <= 12, line

    def test_a_brisk_interviewer_thanks_nobody_and_a_warm_one_does(self) -> None:
        thanks = {
            tone: [x for x in load_lines(LINES, CATALOGUE, tone).move_on if "thank" in x.lower()]
            for tone in TONES
        }
        assert thanks["brisk"] == []
        assert len(thanks["warm"]) > len(thanks["neutral"]) > 3

    def test_what_asks_for_a_case_says_it_by_name(self, all_lines: Lines) -> None:
        """ "That" would point at whatever was said last, which may have been a blow."""
        example = all_lines.probes["example"]
        for line in (*example.plain, *(x for form in example.types.values() for x in form.plain or ())):
            assert not {"that", "this", "it"} & set(re.findall(r"\w+", line.lower())[:6]), line

    def test_nothing_gives_away_what_any_shipped_bank_listens_for(self, all_lines: Lines) -> None:
        secret = {
            run
            for entry in list_banks()
            for question in entry.bank.questions
            for text in (
                *question.how,
                question.example,
                *(avoid.text for avoid in question.avoid),
                *(text for point in question.points for text in (point.text, *point.exemplars)),
            )
            for run in runs(text)
        }
        assert len(secret) > 10_000
        assert [line for line in everything(all_lines) if runs(line) & secret] == []


# --- the choice -----------------------------------------------------------------------------------

PAST = {
    "behavioural": "Tell me about a time a plan of yours fell through.",
    "situational": "Tell me about a time a customer asked for too much.",
    "technical": "Tell me about a time you found a fault nobody else could find.",
    "leadership": "Tell me about a time you led people through a change.",
    "motivation": "Tell me about a time you knew this work was for you.",
}
WOULD = {
    "situational": "A customer asks for something the rules forbid. What do you do?",
    "technical": "How do you find a fault in a system that is new to you?",
    "leadership": "How would you win a team over for a new way of working?",
    "motivation": "Why do you want to work here?",
}
STORY = "last may a pump failed / i called the supplier and i moved the boats because the ward needed water"


def context(question: Question, text: str = STORY, **changes: object) -> ReplyContext:
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


def occurring() -> Iterator[tuple[str, str | None, str, str]]:
    """Every move and target that a question of some type and tense can lead to, with such a question."""
    for says in (PAST, WOULD):
        for kind, say in says.items():
            pairs: list[tuple[str, str | None]] = [
                pair for pair in CATALOGUE.wanted.get(kind, ()) if "points" not in pair[1]
            ]
            if says is PAST:
                pairs += [("example", "situation"), ("own_part", "own_action"), ("reflection", "reflection")]
            elif kind != "motivation":
                pairs += [("challenge", None), ("depth", None)]
            if kind == "motivation":
                pairs = [("example", "situation")]
            else:
                pairs += [("tradeoff", "tradeoff"), ("challenge", "absolute"), ("redirect", "point:p1")]
                pairs += [("redirect", slot) for move, slot in pairs if move != "redirect" and slot]
            for move, slot in pairs:
                if not (says is WOULD and slot == "own_action"):
                    yield move, slot, kind, say


@pytest.mark.parametrize("quoted", [False, True], ids=["plain", "quoted"])
def test_every_move_has_three_fresh_ways_for_every_type_and_tense(lines: Lines, quoted: bool) -> None:
    quote = "i moved the boats" if quoted else None
    for move, target, kind, say in occurring():
        candidate, said, openings = Candidate(move, target, quote), [say], set()
        for turn in range(3):
            now = context(Question("q", kind, say), turn=turn, said=tuple(said))
            line = Wording(lines, now).line(candidate)
            assert line, (move, target, kind, turn)
            openings.add(opening(line))
            said.append(line)
        assert len(openings) == 3, said
        if quoted and move in ("own_part", "result", "quantify", "reasoning", "tradeoff", "reflection"):
            assert QUOTE in said[1].lower()


def test_the_tense_of_a_line_is_the_questions(lines: Lines) -> None:
    for move, target, kind, say in occurring():
        for seed in range(12):
            line = Wording(lines, context(Question("q", kind, say), seed=seed)).line(Candidate(move, target))
            assert line
            if say in WOULD.values() and kind != "motivation":
                assert not re.search(r"\b(?:did you|were you|you went|had you)\b", line), (move, kind, line)
            elif move not in ("challenge", "redirect"):
                assert not re.search(r"\bwould you (?:decide|begin|start|go about)\b", line) or (
                    "again" in line or "now" in line
                ), (move, kind, line)


def test_the_same_context_gets_the_same_line_and_seeds_differ() -> None:
    question = Question("q", "behavioural", PAST["behavioural"])
    made = [Wording(load_lines(LINES, CATALOGUE), context(question, seed=seed)) for seed in range(12)]
    found = [wording.line(Candidate("move_on")) for wording in made]
    assert found == [wording.line(Candidate("move_on")) for wording in made]
    assert len(set(found)) >= 6


def test_the_banks_own_line_comes_first_unless_it_was_said(lines: Lines) -> None:
    point = Point("p1", "The boats were moved in time.", 2, probe="By when were the boats away?")
    question = Question("q", "technical", WOULD["technical"], points=(point,), challenge="What if it leaks?")
    here = context(question)
    assert Wording(lines, here).line(Candidate("depth", "point:p1")) == point.probe
    assert Wording(lines, here).line(Candidate("challenge")) == question.challenge
    later = replace(here, said=(question.say, point.probe or "", "Okay then.", "That is it."))
    other = Wording(lines, later).line(Candidate("depth", "point:p1"))
    assert other
    assert other != point.probe
    back = Wording(lines, here).line(Candidate("redirect", "point:p1"))
    assert back
    assert back.endswith(f" {point.probe}")
    assert back.removesuffix(f" {point.probe}") in lines.interrupt


def test_who_asked_for_time_gets_it_even_when_all_has_been_said(lines: Lines) -> None:
    question = Question("q", "behavioural", PAST["behavioural"])
    here = context(question, "let me think", said=(question.say, *lines.wait))
    wait = Candidate("wait", quote="let me think")
    assert Wording(lines, here, "wait").line(wait) in lines.wait
    spent = replace(here, said=(question.say, *lines.probes["result"].plain))
    assert Wording(lines, spent).line(Candidate("result", "result")) is None
    bridged = replace(here, said=(question.say, *lines.move_on))
    assert Wording(lines, bridged).line(Candidate("move_on")) == ""


def test_nobody_is_thanked_for_saying_nothing(lines: Lines) -> None:
    question = Question("q", "behavioural", PAST["behavioural"])
    for seed in range(20):
        empty = Wording(lines, context(question, "um", seed=seed), answered=False).line(Candidate("move_on"))
        told = Wording(lines, context(question, seed=seed)).line(Candidate("move_on"))
        assert empty in lines.leave
        assert told in lines.move_on


def test_a_sentence_that_breaks_off_is_no_request(lines: Lines) -> None:
    question = Question("q", "behavioural", PAST["behavioural"])
    here = context(question, "i called the supplier and")
    assert Wording(lines, here).line(Candidate("wait", reason="the answer breaks off")) in lines.go_on


# --- what is meant --------------------------------------------------------------------------------

PLAIN = "Think of something you had set up that then did not work out. What happened?"
MEANT = ("What do you mean by fell through?", "I still don't understand it.", "How do you mean that?")


def told(engine: RulesEngine, question: Question, texts: tuple[str, ...], seed: int = 0) -> list[Reply]:
    """What is said to the candidate who says that to a question, one after the other."""
    said, earlier, replies = [question.say], list[Exchange](), list[Reply]()
    asked, asked_move = question.say, None
    for turn, text in enumerate(texts, 1):
        now = context(
            question,
            turn=turn,
            asked=asked,
            asked_move=asked_move,
            answer=Transcript.typed(text, 0),
            earlier=tuple(earlier),
            probes_used=sum(e.move in PROBES for e in earlier),
            said=tuple(said),
            seed=seed,
        )
        reply = engine.reply(now)
        replies.append(reply)
        earlier.append(Exchange(turn, question.id, asked, asked_move, now.answer, reply.slots, reply.request))
        asked, asked_move = reply.chosen.say, reply.chosen.move
        said.append(asked)
    return replies


@pytest.fixture(scope="module", params=TONES)
def engine(request: pytest.FixtureRequest) -> RulesEngine:
    return RulesEngine(LINES, load_reader("words"), CATALOGUE, request.param)


def explains(line: str, lines: Lines, kind: str) -> bool:
    return any(line.endswith(f" {text}") for text in lines.explain_types[kind])


def test_a_question_not_understood_is_said_plainly_once_and_never_in_the_same_words(
    engine: RulesEngine,
) -> None:
    question = Question("q", "behavioural", PAST["behavioural"], plain=PLAIN)
    leads = [lead.replace("{plain}", PLAIN) for lead in engine.lines.explain]
    for seed in range(8):
        for first in MEANT:
            replies = told(engine, question, (first, *MEANT[1:], MEANT[1]), seed)
            assert [reply.chosen.move for reply in replies] == ["repeat", "repeat", "repeat", "move_on"]
            lines = [reply.chosen.say for reply in replies[:3]]
            assert lines[0] in leads
            assert all(explains(line, engine.lines, "behavioural") for line in lines[1:])
            assert question.say not in " ".join(lines)
            ends = {text for text in engine.lines.explain_types["behavioural"] for x in lines if text in x}
            assert len(ends) == 2


def test_without_plain_words_its_type_is_explained(engine: RulesEngine) -> None:
    for kind, say in {**WOULD, "factual": "Which law holds here?", "warmup": "How was your week?"}.items():
        for reply in told(engine, Question("q", kind, say), MEANT):
            assert reply.chosen.move == "repeat"
            assert explains(reply.chosen.say, engine.lines, kind), kind
    for kind in ("situational", "technical", "leadership"):
        [reply] = told(engine, Question("q", kind, PAST[kind]), MEANT[:1])
        assert explains(reply.chosen.say, engine.lines, "behavioural")


def test_a_follow_up_not_understood_is_not_answered_with_the_question_before_it(engine: RulesEngine) -> None:
    question = Question("q", "behavioural", PAST["behavioural"], plain=PLAIN)
    first, second = told(engine, question, (STORY.replace(" / ", ". "), "What do you mean?"))
    assert first.chosen.move in PROBES
    assert second.chosen.move == "repeat"
    assert explains(second.chosen.say, engine.lines, "behavioural")
    assert first.chosen.say not in second.chosen.say


def test_who_only_did_not_hear_gets_the_words_said_last(engine: RulesEngine) -> None:
    question = Question("q", "behavioural", PAST["behavioural"], plain=PLAIN)
    heard_again, plainly, plain_again = told(
        engine,
        question,
        ("Can you repeat that?", "I don't understand the question", "Sorry, once more please?"),
    )
    assert heard_again.chosen.say.endswith(question.say)
    assert plainly.chosen.say.endswith(PLAIN)
    assert plain_again.chosen.say.endswith(PLAIN)
    assert plain_again.chosen.say != plainly.chosen.say


def test_a_term_not_known_is_explained_and_a_choice_left_to_the_candidate(engine: RulesEngine) -> None:
    question = Question("q", "technical", "How do you handle a disparate impact finding?", plain=PLAIN)
    for text in (
        "I don't know what disparate impact is.",
        "I'm not a native speaker, what is disparate impact?",
    ):
        [term] = told(engine, question, (text,))
        assert (term.chosen.move, term.chosen.say.endswith(PLAIN)) == ("repeat", True), text
    [choice] = told(engine, question, ("Do you mean at work?",))
    assert choice.chosen.say in [x.replace("{question}", question.say) for x in engine.lines.ask_back]


def test_every_question_of_every_bank_is_explained_in_other_words(engine: RulesEngine) -> None:
    questions = [question for entry in list_banks() for question in entry.bank.questions]
    assert len(questions) == 114
    for question in questions:
        [reply] = told(engine, question, ("I don't understand the question.",))
        assert reply.chosen.say.endswith(f" {question.plain}"), question.id
        assert question.plain
        assert question.say not in reply.chosen.say


# --- long interviews ------------------------------------------------------------------------------

NORMAL = (
    STORY,
    "we had a storm / we moved the boats and we called the owners and we wrote a list of the berths",
    "i checked every meter in the house and i wrote the readings down",
    "usually i would talk to the customer and then i would look at the contract with my manager",
    "i changed the rota and as a result the queue was half as long as before",
    "it was fine i think and everybody was happy with how we did things over there",
    "i trained the new people in the evenings and i asked the office for a second desk",
    "we tried it for a month and then we stopped it because the machines were too loud for the houses",
)
DIFFICULT = (
    "can you repeat that please",
    "let me think",
    "i don't know",
    "i'd rather skip this one",
    "um",
    "i called the supplier and",
    "do you mean at work?",
    "what do you mean",
    "",
    STORY,
)


def hold(engine: RulesEngine, answers: tuple[str, ...], turns: int, seed: int) -> list[tuple[str, str]]:
    """(move, line) of so many turns: questions of all banks in turn, as the machine would run them."""
    questions = cycle([question for entry in list_banks() for question in entry.bank.questions])
    pool, question = cycle(answers), next(questions)
    said, earlier, replies = [question.say], list[Exchange](), list[tuple[str, str]]()
    asked, asked_move, probes = question.say, None, 0
    for turn in range(1, turns + 1):
        now = ReplyContext(
            question,
            "senior",
            turn,
            asked,
            asked_move,
            heard(next(pool)),
            tuple(earlier[-40:]),
            probes,
            said=tuple(said),
            seed=seed,
        )
        reply = engine.reply(now)
        move, line = reply.chosen.move, reply.chosen.say
        replies.append((move, line))
        said += [line] if line else []
        if move == "wait":
            continue
        earlier.append(Exchange(turn, question.id, asked, asked_move, now.answer, reply.slots, reply.request))
        if move in PROBES | {"repeat", "hint", "redirect"}:
            asked, asked_move, probes = line, move, probes + (move in PROBES)
            continue
        question, probes = next(questions), 0
        asked, asked_move = question.say, None
        said.append(question.say)
    return replies


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("answers", [NORMAL, DIFFICULT], ids=["normal", "difficult"])
def test_two_hundred_turns_without_a_line_or_an_opening_twice(tone: str, answers: tuple[str, ...]) -> None:
    engine = RulesEngine(LINES, load_reader("words"), CATALOGUE, tone)
    for seed in (1, 2):
        replies = hold(engine, answers, 200, seed)
        spoken = [line for _, line in replies if line]
        assert len(set(spoken)) == len(spoken), [line for line in spoken if spoken.count(line) > 1]
        pairs = list(pairwise(spoken))
        assert [pair for pair in pairs if opening(pair[0]) == opening(pair[1])] == []
        between = [
            line for move, line in replies if line and move in PROBES | {"redirect", "move_on", "skip"}
        ]
        pairs = list(pairwise(between))
        assert [pair for pair in pairs if opening(pair[0]) == opening(pair[1])] == []
        assert len(spoken) > 100


def test_an_hour_with_a_difficult_candidate_is_never_speechless() -> None:
    """120 turns is a turn every half a minute."""
    for tone in TONES:
        replies = hold(RulesEngine(LINES, load_reader("words"), CATALOGUE, tone), DIFFICULT, 120, seed=5)
        assert [move for move, line in replies if not line] == []
        assert {"wait", "repeat", "hint", "skip", "move_on"} <= {move for move, _ in replies}


def test_a_tone_changes_the_words_and_nothing_else() -> None:
    engines = [RulesEngine(LINES, load_reader("words"), CATALOGUE, tone) for tone in TONES]
    worded: set[tuple[str, ...]] = set()
    for kind in QUESTION_TYPES:
        for seed, text in enumerate((*NORMAL, *DIFFICULT)):
            question = Question("q", kind, {**WOULD, **PAST}.get(kind, "How are you today?"))
            now = context(question, text, seed=seed)
            replies = [engine.reply(now) for engine in engines]
            first = replies[0]
            for other in replies[1:]:
                assert other.slots == first.slots
                assert other.request == first.request
                assert [(m.move, m.target, m.quote, m.reason) for m in other.ranked] == [
                    (m.move, m.target, m.quote, m.reason) for m in first.ranked
                ]
            worded.add(tuple(reply.chosen.say for reply in replies))
    assert any(len(set(says)) == 3 for says in worded)


def test_a_tone_can_be_heard_in_its_bridges() -> None:
    """Lines that not every tone says come up more often than their share."""
    question = Question("q", "behavioural", PAST["behavioural"])
    for tone in TONES:
        lines = load_lines(LINES, CATALOGUE, tone)
        found = [Wording(lines, context(question, seed=s)).line(Candidate("move_on")) for s in range(200)]
        share = sum(line in lines.toned for line in found) / len(found)
        listed = sum(line in lines.toned for line in lines.move_on) / len(lines.move_on)
        assert share > max(0.6, listed), tone
