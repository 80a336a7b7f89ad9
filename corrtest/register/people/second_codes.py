"""Double coding: a second person codes what came in without seeing the first code or the arm; a third decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import RegisterError
from corrtest.language import say
from corrtest.register.events.history import taken_back
from corrtest.register.fieldwork.moves import Fieldwork
from corrtest.register.finding.candidates import known_candidates
from corrtest.register.finding.masking import masked
from corrtest.register.people.agreement import Agreement, kappa
from corrtest.register.people.roles import Actor
from corrtest.register.refusal import Refusal
from corrtest.register.store import schema
from corrtest.register.store.keys import Keys
from corrtest.spec import ARMS, EVERY_REACTION, Study

_A, _P, _C, _EV = schema.application.c, schema.pair.c, schema.code.c, schema.event.c

# A code counts as long as the outcome that it was given for still stands; a later, better reaction asks for a new one.
STANDS = _C.first == _A.reaction


def _coded(study_ref: int) -> sa.Select[Any]:
    return (
        sa.select(_A.application_ref, _A.reaction, _C.coder, _C.first, _C.second, _C.settled)
        .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
        .join(schema.code, sa.and_(_C.application_ref == _A.application_ref, STANDS), isouter=True)
        .where(_P.study_ref == study_ref, _A.reaction.is_not(None))
        .order_by(_A.application_ref)
    )


def waiting(connection: Connection, study_ref: int, study: Study, keys: Keys | None, actor: Actor) -> pd.DataFrame:
    """Return the items without a second code that this person may code, with the words that came in.

    The words are masked: no name, mailbox or telephone of a candidate. What came without words cannot be coded from
    them, and is left out: `attrs["without_words"]` counts these.
    """
    rows: list[dict[str, Any]] = []
    without_words = 0
    said = _said(connection, study_ref, study, keys)
    for row in connection.execute(_coded(study_ref).where(_C.second.is_(None))):
        events, text = said[row.application_ref]
        if actor.name in {event.actor for event in events}:
            continue
        without_words += not text
        if text:
            rows.append({"item": row.application_ref, "messages": len(events), "text": text})
    table = pd.DataFrame(rows, columns=["item", "messages", "text"])
    table.attrs["without_words"] = without_words
    return table


def _said(
    connection: Connection, study_ref: int, study: Study, keys: Keys | None
) -> Mapping[int, tuple[Sequence[Any], str]]:
    """Return for each application with a reaction its reactions and the employer's words, masked."""
    places = connection.execute(
        sa.select(_A.application_ref, _P.pair_id, _P.documents, _A.arm)
        .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
        .where(_P.study_ref == study_ref, _A.reaction.is_not(None))
    ).all()
    people = known_candidates(connection, study_ref, study.name, keys)
    heard = _heard(connection, study_ref)
    found: dict[int, tuple[Sequence[Any], str]] = {}
    for place in places:
        events = heard[place.pair_id, place.arm]
        texts = [
            keys.open(study.name, event.sealed, f"note {event.seq}")
            for event in events
            if keys is not None and event.sealed is not None
        ]
        pair = [person for arm in ARMS if (person := people.get((place.documents, arm))) is not None]
        found[place.application_ref] = (events, masked("\n—\n".join(texts), pair))
    return found


def _heard(connection: Connection, study_ref: int) -> dict[tuple[str, str], list[Any]]:
    heard: dict[tuple[str, str], list[Any]] = {}
    query = (
        sa.select(_EV.seq, _EV.actor, _EV.pair_id, _EV.arm, schema.note.c.sealed)
        .join_from(schema.event, schema.note, schema.note.c.seq == _EV.seq, isouter=True)
        .where(_EV.study_ref == study_ref, _EV.kind == "reaction")
        .order_by(_EV.seq)
    )
    gone = taken_back(connection, study_ref)
    for row in connection.execute(query):
        if row.seq in gone:
            continue
        heard.setdefault((row.pair_id, row.arm), []).append(row)
    return heard


def code(work: Fieldwork, item: int, reaction: str) -> None:
    """Write the second code down."""
    row = _item(work, item)
    if row.second is not None:
        raise Refusal("double_coding", say("Item {item} has its second code already.", item=item))
    place = work.connection.execute(
        sa.select(_P.pair_id, _A.arm)
        .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
        .where(_A.application_ref == item)
    ).one()
    first_coders = work.connection.execute(
        sa.select(_EV.actor).where(
            _EV.study_ref == work.study_ref,
            _EV.kind == "reaction",
            _EV.pair_id == place.pair_id,
            _EV.arm == place.arm,
        )
    ).scalars()
    if work.actor.name in set(first_coders):
        raise Refusal(
            "double_coding",
            say("{actor} gave the first code of item {item}; another person must.", actor=work.actor.name, item=item),
        )
    work.connection.execute(sa.delete(schema.code).where(_C.application_ref == item))
    work.connection.execute(
        sa.insert(schema.code).values(application_ref=item, coder=work.actor.name, first=row.reaction, second=reaction)
    )
    work.ledger.append(
        "coded",
        {"item": item, "first": row.reaction, "second": reaction},
        study_ref=work.study_ref,
        pair_id=place.pair_id,
        arm=place.arm,
    )


def adjudicate(work: Fieldwork, item: int, reaction: str) -> None:
    """Write down which code holds."""
    row = _item(work, item)
    if row.second is None or row.first == row.second or row.settled is not None:
        raise Refusal("double_coding", say("Item {item} is not one on which two coders disagree.", item=item))
    if row.coder == work.actor.name:
        raise Refusal(
            "double_coding",
            say("{actor} gave the second code of item {item}; another must decide.", actor=work.actor.name, item=item),
        )
    work.connection.execute(sa.update(schema.code).where(_C.application_ref == item).values(settled=reaction))
    work.ledger.append("adjudicated", {"item": item, "settled": reaction}, study_ref=work.study_ref)


def _item(work: Fieldwork, item: int) -> Any:
    row = work.connection.execute(_coded(work.study_ref).where(_A.application_ref == item)).first()
    if row is None:
        raise RegisterError(
            say("There is no item {item} with a reaction. Take the number from the coding list.", item=item)
        )
    return row


def disagreements(connection: Connection, study_ref: int, study: Study, keys: Keys | None) -> pd.DataFrame:
    """Return items whose codes differ and are not settled, with the employer's words, masked."""
    said = _said(connection, study_ref, study, keys)
    query = _coded(study_ref).where(_C.second != _C.first, _C.settled.is_(None))
    rows = [
        (row.application_ref, row.first, row.second, said[row.application_ref][1]) for row in connection.execute(query)
    ]
    return pd.DataFrame(rows, columns=["item", "first", "second", "text"])


def agreement(connection: Connection, study_ref: int, confidence_level: float) -> Agreement:
    """Return kappa over all items coded twice."""
    counts = np.zeros((len(EVERY_REACTION), len(EVERY_REACTION)))
    for row in connection.execute(_coded(study_ref).where(_C.second.is_not(None))):
        counts[EVERY_REACTION.index(row.first), EVERY_REACTION.index(row.second)] += 1
    return kappa(counts, confidence_level)
