# One-line verbs. PYTHON is the interpreter of a virtual environment with `.[dev]` in it.
PYTHON ?= python

.PHONY: setup test lint format types train evaluate picture readme ci

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
	boilerclass train data/pages.toml --output-dir boilerclass/models/pages
	boilerclass train data/texts.toml --output-dir boilerclass/models/texts

evaluate:  # BOILERCLASS_CORPUS names the corpus; fails where a figure is below its floor
	boilerclass evaluate data/examples --floors data/floors.json
	boilerclass evaluate $(BOILERCLASS_CORPUS) --stored --floors data/floors.json

GOLD ?= data/examples
picture:  # of README.md; GOLD='typed-pages.parquet --predictions FILE' for cross-validated ones
	boilerclass evaluate $(GOLD) --plots build/plots > /dev/null
	cp build/plots/pages-calibration.png data/calibration.png

readme:  # after a new model: the example in README.md
	$(PYTHON) tests/test_readme.py

ci:
	.ci/run
