"""The verbs of `corrtest mail`, one a file: applications out, answers in."""

import typer

from corrtest.cli.mail.answers import answers
from corrtest.cli.mail.check import check
from corrtest.cli.mail.confirm import aside, confirm, link
from corrtest.cli.mail.fetch import fetch
from corrtest.cli.mail.read import read
from corrtest.cli.mail.send import send
from corrtest.cli.mail.settle import settle
from corrtest.cli.mail.suggestions import suggestions, train
from corrtest.cli.mail.summary import summary
from corrtest.cli.mail.withdraw import withdraw

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

for _verb in (check, send, settle, fetch, read, answers, confirm, link, aside, withdraw, suggestions, train, summary):
    app.command()(_verb)

__all__ = ["app"]
