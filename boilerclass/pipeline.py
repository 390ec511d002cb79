"""The spine: source, document, batch, evidence, probabilities, labels."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import compress, pairwise, repeat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from boilerclass import artifact, batch, decode, features, model_folders, readers, trained
from boilerclass.blas import one_thread
from boilerclass.document import Document, Kind, Link, Metadata, Origin, detached
from boilerclass.features import context
from boilerclass.labelled import LabelledDocument
from boilerclass.labels import LABEL_OF, LABELS, ROLES, Label, Role
from boilerclass.memory import keep_freed
from boilerclass.options import Options
from boilerclass.trained import Trained

if TYPE_CHECKING:
    from boilerclass import explain
    from boilerclass.sites import evidence

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Chosen = tuple[str | bytes, Options]
"""A page and what was chosen for it."""

PAGES_AT_ONCE, SIZE_AT_ONCE = 64, 1_500_000
"""Pages in one matrix, and their characters or bytes: enough to spread numpy's cost per call, few
enough to stay in cache."""

_LABEL_OF_ROLE = np.array([LABELS.index(LABEL_OF[role]) for role in ROLES])
_SURELY_BODY = np.array([role is Role.BODY for role in ROLES], dtype=np.float32)
_POINTERS = [LABELS.index(Label.TEASER), LABELS.index(Label.RECOMMENDATION)]
_ROLE_IN_LABEL = np.where(_LABEL_OF_ROLE[None, :] == np.arange(len(LABELS))[:, None], 0.0, -np.inf)


class Classifier:
    """A loaded model; cheap to keep, safe to share between threads."""

    def __init__(self, pages: Trained, texts: Trained) -> None:
        self.name = f"{pages.name}, {texts.name}"
        self.models: dict[Kind, Trained] = {"html": pages, "text": texts}
        keep_freed()

    @classmethod
    def load(cls, path: str | Path | None = None) -> Classifier:
        """The models in the folders ``pages`` and ``texts`` of ``path``, else of the folder that
        BOILERCLASS_MODEL names, else the shipped ones.

        Raises:
            CorruptModel: there is none, or it is damaged.
            ModelMismatch: it was made for another version.
        """
        pages, texts = (
            trained.construct(artifact.read(artifact.find(kind, path)))
            for kind in model_folders.PARAGRAPHS
        )
        return cls(pages, texts)

    def label(self, page: str | bytes, options: Options | None = None) -> LabelledDocument:
        """The page's paragraphs, each with its label."""
        return self._label_chunk([(page, options or Options())])[0]

    def label_many(
        self, pages: Iterable[str | bytes], jobs: int = 1, options: Options | None = None
    ) -> Iterator[LabelledDocument]:
        """The labelled documents of the pages, in their order; ``jobs`` processes share the work.

        Pages are taken from the iterable as they are needed. Where it raises, those that it gave
        before come first.

        Raises:
            TypeError: ``pages`` is a single page, or a table.
        """
        chosen = options or Options()
        return self.label_each(((page, chosen) for page in several(pages)), jobs)

    def label_each(self, pages: Iterable[Chosen], jobs: int = 1) -> Iterator[LabelledDocument]:
        """As :meth:`label_many`, of pages that come each with options of its own."""
        failures: list[Exception] = []
        yield from self._label_all(_before(failures, pages), jobs)
        for failure in failures:
            raise failure

    def _label_all(self, pages: Iterable[Chosen], jobs: int) -> Iterator[LabelledDocument]:
        if jobs == 1:
            for chunk in _chunks(pages):
                yield from self._label_chunk(chunk)
            return
        from boilerclass import processes

        held: deque[list[Chosen]] = deque()

        def sent() -> Iterator[list[Chosen]]:
            for chunk in _chunks(pages):
                held.append(chunk)
                # A site memory is large, and what it says is weighed here.
                yield [(page, replace(options, sites=None)) for page, options in chunk]

        for part in processes.ordered(self._score_apart, sent(), jobs):
            # Decided here, so that what is only worked out on demand stays on demand.
            for (document, scores), (page, options) in zip(part, held.popleft(), strict=True):
                again = _Again(page, replace(options, sites=None))
                whole = replace(document, locate=again.locate, source=again)
                yield self._decide(whole, scores, options)

    def label_documents(
        self, documents: Sequence[Document], options: Options
    ) -> list[LabelledDocument]:
        """The labels of documents that have been read."""
        return list(map(self._decide, documents, self._score(documents), repeat(options)))

    def reasons(
        self, document: Document, chosen: Ints, outside: Mapping[int, explain.Outside]
    ) -> list[str]:
        """Why each paragraph has its label, given as an index into LABELS; ``outside`` is what
        other pages say of some."""
        from boilerclass import explain

        together, model = batch.collect([document]), self.models[document.kind].scorer
        with one_thread():
            inputs = model.inputs(features.extract(together), together)
            words = explain.reasons(model, inputs, chosen, document, outside)
        data = decode.from_data(document)
        words[data] = [decode.DATA_REASON] * len(words[data])
        for i, verdict in document.forced.items():
            words[i] = verdict.reason
        return words

    def _label_chunk(self, pages: Sequence[Chosen]) -> list[LabelledDocument]:
        documents = [read(*page) for page in pages]
        options = [chosen for _, chosen in pages]
        return list(map(self._decide, documents, self._score(documents), options))

    def _score_apart(self, pages: Sequence[Chosen]) -> list[tuple[Document, _Scores]]:
        """Documents without their sources, which stay behind when they travel, and their scores."""
        documents = [read(*page) for page in pages]
        bare = list(map(detached, documents))
        return list(zip(bare, self._score(documents), strict=True))

    def _score(self, documents: Sequence[Document]) -> list[_Scores]:
        """The scores of each document."""
        found: dict[int, _Scores] = {}
        for kind, model in self.models.items():
            of_kind = [i for i, document in enumerate(documents) if document.kind == kind]
            if of_kind:
                found.update(
                    zip(of_kind, _scores(model, [documents[i] for i in of_kind]), strict=True)
                )
        return [found[i] for i in range(len(documents))]

    def _decide(self, document: Document, scores: _Scores, options: Options) -> LabelledDocument:
        found: list[evidence.Found] = []
        roles, chars = scores
        roles[decode.from_data(document)] = _SURELY_BODY
        alone = roles
        model = self.models[document.kind]
        threshold, beta = options.threshold, model.betas[options.preset]
        if options.sites is not None:
            from boilerclass.sites import evidence

            if threshold is None:  # without the memory: what it says of one changes no other
                core = (roles @ context.TO_LABELS)[:, decode.CORE]
                threshold = decode.best_threshold(core, chars, beta)
            roles, found = evidence.weigh(document, roles, options.sites)
        chosen, probabilities = decode.labels(
            roles, chars, threshold=threshold, beta=beta, factors=model.factors
        )
        decode.obey(document.forced, chosen, probabilities, model.factors)
        verdict = _Verdict(chosen, roles, probabilities)
        outside = _outside(found, alone, probabilities, chosen)
        labels = [LABELS[i] for i in chosen.tolist()]
        return LabelledDocument(document, labels, _Detail(self, document, verdict, outside))


