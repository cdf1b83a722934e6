# `make run` codes a sample report; `make test` runs the tests. Both set up a virtual environment first.
# The first Python of 3.11 or newer that works is taken; name another with `make PYTHON=/path/to/python`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV ?= .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test lint clean

$(VENV)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Whimbrel needs Python 3.11 or newer with venv, and none was found; install it (on Debian: apt install python3-venv) or run make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON); this takes a minute the first time."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -e .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	@$(PIP) -e '.[test]'
	@touch $@

run: $(VENV)/.installed
	@$(BIN)/whimbrel code examples/sample.txt --published 2024-03-14 --format table
	@echo
	@echo "Try next:  $(BIN)/whimbrel explain \"Police in Lima arrested two protesters on Monday.\""
	@echo "           $(BIN)/whimbrel code YOUR_FILE.txt -o events.jsonl"
	@echo "           $(BIN)/whimbrel --help"

test: $(VENV)/.tested
	@$(BIN)/python -m pytest

lint: $(VENV)/.tested
	@$(PIP) -e '.[lint]'
	$(BIN)/ruff check src tests training corpus knowledge evaluation benchmarks
	$(BIN)/mypy

clean:
	rm -rf $(VENV)
