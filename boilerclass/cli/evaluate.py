"""``boilerclass evaluate``: the model, its peers or written predictions against gold labels."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from boilerclass.cli.model import of_paragraphs
from boilerclass.cli.scoreboard import lines
from boilerclass.errors import MissingExtra
from boilerclass.model_folders import PARAGRAPHS
from boilerclass.options import PRESETS
from boilerclass.writers.terminal import visible_line

OWN = "boilerclass"
PEERS = ("trafilatura", "resiliparse", "readability", "justext")
"""As boilerclass.training.peers has them; that module needs what --help must not load."""
NOT_HELD_OUT = (
    "{name} learnt from {gold}: these scores say how well it remembers, not how good it is on "
    "other sites. Its cross-validated scores are printed by boilerclass model."
)


@click.command("evaluate")
@click.argument("gold", type=click.Path(exists=True, path_type=Path))
@click.option(
    "-f",
    "--format",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="table is to look at, json has every figure.",
)
@click.option(
    "--predictions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Score the predictions of a JSON Lines file instead of running the model: "
    '{"id", "paragraphs": [{"text", "label", "probabilities"}]}, the last if known.',
)
@click.option(
    "--annotations",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Score by role what FILE has roles for, kept apart from the text as in "
    "data/annotations.jsonl.gz.",
)
@click.option(
    "--stored",
    is_flag=True,
    help="Show the cross-validated scores that came with the model instead of running it; "
    "GOLD is the corpus that it was trained on.",
)
@click.option(
    "--against",
    metavar="PEERS",
    help=f"Score these as well, parted by commas: {', '.join(PEERS)}.",
)
@click.option(
    "--plots",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help='Draw confusion, calibration and the curve along the threshold. Needs the extra "plots".',
)
@click.option(
    "--floors",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Exit with 1 when a figure is worse than FILE has it, as data/floors.json.",
)
@click.option("--raise", "higher", is_flag=True, help="Pin floors where figures got better.")
@click.option("--lower", is_flag=True, help="Pin floors at these figures, worse ones too.")
@click.option("--threshold", type=float, help="Probability of core from which a paragraph is core.")
@click.option("--preset", type=click.Choice(PRESETS), default=PRESETS[0], show_default=True)
def command(
    gold: Path,
    predictions: Path | None,
    annotations: Path | None,
    stored: bool,
    against: str | None,
    plots: Path | None,
    floors: Path | None,
    higher: bool,
    lower: bool,
    threshold: float | None,
    preset: str,
    **chosen: Any,
) -> int:
    """Score the model on GOLD: a folder such as data/examples, a .jsonl or a .parquet file.

    A shipped model has learnt from most of its corpus: only documents it has not met, or
    cross-validated predictions of boilerclass train, tell how good it is. A figure's interval
    comes from resampling sites. Needs the extra "training".
    """
    if (higher or lower) and floors is None:
        raise click.UsageError("--raise and --lower pin floors: say which with --floors FILE.")
    if stored and (predictions or annotations or against or plots):
        raise click.UsageError("--stored shows what is stored: nothing can be run or drawn.")
    if (stored or predictions) and (threshold is not None or preset != PRESETS[0]):
        raise click.UsageError("--threshold and --preset are for the model: labels are given here.")
    peers = _names(against)
    _check_extras(drawing=plots is not None)
    if floors is not None and not (higher or lower):
        from boilerclass.training.floors import read

        read(floors)  # said before the long run, not after
    models = of_paragraphs()
    if stored:
        from boilerclass.training.evaluate import stored as of_model

        report = of_model(gold, models)
    else:
        options = {"threshold": threshold, "preset": preset}
        report = _measured(gold, annotations, predictions, peers, options, models)
    for warning in report["warnings"]:
        click.echo(f"boilerclass: {visible_line(warning)}", err=True)
    if chosen["format"] == "json":
        click.echo(json.dumps(report, indent=1, ensure_ascii=False))
    else:
        click.echo("\n".join(lines(report)))
    if plots is not None:
        _draw(report, plots)
    return 0 if floors is None else _hold(floors, report, higher=higher or lower, lower=lower)


def _names(against: str | None) -> list[str]:
    names = against.split(",") if against is not None else []
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        raise click.UsageError(f"--against knows {', '.join(PEERS)}, not {', '.join(unknown)}.")
    return names


def _check_extras(*, drawing: bool) -> None:
    """Nothing, when what is needed is installed: said before the long run, not after."""
    try:
        import boilerclass.training.evaluate
    except ImportError as error:
        raise MissingExtra(
            f"evaluating needs {error.name}: pip install 'boilerclass[training]'"
        ) from error
    if drawing:
        import boilerclass.training.plots  # noqa: F401


def _measured(
    gold: Path,
    annotations: Path | None,
    predictions: Path | None,
    peers: Sequence[str],
    options: Mapping[str, Any],
    models: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The report on the model, or on the predictions, and on the peers."""
    from boilerclass.options import Options
    from boilerclass.pipeline import Classifier
    from boilerclass.training import answers, evaluate
    from boilerclass.training.peers import load

    if predictions is None:
        own = answers.model(Classifier.load(), Options(**options))
        described = {"name": ", ".join(facts["name"] for facts in models), "by": "model"}
    else:
        own = answers.looked_up(answers.written(predictions))
        described = {"name": predictions.name, "by": "predictions"}
    systems = {OWN: own} | {name: load(name) for name in peers}
    betas: dict[str, Any] = {PARAGRAPHS[facts["kind"]]: facts["betas"] for facts in models}
    report = described | evaluate.evaluate(gold, systems, betas, annotations)
    if predictions is None:
        taught = [facts["name"] for facts in models if evaluate.trained_on(gold, facts)]
        known = [NOT_HELD_OUT.format(name=name, gold=gold) for name in taught]
        report["warnings"][:0] = known
    return report


def _draw(report: Mapping[str, Any], folder: Path) -> None:
    from boilerclass.training.plots import draw

    for file in draw(report["systems"][OWN], report["name"], folder):
        click.echo(f"boilerclass: drew {visible_line(str(file))}", err=True)


def _hold(path: Path, report: Mapping[str, Any], *, higher: bool, lower: bool) -> int:
    """The exit code: 1 where floors are not held; they are moved where that is wished."""
    from boilerclass.training import floors

    gold = report["gold"]
    figures = floors.flat(report["systems"][OWN])
    measured = floors.Measured(gold["name"], report["by"], gold["files"], figures)
    wrong = floors.check(path, measured) if not higher else []
    changed = floors.pin(path, measured, lower=lower) if higher else []
    for line in wrong + changed:
        click.echo(f"boilerclass: {visible_line(line)}", err=True)
    if not wrong:
        said = f"{len(changed)} floors moved" if higher else "all floors hold"
        click.echo(f"boilerclass: {visible_line(str(path))}: {said}", err=True)
    return 1 if wrong else 0
