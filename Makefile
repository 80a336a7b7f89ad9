# make demo and make test set up everything they need in .venv, from Python 3.11+ and the package index alone.

PYTHON ?= python3
OUT ?= demo-output
BIN := .venv/bin

.PHONY: demo test pytest test-slow lint bench lock clean

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "corrtest needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 2; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.runs: .venv/.made pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/.tests: .venv/.made pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch .venv/.runs $@

demo: .venv/.runs
	$(BIN)/corrtest demo --out $(OUT) --overwrite

lint: .venv/.tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

pytest: .venv/.tests
	$(BIN)/pytest -m "not slow" -n 2 --dist loadfile

# Types are checked while the tests run.
test: .venv/.tests
	@$(MAKE) --no-print-directory -j 2 lint pytest

test-slow: .venv/.tests
	$(BIN)/pytest -m slow -n 2 --dist worksteal --durations=15

bench: .venv/.tests
	for script in benchmarks/bench_*.py; do $(BIN)/python $$script || exit 1; done

# The digests of every pinned package, for all platforms (needs uv).
lock:
	uv pip compile pyproject.toml --all-extras -c constraints.txt --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --no-annotate --quiet -o requirements.lock

clean:
	rm -rf .venv $(OUT) build dist
