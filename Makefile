# make demo     sets everything up, fetches the models and runs a whole interview with the virtual candidate
# make test     sets everything up, fetches the models and runs all checks and the whole suite
# make install  only makes .venv with the program in it
# make models   fetches what listens and speaks, about 145 MB, once
# make check    style, types and floors
# make practice an interview with you, aloud

VENV := .venv
BIN := $(VENV)/bin
DEMO_HOME := $(CURDIR)/demo-sessions
PROGRAM := $(BIN)/voice-interviewer
# What listens and what speaks; fetched once into the models folder of this account, offline from then on.
MODELS := tiny.en kokoro
# The suite hears with the multilingual model too and compares answers by meaning.
TEST_MODELS := $(MODELS) base semantic

.PHONY: demo test install install-dev models check practice wheel clean
.DELETE_ON_ERROR:

demo: models
	@echo "== A whole interview with the virtual candidate; no microphone, account, key or network =="
	@folder="$$($(PROGRAM) models folder)" && \
	VOICE_INTERVIEWER_MODELS="$$folder" VOICE_INTERVIEWER_HOME="$(DEMO_HOME)" $(PROGRAM) demo $(DEMO_OPTIONS)

practice: models
	@$(PROGRAM) practice

test: install-dev
	@.ci/system-packages
	@$(MAKE) --no-print-directory check models MODELS="$(TEST_MODELS)"
	@echo "== The suite =="
	@folder="$$($(PROGRAM) models folder)" && meaning="$$($(PROGRAM) models folder semantic)" && \
	VOICE_INTERVIEWER_MODELS="$$folder" VOICE_INTERVIEWER_SEMANTIC="$$meaning" \
	$(BIN)/python -m pytest --durations=10 $(PYTEST_OPTIONS)

models: install
	@echo "== Models: $(MODELS) =="
	@$(PROGRAM) models download --no-measure $(MODELS)

check: install-dev
	@echo "== Style, types, floors =="
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

$(VENV)/.installed: pyproject.toml
	@.ci/venv $(VENV) .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml
	@.ci/venv $(VENV) '.[dev]'
	@touch $@ $(VENV)/.installed

wheel: install-dev
	@$(BIN)/python -m build --wheel --outdir dist .

clean:
	rm -rf $(VENV) dist build demo-sessions .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
