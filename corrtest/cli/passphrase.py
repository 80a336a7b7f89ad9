"""The passphrase of a backup: from the environment, for a program, or typed without being shown."""

from __future__ import annotations

import os

import typer

from corrtest.language import say

PASSPHRASE_VARIABLE = "CORRTEST_PASSPHRASE"  # noqa: S105 (the name of the variable)


def passphrase(*, twice: bool) -> str:
    """Return the passphrase; `twice` asks for it again, since a mistyped one opens nothing later."""
    given = os.environ.get(PASSPHRASE_VARIABLE)
    if given is not None:
        return given
    return str(
        typer.prompt(
            say("Passphrase"),
            hide_input=True,
            confirmation_prompt=say("Type it once more") if twice else False,
        )
    )
