"""The verb preview: a few pairs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.instruments import needs_pairs
from corrtest.cli.options import Contacts, Earlier, PlanFolder
from corrtest.cli.output import show
from corrtest.cli.places import Places
from corrtest.language import say_n


def preview(
    plan: PlanFolder = None,
    count: Annotated[int, typer.Option(min=1, help="How many pairs.")] = 5,
    out: Annotated[Path, typer.Option("--out", help="The page to write (HTML).")] = Path("preview.html"),
    contacts: Contacts = None,
    earlier: Earlier = None,
) -> None:
    """Show a few pairs of a plan side by side in one page, signals marked; no document is written."""
    from corrtest.design import read_documents_key, read_plan
    from corrtest.generator import preview_plan, read_contact_pool

    places = Places.here()
    folder = places.plan(plan)
    frozen = read_plan(folder)
    needs_pairs(frozen.study, "preview")
    key = read_documents_key(frozen, folder)
    known = places.contacts(contacts)
    pool = read_contact_pool(known) if known else None
    page = preview_plan(
        frozen,
        out,
        count,
        key=key,
        contacts=pool,
        pools=places.pools(frozen.study.language),
        earlier=tuple(earlier or ()),
    )
    show(
        say_n(
            "Wrote {page}: {count} pair side by side, signals marked.",
            "Wrote {page}: {count} pairs side by side, signals marked.",
            min(count, len(frozen.pairs)),
            page=page,
        )
    )
