# `make run` codes a sample report; `make test` runs the tests. Both set up a virtual environment first.
PYTHON ?= $(shell command -v python3.13 || command -v python3.12 || command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: run test lint clean

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Whimbrel needs Python 3.11 or newer and $(PYTHON) is {v[0]}.{v[1]}; run make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,lint]'
	@touch $@

run: $(VENV)/.installed
	@$(BIN)/whimbrel code examples/sample.txt --published 2024-03-14 --format table
	@echo
	@echo "Try next:  $(BIN)/whimbrel explain \"Police in Lima arrested two protesters on Monday.\""
	@echo "           $(BIN)/whimbrel code YOUR_FILE.txt -o events.jsonl"
	@echo "           $(BIN)/whimbrel --help"

test: $(VENV)/.tested
	$(BIN)/python -m pytest

lint: $(VENV)/.tested
	$(BIN)/ruff check src tests training knowledge evaluation benchmarks
	$(BIN)/mypy

clean:
	rm -rf $(VENV)
