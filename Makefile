# `make run` sets capsim up and runs a first scenario; `make help` lists all targets. Needs Python 3.11+ with pip.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help run test check coverage-kernels docs reference picture app bench theory fuzz clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile

run: $(VENV)/.run ## set up a virtual environment, and simulate a first scenario
	$(BIN)/capsim run scenarios/first.yaml
	@printf '\nTo call capsim yourself, activate its environment once in each terminal:\n  . $(BIN)/activate\n'

test: $(VENV)/.test ## run every check: lint, types, layers, tests, notebooks, examples of the documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist worksteal --nbmake --cov --cov-report= --cov-fail-under=0 tests notebooks
	$(BIN)/python -m tests.coverage

check: $(VENV)/.test ## run the checks without the slow tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow" tests

# Branch coverage of the kernels, with numba's compiler off; numpy warns where 64-bit hashes wrap around, as they must.
coverage-kernels: $(VENV)/.test ## measure the branch coverage of the kernels, with numba's compiler off (slow)
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -n 2 -W "ignore:overflow encountered:RuntimeWarning" \
		--cov=capsim.kernels --cov-config=tests/unit/kernels/coverage.toml --cov-report=term-missing \
		-m "not no_cover and not compiled" tests/unit/kernels tests/unit/measures tests/unit/traffic tests/agree

docs: $(VENV)/.docs ## build the documentation site, out/site/index.html, and check its links
	rm -rf out/site
	$(BIN)/python -m sphinx -n -W --keep-going -E -q -b html -d out/site-doctrees docs out/site
	$(BIN)/python docs/_site/links.py out/site

reference: $(VENV)/.run ## rewrite the reference in docs/ from the schema, the command line and the docstrings
	$(BIN)/python -m docs._site.write

picture: $(VENV)/.test ## take the picture of a report in the README again (needs chromium)
	$(BIN)/python -m docs._site.picture

app: $(VENV)/.app ## open the what-if page with sliders, on this machine only
	$(BIN)/capsim app scenarios/hybrid.yaml

bench: $(VENV)/.bench ## measure the speed, beside SimPy, Ciw and Cimba
	$(BIN)/python -m tests.bench

theory: $(VENV)/.test ## compare capsim with a thousand exactly solved ladders
	$(BIN)/python -m tests.theory

fuzz: $(VENV)/.test ## read ten thousand damaged scenario files
	$(BIN)/python -m tests.fuzz.mutate

clean: ## remove the environment and all output
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
