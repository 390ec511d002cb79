"""Word F1 and leaking snippets of the peers that are installed, on the corpus's pages.

    python benchmarks/peers.py --corpus DIR [--sources wcxb,fundus,...]

Measured as `boilerclass train` measures the model, so that both stand beside each other.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pyarrow.parquet as parquet

from boilerclass.document import Paragraph
from boilerclass.labels import Label
from boilerclass.training import corpus, measures
from boilerclass.training.corpus import Example

SOURCES = "wcxb,fundus,andythefactory,mercury,chinese-wced,trafilatura"

Extract = Callable[[str], str]


def peers() -> dict[str, Extract]:
    """A function from HTML to main text for each peer, by name."""
    found: dict[str, Extract] = {}
    if find_spec("resiliparse"):
        from resiliparse.extract.html2text import extract_plain_text

        found["resiliparse"] = lambda html: str(extract_plain_text(html, main_content=True))
    if find_spec("trafilatura"):
        import trafilatura

        found["trafilatura"] = lambda html: trafilatura.extract(html) or ""
    return found


def verdict(example: Example, text: str) -> tuple[Example, list[Label]]:
    """The peer's text in place of the document's paragraphs, all of it core."""
    paragraphs = [Paragraph(line) for line in text.splitlines()]
    document = replace(example.document, paragraphs=paragraphs)
    return replace(example, document=document), [Label.CORE] * len(paragraphs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", default=os.environ.get("BOILERCLASS_CORPUS"), required=False)
    parser.add_argument("--sources", default=SOURCES)
    chosen = parser.parse_args()
    if not chosen.corpus:
        parser.error("give --corpus or set BOILERCLASS_CORPUS")
    verdicts: dict[str, list[tuple[Example, list[Label]]]] = {name: [] for name in peers()}
    for source in chosen.sources.split(","):
        path = Path(chosen.corpus) / f"pages-{source}.parquet"
        rows = {
            r["id"]: r
            for r in parquet.read_table(path, columns=["id", "html", "encoding"]).to_pylist()
        }
        for example in corpus.body_pages(path):
            row = rows[example.id]
            html = row["html"].decode(row["encoding"] or "utf-8", "replace")
            for name, extract in peers().items():
                verdicts[name].append(verdict(example, extract(html)))
    for name, found in verdicts.items():
        snippets = [v for v in found if v[0].source == "trafilatura"]
        figures = {"bodies": measures.bodies(found), "snippets": measures.snippets(snippets)}
        print(name, json.dumps(figures))


if __name__ == "__main__":
    main()
