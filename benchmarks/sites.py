"""What a site memory gains, costs and holds.

    python benchmarks/sites.py [--corpus DIR] [--predictions FILE] [--fit]

Prints labels without and with the memory on an invented site whose answer is known, the time the
evidence takes, and the memory's size after a million paragraphs. With a corpus also labels on its
typed texts, whose sites are counted in the unlabelled texts as well, and on the pages of sites with
several, with what the memory took away there. The shipped model has learnt from both: what is
gained there is less than on pages it has not met. ``--predictions`` takes its probabilities from a
file of JSON Lines instead, such as those of a cross-validation: ``id`` and ``paragraphs``, each
with ``text`` and ``probabilities`` of the labels. ``--fit`` estimates the parameters of the
evidence on the corpus and writes them into the package.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import boilerclass
from boilerclass import pipeline, readers
from boilerclass.document import Document
from boilerclass.labels import LABEL_OF, ROLES, Label, Role
from boilerclass.options import Options
from boilerclass.pipeline import Classifier, _Scores
from boilerclass.sites import evidence
from boilerclass.sites.memory import SiteCounter, SiteMemory
from boilerclass.training import corpus, gold, measures, recurrence
from boilerclass.training.corpus import Example

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))
import invented_site  # noqa: E402  # found by the line above

PAGES = ("wcxb", "andythefactory", "fundus", "mercury")
"""Sources of pages with a gold body in which some sites have several pages."""
SHARED = 3
"""Pages of a site from which they are read for the fit."""
REPRESENTING = {LABEL_OF[role]: i for i, role in enumerate(ROLES) if role is not Role.TITLE}
"""A role of each label: one that a memory's evidence bears on."""


def invented(number: int) -> list[Example]:
    """The pages of the invented site."""
    found = []
    for page in invented_site.pages(number):
        document = readers.read(page.html, url=page.url)
        roles = {block.text: ROLES.index(block.role) for block in page.blocks}
        targets = np.array([roles[p.text] for p in document.paragraphs], dtype=np.int8)
        found.append(Example(page.url, "invented", "invented", "en", document, targets, typed=True))
    return found


class Foretold(Classifier):
    """Decides by probabilities that are known: a label's go to one role of it."""

    def __init__(self, examples: Iterable[Example], path: Path) -> None:
        """Examples whose paragraphs are not those of the file are not known."""
        shipped = Classifier.load()
        super().__init__(*shipped.models.values())
        self._known: dict[int, _Scores] = {}
        by_id = {example.id: example.document for example in examples}
        for row in gold.rows(path):
            document, said = by_id.get(row["id"]), row["paragraphs"]
            if document is not None and list(document.texts) == [each["text"] for each in said]:
                self._known[id(document)] = _Scores(*_scores(said))

    def knows(self, example: Example) -> bool:
        return id(example.document) in self._known

    def _score(self, documents: Sequence[Document]) -> list[_Scores]:
        return [self._known[id(document)] for document in documents]


