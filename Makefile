# Needs Python 3.11 or newer and make. Another interpreter: make run PYTHON=/path/to/python3.11

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
WORKERS ?= $(shell $(PYTHON) -c "import os; print(min(4, os.cpu_count() or 1))")
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --no-config --quiet --generate-hashes --allow-unsafe \
	--strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
	--resolver=backtracking --build-deps-for editable $(UPGRADE)

.PHONY: run test check bench docs soak lock clean help
.DEFAULT_GOAL := help

help:
	@echo "make run     set up and serve the portal with the demo network at http://127.0.0.1:8501"
	@echo "make test    set up and pass every check and test"
	@echo "make check   style, types and import contracts only"
	@echo "make bench   measure the model: a table of ratios"
	@echo "make docs    write the generated documents again"
	@echo "make soak    the generated tests with many more cases"
	@echo "make lock    resolve the dependencies again (UPGRADE=--upgrade takes newer versions)"
	@echo "make clean   remove the environment and what tools leave behind; stored data stays"

run: $(VENV)/.runtime
	$(BIN)/sixweeks demo
	$(BIN)/sixweeks serve

test: check
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

docs: $(VENV)/.dev
	$(BIN)/python -m docs.generate

soak: $(VENV)/.dev
	$(BIN)/python -m pytest tests/hostile tests/properties tests/reference tests/journeys/test_every_trust_sees_its_own.py --hypothesis-profile=soak --timeout=0

# Each lock is resolved within the runtime lock, so that one environment can hold all of them.
lock: $(VENV)/.dev
	$(COMPILE) -o requirements/runtime.txt pyproject.toml
	$(COMPILE) --extra postgres -c requirements/runtime.txt -o requirements/postgres.txt pyproject.toml
	$(COMPILE) --extra cluster -c requirements/runtime.txt -o requirements/cluster.txt pyproject.toml
	$(COMPILE) --extra dev --extra postgres --extra cluster -c requirements/runtime.txt -c requirements/cluster.txt -o requirements/dev.txt pyproject.toml

clean:
	rm -rf $(VENV) build dist *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c "import sys; sys.exit(None if sys.version_info >= (3, 11) else 'Python 3.11 or newer is needed; name one with make PYTHON=...')"
	@echo "Setting up in $(VENV); the first time takes a few minutes"
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements/runtime.txt
	$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements/dev.txt
	$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@ $(VENV)/.runtime
