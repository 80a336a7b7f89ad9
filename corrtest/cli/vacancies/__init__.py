"""The verbs of `corrtest vacancies`, one a file: what comes in week after week, and how many more will come."""

import typer

from corrtest.cli.vacancies.add import add
from corrtest.cli.vacancies.columns import columns
from corrtest.cli.vacancies.forecast import forecast
from corrtest.cli.vacancies.template import template

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

for _verb in (add, forecast, columns, template):
    app.command()(_verb)

__all__ = ["app"]
