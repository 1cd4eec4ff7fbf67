# Everything to do with a clone. Each target first sets up what it needs, which is quick when it is there already.

BIN := .venv/bin

# Qt ends the process if it finds no screen, unless it is told to do without one.
ifeq ($(shell uname -s)$(DISPLAY)$(WAYLAND_DISPLAY),Linux)
export QT_QPA_PLATFORM ?= offscreen
endif

.PHONY: serverless-setup serverless-test help setup demo test crowd soak attack coverage check bench format lint types contracts qml dependencies lock vulnerabilities fuzz

help:
	@echo "make demo      a whole hall in windows; without a screen, a tour saved as pictures in build/tour"
	@echo "make test      the tests"
	@echo "make crowd     the largest crowds we promise to serve, on either database; some minutes"
	@echo "make soak      most of an hour of everything that can fail; HISTORIES=500 POINTS=50 CUTS=50 BURSTS=500 HOURS=2 TICKETS=500 for less"
	@echo "make attack    ten minutes of kills, moved files, set clocks and strangers at once; MINUTES=3 DATABASE=postgresql SEED=7"
	@echo "make coverage  the tests again, and the lines that none of them reached"
	@echo "make check     format, lint, types, import contracts, QML, dependencies, known vulnerabilities"
	@echo "make fuzz      requests of every kind to the API, valid and invalid; some minutes"
	@echo "make serverless-test  the serverless stack, packaged, deployed to an emulator and tested; some minutes"
	@echo "make bench     benchmarks of what we promise about speed"
	@echo "make format    format the code"
	@echo "make setup     only set up, so that .venv/bin/nowserving runs"

setup:
	@sh scripts/setup.sh

demo: setup
ifeq ($(QT_QPA_PLATFORM),offscreen)
	$(BIN)/nowserving demo --tour build/tour
else
	$(BIN)/nowserving demo
endif

test: setup
	$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

# Without Node there is nothing to deploy with: it says so, and tests/functions/deployed.py is left out of the tests.
serverless-setup: setup
	@sh scripts/serverless/setup.sh

serverless-test: serverless-setup
	$(BIN)/pytest -s --durations 5 -o "python_files=test_*.py deployed.py" tests/functions

crowd: setup
	$(BIN)/python -m tests.faults.crowd
# What must hold whatever fails: docs/faults.md. Every violation names the command that replays it.
HISTORIES ?= 10000
POINTS ?= 1000
CUTS ?= 1000
BURSTS ?= 10000
HOURS ?= 24
TICKETS ?= 5000
soak: setup
	$(BIN)/python -m tests.faults soak --histories $(HISTORIES) --points $(POINTS) --cuts $(CUTS) --bursts $(BURSTS) --hours $(HOURS) --tickets $(TICKETS)

MINUTES ?= 10
SEED ?= 0
DATABASE ?= sqlite
attack: setup
	$(BIN)/python -m tests.faults attack --minutes $(MINUTES) --seed $(SEED) --database $(DATABASE)

coverage: setup
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report

check: lint types contracts qml dependencies lock vulnerabilities

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup
	$(BIN)/ruff format .

types: setup
	$(BIN)/mypy
	$(BIN)/mypy scripts benchmarks

contracts: setup
	$(BIN)/lint-imports

qml: setup
	$(BIN)/python scripts/qmllint.py

dependencies: setup
	$(BIN)/deptry .

lock: setup
	$(BIN)/uv lock --check

# Without a network it says so, and does not fail.
vulnerabilities: setup
	$(BIN)/python -m scripts.vulnerabilities

# Sends the API what its description allows, and what it does not; FUZZ is the number of examples for each operation.
FUZZ ?= 200
fuzz: setup
	FUZZ=$(FUZZ) $(BIN)/pytest tests/access/test_fuzzing.py --timeout 3600

bench: setup
	$(BIN)/python -m benchmarks
