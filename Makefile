# make demo and make test set up everything they need in .venv, from Python 3.11+ and the package index alone.

PYTHON ?= python3
OUT ?= demo-output
BIN := .venv/bin

.PHONY: demo test test-slow lint bench clean

.venv/.runs: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "corrtest needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/.tests: .venv/.runs
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

demo: .venv/.runs
	$(BIN)/corrtest demo --out $(OUT) --overwrite

lint: .venv/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint
	$(BIN)/pytest -m "not slow" -n 2 --dist worksteal

test-slow: .venv/.tests
	$(BIN)/pytest -m slow -n 2 --dist worksteal --durations=15

bench: .venv/.tests
	for script in benchmarks/bench_*.py; do $(BIN)/python $$script || exit 1; done

clean:
	rm -rf .venv $(OUT) build dist
