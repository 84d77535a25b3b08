"""What the engine's tests share."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import model_server as ms
import pytest
from llm_engine import READERS, RULES, SHORT, Make, count_readers

from voice_interviewer.content.resources import content
from voice_interviewer.engine.llm.engine import LlmEngine


@pytest.fixture
def make() -> Iterator[Make]:
    """An engine over a server with those behaviours; both are gone afterwards, threads too."""
    open_ones = []
    READERS["most"] = 0

    def build(*behaviours: ms.Behaviour, **changes: object) -> tuple[LlmEngine, ms.ModelServer]:
        memory = changes.pop("memory", None)
        running = ms.model_server(*behaviours)
        server = running.__enter__()
        settings = replace(SHORT, url=server.url, **changes)  # type: ignore[arg-type]
        engine = LlmEngine(RULES, settings, content() / "prompts" / "llm", memory=memory)  # type: ignore[arg-type]
        engine._server.open()  # the client is loaded while the welcome is spoken
        count_readers(engine)
        open_ones.append((engine, running, server))
        return engine, server

    yield build
    for engine, running, server in open_ones:
        server.closing.set()
        engine.close()
        running.__exit__(None, None, None)
    assert not [thread for thread in threading.enumerate() if thread.name in ("model", "model-probe")]
