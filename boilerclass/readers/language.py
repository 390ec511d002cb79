"""The language of a text, told by its characters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from turbohtml.detect import detect_language

SAMPLE = 4_000
"""Characters that settle it; more cost time."""
GLANCE = 100
"""Characters that settle it when they are in the language that the page declares: of 3,666 pages
two had another language than by SAMPLE, lists of titles in two. It costs a third."""
CERTAIN = 0.5
"""Confidence below which what the page declares is believed instead."""

_TWO_LETTERS = dict(
    pair.split(":")
    for pair in (
        "ron:ro eng:en deu:de fra:fr spa:es por:pt ita:it pol:pl nld:nl ces:cs slk:sk hun:hu "
        "bul:bg ell:el rus:ru ukr:uk tur:tr swe:sv dan:da nob:no nno:no fin:fi jpn:ja cmn:zh "
        "zho:zh kor:ko ara:ar pes:fa fas:fa heb:he hin:hi ben:bn vie:vi ind:id msa:ms tha:th "
        "srp:sr hrv:hr slv:sl lit:lt lav:lv est:et sqi:sq mkd:mk cat:ca eus:eu glg:gl kat:ka "
        "hye:hy aze:az azj:az kaz:kk urd:ur tam:ta tel:te mal:ml mar:mr guj:gu pan:pa swh:sw "
        "swa:sw afr:af isl:is gle:ga cym:cy mlt:mt bel:be bos:bs epo:eo lat:la yid:yi amh:am "
        "khm:km lao:lo mya:my nep:ne sin:si tgl:tl uzb:uz tuk:tk zul:zu sna:sn aka:ak jav:jv "
        "kan:kn ori:or"
    ).split()
)
_PRIMARY = re.compile(r"\s*([a-z]{2,3})(?![a-z])")
"""The language of a tag of BCP 47; sites write other things into it."""
_OLD = {"iw": "he", "in": "id", "ji": "yi"}
"""Codes that ISO 639 has withdrawn."""


def identify(texts: Iterable[str], declared: str | None) -> str | None:
    """ISO 639-1 code of the language of the texts (639-3 where there is none), or the declared one.

    Texts are taken as they are needed.
    """
    stated = _PRIMARY.match((declared or "").lower())
    primary = _OLD.get(stated[1], stated[1]) if stated else None
    sample = _beginning(texts)
    glance = _told(sample[:GLANCE]) if primary else None
    return glance if glance and glance == primary else _told(sample) or primary


def _told(text: str) -> str | None:
    """The code that the characters say, if they do."""
    match = detect_language(text)
    if match.language is None or match.confidence < CERTAIN:
        return None
    return _TWO_LETTERS.get(match.language, match.language)


def _beginning(texts: Iterable[str]) -> str:
    """The first SAMPLE characters of the texts, parted by spaces."""
    pieces: list[str] = []
    size = 0
    for text in texts:
        pieces.append(text)
        size += len(text) + 1
        if size > SAMPLE:
            break
    return " ".join(pieces)[:SAMPLE]
