"""The options of a long table (one row an application), which analyse, candidates and models share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from corrtest.cli.output import words
from corrtest.errors import AnalysisError
from corrtest.language import say

Vacancy = Annotated[str | None, typer.Option(help="Of a long table: the column that names the vacancy.")]
Candidate = Annotated[str | None, typer.Option(help="Of a long table: the column(s) that tell candidates apart.")]
Positive = Annotated[str | None, typer.Option(help="Of a long table: the column that says positive or not.")]
Reference = Annotated[
    str | None, typer.Option(help="Of a long table: the candidate all others are compared with, as in F,Man.")
]
Repeated = Annotated[
    str,
    typer.Option(
        help="Of a long table, where a candidate applied more than once to a vacancy: each (every application counts) "
        "or any (the candidate counts once, positive if any application was)."
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LongColumns:
    """The columns of a long table that the user named."""

    vacancy: str
    candidates: tuple[str, ...]
    positive: str

    @classmethod
    def of(cls, vacancy: str | None, candidate: str | None, positive: str | None) -> LongColumns:
        """Check that all three were named.

        Raises
        ------
        AnalysisError
            One is missing.
        """
        given = {"--vacancy": vacancy, "--candidate": candidate, "--positive": positive}
        missing = [name for name, value in given.items() if not value]
        if missing:
            raise AnalysisError(
                say(
                    "A long table needs {missing} as well. Write for example: --vacancy offer --candidate "
                    "origin,gender --positive callback --reference F,Man",
                    missing=", ".join(missing),
                )
            )
        return cls(vacancy=vacancy or "", candidates=words(candidate), positive=positive or "")


def refuse_without_long(*given: str | None) -> None:
    """Refuse the options of a long table where the table is not said to be one."""
    if any(given):
        raise AnalysisError(say("--vacancy, --candidate and --reference go with --long. Add --long."))
