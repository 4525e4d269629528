# Only Python >= 3.11 and make are assumed. `make` builds .venv itself.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PEERS  := .venv-bench
RUN    := $(BIN)/python -m

.PHONY: help install demo test lint types format bench docs translations lock clean
.DEFAULT_GOAL := help

help:  ## what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/'

$(STAMP): requirements/build.txt requirements/development.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Phasewise needs Python 3.11 or newer; set PYTHON=python3.x")'
	$(PYTHON) -m venv $(VENV)
	$(RUN) pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/development.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(RUN) compileall -q phasewise
	@touch $(STAMP)

# What the benchmarks compare with never comes into the product's own environment.
$(PEERS)/.installed: $(STAMP) requirements/benchmarks.txt
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(PEERS)
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(PEERS)/bin/python --require-hashes -r requirements/benchmarks.txt
	@touch $@

install: $(STAMP)  ## .venv with everything, from the locked requirements

demo: $(STAMP)  ## the main job on a small file the project brings: no account, no service
	@$(BIN)/python examples/demo/run.py

test: $(STAMP)  ## all tests that need nothing but this machine
	$(RUN) pytest -n auto --dist loadfile

lint: $(STAMP)  ## style, types, dependencies between rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)  ## put the code into form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP) $(PEERS)/.installed  ## the benchmarks, side by side with their limits
	@for file in benchmarks/bench_*.py benchmarks/operating_characteristics.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

docs: $(STAMP)  ## write the generated pages of docs/reference again
	$(RUN) phasewise.cli docs --write docs/reference

translations: $(STAMP)  ## write the catalogues again and list what is not translated
	$(BIN)/python tools/translations.py

lock: $(STAMP)  ## resolve requirements/ again (hashes, no addresses)
	cd requirements && ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group ../pyproject.toml:build -o build.txt
	cd requirements && ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --group ../pyproject.toml:benchmarks -o benchmarks.txt
	cd requirements && ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra postgres ../pyproject.toml -o runtime.txt
	cd requirements && ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra postgres --group ../pyproject.toml:dev ../pyproject.toml -c build.txt -o development.txt

clean:  ## remove what make built
	rm -rf $(VENV) $(PEERS) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
