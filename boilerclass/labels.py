"""The five labels and the finer roles they are made of."""

from __future__ import annotations

from enum import StrEnum


class Label(StrEnum):
    """What a paragraph is to the reader of the page."""

    CORE = "core"
    TEASER = "teaser"
    RECOMMENDATION = "recommendation"
    AD = "ad"
    CHROME = "chrome"


class Role(StrEnum):
    """What a paragraph is, one step finer than its label; the classifier's own classes."""

    TITLE = "title"
    BODY = "body"
    CAPTION = "caption"
    META = "meta"
    TEASER = "teaser"
    RECOMMENDATION = "recommendation"
    AD = "ad"
    PROMO = "promo"
    COMMENT = "comment"
    CHROME = "chrome"


LABELS: tuple[Label, ...] = tuple(Label)
ROLES: tuple[Role, ...] = tuple(Role)

LABEL_OF: dict[Role, Label] = {
    Role.TITLE: Label.CORE,
    Role.BODY: Label.CORE,
    Role.CAPTION: Label.CHROME,
    Role.META: Label.CHROME,
    Role.TEASER: Label.TEASER,
    Role.RECOMMENDATION: Label.RECOMMENDATION,
    Role.AD: Label.AD,
    Role.PROMO: Label.AD,
    Role.COMMENT: Label.CHROME,
    Role.CHROME: Label.CHROME,
}
