# Everything a person does with a clone. Each target sets up first what it needs; that is quick when all is there.

BIN := .venv/bin

# Qt ends the process if it finds no screen: say so before it looks.
ifeq ($(shell uname -s)$(DISPLAY)$(WAYLAND_DISPLAY),Linux)
export QT_QPA_PLATFORM ?= offscreen
endif

.PHONY: help setup demo test crowd coverage check bench format lint types contracts qml dependencies lock

help:
	@echo "make demo      a whole hall in windows; without a screen, a tour saved as pictures in build/tour"
	@echo "make test      the tests"
	@echo "make crowd     the largest crowds we promise, on either database; some minutes"
	@echo "make coverage  the tests again, and what none of them reached"
	@echo "make check     format, lint, types, import contracts, QML, dependencies"
	@echo "make bench     what we promise about speed"
	@echo "make format    put the code into its one format"
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
	$(BIN)/pytest --numprocesses 2 --dist loadfile

crowd: setup
	$(BIN)/python -m tests.faults.crowd

coverage: setup
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report

check: lint types contracts qml dependencies lock

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

bench: setup
	$(BIN)/python -m benchmarks
