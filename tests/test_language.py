"""The language of a text, by its characters before what its page declares."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from boilerclass.readers import language
from boilerclass.readers.language import GLANCE, SAMPLE, identify

ENGLISH = "The keeper wrote down each of the boats that passed the breakwater on a clear day. "
GERMAN = "Der Wärter schrieb jedes der Boote auf, die an einem klaren Tag vorbeigefahren sind. "


@pytest.mark.parametrize(
    ("text", "declared", "code"),
    [
        (ENGLISH * 9, "en-GB", "en"),
        (ENGLISH * 9, "de", "en"),
        (ENGLISH * 9, None, "en"),
        (ENGLISH[:GLANCE] + GERMAN * 30, "de", "de"),
        ("1871", "NL_nl", "nl"),
        ("", None, None),
        ("", "en;q=0.9", "en"),
        ("", "iw", "he"),
        ("", "{{lang}}", None),
        ("", "english", None),
    ],
)
def test_what_is_declared_is_believed_where_the_text_does_not_say_otherwise(
    text: str, declared: str | None, code: str | None
) -> None:
    assert identify([text], declared) == code


def test_no_more_of_a_long_text_is_looked_at_than_settles_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[int] = []
    detect = language.detect_language

    def counted(text: str) -> object:
        looked.append(len(text))
        return detect(text)

    monkeypatch.setattr(language, "detect_language", counted)

    def texts() -> Iterator[str]:
        while True:
            yield ENGLISH

    assert identify(texts(), "en") == identify(texts(), "fr") == "en"
    assert looked == [GLANCE, GLANCE, SAMPLE]
