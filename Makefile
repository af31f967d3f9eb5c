# Everything sets itself up: a virtual environment in this folder, with the versions that the suite
# was last run with. PYTHON=python3.13 chooses another Python (3.11 or later).
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

# The program is started many hundred times: it need not be compiled anew each time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

help:
	@echo "make demo    compose sample articles in two languages and send them into an outbox"
	@echo "make test    run the tests"
	@echo "make check   format, lint, types, import contracts, dependencies"
	@echo "make format  format the code"
	@echo "make sheet   take pictures of all letters, to look at, into build/letters"
	@echo "make bench   measure"

$(READY): pyproject.toml tests/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed; name one with PYTHON=…"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv \
	  || { rm -rf .venv; echo "On Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint tests/constraints.txt --editable . --group dev
	@touch $@

demo: $(READY)
	$(BIN)/newsletter demo

# The order of the files is tests/conftest.py's.
test: $(READY)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/deptry .

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

sheet: $(READY)
	$(BIN)/python -m tests.tools.letter_sheet

bench: $(READY)
	$(BIN)/python -m tests.bench

.PHONY: help demo test check format sheet bench
