# Two commands set everything up on a fresh machine: `make dev` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: dev test check format pages site bench fuzz fuzz-guided mutate faults kill explore races lock clean

dev: $(STAMP)
	$(BIN)/ivr dev scripts

test: $(STAMP)
	$(BIN)/python -m pytest

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/ivr fmt --check scripts
	$(BIN)/python -m interpreter.tooling.pages --check

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/ivr fmt scripts

pages: $(STAMP)
	$(BIN)/python -m interpreter.tooling.pages

# The manual for reading without a network: build/site/index.html.
site: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	$(BIN)/python -m interpreter.tooling.manual

# The slow suites: run them before an issue is closed.
kill: $(STAMP)
	IVR_KILLS=200 IVR_CHAOS_CALLS=200 $(BIN)/python -m pytest tests/kill tests/wire/test_chaos.py -s

# Everything that can happen in a small center with one odd thing on the way, as far as IVR_EXPLORE states.
explore: $(STAMP)
	IVR_EXPLORE=400000 $(BIN)/python -m pytest tests/routing/test_small_center.py -s

# A hundred thousand steps of eight workers, callers, agents and phones on the real store; the wrong variants of it.
races: $(STAMP)
	IVR_RACES=100000 $(BIN)/python -m pytest tests/races -s

# Every line of the scripts taken out, every destination changed: does a rule, a test or a promise notice?
mutate: $(STAMP)
	PYTHONPATH=. $(BIN)/python tests/mutation/mutate.py

# Every test of the scripts again, with data that fails, late and repeated callbacks, and restarts.
faults: $(STAMP)
	$(BIN)/ivr test scripts --faults

fuzz: $(STAMP)
	HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest tests -m "not browser" -k "hypothesis or random or never_raises"

# How long `make fuzz-guided` looks; what it finds lies in build/fuzz.
MINUTES := 10

fuzz-guided: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[fuzz]'
	PYTHONPATH=. $(BIN)/python tests/fuzz/fuzz_lint.py --minutes $(MINUTES)

# The peer of the lint benchmark brings a package called `cli`, as we do: it stays outside of the environment.
bench: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --target build/bench 'python-hcl2>=8.1,<9'
	$(BIN)/python -m benchmarks.callbacks
	$(BIN)/python -m benchmarks.media
	PYTHONPATH=build/bench $(BIN)/python -m benchmarks.lint
	PYTHONPATH=build/bench $(BIN)/python -m benchmarks.prove
	$(BIN)/python -m benchmarks.center_day
	$(BIN)/python -m benchmarks.routing

# The pins of everything that was tested together, without addresses of where it came from.
lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet --upgrade pip
	build/lock/bin/pip install --quiet -e '.[dev]'
	build/lock/bin/pip freeze --exclude-editable > requirements.lock
	rm -rf build/lock

$(STAMP): pyproject.toml requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ivr needs Python 3.11 or newer; try: make PYTHON=python3.12 dev")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

clean:
	rm -rf $(VENV) build .ivr
