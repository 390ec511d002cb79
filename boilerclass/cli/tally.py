"""Counts what a container holds, so that no record is passed by unseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from boilerclass.cli.inputs import Entry

MOST_REASONS = 8
"""Reasons that are named; a crawl has dozens of content types."""
OTHER = "other"
MOST_COUNTED = 1000
"""Reasons that are counted apart: strangers choose the words."""


@dataclass(slots=True)
class Totals:
    """What became of everything that was read."""

    written: int = 0
    kept: int = 0
    """Written documents that have core text."""
    failed: int = 0
    skipped: int = 0

    @property
    def read(self) -> int:
        """Documents and records."""
        return self.written + self.failed + self.skipped

    def summary(self) -> str | None:
        """The account in one line, where there is something that one document's own message has
        not said."""
        if self.read < 2 or not self.failed + self.skipped:
            return None
        parts = [f"{self.written:,} written"]
        parts += [f"{self.failed:,} failed"] * bool(self.failed)
        parts += [f"{self.skipped:,} passed by"] * bool(self.skipped)
        return f"{self.read:,} read: {', '.join(parts)}"


class Tally:
    """Takes records in the order of their containers, says a line for each container."""

    def __init__(
        self, say: Callable[[str, str], object], state: Mapping[str, Any] | None = None
    ) -> None:
        """``state`` is that of another tally, which this one goes on with."""
        self._say = say
        before = state or {}
        self._container: str | None = before.get("container")
        self._records: int = before.get("records", 0)
        self._reasons: Counter[str] = Counter(before.get("reasons"))

    def state(self) -> dict[str, Any]:
        """What is counted of the container at hand, as JSON can hold it."""
        return {
            "container": self._container,
            "records": self._records,
            "reasons": dict(self._reasons),
        }

    def add(self, entry: Entry, skipped: str | None, *, verbose: bool = False) -> None:
        """Count one; ``verbose`` names each record that is passed by."""
        if entry.container != self._container:
            self.close()
            self._container = entry.container
        self._records += 1
        if skipped is None:
            return
        known = skipped in self._reasons or len(self._reasons) < MOST_COUNTED
        self._reasons[skipped if known else OTHER] += 1
        if verbose:
            self._say(entry.shown, f"passed by: {skipped}")

    def close(self) -> None:
        """Say what the container held, when some of it was passed by."""
        if self._container is not None and self._reasons:
            named = self._reasons.most_common(MOST_REASONS)
            rest = self._reasons.total() - sum(count for _, count in named)
            reasons = [f"{count:,} {reason}" for reason, count in named]
            reasons += [f"{rest:,} {OTHER}"] * (rest > 0)
            passed_by = f"{self._reasons.total():,} of {self._records:,} records passed by"
            self._say(self._container, f"{passed_by} ({', '.join(reasons)})")
        self._container, self._records = None, 0
        self._reasons.clear()
