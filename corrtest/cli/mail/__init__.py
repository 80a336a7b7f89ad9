"""The verbs of `corrtest mail`, one a file: applications out."""

import typer

from corrtest.cli.mail.check import check
from corrtest.cli.mail.send import send
from corrtest.cli.mail.settle import settle

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

for _verb in (check, send, settle):
    app.command()(_verb)

__all__ = ["app"]
