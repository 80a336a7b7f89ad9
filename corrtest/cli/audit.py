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
    """Audit the study as a whole: can a classifier tell the arms apart by anything but the signal?"""
    from corrtest.design import read_documents_key, read_plan
    from corrtest.generator import audit_plan, read_contact_pool
    from corrtest.spec import close_to_others

    places = Places.here()
    folder, target = places.plan(plan), places.out(out, "documents", say("The audit needs"))
    frozen = read_plan(folder)
    key = read_documents_key(frozen, folder)
    known = places.contacts(contacts)
    pool = read_contact_pool(known) if known else None
    with progress_bar(say("Auditing the study as a whole")) as progress:
        found = audit_plan(
            frozen, key=key, contacts=pool, earlier=tuple(earlier or ()), workers=workers, progress=progress
        )
    frame = found.to_frame()
    table, picture = target / "study_audit.csv", target / "study_audit.png"
    frame.to_csv(close_to_others(table), index=False)
    found.plot(close_to_others(picture))
    show_figures(say("The study as a whole"), frame)
    show(say("Table and plot: {table}, {picture}.", table=shown(table), picture=shown(picture)))
    found.require_passed()
