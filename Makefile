# Wardpath: everything starts here, with python3 (3.11 or newer) and make, nothing else.

.DEFAULT_GOAL := help
.PHONY: help setup run test check format faults bench pictures docs lock clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Twice quiet: errors are shown, remarks about the machine's own pip settings are not.
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq
PACKAGES := pathway persistence scheduler ward
ARGS ?=

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

setup: $(VENV)/.installed ## make .venv from requirements.lock and put the command `wardpath` into it

run: setup ## start the ward with invented patients (ARGS="--port 9000")
	@$(BIN)/wardpath run --demo $(ARGS)

# A worker for each processor, at most four, since each starts a database server; a file stays with one worker, and the
# longest files come first.
test: setup ## run the tests (ARGS="tests/case -k reminder")
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup ## format, lint, types, floors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict $(PACKAGES)
	$(BIN)/lint-imports

format: setup ## put the code in its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

faults: setup ## only the tests that kill, crash and turn clocks, the slow ones too
	@$(BIN)/python -m pytest -m faults $(ARGS)

bench: setup ## measure; NAMES="decide_result wake_flat" picks, nothing picks all
	@NAMES="$(NAMES)" $(BIN)/python -m bench $(ARGS)

pictures: setup ## take the pictures of docs/pictures anew, in a browser over a running ward
	@$(BIN)/python -m pytest -q -m pictures tests/browser $(ARGS)

docs: setup ## build docs/_build/html, warnings are errors
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

# Pins and hashes for every platform and Python at once. uv is needed for this alone; it does not write addresses unless asked to
# (--emit-index-url, --emit-find-links), and tests/house/test_lock.py reads the result. `make lock ARGS=--upgrade` moves the pins.
lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet \
	  $(ARGS) --group dev pyproject.toml --output-file requirements.lock

clean: ## remove .venv and everything made by tools
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis docs/_build
	find $(PACKAGES) tests bench docs -name __pycache__ -type d -prune -exec rm -rf {} +

# Two stamps, so that a changed setting in pyproject.toml does not fetch every library again. A changed lock starts from an empty
# environment: what is no longer pinned is no longer there.
$(VENV)/.libraries: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Wardpath needs Python 3.11 or newer, this is %d.%d. Say which: make setup PYTHON=python3.12" % sys.version_info[:2])'
	@echo "[1/3] an empty environment in $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)
	@echo "[2/3] $$(grep -c '==' requirements.lock) libraries from requirements.lock, each checked against its hash (about half a minute)"
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.installed: $(VENV)/.libraries pyproject.toml
	@echo "[3/3] wardpath itself, from this folder"
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@
