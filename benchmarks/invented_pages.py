"""Pages of realistic shape whose text is invented: an article among what sites put around it.

Of the characters of a page found in the wild about a tenth are text that is shown; the rest is
markup, scripts and styles. So it is here. The same seed and size give the same page.
"""

from __future__ import annotations

import random

WORDS = (
    "tide harbour lamp keeper council pier gull ledger borough ferry winter quay bell market rope "
    "lantern archive mayor orchard bridge violin bakery clock garden letter island winding quietly "
    "the of a and in to was for that with on it by from said they had were this not after"
).split()
OTHER_WORDS = (
    "țărm far clopot iarnă străzi câmpie piața orașului între știre după când fără și cu de la pe",
    "fährt über Brücke Gärten für Straße Möwe grün und der die das mit von nicht später größer",
    "маяк пристань колокол зимой город рынок мост сказал после когда они его для что на не и",
)
SECTIONS = "News Sport Culture Weather Letters Archive Shop Events Jobs".split()
PARAGRAPH_SHARE = 0.055
"""Paragraphs of the article for each thousand characters of page."""


def page(seed: int, size: int) -> str:
    """A page of about ``size`` characters."""
    chance = random.Random(seed)
    words = WORDS if seed % 3 else [*WORDS, *chance.choice(OTHER_WORDS).split()]
    title = _sentence(chance, words, 6)
    body = [_article(chance, words, title, max(1, round(size * PARAGRAPH_SHARE / 1000)))]
    start, end = _start(chance, seed, title), "</div></body></html>"
    done = len(start) + len(end) + len(body[0])
    kinds = (_teasers, _teasers, _comments, _script, _script, _script)
    body.append(_footer(chance, words))
    while done < size:
        body.append(chance.choice(kinds)(chance, words))
        done += len(body[-1])
    return "".join((start, *body, end))


def prose(seed: int) -> str:
    """A paragraph of plain text."""
    return _prose(random.Random(seed), WORDS)


def _sentence(chance: random.Random, words: list[str], length: int) -> str:
    chosen = chance.choices(words, k=max(2, round(chance.gauss(length, length / 4))))
    return " ".join(chosen).capitalize()


def _prose(chance: random.Random, words: list[str]) -> str:
    return " ".join(_sentence(chance, words, 16) + "." for _ in range(chance.randint(2, 5)))


def _start(chance: random.Random, seed: int, title: str) -> str:
    links = "".join(
        f'<li class="nav__item nav-{i}"><a class="nav__link" href="/{s.lower()}/">{s}</a></li>'
        for i, s in enumerate(SECTIONS)
    )
    head = "".join(f'<link rel="preload" href="/assets/{i}.js" as="script">' for i in range(12))
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | The Ledger'
        f'</title><meta property="og:title" content="{title}"><meta property="og:type" '
        f'content="article"><link rel="canonical" href="https://ledger.example/{seed}/story">{head}'
        f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{title}"}}'
        f"</script><style>{_noise(chance, 3000)}</style></head><body class='story page-{seed}'>"
        f'<header class="site-header" role="banner"><nav><ul class="nav">{links}</ul></nav>'
        '</header><div class="layout" id="content">'
    )


def _article(chance: random.Random, words: list[str], title: str, paragraphs: int) -> str:
    pieces = [
        (
            f'<article class="story"><h1 class="story__title">{title}</h1>'
            '<p class="byline">By <a rel="author" href="/author/wren">Tabitha Wren</a></p>'
        )
    ]
    for i in range(paragraphs):
        pieces.append(f"<p>{_prose(chance, words)}</p>\n")
        if i % 5 == 3:
            link = _sentence(chance, words, 7)
            pieces.append(f'<p class="more"><b>Read also:</b> <a href="/n/{i}-more">{link}</a></p>')
        if i % 7 == 4:
            pieces.append(
                f'<figure><img src="/i/{i}.jpg" alt=""><figcaption>{_sentence(chance, words, 9)}. '
                f'Photo: Quay Press</figcaption></figure><div class="ad-slot" id="ad-{i}">'
                "<span>Advertisement</span></div>"
            )
    return "".join(pieces) + "</article>"


def _teasers(chance: random.Random, words: list[str]) -> str:
    cards = "".join(_card(chance, words) for _ in range(8))
    return f'<aside class="rail rail--related"><h2>Most read</h2>{cards}</aside>'


def _card(chance: random.Random, words: list[str]) -> str:
    slug = "-".join(chance.choices(WORDS, k=5))
    icon = f'<svg class="icon" viewBox="0 0 24 24"><g><path d="{_noise(chance, 90)}"/></g></svg>'
    return (
        f'<div class="card card--{chance.choice("sml")}" data-id="{chance.getrandbits(40)}">'
        '<div class="card__media"><div class="ratio"><picture><source type="image/webp">'
        f'<img src="/i/{chance.getrandbits(20)}.webp" loading="lazy" srcset="/i/1.webp 320w, '
        '/i/2.webp 640w"></picture></div></div><div class="card__body"><div class="card__tools">'
        f'{icon}<span class="sr"></span></div><a class="card__link" '
        f'href="/news/{chance.getrandbits(24)}/{slug}.html?utm_source=rail">'
        f'<h3 class="card__title">{_sentence(chance, words, 8)}</h3></a></div></div>\n'
    )


def _comments(chance: random.Random, words: list[str]) -> str:
    return "".join(
        f'<div class="comment" id="c{chance.getrandbits(30)}"><b>{chance.choice(WORDS)}</b>'
        f"<p>{_sentence(chance, words, 14)}!</p></div>"
        for _ in range(5)
    )


def _script(chance: random.Random, words: list[str]) -> str:
    return f"<script>window.q=window.q||[];q.push({{{_noise(chance, 9000)}}})</script>"


def _footer(chance: random.Random, words: list[str]) -> str:
    chosen = chance.sample(WORDS, 9)
    links = "".join(f'<li><a href="/{w}">{w.capitalize()}</a></li>' for w in chosen)
    legal = "<p>© 2026 The Ledger. All rights reserved.</p>"
    return f'<footer class="foot"><ul>{links}</ul>{legal}</footer>'


def _noise(chance: random.Random, size: int) -> str:
    return "".join(
        f'"k{chance.getrandbits(32):x}":{chance.random():.9f},' for _ in range(size // 24)
    )
