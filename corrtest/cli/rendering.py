"""The verb render: the documents of a plan, their audit, and a look at them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.output import progress_bar, say, say_figures, words
from corrtest.errors import CheckFailed, GeneratorError

if TYPE_CHECKING:
    from corrtest.design import Plan
    from corrtest.generator import ContactPool


def render(
    plan_folder: Annotated[Path, typer.Argument(metavar="PLAN", help="The folder of a frozen plan.")],
    out: Annotated[Path | None, typer.Option("--out", help="A folder for the documents.")] = None,
    formats: Annotated[
        str, typer.Option("--format", help="Which documents, separated by commas: pdf, html, docx, txt, json.")
    ] = "pdf,html",
    contacts: Annotated[
        Path | None,
        typer.Option(help="The study's own telephone numbers, mailboxes and addresses; without it all is a specimen."),
    ] = None,
    earlier: Annotated[
        list[Path] | None,
        typer.Option(
            "--earlier",
            metavar="FOLDER",
            help="Documents of an earlier study: what an employer read there, it does not get again. May be repeated.",
        ),
    ] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; default one a core.")] = None,
    cluster: Annotated[str | None, typer.Option(help="A Dask scheduler (tcp://…) to render on instead.")] = None,
    preview: Annotated[
        int | None, typer.Option(min=1, help="Only show so many pairs side by side, in one page (--out FILE.html).")
    ] = None,
    study_audit: Annotated[
        bool,
        typer.Option("--study-audit", help="Also audit the study as a whole: can a classifier tell the arms apart?"),
    ] = False,
) -> None:
    """Write the documents of each pair, and audit that they differ in the signal alone."""
    from corrtest.design import read_plan
    from corrtest.generator import preview_plan, read_contact_pool, render_plan

    frozen = read_plan(plan_folder)
    pool = read_contact_pool(contacts) if contacts else None
    before = tuple(earlier or ())
    if preview is not None:
        page = preview_plan(frozen, out or Path("preview.html"), preview, contacts=pool, earlier=before)
        say(f"Wrote {page}: {min(preview, len(frozen.pairs))} pairs side by side, signals marked.")
        return
    if out is None:
        raise GeneratorError("The documents need a place. Give a folder with --out.")
    with progress_bar("Writing and auditing documents") as progress:
        result = render_plan(
            frozen,
            out,
            formats=words(formats),
            workers=workers,
            progress=progress,
            contacts=pool,
            earlier=before,
            cluster=cluster,
        )
    say(f"{result.files} files for {result.pairs} pairs are in {out}; the audit is in {out / 'audit.csv'}.")
    if result.kept:
        say(f"{result.kept} pairs were finished by an earlier run and kept.")
    if result.specimen:
        say(
            "All are marked as specimens and cannot be sent: there is no contact pool. Give the study's own --contacts."
        )
    if result.failures:
        raise CheckFailed(
            f"The audit refuses {result.failures} pairs; {out / 'audit.csv'} says why. They must not be sent."
        )
    say("The audit passed: each pair differs in its signal alone.")
    if study_audit:
        _audit_study(frozen, out, pool, before, workers)


def _audit_study(
    frozen: Plan, out: Path, pool: ContactPool | None, earlier: tuple[Path, ...], workers: int | None
) -> None:
    from corrtest.generator import audit_plan

    with progress_bar("Auditing the study as a whole") as progress:
        audit = audit_plan(frozen, contacts=pool, earlier=earlier, workers=workers, progress=progress)
    frame = audit.to_frame()
    frame.to_csv(out / "study_audit.csv", index=False)
    audit.plot(out / "study_audit.png")
    say_figures("The study as a whole", frame)
    say(f"Table and plot: {out / 'study_audit.csv'}, {out / 'study_audit.png'}.")
    audit.require_passed()
