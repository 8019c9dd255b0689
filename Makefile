# Một Cửa. `make help` lists what there is.
PORT ?=
DATA ?= var
PARTS := tests/unit tests/conformance tests/contracts tests/integration
WHOLE := tests/journeys tests/faults
VENV := .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/.installed
LOCAL := $(PYTHON) -m deploy.local --data $(DATA) $(if $(PORT),--port $(PORT))

.DEFAULT_GOAL := help
.PHONY: help install up down status logs motcua test test-compose check bench clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'
	@echo
	@echo "  PORT= moves the gateway (8080), DATA= the data (var): with both, a second copy runs beside the first."

install: $(STAMP) ## Make the virtual environment with the pinned packages

$(STAMP): requirements-dev.lock pyproject.toml
	@command -v python3.11 >/dev/null || { echo "Python 3.11 is needed: sudo apt-get install python3.11 python3.11-venv" >&2; exit 3; }
	@test -x $(PYTHON) || python3.11 -m venv $(VENV) || { echo "Python cannot make a virtual environment: sudo apt-get install python3.11-venv" >&2; rm -rf $(VENV); exit 3; }
	@echo "Installing the pinned Python packages..."
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

up: $(STAMP) ## Start everything, load the demo province, print the address and the sign-ins
	@$(LOCAL) up

down: $(STAMP) ## Stop what `make up` started; the data stays
	@$(LOCAL) down

status: $(STAMP) ## One line for each running part
	@$(LOCAL) status

logs: $(STAMP) ## Follow the logs; PART=submissions-web for one
	@$(LOCAL) logs $(PART)

motcua: $(STAMP) ## The operators' command on this copy: make motcua ARGS="catalogue --help"
	@$(LOCAL) motcua -- $(ARGS)

test: $(STAMP) ## All tests on real servers and in a real browser
	@$(LOCAL) install test
	@for folder in $(PARTS) $(WHOLE); do test -d $$folder || { echo "$$folder is missing" >&2; exit 1; }; done
	@$(PYTHON) -m pytest -n 3 --dist worksteal $(PARTS)
	@$(PYTHON) -m pytest $(WHOLE)

test-compose: $(STAMP) ## The tests of the Docker Compose way (they need a container engine)
	@$(PYTHON) -m pytest tests/compose

check: $(STAMP) ## Style, types, import rules and the tests over the whole
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports
	@$(PYTHON) -m pytest tests/architecture

bench: $(STAMP) ## Measure, print a table, write var/bench.json
	@$(LOCAL) install bench
	@$(PYTHON) -m tests.load.bench

clean: ## Stop this copy, delete its data and what tools left behind
	@if test -x $(PYTHON); then $(LOCAL) down; fi
	@rm -rf $(DATA) build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info
	@find . -path ./$(VENV) -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf
