"""Verbs on results: report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import say, words


def report(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="The results.json that 'analyse' wrote.")],
    out: Annotated[Path, typer.Option("--out", help="A folder for the report.")],
    language: Annotated[str, typer.Option(help="Languages, separated by commas.")] = "nl,en",
    formats: Annotated[str, typer.Option("--format", help="Forms, separated by commas.")] = "html",
) -> None:
    """Write the uniform report; only what passes disclosure control is printed."""
    from corrtest.analysis import Results
    from corrtest.disclosure import policy_for, release
    from corrtest.report import write_report

    read = Results.read(results)
    released = release(read, policy_for(read))
    written = write_report(released, out, languages=words(language), formats=words(formats))
    for path in written:
        say(f"Wrote {path}")