class _Scores(NamedTuple):
    """What is known of the n paragraphs of a document before they are labelled."""

    roles: Floats
    """Shape (n, len(ROLES)): the probability of each role."""
    chars: Floats
    """Shape (n,): characters of each paragraph."""


class _Verdict(NamedTuple):
    """What was decided on the n paragraphs of a document."""

    chosen: Ints
    """Shape (n,): indices into LABELS."""
    roles: Floats
    probabilities: Floats
    """Shape (n, len(LABELS))."""


def _scores(model: Trained, documents: Sequence[Document]) -> list[_Scores]:
    """The scores of documents of the model's kind."""
    together = batch.collect(documents)
    with one_thread():
        roles = model.roles(features.extract(together), together)
    chars = together.lengths.astype(np.float32)
    # Copied: a document that is kept must not keep those beside it.
    return [
        _Scores(roles[start:end].copy(), chars[start:end])
        for start, end in pairwise(together.bounds.tolist())
    ]


class _Again:
    """What another process has read a page for, read again when asked: to send it costs more."""

    def __init__(self, page: str | bytes, options: Options) -> None:
        self._chosen = page, options

    @functools.cached_property
    def _document(self) -> Document:
        return read(*self._chosen)

    def __reduce__(self) -> tuple[type[_Again], Chosen]:
        return _Again, self._chosen

    def locate(self, index: int) -> Origin:
        return self._document.locate(index)

    def metadata(self) -> Metadata:
        return self._document.source.metadata()

    def links(self, texts: Sequence[str], wanted: Sequence[int]) -> Sequence[Sequence[Link]]:
        return self._document.source.links(texts, wanted)

    def attribute(self, name: str, elements: Sequence[int]) -> Sequence[str | None]:
        return self._document.source.attribute(name, elements)


