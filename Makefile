# make demo     sets everything up and runs a whole interview with the virtual candidate
# make test     sets everything up, the model of meaning too, and runs all checks and the whole suite
# make install  only makes .venv with the program in it
# make check    style, types and floors
# make practice an interview with you, aloud

VENV := .venv
BIN := $(VENV)/bin
DEMO_HOME := $(CURDIR)/demo-sessions
SEMANTIC := $(abspath $(VENV))/semantic

.PHONY: demo test install install-dev check practice wheel clean
.DELETE_ON_ERROR:

demo: install
	@echo "== A whole interview with the virtual candidate; no microphone, model, key or network =="
	@VOICE_INTERVIEWER_HOME="$(DEMO_HOME)" $(BIN)/voice-interviewer demo $(DEMO_OPTIONS)

practice: install
	@$(BIN)/voice-interviewer practice

test: install-dev
	@.ci/system-packages
	@$(MAKE) --no-print-directory check $(SEMANTIC)
	@echo "== The suite =="
	@VOICE_INTERVIEWER_SEMANTIC="$(SEMANTIC)" $(BIN)/python -m pytest --durations=10 $(PYTEST_OPTIONS)

check: install-dev
	@echo "== Style, types, floors =="
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

$(SEMANTIC): | install-dev
	@echo "== Fetching the model of meaning, once =="
	@$(BIN)/voice-interviewer models download semantic --to $@

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
