# make demo     sets everything up, fetches the models and runs a whole interview with the virtual candidate
# make quick    style, types, floors and the pure, fast tests: under a minute
# make test     sets everything up, fetches the models and runs all checks and the whole suite
# make proof    lists what takes longer; make proof NAME runs one of them and keeps its figures in docs/proof/
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
# Three on two cores, since much of the suite waits for a program or for the clock; each computes on one core, or
# Whisper's threads would wait for those of another worker. CI machines with more cores may take more.
WORKERS ?= 3
# Pure, or so fast that nobody waits: no model that hears or speaks, no browser, no sound, no whole program.
QUICK_AUDIO := cues device_problems files filler_sounds frames level microphone_check models noise_floor pacing \
  pronounced remote_doubt resumption segmenter speed streaming whisper_ladder window
QUICK_ENGINE := bank_rules discreet documents llm_guards llm_prompt llm_scoring
QUICK_REVIEW := coverage delivery filler_pass old_records other_language turn_taking
QUICK_SESSION := config index keyboard library recorder recognition schedule turns_shown
QUICK := tests/core $(addprefix tests/audio/test_,$(addsuffix .py,$(QUICK_AUDIO))) \
  $(addprefix tests/engine/test_,$(addsuffix .py,$(QUICK_ENGINE))) \
  $(addprefix tests/review/test_,$(addsuffix .py,$(QUICK_REVIEW))) \
  $(addprefix tests/session/test_,$(addsuffix .py,$(QUICK_SESSION)))
# The suite hears with the multilingual model too.
TEST_MODELS := $(MODELS) base

.PHONY: demo quick test proof install install-dev models check practice wheel clean
.DELETE_ON_ERROR:

demo: models
	@echo "== A whole interview with the virtual candidate; no microphone, account, key or network =="
	@folder="$$($(PROGRAM) models folder)" && \
	VOICE_INTERVIEWER_MODELS="$$folder" VOICE_INTERVIEWER_HOME="$(DEMO_HOME)" $(PROGRAM) demo $(DEMO_OPTIONS)

practice: models
	@$(PROGRAM) practice

quick: check
	@echo "== The pure and fast tests =="
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile $(QUICK) $(PYTEST_OPTIONS)

test: install-dev
	@.ci/system-packages
	@$(MAKE) --no-print-directory check models MODELS="$(TEST_MODELS)"
	@echo "== The suite =="
	@folder="$$($(PROGRAM) models folder)" && export VOICE_INTERVIEWER_MODELS="$$folder" && \
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --durations=10 -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
	  -m "not sound_server" $(PYTEST_OPTIONS) && \
	echo "== The suite on a real sound server, one test at a time ==" && \
	$(BIN)/python -m pytest --durations=10 -m sound_server $(PYTEST_OPTIONS)

# `make proof NAME`: the second goal is the proof's name, not something to make.
ifeq (proof,$(firstword $(MAKECMDGOALS)))
  PROOF := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
  ifneq (,$(PROOF))
    .PHONY: $(PROOF)
    $(eval $(PROOF):;@:)
  endif
endif

proof: $(if $(PROOF),install-dev)
ifeq (,$(PROOF))
	@$(if $(wildcard $(BIN)/python),$(BIN)/python,python3) tests/proof.py
else
	@$(BIN)/python tests/proof.py $(PROOF) --pieces
	@$(MAKE) --no-print-directory models MODELS="$(TEST_MODELS)"
	@folder="$$($(PROGRAM) models folder)" && VOICE_INTERVIEWER_MODELS="$$folder" \
	$(BIN)/python tests/proof.py $(PROOF) $(PROOF_OPTIONS)
endif

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
