"""The language of a text, told by its characters."""

from __future__ import annotations

from turbohtml.detect import detect_language

SAMPLE = 4_000
"""Characters that settle it; more cost time."""
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


def identify(text: str, declared: str | None) -> str | None:
    """ISO 639-1 code of the text's language (639-3 where there is none), or the declared one."""
    primary = (declared or "").strip().replace("_", "-").split("-")[0].lower() or None
    match = detect_language(text[:SAMPLE])
    if match.language is None or match.confidence < CERTAIN:
        return primary
    return _TWO_LETTERS.get(match.language, match.language)
