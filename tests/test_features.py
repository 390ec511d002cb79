"""What the columns say of a paragraph and of where it stands."""

import numpy as np
import pytest

from boilerclass import batch, features
from boilerclass.features import context
from boilerclass.features import text as text_columns
from boilerclass.labels import ROLES
from boilerclass.readers import html, text

CELLS = "".join(f"<tr><td>{name}<td>{size}" for name, size in (("North", 3), ("South", 5)))
PAGE = f"""<body><nav><a href=/>Home</a><a href=/tide>Tides</a></nav>
<main><h1>The harbour wall gives way</h1>
<p>The harbour wall gave way on Tuesday night after three days of rain.</p>
<table>{CELLS}</table>
<p>Nobody was hurt, the harbour master said on Wednesday morning.</p></main>
<footer>All rights reserved</footer>"""


def around(page: str, core: set[str]) -> tuple[list[str], dict[str, np.ndarray]]:
    """The texts of a page, and the context columns by name, where the first network is sure of
    everything; what is not core is chrome."""
    document = html.read(page)
    texts = [paragraph.text for paragraph in document.paragraphs]
    roles = np.zeros((len(texts), len(ROLES)), dtype=np.float32)
    for i, own in enumerate(texts):
        roles[i, ROLES.index("body" if own in core else "chrome")] = 1
    together = batch.collect([document])
    cues = features.extract(together).dense[:, features.CUES]
    found = context.features(together, roles, cues)
    return texts, dict(zip(context.COLUMNS, found.T, strict=True))


def test_cells_of_a_table_are_told_what_surrounds_the_table() -> None:
    sentences = {p.text for p in html.read(PAGE).paragraphs if len(p.text) > 20}
    texts, column = around(PAGE, sentences)
    for cell in ("North", "3", "South", "5"):
        i = texts.index(cell)
        assert column["in_body"][i] == 1
        assert column["block_before_core"][i] == pytest.approx(2 / 3)  # the menu, title, body
        assert column["block_after_core"][i] == pytest.approx(0.5)
        assert column["block_core"][i] == column["block_core_share"][i] == 0
        assert column["log_block"][i] == pytest.approx(np.log1p(4))
        assert column["log_body_depth"][i] > column["log_body_depth"][1 + texts.index("5")]
    alone = texts.index("Nobody was hurt, the harbour master said on Wednesday morning.")
    assert column["log_block"][alone] == pytest.approx(np.log1p(1))
    assert column["block_core"][alone] == 1
    outside = [texts.index("Home Tides"), texts.index("All rights reserved")]
    assert not column["in_body"][outside].any()
    assert (column["body_core_share"] == 1).all()


def test_a_list_stands_under_its_heading_to_the_end() -> None:
    items = "".join(f"<li>Tide number {i}</li>" for i in range(30))
    lists = f"<h2>Most read</h2><ul>{items}</ul><p>Advertisement</p><h3>Tides</h3><p>High</p>"
    texts, column = around(PAGE + lists, {"Most read"})
    last = texts.index("Tide number 29")
    assert column["heading_core"][last] == 1
    assert column["heading_chrome"][last] == 0
    assert column["since_heading"][last] == pytest.approx(np.log1p(30))
    assert column["since_cue_recommendation"][last] == pytest.approx(np.log1p(30))
    under = texts.index("High")
    assert column["heading_core"][under] == 0
    assert column["heading_chrome"][under] == 1
    assert column["since_heading"][under] == pytest.approx(np.log1p(1))
    assert column["since_cue_ad"][under] == pytest.approx(np.log1p(2))
    assert column["since_cue_recommendation"][under] == pytest.approx(np.log1p(33))
    far = np.log1p(context.FAR)
    assert column["since_heading"][0] == pytest.approx(far)
    assert (column["since_cue_ad"][: under - 1] == np.float32(far)).all()


def test_a_page_without_core_has_no_body() -> None:
    _, column = around(PAGE, set())
    assert not column["in_body"].any()
    assert not column["body_core_share"].any()


def test_plain_text_has_no_blocks() -> None:
    document = text.read("The bell rang.\n\nThe tide came in.")
    roles = np.full((2, len(ROLES)), 1 / len(ROLES), dtype=np.float32)
    cues = np.zeros((2, len(features.CUE_COLUMNS)), dtype=np.float32)
    found = context.features(batch.collect([document]), roles, cues)
    assert not found[:, context.COLUMNS.index("in_body") :].any()


@pytest.mark.parametrize(
    ("line", "inside", "at_end"),
    [
        ("Harbour wall gives way... Mayor asks for help...", 1, 1),
        ("Harbour wall gives way\u2026 Mayor asks for help", 1, 0),
        ("Harbour wall gives way...", 0, 1),
        ("Harbour wall gives way. Mayor asks for help", 0, 0),
        ("...", 0, 1),
    ],
)
def test_an_ellipsis_inside_a_line_is_told_from_one_at_its_end(
    line: str, inside: int, at_end: int
) -> None:
    lines = (line, "The tide came in.")
    found = np.zeros((len(lines), len(text_columns.COLUMNS)), dtype=np.float32)
    text_columns.fill(text_columns.characters(lines), found, 0)
    assert found[0, text_columns.COLUMNS.index("ellipsis_inside")] == inside
    assert found[0, text_columns.COLUMNS.index("ellipsis")] == at_end
