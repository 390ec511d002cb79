"""Article text that a page carries as data: JSON-LD and the state blobs of web frameworks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from boilerclass.encoding import without_surrogates
from boilerclass.native import kernels

MAX_BLOB = 5_000_000
"""Characters of one script beyond which it is not parsed."""
MAX_DEPTH = 40
MIN_PROSE = 40
"""Characters from which a string in a state blob can be a paragraph."""

PROBE, PROBE_STEP = 30, 100
"""Characters, without white space, of each sample by which a text is sought on the page, and from
one sample to the next."""

_TYPE = re.compile(r'"@type"\s*:\s*"(\w+)"')
_COMMENT = re.compile(r"\s*+(?:(?://|/\*)?+\s*+<!(?:--|\[CDATA\[)\s*+(?:\*/)?+\s*+)?+")
"""What opens a script that hides its content from readers of HTML, or of XML."""
_LENIENT = json.JSONDecoder(strict=False)
_TRAILING_COMMA = re.compile(r",(?=\s*+[]}])")
_PROSE_KEYS = frozenset(
    "articleBody body content html text value paragraph paragraphs bodyHtml bodyText description "
    "contentHtml story markup".split()
)


class StructuredText(NamedTuple):
    """What a page's data says of its article."""

    body: str
    """JSON-LD ``articleBody``, empty if there is none."""
    headlines: list[str]
    paragraphs: list[str]
    """The article as strings that may hold HTML; empty if no data holds one that is long enough."""


def find(json_ld: Sequence[str], state: Sequence[str], shown: int) -> StructuredText:
    """The article in a page's JSON-LD scripts, else in its framework's state.

    Its paragraphs are given where they are longer than what the page has to show, so many
    characters of prose.
    """
    body, headlines = "", []
    for blob in parsed(s for s in json_ld if "articleBody" in s):
        for node in objects(blob):
            text, headline = node.get("articleBody"), node.get("headline")
            if isinstance(text, str) and len(text) > len(body):
                body = without_surrogates(text)
            if isinstance(headline, str):
                headlines.append(without_surrogates(" ".join(headline.split())))
    paragraphs = [body]
    if not body:
        # To parse a state costs more than all else that is done to a page.
        worth = [script for script in state if most_prose(script) > shown]
        prose = max((_largest_prose(blob) for blob in parsed(worth)), key=_size, default=[])
        paragraphs = [without_surrogates(text) for text in prose]
    return StructuredText(body, headlines, paragraphs if _size(paragraphs) > shown else [])


def most_prose(script: str) -> int:
    """No fewer characters than the largest prose in a JSON script has."""
    if kernels is None or len(script) > MAX_BLOB:
        return len(script)
    found: int = kernels.prose_in(script, _PROSE_KEYS, MIN_PROSE)
    return found


def types(json_ld: Sequence[str]) -> set[str]:
    """The ``@type`` values of JSON-LD scripts, lower case; read by pattern, as it is cheap."""
    return {t.lower() for script in json_ld for t in _TYPE.findall(script[:MAX_BLOB])}


def unseen(texts: Iterable[str], page: Iterable[str]) -> list[str]:
    """The texts, without empty ones, of which less than half stands on the page."""
    shown = _squash("".join(page))
    return [text for text in texts if text and not _stands_in(_squash(text), shown)]


def _stands_in(text: str, shown: str) -> bool:
    starts = range(0, max(1, len(text) - PROBE), PROBE_STEP)
    missing = at = 0
    for i in starts:
        probe = text[i : i + PROBE]
        found = shown.find(probe, at)  # mostly a text goes on where it was found last
        if found < 0:
            found = shown.find(probe, 0, at + PROBE)
        if found >= 0:
            at = found
        else:
            missing += 1
            if 2 * missing > len(starts):
                return False
    return True


def _squash(text: str) -> str:
    return "".join(text.split())


def _size(texts: list[str]) -> int:
    return sum(map(len, texts))


def parsed(scripts: Iterable[str]) -> Iterator[Any]:
    """The values of JSON scripts; those that are broken or too long are left out."""
    for script in scripts:
        if len(script) > MAX_BLOB:
            continue
        try:
            yield _loaded(script)
        except (ValueError, RecursionError):
            continue  # broken data is common, and the page itself remains to be read


def _loaded(script: str) -> Any:
    try:
        return json.loads(script, strict=False)
    except ValueError:
        # Templates often leave a comma behind the last member, and comments or a semicolon around.
        bare = _TRAILING_COMMA.sub("", script)
        return _LENIENT.raw_decode(_COMMENT.sub("", bare, count=1))[0]


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object in a value, the outer ones first, down to MAX_DEPTH."""
    # A stack: generators within generators would hand each object up through all levels.
    left = [(value, 0)]
    while left:
        value, depth = left.pop()
        if isinstance(value, dict):
            yield value
            children: Iterable[Any] = value.values()
        elif isinstance(value, list):
            children = value
        else:
            continue
        if depth < MAX_DEPTH:
            left += [(c, depth + 1) for c in children if isinstance(c, dict | list)][::-1]


def _largest_prose(blob: Any) -> list[str]:
    """The prose under the one object that holds most of it directly or in a list of its own."""
    best: list[str] = []
    for node in objects(blob):
        if _PROSE_KEYS.isdisjoint(node):
            continue
        best = max(best, list(_prose(node, 0)), key=_size)
    return best


def _prose(node: dict[str, Any], depth: int) -> Iterator[str]:
    for key, value in node.items():
        if key not in _PROSE_KEYS:
            continue
        if isinstance(value, str):
            if len(value) >= MIN_PROSE and " " in value and not value.startswith(("http", "{")):
                yield value
        elif isinstance(value, list) and depth < MAX_DEPTH:
            for item in value:
                if isinstance(item, dict):
                    yield from _prose(item, depth + 1)
                elif isinstance(item, str) and len(item) >= MIN_PROSE:
                    yield item
