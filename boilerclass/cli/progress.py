"""A line on the terminal that tells how far a run is; nothing where there is no terminal."""

from __future__ import annotations

import sys
import time
from datetime import timedelta

EVERY = 0.2
"""Seconds between two looks of the line."""
_CLEAR = "\r\x1b[K"


class Progress:
    """The line; whatever else is said must :meth:`clear` it first."""

    def __init__(self, *, wanted: bool) -> None:
        self.shown = wanted and sys.stderr is not None and sys.stderr.isatty()
        self.total: int | None = None
        """Bytes of all inputs, when they are known."""
        self._first: tuple[float, int, int] | None = None
        """When the run was looked at first, and the documents and bytes that were done then: an
        earlier run may have done them."""
        self._last = 0.0
        self._stands = False

    def show(self, documents: int, failed: int, done: int) -> None:
        """Draw the line, at most every EVERY seconds; ``done`` are bytes of the inputs."""
        now = time.monotonic()
        if not self.shown or now - self._last < EVERY:
            return
        self._last = now
        self._first = self._first or (now, documents, done)
        began, documents_then, done_then = self._first
        parts = [f"{documents:,} documents"]
        if now > began:
            parts.append(f"{(documents - documents_then) / (now - began):,.0f}/s")
        if failed:
            parts.append(f"{failed:,} failed")
        if self.total:
            parts.append(f"{min(done / self.total, 1):.0%}")
            if done > done_then:
                left = (now - began) * max(self.total - done, 0) / (done - done_then)
                parts.append(f"{timedelta(seconds=round(left))} left")
        sys.stderr.write(f"{_CLEAR}{'  '.join(parts)}")
        sys.stderr.flush()
        self._stands = True

    def clear(self) -> None:
        """Take the line away, until it is drawn again."""
        if self._stands:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
            self._stands = False
