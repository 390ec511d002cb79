"""A site of invented pages on which every paragraph's role is known.

What one page cannot tell from its article: house lines in the words and the markup of the article,
and teasers that are the plain headline of another piece. What its pages share by right: quotes,
the background of a story that runs on, subheads, values that things have in common, figures of the
same wording, and articles that stand under two addresses.
"""

from __future__ import annotations

import random
from typing import NamedTuple

from boilerclass.labels import Role

HOST = "tidewater.example"
PLACES = (
    "Saltmarsh Oxbow Fennimore Quayside Lanthorn Millrace Dunmoor Harrowgate Pellwick Stonebeck "
    "Wrackley Osierbed Thornhithe Coldwater Larkrise"
).split()
PEOPLE = (
    "Amrit Sele|Tobias Fenn|Oda Marlow|Ruth Kestrel|Ivo Brandt|Nell Harker|Jonas Weir|Petra Lund|"
    "Samir Quill|Greta Voss|Aled Pryce|Marit Solberg"
).split("|")
THINGS = (
    "ferry pier lighthouse orchard archive windmill tramway observatory market library reservoir "
    "bandstand sawmill causeway greenhouse"
).split()
DEEDS = (
    "reopens after a winter of repairs|is to be moved stone by stone|loses its only keeper|"
    "finds a second life as a school|stays shut until the autumn|"
    "draws visitors from three counties|passes into the hands of its workers|"
    "is measured for the first time|waits for a new roof"
).split("|")
REASONS = (
    "because the tide reached the engine room twice in March|after the council found money that "
    "nobody had asked for|although the surveyors had advised against it|while the old machinery "
    "goes to a museum in the north|since the last inspection turned up dry rot in the floor|"
    "as soon as the paint has dried and the inspectors have gone|unless the vote in "
    "September goes the other way|now that the dispute over the footpath has been settled"
).split("|")
OPENINGS = (
    "{who}, who has run the {thing} in {place} for {n} years, says it will happen {why}.|"
    "The {thing} in {place} cost {n} thousand crowns when it was built, {who} remembers, and it "
    "was finished {why}.|In {place} nobody was surprised: {n} neighbours had written to {who} "
    "about the {thing} {why}.|According to {who}, the work on the {thing} will take {n} weeks, "
    "{why}, and {place} will pay for half of it.|{who} counted {n} people at the {thing} on "
    "Sunday, more than {place} has seen in a decade, {why}.|"
    "What {who} wants for the {thing} of {place} is "
    "simple, and {n} signatures support it: it should stay where it is, {why}."
).split("|")
SUBHEADS = ("Background", "What the harbour council has decided")
HOUSE_LINES = (
    "Every Thursday our correspondents gather what the week has left on the shore and tell it at "
    "greater length to those who have asked for it.|The Tidewater Post has written about this "
    "coast since 1874, and what it reports is paid for by the people who read it and by nobody "
    "else."
).split("|")
"""Each in the middle of every article, as a paragraph among others."""
QUOTES = (
    "“A coast is a promise that the land makes to the sea and breaks twice a day,” the poet Ilse "
    "Tarn wrote in a letter that is read aloud here at every opening.|“We do not inherit the "
    "harbour from those before us, we only look after the ropes,” runs the saying that hangs over "
    "the door of the guild."
).split("|")
"""Each on one article of ten."""
STORY = (
    "The coastal railway was closed in 1962 after a landslide near Wrackley took away four hundred "
    "metres of track, and the two halves have been run apart from each other since."
)
"""The background of a story that takes ``STORY_SHARE`` of the articles."""
STORY_SHARE = 0.12

VALUES = (
    "The walls are of local stone, the roof is of slate.",
    "The walls are of timber, and they stand on a foot of local stone.",
)
"""One on three articles of five, the other on the rest."""
FIGURES = [f"{n} visitors were counted in this place on one fair Sunday." for n in range(10, 99)]
"""Three on every article."""


class Block(NamedTuple):
    """A paragraph of a page."""

    text: str
    role: Role
    html: str