class _Detail:
    """Works out on demand what not everybody asks for."""

    def __init__(
        self,
        classifier: Classifier,
        document: Document,
        verdict: _Verdict,
        outside: Mapping[int, explain.Outside],
    ) -> None:
        self._classifier = classifier
        self._document = document
        self._chosen, self._of_roles, self._of_labels = verdict
        self._outside = outside

    @functools.cached_property
    def _roles(self) -> list[Role]:
        finer = (np.log(self._of_roles + 1e-9) + _ROLE_IN_LABEL[self._chosen]).argmax(axis=1)
        return [ROLES[i] for i in finer.tolist()]

    @functools.cached_property
    def _probabilities(self) -> list[list[float]]:
        found: list[list[float]] = self._of_labels.tolist()
        return found

    @functools.cached_property
    def _reasons(self) -> list[str]:
        return self._classifier.reasons(self._document, self._chosen, self._outside)

    @functools.cached_property
    def _scores(self) -> list[float | None]:
        texts = self._document.texts
        rated = np.flatnonzero(np.isin(self._chosen, _POINTERS)).tolist()
        scores: list[float | None] = [None] * len(texts)
        for i, score in zip(rated, _headline_scores([texts[i] for i in rated]), strict=True):
            scores[i] = score
        return scores

    def roles(self) -> Sequence[Role]:
        return self._roles

    def probabilities(self) -> Sequence[Sequence[float]]:
        return self._probabilities

    def reasons(self) -> Sequence[str]:
        return self._reasons

    def headline_scores(self) -> Sequence[float | None]:
        return self._scores

    def clickbait(self, title: str) -> float:
        return _headline_scores([title])[0]

    @functools.cached_property
    def _language(self) -> str | None:
        from boilerclass.readers.language import identify

        core = compress(self._document.texts, (self._chosen == decode.CORE).tolist())
        return identify(core, self._document.language)

    def language(self) -> str | None:
        return self._language


def several(pages: Iterable[str | bytes]) -> Iterable[str | bytes]:
    """The pages.

    Raises:
        TypeError: it is a single one, whose characters would be taken for pages, or a table, whose
            names of columns would.
    """
    if isinstance(pages, str | bytes):
        raise TypeError("pages is one page: put it into a list, or pass several.")
    if hasattr(pages, "columns"):
        raise TypeError("pages is a table: pass its column of pages, such as table['html'].")
    return pages


def _before(failures: list[Exception], pages: Iterable[Chosen]) -> Iterator[Chosen]:
    """The pages up to the one at which the iterable fails; the failure is put in the list."""
    try:
        yield from pages
    except Exception as error:  # noqa: BLE001 - whatever the caller's own iterable raises
        failures.append(error)


def _chunks(pages: Iterable[Chosen]) -> Iterator[list[Chosen]]:
    """The pages that are scored together; their order stays."""
    chunk: list[Chosen] = []
    size = 0
    for page, options in pages:
        chunk.append((page, options))
        size += len(page) if isinstance(page, str | bytes) else 0  # what it is, reading will say
        if len(chunk) == PAGES_AT_ONCE or size >= SIZE_AT_ONCE:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _headline_scores(headlines: Sequence[str]) -> list[float]:
    from boilerclass import headline_scorer

    return headline_scorer.score(headlines)


def _outside(
    found: Sequence[evidence.Found], alone: Floats, probabilities: Floats, chosen: Ints
) -> dict[int, explain.Outside]:
    """By paragraph what a site memory said, and what it did for the label; ``alone`` are the
    probabilities of the roles without it."""
    if not found:
        return {}
    from boilerclass import explain

    outside = {}
    for said in found:
        i, label = said.index, chosen[said.index]
        before = alone[i] @ context.TO_LABELS[:, label]
        outside[i] = explain.Outside(float(probabilities[i, label] - before), said.words)
    return outside


def read(page: str | bytes, options: Options) -> Document:
    """The Document of a page, read as the options say."""
    return readers.read(
        page,
        kind=None if options.kind == "auto" else options.kind,
        url=options.url,
        encoding=options.encoding,
        keep=options.keep,
        drop=options.drop,
    )


@functools.lru_cache(maxsize=4)
def classifier(path: str | None = None) -> Classifier:
    """The model at ``path`` or the default one, loaded once a process."""
    return Classifier.load(path)
