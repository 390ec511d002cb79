# One-line verbs. PYTHON is the interpreter of a virtual environment with `.[dev]` in it.
PYTHON ?= python

.PHONY: setup test lint format types train readme ci

setup:
	$(PYTHON) -m pip install --editable '.[dev]'

test:
	$(PYTHON) -m pytest

lint:
	$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check .

format:
	$(PYTHON) -m ruff check --fix . && $(PYTHON) -m ruff format .

types:
	$(PYTHON) -m mypy

train:  # BOILERCLASS_CORPUS names the corpus
	boilerclass train data/recipe.toml --output-dir boilerclass/models/paragraphs

readme:  # after a new model: the example in README.md
	$(PYTHON) tests/test_readme.py

ci:
	.ci/run