class Page(NamedTuple):
    """A page and what it is made of."""

    url: str
    blocks: tuple[Block, ...]
    title: str

    @property
    def html(self) -> str:
        body = "\n".join(block.html for block in self.blocks)
        return (
            f'<!DOCTYPE html><html lang="en"><head><title>{self.title} | The Tidewater Post</title>'
            f'<link rel="canonical" href="{self.url}"></head><body>{body}</body></html>'
        )

    @property
    def text(self) -> str:
        return "\n\n".join(block.text for block in self.blocks)


def pages(number: int = 200, seed: int = 4) -> list[Page]:
    """The pages of the site; every twentieth stands under a second address as well."""
    chance = random.Random(seed)
    titles = _titles(number, chance)
    found = []
    for i, title in enumerate(titles):
        blocks = tuple(_blocks(i, titles, chance))
        address = f"https://www.{HOST}/news/{i}-{title.split()[1].lower()}"
        found.append(Page(address, blocks, title))
        if i % 20 == 7:
            found.append(Page(f"{address}?edition=print", blocks, title))
    return found


def by_right() -> set[str]:
    """What articles share and must keep."""
    return {*QUOTES, STORY, *SUBHEADS, *VALUES, *FIGURES}


def _titles(number: int, chance: random.Random) -> list[str]:
    every = [f"{p}'s {t} {d}" for p in PLACES for t in THINGS for d in DEEDS]
    return chance.sample(every, number)


def _blocks(i: int, titles: list[str], chance: random.Random) -> list[Block]:
    prose = [_sentences(chance) for _ in range(chance.randint(6, 9))]
    body = [_paragraph(text) for text in prose]
    body.insert(2, Block(HOUSE_LINES[0], Role.PROMO, f"<p>{HOUSE_LINES[0]}</p>"))
    body.insert(4, _heading(SUBHEADS[0]))
    if i < STORY_SHARE * len(titles):
        body.insert(5, _paragraph(STORY))
    if i % 10 < len(QUOTES):
        body.insert(3, _paragraph(QUOTES[i % 10]))
    body.insert(6, _paragraph(VALUES[i % 5 > 2]))
    body[7:7] = [_item(FIGURES[(7 * i + 31 * k) % len(FIGURES)]) for k in range(3)]
    other = chance.choice([t for k, t in enumerate(titles) if k != i])
    body.insert(len(body) - 2, Block(other, Role.TEASER, f"<p>{other}</p>"))
    body.insert(len(body) - 1, _heading(SUBHEADS[1]))
    body.append(Block(HOUSE_LINES[1], Role.PROMO, f"<p>{HOUSE_LINES[1]}</p>"))
    menu = [
        _line(word, Role.CHROME, "nav") for word in ("Home", "Harbour", "Letters", "Contact us")
    ]
    more = chance.sample([t for k, t in enumerate(titles) if k != i], 4)
    tail = [_line("More from the Tidewater Post", Role.RECOMMENDATION, "aside")]
    tail += [_line(t, Role.RECOMMENDATION, "aside") for t in more]
    tail.append(_line("© The Tidewater Post. All rights reserved.", Role.CHROME, "footer"))
    return [*menu, Block(titles[i], Role.TITLE, f"<h1>{titles[i]}</h1>"), *body, *tail]


def _sentences(chance: random.Random) -> str:
    return " ".join(
        chance.choice(OPENINGS).format(
            who=chance.choice(PEOPLE),
            thing=chance.choice(THINGS),
            place=chance.choice(PLACES),
            why=chance.choice(REASONS),
            n=chance.randint(2, 98),
        )
        for _ in range(chance.randint(2, 3))
    )


def _paragraph(text: str) -> Block:
    return Block(text, Role.BODY, f"<p>{text}</p>")


def _heading(text: str) -> Block:
    return Block(text, Role.BODY, f"<h2>{text}</h2>")


def _item(text: str) -> Block:
    return Block(text, Role.BODY, f"<ul><li>{text}</li></ul>")


def _line(text: str, role: Role, element: str) -> Block:
    return Block(text, role, f'<{element}><a href="/{len(text)}">{text}</a></{element}>')
