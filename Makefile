# Stratum: every door to the house. `make help` prints this table.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TESTS ?= tests

.DEFAULT_GOAL := help
.PHONY: help setup run test check test-real test-spark faults fuzz bench evidence screenshots samples lock clean

help: ## print this table
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/samples.duckdb ## create .venv from the pinned, hashed lock

run: setup ## set up and open the app, with samples ready
	$(BIN)/streamlit run app.py

test: $(VENV)/.checks $(VENV)/samples.duckdb ## set up and run everything CI runs
	bash tests/browser/chromium.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --doctest-modules -n 2 --dist loadscope -m "not real and not spark and not slow"

check: $(VENV)/.checks $(VENV)/samples.duckdb ## fast: lint, types, import contracts, unit tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --doctest-modules -n 2 -m "not browser and not real and not spark and not slow"

test-real: $(VENV)/.checks ## whole-file checks on the real portfolios (STRATUM_SHARED, default ../shared)
	$(BIN)/python -m pytest -m real tests

test-spark: $(VENV)/.checks ## the cube on Spark equals the cube on DuckDB (needs Java; installs PySpark)
	$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-spark.txt
	$(BIN)/python -m pytest -m spark tests

faults: $(VENV)/.checks ## kill sixty imports at random moments; fill a disk, use the memory up
	$(BIN)/python -m pytest tests/faults

fuzz: $(VENV)/.checks ## two thousand hostile files, made from real ones
	$(BIN)/python -m pytest -m slow tests/fuzz

bench: $(VENV)/.checks ## measure, and write docs/benchmarks.md
	$(BIN)/python -m bench

evidence: $(VENV)/.checks ## judge the scorecard on whole real portfolios, and write docs/evidence.md and .json
	$(BIN)/python -m bench.evidence

screenshots: $(VENV)/.checks $(VENV)/samples.duckdb ## photograph every page: light, dark, two widths, two languages
	bash tests/browser/chromium.sh
	$(BIN)/python -m tests.browser.screenshots
	$(BIN)/python -m tests.browser.screenshots_intake

samples: $(VENV)/.checks ## make data/samples again from their sources
	$(BIN)/python -m data.samples.build

lock: ## renew the locks from requirements*.txt
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command 'make lock' requirements.txt -o requirements.lock
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command 'make lock' requirements-dev.txt -o requirements-dev.lock

clean: ## remove .venv and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# A Debian without python3-venv can't make an environment with pip in it: as root we mend that,
# otherwise we say what to install. The stamp files hold off a second installation.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Stratum needs Python 3.11 or newer; call it by make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; } \
	  || { echo "Python's venv module is missing: apt-get install python3-venv, then call make again." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.product: requirements.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.checks: requirements.lock requirements-dev.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.product

# The samples, scored once, so that a first start only copies them.
$(VENV)/samples.duckdb: $(VENV)/.product pipeline.py $(wildcard steps/*.py data/*/*.py data/samples/*.parquet segmentation/*.py segmentation/*/*.py)
	$(BIN)/python cli.py samples --out $@
