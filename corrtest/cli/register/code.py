"""The verb code: the second coding."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.output import show
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import Coder, KeyFile, Place, StudyName
from corrtest.cli.register.showing import say_frame, say_taken_in
from corrtest.errors import CorrtestError
from corrtest.language import say, say_n


def code(
    place: Place = None,
    item: Annotated[int | None, typer.Option(help="The item's number, as listed.")] = None,
    word: Annotated[str | None, typer.Option("--reaction", help="The second code.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write a coding sheet for Excel.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Take a filled-in coding sheet back.")] = None,
    disagreements: Annotated[bool, typer.Option("--disagreements", help="List where two codes differ.")] = False,
    adjudicate: Annotated[bool, typer.Option("--adjudicate", help="Decide between two codes.")] = False,
    agreement: Annotated[bool, typer.Option("--agreement", help="Cohen's kappa of the two codings.")] = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Coder = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Code reactions a second time, list and settle disagreements, show the agreement."""
    with opened(place, study, key_file) as register:
        if agreement:
            show(register.coding.agreement(actor=actor).sentence())
        elif disagreements:
            say_frame(say("Coded differently by two people"), register.coding.disagreements(actor=actor), as_json)
        elif out is not None:
            show(
                say_n(
                    "Wrote {count} row to {out}.",
                    "Wrote {count} rows to {out}.",
                    register.sheets.write_coding_sheet(out, actor=actor),
                    out=out,
                )
            )
        elif file is not None:
            say_taken_in(register.sheets.read_coding_sheet(file, actor=actor), file)
        elif item is None and word is None:
            waiting = register.coding.waiting(actor=actor)
            say_frame(say("Awaiting a second code"), waiting, as_json)
            if waiting.attrs["without_words"] and not as_json:
                show(
                    say(
                        "Left out, since nobody noted what the employer said: {count}.",
                        count=waiting.attrs["without_words"],
                    )
                )
        elif item is None or word is None:
            raise CorrtestError(say("Give both --item and --reaction."))
        else:
            (register.coding.adjudicate if adjudicate else register.coding.code)(item, word, actor=actor)
            show(say("Item {item}: {word}.", item=item, word=word))
