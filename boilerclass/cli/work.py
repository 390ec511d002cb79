"""What is done with each page of a run, in this process or in another one."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from boilerclass import cleaner, writers
from boilerclass.cli.inputs import Source
from boilerclass.errors import BoilerclassError, InvalidOption
from boilerclass.labelled import LabelledDocument
from boilerclass.options import Options, Selection
from boilerclass.writers.terminal import visible_line

if TYPE_CHECKING:
    from boilerclass.pipeline import Classifier


class Failure(BoilerclassError):
    """Why a document has no result, in words that travel between processes."""

    def __init__(self, words: str, trace: str = "") -> None:
        super().__init__(words, trace)
        self.trace = trace
        """Where in the program it happened; empty when it was foreseen."""

    def __str__(self) -> str:
        return str(self.args[0])


class Outcome(NamedTuple):
    """What became of a page: a piece of output, or why there is none."""

    piece: Any = None
    status: str | None = None
    """Of the document, when there is a piece."""
    error: Exception | None = None


class Work(NamedTuple):
    """What the user chose to be done; it can be sent to another process."""

    form: str
    """The row of the format in the tables of :mod:`boilerclass.writers`."""
    options: Options
    selection: Selection | None = None
    """What of a document is written, by a format of CLEAN; None for one of LABEL."""


class Worker:
    """Does the work, with a model loaded."""

    def __init__(self, work: Work, classifier: Classifier | None = None) -> None:
        """
        Raises:
            BoilerclassError: there is no sound model.
        """
        from boilerclass import pipeline

        self._document = writers.load(work.form).document
        self._options = work.options
        self._selection = work.selection
        self._classifier = classifier or pipeline.classifier()

    def __call__(self, pages: Sequence[Source]) -> list[Outcome]:
        """The outcome of each page. Pages are scored together, which is cheaper; the last digit of
        a probability may depend on it.

        Raises:
            InvalidOption: an option cannot be followed.
        """
        chosen = [(page.content, page.options(self._options)) for page in pages]
        try:
            labelled = list(self._classifier.label_each(chosen))
        except InvalidOption:
            raise
        except Exception as error:  # noqa: BLE001  # whichever page it was, the others are due
            if len(pages) == 1:
                return [Outcome(error=failure(error))]
            return [outcome for page in pages for outcome in self([page])]
        labelled.reverse()  # so that each can be let go when it has been rendered
        return [self._rendered(page.entry.id, labelled.pop()) for page in pages]

    def _rendered(self, name: str, labelled: LabelledDocument) -> Outcome:
        try:
            if self._selection is None:
                return Outcome(self._document(name, labelled), labelled.status)
            cleaned = cleaner.clean(labelled, self._selection)
            return Outcome(self._document(name, cleaned), cleaned.status)
        except Exception as error:  # noqa: BLE001  # reasons and scores are worked out here
            return Outcome(error=failure(error))


def failure(error: Exception) -> Failure:
    """The error as it can be told, and told elsewhere."""
    foreseen = isinstance(error, BoilerclassError)
    return Failure(reason(error), "" if foreseen else "".join(traceback.format_exception(error)))


def reason(error: Exception) -> str:
    """Why something failed, in words that fit after its name."""
    if isinstance(error, BoilerclassError):
        return visible_line(str(error))
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    words = visible_line(f"{type(error).__name__}: {error}")
    return f"could not be processed ({words}); -v shows where"
