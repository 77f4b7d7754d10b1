# What one does with Jifen. JIFEN_PORT, JIFEN_DATA and DATABASE_URL pass through from the environment.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PYTHONS := python3 python3.11 python3.12 python3.13 python3.14
COMPILE := $(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --strip-extras \
	--no-emit-find-links --no-emit-index-url --no-emit-trusted-host $(UPGRADE)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test mutants lint bench bench-intake docs clients lock

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(INSTALLED) ## Install everything into .venv; quick when nothing changed

run: $(INSTALLED) ## Run Jifen with an embedded database and the sample county
	@exec $(BIN)/jifen demo

test: $(INSTALLED) ## Run the tests in two processes; ARGS="-k word" goes to pytest
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

mutants: $(INSTALLED) ## Break the computation on purpose: do the tests notice? JIFEN_MUTANTS=300 is a full run
	$(BIN)/python -m tests.mutation $(ARGS)

lint: $(INSTALLED) ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(INSTALLED) ## Measure against the bars; ARGS goes to the benchmark
	$(BIN)/python -m bench $(ARGS)

bench-intake: $(INSTALLED) ## Measure intake alone; ARGS goes to the benchmark
	$(BIN)/python -m bench intake_batch intake_single intake_duplicate intake_present intake_stream standing_one $(ARGS)

docs: $(INSTALLED) ## Write the reference pages that are made from the code
	$(BIN)/python -m service.reference

clients: $(INSTALLED) ## Generate clients in Python and TypeScript, and post an event with each; npm fetches packages
	$(BIN)/python -m pytest tests/http/test_clients.py $(ARGS)

lock: $(INSTALLED) ## Pin the dependencies anew, with Python 3.11; UPGRADE=--upgrade takes the newest
	$(COMPILE) --output-file=requirements.txt pyproject.toml
	$(COMPILE) --constraint=requirements.txt --extra=dev --output-file=requirements-dev.txt pyproject.toml
	$(COMPILE) --constraint=requirements-dev.txt --only-build-deps --build-deps-for=wheel \
		--output-file=requirements-build.txt pyproject.toml

# pip is asked for rather than the folder: a venv whose making broke off has none.
$(INSTALLED): requirements-dev.txt pyproject.toml
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		for python in $(PYTHONS) none; do \
			$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
		done; \
		if [ $$python = none ]; then \
			echo 'Jifen needs Python 3.11 or later; none of these is: $(PYTHONS)' >&2; exit 1; \
		fi; \
		$$python -m venv $(VENV); \
	fi
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