def _scores(said: list[dict[str, Any]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    roles = np.zeros((len(said), len(ROLES)), dtype=np.float32)
    for row, each in zip(roles, said, strict=True):
        for label, probability in each["probabilities"].items():
            row[REPRESENTING[Label(label)]] = probability
    return roles, np.array([len(each["text"]) for each in said], dtype=np.float32)


def compare(model: Classifier, name: str, examples: list[Example], memory: SiteMemory) -> None:
    """Print the measures of the examples without and with the memory."""
    for how, options in (("without", Options()), ("with", Options(sites=memory))):
        documents = [model.label_documents([e.document], options)[0] for e in examples]
        labels = [list(d.labels) for d in documents]
        figures = measures.typed(zip(examples, labels, strict=True))
        shown = {label: figures[str(label)][2] for label in map(str, Label)}
        print(f"{name}, {how} memory: macro-F1 {figures['macro_f1']}, F1 {shown}")
        print(f"    leak {figures['leak']}, words lost {figures['loss']}")


def compare_bodies(model: Classifier, examples: list[Example], memory: SiteMemory) -> None:
    """Print the word F1 of pages with a gold body without and with the memory, and by type of page
    how many paragraphs are no longer core, of how many words, and how many of them gold has."""
    without, with_memory = (
        [model.label_documents([e.document], options)[0].labels for e in examples]
        for options in (Options(), Options(sites=memory))
    )
    for how, labels in (("without", without), ("with", with_memory)):
        figures = measures.bodies(zip(examples, labels, strict=True))
        print(f"pages of {len(examples)} with a gold body, {how} memory: word F1 {figures}")
    taken: dict[str, Counter[str]] = {}
    for example, before, after in zip(examples, without, with_memory, strict=True):
        counts = taken.setdefault(example.page_type or example.source, Counter())
        counts["pages"] += 1
        for paragraph, was, now in zip(example.document.paragraphs, before, after, strict=True):
            if was is Label.CORE and now is not Label.CORE:
                of = "body" if paragraph.text.strip() in example.gold else "the rest"
                counts[f"paragraphs of {of} taken"] += 1
                counts[f"words of {of} taken"] += len(paragraph.text.split())
    for kind, counts in sorted(taken.items()):
        print(f"    {kind}: {dict(counts)}")


def overhead(examples: list[Example], memory: SiteMemory) -> None:
    """Print the time that the evidence takes, beside that of labelling."""
    pages = [page.html for page in invented_site.pages(len(examples))]
    model = pipeline.classifier()
    documents = [pipeline.read(page, Options()) for page in pages]
    scores = [model.label_documents([d], Options()) for d in documents[:1]]  # loads all there is
    assert scores
    start = time.process_time()
    for _ in boilerclass.label_many(pages):
        pass
    whole = time.process_time() - start
    chosen = Options(sites=memory)
    spent = 0.0
    weigh = evidence.weigh

    def timed(*arguments: Any) -> Any:
        nonlocal spent
        start = time.process_time()
        result = weigh(*arguments)
        spent += time.process_time() - start
        return result

    evidence.weigh = timed  # type: ignore[assignment]  # the same, with a clock
    for _ in pipeline.classifier().label_many(pages, options=chosen):
        pass
    evidence.weigh = weigh
    print(f"labelling {whole / len(pages) * 1e3:.2f} ms a page, evidence {spent / whole:.1%} of it")


def million() -> None:
    """Print what a memory of a million different paragraphs holds and takes."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for capacity in (1 << 21, 1 << 16):
        start = time.process_time()
        counter = SiteCounter(paragraphs=capacity)
        for i in range(10_000):
            lines = [f"line {k} of page {chr(97 + i % 26)}{'x' * (i % 97)}{i:b}" for k in range(99)]
            text = "\n".join(
                [*("".join(map(chr, map(ord, line))) for line in lines), "shared line"]
            )
            letters = text.translate({48 + d: 97 + d for d in range(10)})  # digits would be folded
            counter.add(readers.read(letters, kind="text"))
        memory = counter.memory()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(
            f"1,000,000 paragraphs, capacity {capacity:,}: {len(memory.paragraphs):,} held, "
            f"error {memory.error}, {len(memory.packed()) / 1e6:.1f} MB, "
            f"peak {(peak - before) / 1e3:.0f} MB more, {time.process_time() - start:.1f} s"
        )


def typed_texts(folder: Path) -> list[Example]:
    """The texts labelled line by line, with their titles."""
    path = folder / "typed-texts.jsonl"
    titles = [row.get("title") for row in gold.rows(path)]
    return [
        replace(example, document=_titled(example.document, title))
        for example, title in zip(corpus.typed_texts(path), titles, strict=True)
    ]


def unlabelled(folder: Path) -> Iterator[Document]:
    """The texts without labels, with their titles."""
    for row in gold.rows(folder / "texts-unlabelled.jsonl.gz"):
        yield _titled(readers.read(row["text"], kind="text", url=row["url"]), row["title"])


def _titled(document: Document, title: str | None) -> Document:
    return replace(document, titles=[title]) if title else document


def pages_of_shared_sites(folder: Path) -> list[Example]:
    """The pages with a gold body or typed blocks whose site has several."""
    readers_of = {f"pages-{name}.parquet": corpus.body_pages for name in PAGES}
    readers_of["typed-pages.parquet"] = corpus.typed_pages
    every = [e for name, reader in readers_of.items() for e in reader(folder / name)]
    sites = [e.site for e in every]
    return [e for e in every if sites.count(e.site) >= SHARED]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", default=os.environ.get("BOILERCLASS_CORPUS"))
    parser.add_argument("--predictions", type=Path)
    parser.add_argument("--fit", action="store_true")
    chosen = parser.parse_args()
    if chosen.corpus:
        folder = Path(chosen.corpus)
        texts = typed_texts(folder)
        memory = SiteMemory.of([*unlabelled(folder), *(e.document for e in texts)])
        pages = pages_of_shared_sites(folder)
        of_pages = SiteMemory.of(e.document for e in pages)
        if chosen.fit:
            seen = [*recurrence.observe(texts, memory), *recurrence.observe(pages, of_pages)]
            found = json.dumps(recurrence.fit(seen), indent=1)
            (Path(evidence.__file__).parent / evidence.RATES).write_text(found + "\n")
            evidence.rates.cache_clear()
        model, bodies = pipeline.classifier(), [e for e in pages if e.gold]
        if chosen.predictions is not None:
            model = foretold = Foretold([*texts, *bodies], chosen.predictions)
            texts, bodies = (list(filter(foretold.knows, some)) for some in (texts, bodies))
        compare(model, "typed texts", texts, memory)
        compare_bodies(model, bodies, of_pages)
    examples = invented(200)
    memory = SiteMemory.of(e.document for e in examples)
    compare(pipeline.classifier(), "invented site of 200 pages", examples, memory)
    overhead(examples, memory)
    million()


if __name__ == "__main__":
    main()
