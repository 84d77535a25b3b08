"""A language model is not shown what was read in somebody's papers, and misses nothing else."""

from dataclasses import replace
from typing import Any

from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.moves import Exchange, Move, Reply, ReplyContext
from voice_interviewer.core.model.transcript import Transcript, Word
from voice_interviewer.documents.discreet import INSTEAD, DiscreetEngine

CLAIM = "Your resume says you led a team of five. What was your own part in that?"
PRIVATE = Question("resume-1", "behavioural", CLAIM, family="resume", private=True)
OPEN = Question("core-conflict", "behavioural", "Tell me about a conflict.")
ANSWER = Transcript((Word("I", 0, 100), Word("planned", 100, 200)))


class Witness:
    """Remembers what it was shown."""

    def __init__(self, name: str) -> None:
        self.name, self.status = name, f"{name} is well"
        self.seen: list[ReplyContext] = []

    def assess(self, context: ReplyContext) -> Any:
        self.seen.append(context)
        return ()

    def reply(self, context: ReplyContext) -> Reply:
        self.seen.append(context)
        return Reply(Move("move_on", self.name))


def context(question: Question) -> ReplyContext:
    earlier = (
        Exchange(1, "resume-1", CLAIM, None, ANSWER),
        Exchange(2, "core-failure", "Tell me about a failure.", None, ANSWER),
    )
    said = ("Hello.", CLAIM, f"Sure, once more. {CLAIM}", "Tell me about a failure.")
    return ReplyContext(question, "mid", 3, question.say, None, ANSWER, earlier=earlier, said=said)


def test_a_private_question_is_left_to_the_rules_which_see_everything() -> None:
    model, rules = Witness("model"), Witness("rules")
    engine = DiscreetEngine(model, rules)
    assert engine.reply(context(PRIVATE)).chosen.say == "rules"
    engine.assess(context(PRIVATE))
    assert rules.seen == [context(PRIVATE)] * 2
    assert model.seen == []


def test_other_questions_go_to_the_model_without_the_papers_words() -> None:
    model, rules = Witness("model"), Witness("rules")
    engine = DiscreetEngine(model, rules)
    assert engine.reply(context(OPEN)).chosen.say == "model"
    shown = model.seen[0]
    assert "resume" not in repr(replace(shown, earlier=())).lower()
    assert [exchange.asked for exchange in shown.earlier] == [INSTEAD, "Tell me about a failure."]
    assert [exchange.answer for exchange in shown.earlier] == [ANSWER, ANSWER]
    assert shown.said == ("Hello.", "Tell me about a failure.")
    assert (engine.name, engine.status) == ("model", "model is well")
