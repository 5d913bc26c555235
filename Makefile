# casedesk: `make run` to try it, `make test` to prove it, `make help` for the rest.

PYTHON ?= python3
BIN    := .venv/bin
DATA   ?= $(or $(CASEDESK_DATA),casedesk-data)
NAME   ?=

WORDS    := $(wildcard casedesk/locale/*/LC_MESSAGES/*.po)

RUNNABLE := .venv/.runnable
TESTABLE := .venv/.testable

.DEFAULT_GOAL := help
.PHONY: help run dev test test-sqlite test-postgres check-pages bench lint format migration first-migration docs catalogues wheel clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(RUNNABLE) ## serve a demo company (DATA=folder, default casedesk-data) at http://127.0.0.1:8000
	@.ci/run-desk "$(DATA)"

dev: $(RUNNABLE) ## the same in .tests/dev, logging everything; mail sent is kept in .tests/dev/outgoing
	@mkdir -p .tests
	@CASEDESK_LOG_LEVEL=debug .ci/run-desk .tests/dev

test: test-sqlite test-postgres ## everything, on both database engines (pages in a real Chromium)

test-sqlite: $(TESTABLE) ## everything but what only PostgreSQL can show
	@.ci/setup chromium
	@.ci/setup strace
	CASEDESK_TEST_ENGINE=sqlite $(BIN)/pytest -q -n 2

test-postgres: $(TESTABLE) ## what stores, on PostgreSQL (CASEDESK_TEST_DATABASE, or one started for the tests)
	CASEDESK_TEST_ENGINE=postgres $(BIN)/pytest -q -n 2

check-pages: $(TESTABLE) ## look at every page in two themes and two widths (axe, width, errors), pictures in .tests/pages
	@.ci/setup chromium
	@$(BIN)/python -m tests.check_pages

bench: $(TESTABLE) ## measure how fast it is and print it
	@$(BIN)/python -m tests.bench

lint: $(TESTABLE) ## format, rules, floors, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

format: $(TESTABLE) ## let ruff format and mend what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

migration: $(TESTABLE) ## write the next migration from the models (NAME=what_it_does)
	$(BIN)/python -m casedesk.database.drafting "$(NAME)"

first-migration: $(TESTABLE) ## write the first migration anew (only until the first release)
	$(BIN)/python -m casedesk.database.drafting --first

docs: $(TESTABLE) ## write the pages that are generated from the code
	$(BIN)/python -m tests.house.generated

catalogues: $(TESTABLE) ## bring the words of each language up to date with the code, and say what is to be translated
	$(BIN)/python -m tests.house.catalogues

wheel: $(TESTABLE) ## build the package into dist/
	$(BIN)/pip wheel --quiet --no-deps --wheel-dir dist .

clean: ## remove what was built, and .tests
	rm -rf .venv .tests build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find casedesk intake knowledge tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@.ci/setup venv "$(PYTHON)"

$(RUNNABLE): pyproject.toml hatch_build.py $(WORDS) | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(TESTABLE): pyproject.toml hatch_build.py $(WORDS) | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[test]"
	@touch $(RUNNABLE) $@
