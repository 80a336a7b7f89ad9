"""The verb actions, and `corrtest actions add`: what the sector does after its measurement."""

import typer

from corrtest.cli.actions.add import add
from corrtest.cli.actions.listed import actions, actions_of

app = typer.Typer(rich_markup_mode=None)

app.callback(invoke_without_command=True)(actions)
app.command()(add)

__all__ = ["actions_of", "app"]
