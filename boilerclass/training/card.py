"""The card of the model of pages or of texts, written from what was trained and measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from boilerclass.labels import LABELS
from boilerclass.training.corpus import Example

SOURCES = {
    "fundus": "flairNLP/fundus test pages, MIT repository",
    "andythefactory": "AndyTheFactory/article-extraction-dataset, Apache-2.0 repository",
    "wcxb": "WCXB, Murrough Foley, CC BY 4.0",
    "mercury": "postlight/parser and jocmp/mercury-parser fixtures, MIT/Apache repositories",
    "chinese-wced": "chinese-wced, MIT",
    "trafilatura": "adbar/trafilatura evaluation pages, Apache-2.0 repository",
    "htmldate": "adbar/htmldate evaluation pages, Apache-2.0 repository",
    "mediacloud": "mediacloud/metadata-lib fixtures, Apache-2.0 repository",
    "composed": "plain texts made of the articles of the other rows, with invented lines",
    "texts-unlabelled": "plain texts of news sites, no licence stated, labelled in part",
    "typed-texts": "plain texts of news sites, no licence stated, labelled for this project",
}


def paragraphs(
    manifest: dict[str, Any], examples: Sequence[Example], weights: Sequence[float]
) -> str:
    """The card as Markdown."""
    trained = Counter(e.source for e, w in zip(examples, weights, strict=True) if w > 0)
    typed = Counter(e.source for e, w in zip(examples, weights, strict=True) if w > 0 and e.typed)
    languages = Counter(e.language for e, w in zip(examples, weights, strict=True) if w > 0)
    scores, recipe = manifest["scores"], manifest["recipe"]
    first, second = recipe["first"], recipe["second"]
    kinds = [(kind, head) for kind, head in _KINDS.items() if kind in scores]
    rows = "\n".join(
        f"| {name} | {SOURCES.get(name, name)} | {n} | {typed[name]} |"
        for name, n in sorted(trained.items())
    )
    labels = "\n".join(
        f"| {label} | {' | '.join(_three(scores[kind][str(label)]) for kind, _ in kinds)} |"
        for label in LABELS
    )
    heads = f"| {' | '.join(head for _, head in kinds)} |\n|{' --- |' * (len(kinds) + 1)}"
    figures = "\n".join(
        f"| {name} | {' | '.join(str(of(scores[kind])) for kind, _ in kinds)} |"
        for name, of in _FIGURES.items()
    )
    return f"""# {manifest["name"]}

Labels each paragraph of {_OF[manifest["kind"]]}. Two hashed linear models feed a network, whose
verdicts on the neighbourhood feed a second one. The first one has
{first["members"] * first["hidden"]} hidden units; the second, asked where that is not sure of
chrome, is the mean of {second["members"]} networks of {second["hidden"]}.{_forest(recipe)}
Trained with scikit-learn {manifest["versions"]["scikit-learn"]}; numpy computes it. Pages and plain
texts have a model each, and learn from documents of both kinds.

## Trained on

| source | what, terms | documents | labelled by role |
| --- | --- | --- | --- |
{rows}

Pages whose licence is not stated are left out, and so is the Romanian text the project is judged
by. The role labels were made by AI annotators who read every block, not by people; two
independent passes agree with kappa 0.974 on pages and 0.883 on texts.{_annotations(scores)}
Where only the body of a page is known, selectors of public filter lists (GPL or CC BY-SA; not
shipped) named advertisements, newsletter forms, cookie banners and share bars among the rest; the
role of what they do not name was guessed by a network trained on the pages labelled by role. Pages
of which only some strings are known, and documents without labels, teach what an earlier fit that
did not see their site is sure of. Documents by language:
{", ".join(f"{k} {v}" for k, v in languages.most_common(12))}, others
{sum(languages.values()) - sum(v for _, v in languages.most_common(12))}.

## Scores

Cross-validation by site in {recipe["folds"]} folds: no layer that scores a page was
fitted on a page of its site. Precision / recall / F1 over paragraphs:

| label {heads}
{labels}

| {heads}
{figures}

{_of_pages(scores)}## Limits

Most training pages are English or German news; forums, shops and listings are fewer and English.
Teaser and recommendation are told apart by place and count, on which annotators differ too.
"""


_OF = {"pages": "a web page", "texts": "a plain text"}
_KINDS = {
    "typed_pages": "pages",
    "typed_texts": "texts",
    "annotated_pages": "pages of the annotations",
    "annotated_texts": "texts of the annotations",
}
_FIGURES: dict[str, Callable[[dict[str, Any]], float]] = {
    "macro-F1": lambda scores: scores["macro_f1"],
    "core words lost": lambda scores: scores["loss"],
    "teasers leaking into core": lambda scores: scores["leak"]["teaser"],
    "recommendations leaking": lambda scores: scores["leak"]["recommendation"],
    "ads leaking": lambda scores: scores["leak"]["ad"],
}


def _three(values: Sequence[float]) -> str:
    return " / ".join(f"{x:.3f}" for x in values)


def _annotations(scores: dict[str, Any]) -> str:
    """What is to be said of roles that did not come with their documents."""
    if scores.keys().isdisjoint(("annotated_pages", "annotated_texts")):
        return ""
    return (
        " Those of the annotations,\nkept beside the corpus, were made in the same way; on 137 "
        "documents labelled before they agree\nwith kappa 0.983 (pages) and 0.992 (texts)."
    )


def _forest(recipe: dict[str, Any]) -> str:
    if "forest" not in recipe:
        return ""
    trees = recipe["forest"]["trees"]
    return f" What both\nleave open {trees} boosted trees decide."


def _of_pages(scores: dict[str, Any]) -> str:
    """What is measured on pages alone."""
    if "bodies" not in scores:
        return ""
    snippets = scores["snippets"]
    bodies = "\n".join(f"| {name} | {f1:.3f} |" for name, f1 in scores["bodies"].items())
    return f"""Mean word F1 of the kept text against gold bodies:

| pages | F1 |
| --- | --- |
{bodies}

Strings that must and must not survive (trafilatura's pages): F1
{snippets["f1"]}, share of unwanted strings kept {snippets["leak"]}, pages with
any {snippets["pages_leaking"]}. Expected calibration error of P(core):
{scores["calibration_error"]}.

"""
