# Every target does its own set-up; Python 3.11 to 3.13, make and git are all that must be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed
PYWB_STAMP := .cache/pywb/.installed
DATASETTE_STAMP := .cache/datasette/.installed
ARCHIVE ?= output
PORT ?= 8001
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-serve month test golden lint bench soak pictures screenshots pywb datasette lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v < (3, 14) else f"newsarchive needs Python 3.11 to 3.13; {sys.executable} is {v.major}.{v.minor}. Say which: make PYTHON=python3.12 …")'
	@$(PYTHON) -m venv $(VENV) || { echo 'The venv module is missing; on Debian: apt install python3-venv' >&2; exit 1; }

$(RUN_STAMP): requirements/run.lock | $(BIN)/python
	@echo 'installing newsarchive into $(VENV) …'
	@$(PIP) -r requirements/run.lock
	@touch $@

$(DEV_STAMP): requirements/dev.lock $(RUN_STAMP)
	@echo 'installing what tests and checks need …'
	@$(PIP) -r requirements/dev.lock
	@touch $@

setup: $(RUN_STAMP) ## install into .venv; then: .venv/bin/scrapy crawl finews

demo: $(RUN_STAMP) ## archive the embedded source into build/demo, in seconds
	@$(BIN)/python -m newsarchive.replica.demo

demo-serve: $(RUN_STAMP) ## read some weeks of invented news in the browser: http://127.0.0.1:8000/
	@$(BIN)/python -m newsarchive.replica.showcase $(ARGS)

month: $(RUN_STAMP) ## thirty days of the source in minutes: outages, edits, killed runs; accounts for every article
	@$(BIN)/python -m newsarchive.replica.month $(ARGS)

test: $(DEV_STAMP) ## run the tests
	@$(BIN)/python -m pytest -n auto $(ARGS)

golden: $(DEV_STAMP) ## pin anew what commands, pages and archives look like from outside; git diff shows what changed
	@NEWSARCHIVE_GOLDEN=write $(BIN)/python -m pytest -q tests/golden

lint: $(DEV_STAMP) ## ruff, mypy --strict, scrapy-lint
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/scrapy-lint "$(CURDIR)"

bench: $(DEV_STAMP) ## measure beside peers, as ratios of one run
	@$(BIN)/python -m bench $(ARGS)

soak: $(DEV_STAMP) ## kill runs 300 times and look whether the next makes everything good
	@$(BIN)/python -m bench.soak $(ARGS)

pictures: $(DEV_STAMP) ## draw docs/demo.svg from a real run of the demo
	@$(BIN)/python docs/pictures.py

screenshots: $(DEV_STAMP) ## take the pictures of the pages in docs/, with Debian's chromium
	@PYTHONPATH=. $(BIN)/python docs/screenshots.py

$(PYWB_STAMP): requirements/pywb.lock
	@$(PYTHON) -m venv .cache/pywb
	@.cache/pywb/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/pywb.lock
	@touch $@

pywb: $(PYWB_STAMP) ## install pywb and wacz, which tests look at captures with; then: NEWSARCHIVE_PYWB=.cache/pywb make test

# By the Python of .venv: the search index is only for the Unicode tables it was made with.
$(DATASETTE_STAMP): requirements/datasette.lock | $(BIN)/python
	@echo 'installing Datasette into .cache/datasette …'
	@$(BIN)/python -m venv .cache/datasette
	@.cache/datasette/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/datasette.lock
	@touch $@

datasette: $(RUN_STAMP) $(DATASETTE_STAMP) ## serve the archive to analysts, on loopback, read-only; ARCHIVE=output PORT=8001
	@$(BIN)/scrapy datasette -s ARCHIVE_DIR='$(ARCHIVE)'
	@.cache/datasette/bin/datasette serve --immutable '$(ARCHIVE)/analysis.db' --plugins-dir newsarchive/datasette/plugins --setting suggest_facets off --setting sql_time_limit_ms 5000 --setting facet_time_limit_ms 2000 --port $(PORT) $(ARGS)

lock: $(BIN)/python ## write requirements/*.lock anew from pyproject.toml
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make lock' -o requirements/run.lock pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make lock' -c requirements/run.lock --group dev -o requirements/dev.lock pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make lock' --group pywb -o requirements/pywb.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make lock' -c requirements/run.lock --group datasette -o requirements/datasette.lock

clean: ## remove the environment and everything made by make
	@rm -rf $(VENV) .cache build .mypy_cache .ruff_cache .pytest_cache .hypothesis
