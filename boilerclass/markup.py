"""What the elements of HTML mean to the reader and the features.

Tag sets follow the rendering section of the WHATWG HTML standard.
"""

from __future__ import annotations

BLOCK_TAGS = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html "
    "iframe img legend li main menu nav ol optgroup option p picture pre search section select "
    "summary table tbody td textarea tfoot th thead tr noscript ul video audio".split()
)
"""Elements that begin and end a paragraph."""

SKIPPED_TAGS = frozenset(
    "annotation applet area audio base canvas col datalist embed frame head iframe img input link "
    "map meta noembed noframes object param picture rp rt script select source style svg template "
    "textarea title track video wbr".split()
)
"""Elements whose content is no text of the page."""

MEDIA_TAGS = frozenset("audio embed iframe img object picture svg video canvas".split())

HEADING_TAGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))

FLAGS: tuple[str, ...] = (
    "link",
    "nav",
    "header",
    "footer",
    "aside",
    "article",
    "main",
    "section",
    "figure",
    "figcaption",
    "table",
    "list",
    "item",
    "form",
    "control",
    "quote",
    "preformatted",
    "h1",
    "h2",
    "h3",
    "heading",
    "bold",
    "emphasis",
    "dialog",
    "details",
    "time",
    "address",
    "p",
    "definition",
    "code",
    "small",
    "noscript",
    "hidden",
)
"""Names of the bits of ``Paragraph.flags``: set when the text stands inside such an element."""

BIT: dict[str, int] = {name: 1 << i for i, name in enumerate(FLAGS)}

TAG_FLAGS: dict[str, int] = {
    "a": BIT["link"],
    "nav": BIT["nav"],
    "menu": BIT["nav"] | BIT["list"],
    "header": BIT["header"],
    "footer": BIT["footer"],
    "aside": BIT["aside"],
    "article": BIT["article"],
    "main": BIT["main"],
    "section": BIT["section"],
    "figure": BIT["figure"],
    "figcaption": BIT["figcaption"],
    "caption": BIT["figcaption"] | BIT["table"],
    "table": BIT["table"],
    "ul": BIT["list"],
    "ol": BIT["list"],
    "li": BIT["item"],
    "form": BIT["form"],
    "fieldset": BIT["form"],
    "button": BIT["control"],
    "label": BIT["control"],
    "legend": BIT["control"],
    "option": BIT["control"],
    "blockquote": BIT["quote"],
    "q": BIT["quote"],
    "pre": BIT["preformatted"],
    "h1": BIT["h1"] | BIT["heading"],
    "h2": BIT["h2"] | BIT["heading"],
    "h3": BIT["h3"] | BIT["heading"],
    "h4": BIT["heading"],
    "h5": BIT["heading"],
    "h6": BIT["heading"],
    "b": BIT["bold"],
    "strong": BIT["bold"],
    "i": BIT["emphasis"],
    "em": BIT["emphasis"],
    "cite": BIT["emphasis"],
    "dialog": BIT["dialog"],
    "details": BIT["details"],
    "summary": BIT["details"],
    "time": BIT["time"],
    "address": BIT["address"],
    "p": BIT["p"],
    "dl": BIT["definition"],
    "dt": BIT["definition"],
    "dd": BIT["definition"],
    "code": BIT["code"],
    "kbd": BIT["code"],
    "samp": BIT["code"],
    "small": BIT["small"],
    "noscript": BIT["noscript"],
}

ROLE_FLAGS: dict[str, int] = {
    "navigation": BIT["nav"],
    "menu": BIT["nav"],
    "menubar": BIT["nav"],
    "banner": BIT["header"],
    "contentinfo": BIT["footer"],
    "complementary": BIT["aside"],
    "main": BIT["main"],
    "article": BIT["article"],
    "dialog": BIT["dialog"],
    "alertdialog": BIT["dialog"],
    "button": BIT["control"],
    "tab": BIT["control"],
    "heading": BIT["heading"],
    "figure": BIT["figure"],
    "search": BIT["form"],
    "form": BIT["form"],
}
"""ARIA roles that say of an element what a tag of their own would."""
