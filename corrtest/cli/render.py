"""The verb render: the documents of a plan, and the audit of each pair."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.options import Contacts, Earlier, OutFolder, PlanFolder, Workers
from corrtest.cli.output import progress_bar, show, show_table, words
from corrtest.cli.places import Places, shown
from corrtest.errors import CheckFailed
from corrtest.language import current, say, say_n

if TYPE_CHECKING:
    import pandas as pd

    from corrtest.design import Plan


def render(
    plan: PlanFolder = None,
    out: OutFolder = None,
    formats: Annotated[
        str, typer.Option("--format", help="Which documents, separated by commas: pdf, html, docx, txt, json.")
    ] = "pdf,html",
    contacts: Contacts = None,
    earlier: Earlier = None,
    all_answers: Annotated[
        bool, typer.Option("--all-answers", help="Answers for application forms with every pair, not only for portals.")
    ] = False,
    workers: Workers = None,
    cluster: Annotated[str | None, typer.Option(help="A Dask scheduler (tcp://…) to render on instead.")] = None,
) -> None:
    """Write the documents of each pair, and audit that they differ in the signal alone."""
    from corrtest.design import assign_callers, caller_balance, read_documents_key, read_plan
    from corrtest.generator import read_contact_pool, render_plan

    places = Places.here()
    folder, target = places.plan(plan), places.out(out, "documents", say("The documents need"))
    frozen = read_plan(folder)
    if frozen.study.client_calls is not None:
        _calls(frozen, target, words(formats))
        return
    key = read_documents_key(frozen, folder)
    known = places.contacts(contacts)
    pool = read_contact_pool(known) if known else None
    with progress_bar(say("Writing and auditing documents")) as progress:
        result = render_plan(
            frozen,
            target,
            key=key,
            formats=words(formats),
            workers=workers,
            progress=progress,
            contacts=pool,
            pools=places.pools(frozen.study.language),
            earlier=tuple(earlier or ()),
            cluster=cluster,
            all_answers=all_answers,
        )
    place = shown(target)
    show(
        say(
            "{files} files for {pairs} are in {place}; the audit is in {audit}.",
            files=result.files,
            pairs=say_n("{count} pair", "{count} pairs", result.pairs),
            place=place,
            audit=place / "audit.csv",
        )
    )
    callers = assign_callers(frozen.study, frozen.pairs)
    if len(callers):
        callers.to_csv(target / "callers.csv", index=False)
        show(say("Who calls for which candidate of each pair: {place}.", place=place / "callers.csv"))
        _show_callers(caller_balance(frozen.study, frozen.pairs))
    if result.kept:
        show(say("{kept} pairs were finished by an earlier run and kept.", kept=result.kept))
    if result.specimen:
        show(
            say(
                "All are marked as specimens and cannot be sent: there is no contact pool. Give the study's own "
                "--contacts."
            )
        )
    if result.failures:
        raise CheckFailed(
            say(
                "The audit refuses {failures} pairs; {place} says why. They must not be sent.",
                failures=result.failures,
                place=place / "audit.csv",
            )
        )
    show(say("The audit passed: each pair differs in its signal alone."))


def _calls(plan: Plan, target: Path, formats: tuple[str, ...]) -> None:
    """Write the call sheets of a study that calls firms."""
    from corrtest.generator import render_client_calls

    made = render_client_calls(plan, target, formats)
    place = shown(target)
    show(
        say(
            "{files} files for {pairs} are in {place}; the audit is in {audit}.",
            files=len(made.files),
            pairs=say_n("{count} call", "{count} calls", made.calls),
            place=place,
            audit=place / "audit.csv",
        )
    )
    if made.failures:
        raise CheckFailed(
            say(
                "The audit refuses {failures} calls: their script differs in more than the wish.",
                failures=made.failures,
            )
        )
    show(say("The audit passed: each script is the neutral one with its wish."))
    show(say("Next: try the pilot script on a few firms outside the sample, then corrtest register init."))


def _show_callers(balance: pd.DataFrame) -> None:
    """Say how often each caller calls for either arm, first and second."""
    from corrtest.pages import catalogue

    arms = catalogue(current())
    show_table(
        say("Callers"),
        (say("caller"), say("candidate"), say("first"), say("second"), say("calls")),
        [
            (row["caller"], arms.name("arm", row["arm"]), row["first"], row["second"], row["calls"])
            for row in balance.to_dict("records")
        ],
    )
