"""The user's own rules: CSS selectors of elements whose paragraphs are kept or dropped."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import turbohtml

from boilerclass.document import Forced
from boilerclass.errors import InvalidOption


class Rules(NamedTuple):
    """Selectors; the innermost element that one of them matches decides, ``keep`` on a tie."""

    keep: Sequence[str] = ()
    drop: Sequence[str] = ()

    def check(self) -> None:
        """Nothing.

        Raises:
            InvalidOption: a selector cannot be read.
        """
        for option, selectors in zip(self._fields, self, strict=True):
            for selector in selectors:
                problem = _problem(selector)
                if problem:
                    raise InvalidOption(f"{option} {selector!r} is no CSS selector: {problem}")

    def verdicts(
        self, tree: turbohtml.Document, hosts: Sequence[turbohtml.Element]
    ) -> list[Forced | None]:
        """For each paragraph, given the element that holds it, what the rules say of it."""
        if not any(self):
            return [None] * len(hosts)
        matched: dict[turbohtml.Element, Forced] = {}
        for selectors, keep in ((self.drop, False), (self.keep, True)):
            for selector in selectors:
                reason = f"{'kept by --keep' if keep else 'dropped by --drop'} {selector!r}"
                matched.update(dict.fromkeys(tree.select(selector), Forced(keep, reason)))
        around: dict[turbohtml.Element, Forced | None] = {}
        inside = functools.cache(_innermost)
        return [_nearest(inside(host), matched, around) for host in hosts]


NO_RULES = Rules()


@functools.lru_cache(maxsize=256)
def _problem(selector: str) -> str | None:
    if not selector.strip():
        return "it is empty"
    try:
        turbohtml.parse("").select(selector)
    except (ValueError, RecursionError) as error:
        return str(error)
    return None


def _innermost(host: turbohtml.Element) -> turbohtml.Element:
    """The deepest element with the same text: a whole paragraph may stand in one link."""
    while True:
        only = _only_child(host)
        if only is None:
            return host
        host = only


def _only_child(element: turbohtml.Element) -> turbohtml.Element | None:
    only: turbohtml.Element | None = None
    for child in element.children:
        if isinstance(child, turbohtml.Text) and child.data.isspace():
            continue
        if isinstance(child, turbohtml.Comment):
            continue
        if only is not None or not isinstance(child, turbohtml.Element):
            return None
        only = child
    return only


def _nearest(
    element: turbohtml.Element,
    matched: dict[turbohtml.Element, Forced],
    around: dict[turbohtml.Element, Forced | None],
) -> Forced | None:
    """The verdict on the element itself or the nearest one around it; ``around`` remembers."""
    passed: list[turbohtml.Element] = []
    for node in _upwards(element):
        verdict = matched.get(node) or around.get(node)
        passed.append(node)
        if verdict is not None or node in around:
            break
    else:
        verdict = None
    around.update(dict.fromkeys(passed, verdict))
    return verdict


def _upwards(element: turbohtml.Element) -> Iterator[turbohtml.Element]:
    node: turbohtml.Node | None = element
    while isinstance(node, turbohtml.Element):
        yield node
        node = node.parent
