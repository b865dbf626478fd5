# Two commands set everything up: `make run` and `make test`. Needs Python 3.11+ with pip, and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: run test check docs app bench theory fuzz clean

run: $(VENV)/.run
	$(BIN)/capsim run scenarios/hybrid.yaml

test: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --nbmake tests notebooks

check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 -m "not slow" tests

docs: $(VENV)/.docs
	rm -rf out/site
	$(BIN)/python -m sphinx -n -W --keep-going -E -q -b html -d out/site-doctrees docs out/site
	$(BIN)/python docs/_site/links.py out/site

app: $(VENV)/.app
	$(BIN)/capsim app scenarios/hybrid.yaml

bench: $(VENV)/.bench
	$(BIN)/python -m tests.bench

theory: $(VENV)/.test
	$(BIN)/python -m tests.theory

fuzz: $(VENV)/.test
	$(BIN)/python -m tests.fuzz.mutate

clean:
	rm -rf $(VENV) out

# Debian ships python3 without ensurepip: make the environment without pip, and let the system's pip fill it.
$(BIN)/python:
	$(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/.run: $(BIN)/python pyproject.toml constraints.txt
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.test: $(BIN)/python pyproject.toml constraints.txt
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@ $(VENV)/.run $(VENV)/.docs $(VENV)/.app

$(VENV)/.docs: $(BIN)/python pyproject.toml constraints.txt
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --constraint constraints.txt --editable '.[docs]'
	touch $@ $(VENV)/.run

$(VENV)/.app: $(BIN)/python pyproject.toml constraints.txt
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --constraint constraints.txt --editable '.[app]'
	touch $@ $(VENV)/.run

$(VENV)/.bench: $(VENV)/.test
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --constraint constraints.txt --editable '.[test,bench]'
	touch $@
