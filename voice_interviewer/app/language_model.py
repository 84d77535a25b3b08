"""The language model a person configured: its server, its key, and what is said about both."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from voice_interviewer.app.finding import Finding
from voice_interviewer.app.server_keys import key_for
from voice_interviewer.content.resources import content
from voice_interviewer.engine.llm.ladder import LlmSettings, Server, ServerError
from voice_interviewer.engine.llm.scoring import MOST_CHARACTERS, SCHEMA, LlmScorer
from voice_interviewer.engine.port import Engine
from voice_interviewer.errors import ModelProblem, UsageProblem
from voice_interviewer.settings.config import Config, cache_dir
from voice_interviewer.settings.offline import is_loopback

if TYPE_CHECKING:
    from voice_interviewer.engine.llm.engine import LlmEngine
    from voice_interviewer.engine.port import Scorer
    from voice_interviewer.engine.scorer import RulesScorer

NO_MODEL = "none configured; rules decide"
KEY_VARIABLE = "VOICE_INTERVIEWER_LLM_KEY"
JUDGED_TOKENS, JUDGED_WITHIN_S = 2_000, 60.0
"""What one vote on an answer may take: nobody waits for it in the middle of a conversation."""


def over(rules: Engine, config: Config, required: bool = False) -> Engine:
    """The engine with the configured model over these rules, or the rules where there is none.

    The server is looked at in the background, during the welcome. required: the model was asked for, so it
    is tried at once. Raises UsageProblem for half a configuration, ModelProblem when a required one fails.
    """
    if not _is_used(config):
        if required:
            why = "offline" if config.llm.url else "none is configured"
            hint = "Set VOICE_INTERVIEWER_LLM_URL and VOICE_INTERVIEWER_LLM_MODEL."
            raise UsageProblem("llm", f"There is no language model: {why}.", hint)
        return rules
    engine = _engine(rules, config)
    if required:
        _try(engine, config)
    else:
        engine.prepare()
    return engine


def goes_to(config: Config) -> str:
    """The other machine that will be sent the text of answers; empty: nothing leaves this one."""
    return "" if not _is_used(config) or _is_local(config) else _host(config)


def status(engine: Engine) -> str:
    """Why a configured model is not asked any more; empty while it is, or where there is none."""
    return str(getattr(engine, "status", ""))


def close(part: object) -> None:
    """Let go of the server, where an engine, a recogniser or a voice has one."""
    release = getattr(part, "close", None)
    if release is not None:
        release()


def find_key(config: Config) -> tuple[str, str]:
    """The key, and one line about why there is none: the settings (environment first), else the keyring."""
    return key_for(config.llm.url, config.llm.key, KEY_VARIABLE)


def findings(config: Config) -> Iterator[Finding]:
    """For `doctor`: whether the server answers, in which form, how fast. Connects to that server only."""
    if not config.llm.url:
        yield Finding("llm", "ok", f"Language model: {NO_MODEL}.", facts={"configured": False})
        return
    if not _is_used(config):
        yield Finding("llm", "ok", "Offline: the language model is not asked, rules decide.")
        return
    engine = _engine(_Nobody(), config)
    facts: dict[str, Any] = {"configured": True, "url": config.llm.url, "model": config.llm.model}
    facts["sends_text_to"] = goes_to(config) or None
    try:
        engine.forget()
        rung, first_ms, whole_ms = _try(engine, config)
    except ModelProblem as problem:
        yield Finding("llm", "problem", problem.message, problem.hint, facts=facts)
    else:
        facts |= {"rung": rung, "first_ms": first_ms, "whole_ms": whole_ms}
        text = f"{config.llm.model} at {config.llm.url} answers as {rung}: first word after {first_ms} ms, "
        slow = whole_ms > config.llm.deadline_ms
        late = (
            f"; later than the {config.llm.deadline_ms} ms there are, so rules will often decide"
            if slow
            else ""
        )
        yield Finding("llm", "ok", f"{text}all after {whole_ms} ms{late}", facts=facts)
    finally:
        engine.close()
    key, note = find_key(config)
    if not key and note and not _is_local(config):
        yield Finding("llm_key", "missing", f"No key: {note}.", f"Set {KEY_VARIABLE}.")


class _Nobody:
    """Stands where rules would, when only the server is looked at."""

    name = "nobody"

    def assess(self, context: object) -> Any:
        raise NotImplementedError

    def asks_for_time(self, context: object) -> bool:
        raise NotImplementedError

    def reply(self, context: object) -> Any:
        raise NotImplementedError


def _host(config: Config) -> str:
    return urlsplit(config.llm.url).hostname or ""


def _is_local(config: Config) -> bool:
    return is_loopback(_host(config))


def _is_used(config: Config) -> bool:
    return bool(config.llm.url) and (_is_local(config) or not config.network.offline)


def judge(rules: "RulesScorer", config: Config, required: bool = False) -> "Scorer":
    """The scorer with the configured model over these rules, or the rules where there is none. required: as
    for `over`."""
    if not _is_used(config):
        over(_Nobody(), config, required)  # says what is missing
        return rules
    settings = replace(_settings(config), max_tokens=JUDGED_TOKENS)
    server = Server(settings, None, SCHEMA, MOST_CHARACTERS)
    prompt = content() / "prompts" / "llm" / "score.md"
    shared = config.network.share_documents
    return LlmScorer(rules, server, config.llm.model, prompt, JUDGED_WITHIN_S, shared)


def _engine(rules: Engine, config: Config) -> "LlmEngine":
    from voice_interviewer.engine.llm.engine import LlmEngine

    settings = _settings(config)
    prompts = content() / "prompts" / "llm"
    memory = cache_dir() / "llm.json"
    return LlmEngine(rules, settings, prompts, config.persona.manner, config.interview.language, memory)


def _settings(config: Config) -> LlmSettings:
    choice = config.llm
    if not choice.model:
        text = f"No model is named for the server {choice.url}."
        raise UsageProblem("llm", text, "Give --llm-model, or set VOICE_INTERVIEWER_LLM_MODEL.")
    return LlmSettings(
        url=choice.url,
        model=choice.model,
        key=find_key(config)[0],
        deadline_s=choice.deadline_ms / 1000,
        grace_s=choice.grace_ms / 1000,
        connect_s=choice.connect_ms / 1000,
        between_s=choice.between_ms / 1000,
        retry_s=choice.retry_ms / 1000,
        probe_s=choice.probe_ms / 1000,
        max_tokens=choice.max_tokens,
    )


def _try(engine: "LlmEngine", config: Config) -> tuple[str, int, int]:
    try:
        return engine.probe()
    except ServerError as trouble:
        text = f"The language model at {config.llm.url} cannot be used: {trouble.reason}."
        hint = "Check that its server runs, its address (with /v1), the model's name and the key."
        raise ModelProblem("llm", text, hint) from None
