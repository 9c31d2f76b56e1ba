# `make demo` and `make test` work in a fresh clone that has Python 3.11 or later and make.

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test lint types tests soak bench shots lock build clean

help: ## what can be made here
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.run ## make this morning's brief, from live data or the sample market
	$(BIN)/newsletter demo

test: lint types tests ## style, types, and every test but the soaks

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

# Arguments of your own go in ARGS: make tests ARGS='-k floors'
tests: $(VENV)/.dev
	$(BIN)/python -m pytest --cov -n $(WORKERS) $(ARGS)

soak: $(VENV)/.dev ## the tests that take minutes or hours, before a release
	$(BIN)/python -m pytest -m soak $(ARGS)

bench: $(VENV)/.dev ## measure, and print what was measured
	@set -e; for file in benchmarks/*.py; do echo "$(BIN)/python $$file"; $(BIN)/python "$$file"; done

shots: $(VENV)/.dev ## photograph issues for the docs and the tests (needs Chromium and Roboto)
	$(BIN)/python docs/shots.py

lock: $(VENV)/.dev ## resolve the locks anew; ARGS=--upgrade for the latest releases
	$(BIN)/uv pip compile $(LOCKING) pyproject.toml --extra build --output-file requirements.lock $(ARGS)
	$(BIN)/uv pip compile $(LOCKING) pyproject.toml --extra build --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock $(ARGS)

# For every Python from 3.11 on, with hashes and without addresses.
LOCKING := --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header

build: $(VENV)/.dev ## the wheel and the source archive, in dist/
	$(BIN)/python -m hatchling build

clean: ## remove the environment and what the tools left; issues stay
	rm -rf $(VENV) dist build htmlcov .coverage .coverage.* coverage.xml .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find newsletter charts tests benchmarks docs -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# The environment. A stamp tells which lock it holds, so it is installed again only when that changes; pyproject.toml
# counts too, for the command that it names. The tools' lock holds all of the other one.
$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	@if [ -e $(VENV)/.dev ]; then $(MAKE) --no-print-directory $(VENV)/.dev; \
	else set -e; echo "installing what the newsletter needs"; $(call install,requirements.lock); fi
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements.lock pyproject.toml | $(BIN)/python
	@set -e; echo "installing what the newsletter and its tests need"; $(call install,requirements-dev.lock)
	@touch $@ $(VENV)/.run

install = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $(1); \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "newsletter needs Python 3.11 or later; try: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
