"""The verb committees: the Belgian joint committees."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.output import show_json, show_table
from corrtest.errors import CheckFailed
from corrtest.language import say


def committees(
    word: Annotated[str, typer.Argument(help="Part of a number or of a Dutch or French name.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the Belgian joint committees, or those that hold WORD."""
    from corrtest.spec import joint_committees

    table = joint_committees()
    text = table.index + " " + table["name_nl"] + " " + table["name_fr"]
    found = table[text.str.contains(word, case=False, regex=False)]
    if found.empty:
        raise CheckFailed(say("No joint committee holds '{word}'. Try a shorter word.", word=word))
    if as_json:
        show_json(
            [{"number": number, "name_nl": row.name_nl, "name_fr": row.name_fr} for number, row in found.iterrows()]
        )
        return
    show_table(
        say("Joint committees"),
        (say("number"), say("name")),
        [(number, row.name_nl) for number, row in found.iterrows()],
    )
