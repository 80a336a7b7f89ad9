"""The second code: one answer at a time, by keyboard, with the arm and the first code hidden."""

from __future__ import annotations

from starlette.responses import Response

from corrtest.errors import CorrtestError
from corrtest.language import say
from corrtest.web.fieldwork import typed_reactions
from corrtest.web.visit import Visit


def next_item(visit: Visit) -> Response:
    """Return the next answer to code; at the end of the batch, how well both codes agree."""
    with visit.register() as register:
        waiting = register.coding.waiting(actor=visit.actor)
        reactions = typed_reactions(register)
        first = None if waiting.empty else waiting.iloc[0]
        agreement = None
        if first is None and visit.session.role == "coordinator":
            try:
                agreement = register.coding.agreement(actor=visit.actor)
            except CorrtestError:
                agreement = None  # nothing was coded twice yet
    return visit.show(
        "coding",
        item=None if first is None else int(first["item"]),
        messages=0 if first is None else int(first["messages"]),
        text="" if first is None else str(first["text"]),
        left=len(waiting),
        reactions=reactions,
        agreement=agreement,
    )


def coded(visit: Visit) -> str:
    """Put a second code on record."""
    with visit.register() as register:
        register.coding.code(visit.request.path_params["number"], visit.form.get("reaction", ""), actor=visit.actor)
    visit.did(say("The code is on record."))
    return "/coding"
