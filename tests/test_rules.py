"""The user's own rules: which paragraphs a selector reaches, and that they always win."""

from collections.abc import Sequence

import pytest

import boilerclass
from boilerclass import Label
from boilerclass.errors import InvalidOption

PAGE = (
    "<!DOCTYPE html><title>Lamp</title><main><h1>The lamp stays</h1>"
    "<p>Residents of the harbour voted on Friday to keep their lamp lit by hand.</p>"
    "<p><a rel=sponsored href=/buy>Buy a lamp</a></p>"
    "<aside class=box><p>Subscribe to our newsletter</p><p id=note>Tides</p></aside>"
    "<p style='display:none'>A hidden transcript of the meeting.</p></main>"
)


def labels(
    keep: str | Sequence[str] = (), drop: str | Sequence[str] = ()
) -> dict[str, tuple[Label, str]]:
    document = boilerclass.label(PAGE, keep=keep, drop=drop)
    return {p.text.split()[0]: (p.label, p.reason) for p in document.paragraphs}


def test_what_is_kept_is_core_and_says_why() -> None:
    assert labels(keep="aside.box")["Subscribe"] == (Label.CORE, "kept by --keep 'aside.box'")


def test_what_is_dropped_is_never_core_and_says_why() -> None:
    label, reason = labels(drop=["h1", "nothing"])["The"]
    assert label is not Label.CORE
    assert reason == "dropped by --drop 'h1'"


def test_a_selector_reaches_the_element_that_holds_a_whole_paragraph() -> None:
    assert labels(keep="a[rel~=sponsored]")["Buy"][0] is Label.CORE


def test_the_inner_element_counts_and_keep_on_a_tie() -> None:
    inner = labels(keep="#note", drop="aside")
    assert inner["Tides"][0] is Label.CORE
    assert inner["Subscribe"][0] is not Label.CORE
    outer = labels(keep="aside", drop="#note")
    assert outer["Tides"][0] is not Label.CORE
    assert outer["Subscribe"][0] is Label.CORE
    assert labels(keep="h1", drop="h1")["The"][0] is Label.CORE


def test_what_is_kept_is_found_where_the_page_hides_it() -> None:
    page = PAGE.replace("<p>Subscribe", "<p>" + "The tide came in at noon. " * 30 + "<p>Subscribe")
    assert "transcript" not in boilerclass.clean(page)
    assert "transcript" in boilerclass.clean(page, keep="[style*=none]")


def test_rules_change_no_probability() -> None:
    plain, ruled = boilerclass.label(PAGE), boilerclass.label(PAGE, keep="aside", drop="h1")
    assert ruled.probabilities == plain.probabilities


@pytest.mark.parametrize("page", [PAGE, "plain text"])
@pytest.mark.parametrize("option", ["keep", "drop"])
@pytest.mark.parametrize("selector", ["a[", "", ":nonsense(", "a" + ":not(" * 5000])
def test_what_is_no_selector(page: str, option: str, selector: str) -> None:
    with pytest.raises(InvalidOption, match=option):
        boilerclass.label(page, **{option: selector})


def test_rules_do_nothing_to_plain_text() -> None:
    text = "One line of text.\nAnother line of text."
    assert boilerclass.clean(text, drop="*") == boilerclass.clean(text)


def test_deep_pages_take_no_longer_for_rules() -> None:
    page = "<!DOCTYPE html>" + "<span>" * 3000 + "<p>tide" * 3000
    document = boilerclass.label(page, keep="span:not(.x)")
    assert set(document.labels) == {Label.CORE}
