"""What a selection keeps of a labelled document, and the status that says why nothing is kept."""

import pytest

import boilerclass
from boilerclass.cleaner import CLICKBAIT, NOTHING, SHORT, clean
from boilerclass.document import Document, Forced, Kind, Paragraph
from boilerclass.errors import InvalidOption
from boilerclass.labelled import EMPTY, NO_ARTICLE, OK, LabelledDocument, Settled
from boilerclass.labels import LABEL_OF, Role
from boilerclass.options import Selection


def labelled(
    *roles: Role, score: float = 0.7, document: Document | None = None
) -> LabelledDocument:
    """The document, or a line for each role, whose text is the role's name."""
    count = len(roles)
    return LabelledDocument(
        document or Document("text", [Paragraph(role) for role in roles]),
        [LABEL_OF[role] for role in roles],
        Settled(roles, [[0.2] * 5] * count, [""] * count, [None] * count, score, "en"),
    )


ALL = labelled(Role.TITLE, Role.META, Role.CAPTION, Role.BODY, Role.TEASER, Role.PROMO)


@pytest.mark.parametrize(
    ("selection", "kept"),
    [
        (Selection(), "title body"),
        (Selection(labels="teaser"), "teaser"),
        (Selection(labels=["core", "ad"]), "title body promo"),
        (Selection(with_roles="caption"), "title caption body"),
        (Selection(labels=(), with_roles=["meta"]), "meta"),
        (Selection(min_core_chars=9), "title body"),
        (Selection(max_clickbait=0.7), "title body"),
    ],
)
def test_what_is_kept(selection: Selection, kept: str) -> None:
    cleaned = clean(ALL, selection)
    assert cleaned.text.split() == kept.split()
    assert cleaned.status == OK


LONG = "The pier was closed for repairs on Monday, the council said."


@pytest.mark.parametrize(
    ("kind", "texts", "forced", "kept"),
    [
        ("html", [LONG, "Yes", LONG, "Yes"], {}, [0, 1, 3]),
        ("html", [LONG, LONG], {1: Forced(True, "p")}, [0, 1]),
        ("text", [LONG, LONG], {}, [0, 1]),
    ],
)
def test_a_page_says_a_long_paragraph_once(
    kind: Kind, texts: list[str], forced: dict[int, Forced], kept: list[int]
) -> None:
    document = Document(kind, [Paragraph(text) for text in texts], forced=forced)
    page = labelled(*[Role.BODY] * len(texts), document=document)
    assert list(clean(page).kept) == kept
    assert clean(page).copies == set(range(len(texts))) - set(kept)


@pytest.mark.parametrize(
    ("document", "selection", "status"),
    [
        (ALL, Selection(min_core_chars=10), SHORT),
        (ALL, Selection(max_clickbait=0.6), CLICKBAIT),
        (ALL, Selection(labels="recommendation"), NOTHING),
        (labelled(), Selection(), EMPTY),
        (labelled(), Selection(min_core_chars=1), EMPTY),
        (labelled(Role.CHROME), Selection(min_core_chars=1), NO_ARTICLE),
        (labelled(Role.CHROME), Selection(max_clickbait=0), NO_ARTICLE),
    ],
)
def test_why_nothing_is_kept(document: LabelledDocument, selection: Selection, status: str) -> None:
    cleaned = clean(document, selection)
    assert (cleaned.status, cleaned.text) == (status, "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"labels": "crome"},
        {"with_roles": ["caption", "captions"]},
        {"min_core_chars": -1},
        {"min_core_chars": "5"},
        {"max_clickbait": 1.1},
    ],
)
def test_a_selection_that_means_nothing(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidOption, match=next(iter(wrong))):
        boilerclass.clean("Some text.", **wrong)


def test_the_function_selects_as_well() -> None:
    text = "The tide came in at noon.\n\nAdvertisement\n\nThe ferry left at one."
    assert "Advertisement" not in boilerclass.clean(text)
    assert boilerclass.clean(text, labels=tuple(boilerclass.Label)).split() == text.split()
    assert boilerclass.clean(text, min_core_chars=1000) == ""
