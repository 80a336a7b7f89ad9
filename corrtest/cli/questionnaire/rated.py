"""The verb questionnaire rated: what the answers say of each name and sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.options import OutFolder
from corrtest.cli.output import show, show_figures
from corrtest.cli.places import Places, shown
from corrtest.language import say


def rated(
    answers: Annotated[Path, typer.Argument(help="The answers, a row a rater, as the survey tool exports them.")],
    source: Annotated[str, typer.Option(help='Who rated, and when, as it is printed: "300 raters, May 2027".')],
    items: Annotated[
        Path | None, typer.Option(help="The items.csv of the form; else the study folder's.", show_default=False)
    ] = None,
    out: OutFolder = None,
) -> None:
    """Say of each name and sentence how often it is recognised and how its bearer is perceived, with intervals.

    Writes rated.csv, from which the study chooses its names (corrtest check says where too few are left), and
    agreement.csv: Krippendorff's alpha of each question. A published rating is one more row in rated.csv, with source.
    """
    from corrtest.questionnaires import ITEMS_FILE, agreement, rated_signals_of, read_items, read_ratings
    from corrtest.spec import RATED_FILE, write_private

    places = Places.here()
    folder = places.out(out, "ratings", say("The ratings need"))
    asked = read_items(folder / ITEMS_FILE if items is None else items)
    given = read_ratings(answers, asked)
    table, alike = rated_signals_of(given, asked, source), agreement(given)
    target = folder / Path(RATED_FILE).name
    for path, frame in ((target, table), (folder / "agreement.csv", alike)):
        write_private(path, frame.to_csv(index=False).encode())
        show(say("Wrote {path}", path=shown(path)))
    summary = table.groupby(["stands_for", "kind"], sort=False).agg(
        signals=("signal", "size"),
        recognition=("recognition", "mean"),
        least=("recognition", "min"),
        perceived_class=("perceived_class", lambda column: column[column != ""].astype(float).mean()),
    )
    show_figures(
        say("Recognised by {raters} raters", raters=given["rater"].nunique()),
        summary.reset_index(),
        (
            say("stands for"),
            say("kind"),
            say("signals"),
            say("recognition"),
            say("least"),
            say("perceived class (1 to 5)"),
        ),
        decimals=2,
    )
    show_figures(
        say("How far raters agree (Krippendorff's alpha; 1 = fully, 0 = by chance)"),
        alike,
        (say("question"), say("raters"), say("items"), "alpha"),
        decimals=2,
    )
