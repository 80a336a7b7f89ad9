"""Arguments and options that several verbs share."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from corrtest.language import current

StudyFile = Annotated[
    Path | None, typer.Argument(metavar="[STUDY]", help="The study file (TOML) or its folder; else this folder's.")
]
PlanFolder = Annotated[
    Path | None, typer.Argument(metavar="[PLAN]", help="The folder of a frozen plan; else the study folder's newest.")
]
PairsFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="[PAIRS]",
        help="The pairs table (CSV, Excel, ODS, Parquet, Stata, SPSS, R); else the study folder's.",
    ),
]
Vacancies = Annotated[
    Path | None,
    typer.Option("--vacancies", help="The vacancies: a table, or a folder of them; else the study folder's."),
]
AlreadySent = Annotated[
    Path | None,
    typer.Option(
        help="Pairs that employers got from other studies: a table with employer_id and send_first_on, or a plan's "
        "folder."
    ),
]
PairsPerDay = Annotated[int | None, typer.Option(min=1, help="Most pairs that may start on one day, whoever sends.")]
FrozenBy = Annotated[str | None, typer.Option(help="Who freezes the plan; goes on record with the day.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, as in 2027-01-11.")]
PlanOption = Annotated[Path | None, typer.Option(help="The frozen plan; else the study folder's newest.")]
OutFolder = Annotated[Path | None, typer.Option("--out", help="A folder for the files; else the study folder's own.")]
Languages = Annotated[str, typer.Option("--language", help="Languages, separated by commas.")]
SentenceLanguage = Annotated[
    str,
    typer.Option(
        "--language",
        help="Of the sentences, as in nl; else the language that corrtest speaks.",
        callback=lambda language: language or current(),
        show_default=False,
    ),
]
Formats = Annotated[str, typer.Option("--format", help="Forms, separated by commas: html, pdf, xlsx, docx, json.")]
ConfidenceLevel = Annotated[float, typer.Option(min=0.5, max=0.999, help="Of all intervals.")]
Criterion = Annotated[str | None, typer.Option(help="Which criterion, where the table has several.")]
SimulatedPages = Annotated[
    bool, typer.Option("--simulated", help="Mark every page: this study does not exist, nothing will be sent.")
]
Workers = Annotated[int | None, typer.Option("--workers", min=1, help="Processes; default one a core.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text.")]
Contacts = Annotated[
    Path | None,
    typer.Option(
        help="The study's own telephone numbers, mailboxes and addresses; else the study folder's "
        "secret/pools/contacts.csv. Without any, all is a specimen."
    ),
]
Earlier = Annotated[
    list[Path] | None,
    typer.Option(
        "--earlier",
        metavar="FOLDER",
        help="Documents of an earlier study: what an employer read there, it does not get again. May be repeated.",
    ),
]
ResultsFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="[RESULTS]",
        help="The results.json that 'analyse' wrote, or a report.json that left before; else the study folder's.",
    ),
]
