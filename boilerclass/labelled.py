"""What the classifier gives back; plain values, standard library only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from boilerclass.document import Document, Metadata, Origin, settled
from boilerclass.labels import LABELS, Label, Role

OK, EMPTY, NO_ARTICLE = "ok", "empty", "no-article"
"""``LabelledDocument.status``: an article was found; there is no text at all; there is text, and
none of it is core."""


class Detail(Protocol):
    """What costs time and is worked out only when asked for."""

    def roles(self) -> Sequence[Role]: ...
    def probabilities(self) -> Sequence[Sequence[float]]: ...
    def reasons(self) -> Sequence[str]: ...
    def headline_scores(self) -> Sequence[float | None]: ...
    def clickbait(self, title: str) -> float: ...
    def language(self) -> str | None: ...


class Settled(NamedTuple):
    """Details that have been worked out; what a pickled document carries."""

    all_roles: Sequence[Role]
    all_probabilities: Sequence[Sequence[float]]
    all_reasons: Sequence[str]
    all_scores: Sequence[float | None]
    own_score: float
    own_language: str | None

    def roles(self) -> Sequence[Role]:
        return self.all_roles

    def probabilities(self) -> Sequence[Sequence[float]]:
        return self.all_probabilities

    def reasons(self) -> Sequence[str]:
        return self.all_reasons

    def headline_scores(self) -> Sequence[float | None]:
        return self.all_scores

    def clickbait(self, title: str) -> float:
        return self.own_score

    def language(self) -> str | None:
        return self.own_language


class LabelledDocument:
    """A document with a verdict on every paragraph."""

    __slots__ = ("_detail", "document", "labels")

    def __init__(self, document: Document, labels: Sequence[Label], detail: Detail) -> None:
        self.document = document
        self.labels = labels
        """One for each of ``document.paragraphs``."""
        self._detail = detail

    def __reduce__(self) -> tuple[Any, ...]:
        detail = Settled(
            self.roles,
            self.probabilities,
            self._detail.reasons(),
            self._detail.headline_scores(),
            self.clickbait or 0.0,
            self._detail.language(),
        )
        return LabelledDocument, (settled(self.document), self.labels, detail)

    @property
    def paragraphs(self) -> list[LabelledParagraph]:
        """Every paragraph of the document, kept or not, in reading order."""
        return [LabelledParagraph(self, i) for i in range(len(self.labels))]

    @property
    def roles(self) -> Sequence[Role]:
        """The most probable role within each label."""
        return self._detail.roles()

    @property
    def probabilities(self) -> Sequence[Sequence[float]]:
        """For each paragraph the calibrated probabilities of LABELS, in that order."""
        return self._detail.probabilities()

    @property
    def title(self) -> str | None:
        """The paragraph that is the document's own title, else what the page calls itself."""
        if Role.TITLE in self.roles:
            return self.document.texts[self.roles.index(Role.TITLE)]
        return next((t for t in self.document.titles if t), None)

    @property
    def status(self) -> str:
        """``ok``, or why nothing was found: ``empty``, ``no-article``."""
        if Label.CORE in self.labels:
            return OK
        return NO_ARTICLE if self.labels else EMPTY

    @property
    def language(self) -> str | None:
        """ISO 639-1 code where there is one, told by the core text, else as the page declares."""
        return self._detail.language()

    @property
    def metadata(self) -> Metadata:
        """Authors, date, site, description and address, as the page states them."""
        return self.document.source.metadata()

    @property
    def clickbait(self) -> float | None:
        """How much the title withholds, 0 to 1; None without a title."""
        title = self.title
        return self._detail.clickbait(title) if title else None

    @property
    def detail(self) -> Detail:
        return self._detail

    def origin(self, index: int) -> Origin:
        """Where a paragraph stands in the source."""
        return self.document.locate(index)


class LabelledParagraph:
    """A paragraph with its verdict; a view into its document."""

    __slots__ = ("_document", "_index")

    def __init__(self, document: LabelledDocument, index: int) -> None:
        self._document = document
        self._index = index

    def __repr__(self) -> str:
        return f"LabelledParagraph({self.label}, {self.probability:.2f}, {self.text!r})"

    @property
    def text(self) -> str:
        return self._document.document.paragraphs[self._index].text

    @property
    def label(self) -> Label:
        return self._document.labels[self._index]

    @property
    def role(self) -> Role:
        """The most probable finer role within the label."""
        return self._document.roles[self._index]

    @property
    def probability(self) -> float:
        """Calibrated probability of ``label``."""
        return self.probabilities[self.label]

    @property
    def probabilities(self) -> dict[Label, float]:
        return dict(zip(LABELS, self._document.probabilities[self._index], strict=True))

    @property
    def reason(self) -> str:
        """The evidence that moved the decision most, in words."""
        return self._document.detail.reasons()[self._index]

    @property
    def clickbait(self) -> float | None:
        """Clickbait score of a teaser's or recommendation's line; None for other labels."""
        return self._document.detail.headline_scores()[self._index]

    @property
    def xpath(self) -> str | None:
        return self._document.origin(self._index).xpath

    @property
    def start(self) -> int | None:
        """Code point in the decoded source where the holding element or line begins."""
        return self._document.origin(self._index).start

    @property
    def end(self) -> int | None:
        return self._document.origin(self._index).end
