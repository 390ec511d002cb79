"""The shipped model's labels against gold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from boilerclass.errors import UnreadableInput
from boilerclass.labels import Label
from boilerclass.options import Options
from boilerclass.pipeline import Classifier
from boilerclass.training import corpus, measures
from boilerclass.training.corpus import Example

Verdicts = list[tuple[Example, list[Label]]]


def evaluate(gold: Path, classifier: Classifier, options: Options) -> dict[str, Any]:
    """Scores over the documents of ``gold`` by kind and language.

    Gold is a folder of pages or texts with a ``.json`` beside each (as ``data/examples``), a JSON
    Lines file of typed texts, or a Parquet file of pages with ``blocks`` or with a ``gold`` body.

    Raises:
        UnreadableInput: it is none of these, or holds no document.
    """
    verdicts = list(_verdicts(_examples(gold), classifier, options))
    if not verdicts:
        raise UnreadableInput(f"{gold} holds no document with gold labels")
    typed = [v for v in verdicts if v[0].typed]
    figures: dict[str, Any] = {"model": classifier.name, "documents": len(verdicts)}
    for name, kind in (("pages", "html"), ("texts", "text")):
        own = [v for v in typed if v[0].document.kind == kind]
        if own:
            figures[name] = measures.typed(own)
            figures[f"{name}_by_language"] = _by_language(own)
    if any(e.gold for e, _ in verdicts):
        figures["bodies"] = measures.bodies(verdicts)
    if any(any(e.snippets) for e, _ in verdicts):
        figures["snippets"] = measures.snippets(verdicts)
    return figures


def _examples(gold: Path) -> Iterator[Example]:
    if gold.is_dir():
        return corpus.folder(gold)
    reader: Callable[[Path], Iterator[Example]]
    if gold.suffix == ".parquet":
        import pyarrow.parquet as parquet

        typed = "blocks" in parquet.read_schema(gold).names
        reader = corpus.typed_pages if typed else corpus.body_pages
    elif gold.suffix == ".jsonl":
        reader = corpus.typed_texts
    else:
        raise UnreadableInput(
            f"{gold}: give a folder, a .jsonl or a .parquet file with gold labels"
        )
    if not gold.exists():
        raise UnreadableInput(f"{gold}: no such file")
    return reader(gold)


def _verdicts(
    examples: Iterator[Example], classifier: Classifier, options: Options
) -> Iterator[tuple[Example, list[Label]]]:
    for example in examples:
        labelled = classifier.label_documents([example.document], options)[0]
        yield example, list(labelled.labels)


def _by_language(verdicts: Verdicts) -> dict[str, Any]:
    languages = sorted({e.language for e, _ in verdicts})
    found = {}
    for language in languages:
        figures = measures.typed(v for v in verdicts if v[0].language == language)
        found[language] = {"core_f1": figures["core"][2], "macro_f1": figures["macro_f1"]}
    return found
