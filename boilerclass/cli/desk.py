"""Writes what became of documents, and keeps the accounts of them."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable

from boilerclass.cleaner import CLICKBAIT, NOTHING, SHORT
from boilerclass.cli import output
from boilerclass.cli.batches import Result
from boilerclass.cli.inputs import Source
from boilerclass.cli.output import Destination, Grown
from boilerclass.cli.resume import Done
from boilerclass.cli.tally import Tally, Totals
from boilerclass.cli.work import Failure, reason
from boilerclass.labelled import EMPTY, NO_ARTICLE, OK
from boilerclass.writers.sheets import encode, sound

WHY_NOTHING = {
    EMPTY: "nothing kept: there is no text in it",
    NO_ARTICLE: "nothing kept: none of its text is core; boilerclass label shows what it is",
    SHORT: "nothing kept: its core text is shorter than --min-core-chars",
    NOTHING: "nothing kept: none of its text has the --labels asked for",
    CLICKBAIT: "skipped: its headline scores above --max-clickbait",
}
ALWAYS_SAID = frozenset((SHORT, CLICKBAIT))
"""Statuses that are said also where the output says them: the user's own rule took the text."""


class Desk:
    """Takes results one by one, and goes on with the accounts of an earlier run."""

    def __init__(
        self, done: Done, tell: Callable[[str, str], None], *, silent: bool, verbose: bool
    ) -> None:
        """``tell`` takes a name and what there is to say about it; ``silent`` is an output that
        does not say why a document is empty."""
        self.totals = Totals(**done.totals)
        self.tally = Tally(tell, done.tally)
        self._tell = tell
        self._silent = silent
        self._verbose = verbose

    def take(self, result: Result, destination: Destination, errors: Grown | None) -> None:
        """Write one, or say why there is nothing to write.

        Raises:
            OutputError: there is no room.
        """
        (source, outcome), entry = result, result.source.entry
        self.tally.add(entry, source.skipped, verbose=self._verbose)
        if outcome is None:
            self.totals.skipped += 1
            _note(errors, source, str(source.skipped), "skipped")
            return
        error = outcome.error
        if error is None:
            try:
                destination.write(entry, outcome.piece)
            except output.NoPlace as failure:
                error = failure
        if error is not None:
            self.totals.failed += 1
            _note(errors, source, reason(error), "failed")
            self._tell(entry.shown, told(error, verbose=self._verbose))
            return
        status = str(outcome.status)
        self.totals.written += 1
        self.totals.kept += status == OK
        if status in ALWAYS_SAID or (self._silent and status != OK):
            self._tell(entry.shown, WHY_NOTHING[status])


def told(error: Exception, *, verbose: bool) -> str:
    """Why something failed; ``verbose`` adds where in the program, on lines of its own."""
    trace = ""
    if verbose and isinstance(error, Failure):
        trace = error.trace
    elif verbose and error.__traceback__ is not None:
        trace = "".join(traceback.format_exception(error))
    return f"{reason(error)}\n{trace}".rstrip("\n")


def _note(errors: Grown | None, source: Source, words: str, kind: str) -> None:
    if errors is None:
        return
    entry = source.entry
    record = {
        "id": entry.id,
        "container": entry.container,
        "ordinal": entry.ordinal,
        "url": source.url,
        "error": words,
        "kind": kind,
    }
    readable = {k: sound(v) if isinstance(v, str) else v for k, v in record.items()}
    errors.write(encode(json.dumps(readable, ensure_ascii=False) + "\n"))
