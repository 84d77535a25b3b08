"""Who asks: personas change tone, pace and a language model's manner, and nothing that is asked or heard."""

from dataclasses import asdict
from pathlib import Path

import pytest
from command_line import run
from spoken_words import heard

from voice_interviewer.app import build, language_model
from voice_interviewer.app.interview import plan_interview
from voice_interviewer.app.request import InterviewRequest
from voice_interviewer.content.house_rules import OPENING_PARTS
from voice_interviewer.content.line_rules import say_mistakes
from voice_interviewer.content.personas import Persona, house_lines, introduced, load_persona, persona_names
from voice_interviewer.content.resources import load_house
from voice_interviewer.content.tones import TONES, toned
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.moves import ReplyContext
from voice_interviewer.errors import Problem, UsageProblem
from voice_interviewer.settings.config import load_config, style_names

ROLE = "ai-ethics-specialist"
ANSWERS = (
    "last may a pump failed / i called the supplier and i moved the crew because the ward needed water",
    "we always moved everything and everybody was always happy and nobody ever complained",
    "i would talk to the team and then i would decide",
    "i don't know",
)


def test_there_is_one_for_each_tone() -> None:
    assert persona_names() == ("brisk", "neutral", "warm")
    assert {load_persona(name).tone for name in persona_names()} == set(TONES)
    assert load_persona("neutral") == Persona("neutral", load_persona("neutral").manner, 1.0, "", "heart")
    with pytest.raises(UsageProblem, match="no persona 'stern'") as refused:
        load_persona("stern")
    assert "brisk, neutral, warm" in refused.value.hint


def test_a_persona_has_these_five_traits_and_no_other() -> None:
    assert list(asdict(load_persona("warm"))) == ["tone", "manner", "pace", "name", "voice"]


def test_option_over_environment_over_file_over_style_over_default(fresh_home: Path) -> None:
    assert load_config({}, {}).interview.persona == "neutral"
    assert load_config({"style": "calm"}, {}).interview.persona == "warm"
    assert load_config({"style": "pressure"}, {}).interview.persona == "brisk"
    fresh_home.mkdir(exist_ok=True)
    (fresh_home / "config.toml").write_text('[interview]\npersona = "neutral"\n')
    environ = {"VOICE_INTERVIEWER_PERSONA": "warm"}
    assert load_config({"style": "pressure"}, {}).interview.persona == "neutral"
    assert load_config({"style": "pressure"}, environ).persona.tone == "warm"
    assert load_config({"persona": "brisk"}, environ).persona.tone == "brisk"


def test_its_pace_holds_where_nobody_set_a_rate() -> None:
    rates = {name: load_config({"persona": name}, {}).voice.words_per_minute for name in persona_names()}
    assert rates == {"warm": 150, "neutral": 165, "brisk": 180}
    assert load_config({"persona": "warm", "words_per_minute": 170}, {}).voice.words_per_minute == 170


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '[interview]\npersona = "wram"\n',
            "config.toml:2: there is no persona 'wram'. Did you mean 'warm'?",
        ),
        ("[interview]\npersona = 3\n", "config.toml:2: interview.persona"),
    ],
)
def test_an_unknown_one_is_one_line_with_its_place(fresh_home: Path, text: str, words: str) -> None:
    fresh_home.mkdir(exist_ok=True)
    (fresh_home / "config.toml").write_text(text)
    with pytest.raises(Problem) as caught:
        load_config({}, {})
    assert words in caught.value.message


def test_personas_leave_limits_patience_and_questions_alone() -> None:
    made = {name: load_config({"persona": name}, {}) for name in persona_names()}
    for config in made.values():
        assert config.turn == made["neutral"].turn
        shared = {key: value for key, value in config.record().items() if key not in ("interview", "voice")}
        assert shared.items() <= made["neutral"].record().items()
    plans = [build.make_plan(ROLE, "senior", 30, 4, print, persona=name) for name in persona_names()]
    for plan in plans:
        assert [item.question for item in plan.items] == [item.question for item in plans[0].items]
        assert [item.budget_s for item in plan.items] == [item.budget_s for item in plans[0].items]
    assert len({plan.items[0].say for plan in plans}) == 3
    assert len({plan.items[-1].say for plan in plans}) >= 2


@pytest.mark.parametrize("style", style_names())
def test_the_same_answer_is_heard_and_followed_up_alike_in_every_persona(style: str) -> None:
    """Only the style's limits (challenges, redirects, follow-ups) may tell interviews apart."""
    found = []
    for name in persona_names():
        config = load_config({"style": style, "persona": name, "semantic": "words"}, {})
        engine, turn = build.make_rules(config), config.turn
        replies = []
        for kind, say in (
            ("behavioural", "Tell me about a time a plan of yours fell through."),
            ("technical", "How would you find a fault in a system that is new to you?"),
        ):
            question = Question("q", kind, say)
            for text in ANSWERS:
                context = ReplyContext(
                    question,
                    "senior",
                    1,
                    say,
                    None,
                    heard(text),
                    said=(say,),
                    max_probes=turn.max_probes,
                    challenges=turn.challenges,
                    redirects=turn.redirects,
                )
                reply = engine.reply(context)
                replies.append((reply.slots, [(m.move, m.target, m.quote, m.reason) for m in reply.ranked]))
        found.append(replies)
    assert found[0] == found[1] == found[2]


def test_the_opening_says_the_name_and_what_must_be_said() -> None:
    for name in persona_names():
        persona = load_persona(name)
        for opening in house_lines(persona).opening:
            assert (f"I am {persona.name}." in opening) == bool(persona.name)
            assert all(part in opening for part in OPENING_PARTS)
            assert say_mistakes(opening.replace("{title}", "title").replace("{minutes}", "10")) == ()
        assert len(house_lines(persona).close) >= 3
    assert introduced("Hello there", "Kim") == "Hello there I am Kim."
    assert house_lines(load_persona("neutral")) == load_house()


def test_a_language_model_is_told_the_manner() -> None:
    options = {"persona": "brisk", "llm_url": "http://127.0.0.1:9/v1", "llm_model": "m"}
    config = load_config(options, {})
    engine = language_model._engine(build.make_rules(load_config({"semantic": "words"}, {})), config)
    try:
        assert config.persona.manner in engine._prompts.system
    finally:
        engine.close()


def test_practice_tells_who_there_is() -> None:
    refused = run("practice", "--persona", "warmer", "--typed", "--no-audio", "--yes")
    assert refused.returncode == 2
    assert "there is no persona 'warmer'. Did you mean 'warm'?" in refused.stderr
    assert "Personas: brisk, neutral, warm." in refused.stderr


def test_an_interview_is_planned_with_the_persona(fresh_home: Path) -> None:
    request = InterviewRequest(persona="warm", seed=3)
    config = load_config(request.options(), {})
    plan, about_documents = plan_interview(request, config, print)
    assert about_documents == ""
    assert "I am Robin." in plan.items[0].say
    assert config.record()["interview"]["persona"] == "warm"
    assert config.settings().words_per_minute == 150


def test_marks_choose_lines_and_nothing_else() -> None:
    data = {"a": ["x", {"warm": "y"}, {"neutral brisk": "z"}], "b": [{"cold": "q"}, {"warm": 1, "brisk": 2}]}
    assert toned(data, "warm")["a"] == ["x", "y"]
    assert toned(data, "brisk")["a"] == ["x", "z"]
    assert toned(data, None)["a"] == ["x", "y", "z"]
    assert toned(data, "warm")["b"] == data["b"]
