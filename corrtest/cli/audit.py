"""The verb audit: the documents of a study as a whole."""

from __future__ import annotations

from corrtest.cli.options import Contacts, Earlier, OutFolder, PlanFolder, Workers
from corrtest.cli.output import progress_bar, show, show_figures
from corrtest.cli.places import Places, shown
from corrtest.language import say


def audit(
    plan: PlanFolder = None,
    out: OutFolder = None,
    contacts: Contacts = None,
    earlier: Earlier = None,
    workers: Workers = None,
) -> None:
    """Audit the study as a whole: do its documents give away an arm, a copy or a common maker?"""
    from corrtest.design import read_documents_key, read_plan
    from corrtest.generator import AUDIT_TABLE, audit_page, audit_plan, read_contact_pool
    from corrtest.pages import html_page
    from corrtest.spec import close_to_others, write_private

    places = Places.here()
    folder, target = places.plan(plan), places.out(out, "documents", say("The audit needs"))
    frozen = read_plan(folder)
    key = read_documents_key(frozen, folder)
    known = places.contacts(contacts)
    pool = read_contact_pool(known) if known else None
    with progress_bar(say("Auditing the study as a whole")) as progress:
        found = audit_plan(
            frozen,
            key=key,
            contacts=pool,
            pools=places.pools(frozen.study.language),
            earlier=tuple(earlier or ()),
            workers=workers,
            progress=progress,
        )
    frame = found.to_frame()
    table = target / AUDIT_TABLE
    picture, page = table.with_suffix(".png"), table.with_suffix(".html")
    frame.to_csv(close_to_others(table), index=False)
    reading = table.with_name("machine_reading.csv")
    found.reading.by_layout().round(3).to_csv(close_to_others(reading), index=False)
    found.plot(close_to_others(picture))
    write_private(page, html_page(audit_page(found, frozen.study.name, frozen.study.language)).encode())
    show_figures(say("The study as a whole"), frame)
    show(say("Table and plot: {table}, {picture}.", table=shown(table), picture=shown(picture)))
    show(say("What machines read in each layout: {table}.", table=shown(reading)))
    show(say("The documents that share most, side by side: {page}.", page=shown(page)))
    found.require_passed()
