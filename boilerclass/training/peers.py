"""Other extractors, each called as its own documentation does for the main text of a page."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import NamedTuple

from boilerclass import readers
from boilerclass.errors import MissingExtra
from boilerclass.labels import Label
from boilerclass.training.answers import Answer, System
from boilerclass.training.gold import Gold

Extract = Callable[[str, str], str]
"""From HTML and the language of the page to its main text, paragraphs parted by line feeds."""


class Peer(NamedTuple):
    module: str
    package: str
    """What to install."""
    load: Callable[[], Extract]


def _trafilatura() -> Extract:
    import trafilatura

    return lambda html, _: trafilatura.extract(html) or ""


def _resiliparse() -> Extract:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda html, _: str(extract_plain_text(html, main_content=True))


def _readability() -> Extract:
    from readability import Document

    def extract(html: str, _: str) -> str:
        # It gives HTML; our reader makes paragraphs of it.
        article = readers.read(Document(html).summary(), kind="html")
        return "\n".join(p.text for p in article.paragraphs)

    return extract


def _justext() -> Extract:
    import justext

    stop_words = {
        code: justext.get_stoplist(name)
        for code, name in STOP_LISTS.items()
        if name in justext.get_stoplists()
    }

    def extract(html: str, language: str) -> str:
        known = stop_words.get(language)
        # Without a list of the language its authors advise to let stop words decide nothing.
        options = {} if known else {"stopwords_low": 0.0, "stopwords_high": 0.0}
        paragraphs = justext.justext(html, known or frozenset(), **options)
        return "\n".join(p.text for p in paragraphs if not p.is_boilerplate)

    return extract


STOP_LISTS = dict(
    pair.split(":")
    for pair in (
        "ar:Arabic bg:Bulgarian ca:Catalan cs:Czech da:Danish de:German el:Greek en:English "
        "es:Spanish et:Estonian eu:Basque fa:Persian fi:Finnish fr:French he:Hebrew hi:Hindi "
        "hr:Croatian hu:Hungarian id:Indonesian it:Italian ko:Korean lt:Lithuanian lv:Latvian "
        "nl:Dutch no:Norwegian_Bokmal pl:Polish pt:Portuguese ro:Romanian ru:Russian sk:Slovak "
        "sl:Slovenian sq:Albanian sr:Serbian sv:Swedish tr:Turkish uk:Ukrainian vi:Vietnamese"
    ).split()
)
"""jusText's names of languages by code."""

PEERS: dict[str, Peer] = {
    "trafilatura": Peer("trafilatura", "trafilatura", _trafilatura),
    "resiliparse": Peer("resiliparse", "resiliparse", _resiliparse),
    "readability": Peer("readability", "readability-lxml", _readability),
    "justext": Peer("justext", "justext", _justext),
}


def load(name: str) -> System:
    """The peer as a system: its text is core, and what it leaves out is chrome.

    Raises:
        MissingExtra: it is not installed.
    """
    peer = PEERS[name]
    if find_spec(peer.module) is None:
        raise MissingExtra(
            f"{name} is not installed: pip install {peer.package}, "
            "or all peers with pip install 'boilerclass[bench]'"
        )
    logging.getLogger(peer.module).addHandler(logging.NullHandler())  # tracebacks on our stderr
    extract = peer.load()

    def answer(gold: Gold) -> Answer | None:
        if gold.kind != "html":
            return None
        html = gold.source_text
        text = failure = ""
        start = time.process_time()
        try:
            text = extract(html, gold.language)
        except Exception as error:  # noqa: BLE001 - a stranger's code: any failure is its result
            failure = f"{type(error).__name__}: {error}"
        seconds = time.process_time() - start
        lines = text.splitlines()
        return Answer(lines, [Label.CORE] * len(lines), None, seconds, failure)

    return answer
