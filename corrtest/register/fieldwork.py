"""What happens to applications inside one writing transaction: claim, send, react; checks first, then one write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.register import caps, gate, schema
from corrtest.register.clock import day, later
from corrtest.register.keys import Keys
from corrtest.register.ledger import Ledger
from corrtest.register.life import IllegalMove, Life, after
from corrtest.register.refusal import Reason, Refusal
from corrtest.register.roles import Actor
from corrtest.spec import Study

_A, _P, _E = schema.application.c, schema.pair.c, schema.employer.c

_LIFE_FIELDS = tuple(field.name for field in fields(Life))

_ITEMS = (
    sa.select(
        _A.application_ref,
        _A.arm,
        _A.position,
        _A.due_on,
        *(_A[name] for name in _LIFE_FIELDS),
        _P.pair_ref,
        _P.pair_id,
        _P.study_ref,
        _P.partner,
        _P.counted_on,
        _P.counted_until,
        _E.group_ref,
        _E.employees,
        _E.blocked,
        _E.undecided,
    )
    .join_from(schema.application, schema.pair, _A.pair_ref == _P.pair_ref)
    .join(schema.employer, _P.employer_ref == _E.employer_ref)
    .where(_P.study_ref == sa.bindparam("study_ref"))
    .order_by(_A.application_ref)
)
_ITEMS_OF_ONE = _ITEMS.where(_P.pair_id == sa.bindparam("pair_id"))
_ITEMS_OF_SOME = _ITEMS.where(_P.pair_id.in_(sa.bindparam("pair_ids", expanding=True)))

_LOAD = (
    sa.select(_E.group_ref, _P.pair_ref, _P.study_ref, _P.counted_on, _P.counted_until)
    .join_from(schema.pair, schema.employer, _P.employer_ref == _E.employer_ref)
    .where(_P.counted_on.is_not(None))
)
_LOAD_OF_ONE = _LOAD.where(_E.group_ref == sa.bindparam("group_ref"))

_MOVE = (
    sa.update(schema.application)
    .where(_A.application_ref == sa.bindparam("ref"))
    .values({name: sa.bindparam(f"new_{name}") for name in (*_LIFE_FIELDS, "last_seq")})
)
_COUNT = (
    sa.update(schema.pair)
    .where(_P.pair_ref == sa.bindparam("ref"))
    .values(counted_on=sa.bindparam("new_on"), counted_until=sa.bindparam("new_until"))
)
_NOTE = sa.insert(schema.note)

# SQLite takes 32,766 values in a statement; above this many pairs the whole study is read instead.
SOME = 5000


@dataclass(slots=True, kw_only=True)
class Item:
    """One application as it stands in this transaction."""

    application_ref: int
    pair_ref: int
    pair_id: str
    study_ref: int
    arm: str
    position: int
    due_on: str
    partner: str | None
    group_ref: int
    employees: int | None
    blocked: bool
    undecided: bool
    life: Life


@dataclass(slots=True)
class Counted:
    """A pair that counts towards an employer's caps; until `until` where it is only claimed."""

    pair_ref: int
    study_ref: int
    on: date
    until: str | None


class Fieldwork:
    """The applications of one study in one writing transaction.

    Nothing is written before `flush`; a refusal before that leaves no trace.
    """

    def __init__(
        self,
        connection: Connection,
        ledger: Ledger,
        keys: Keys | None,
        actor: Actor,
        study_ref: int,
        studies: Mapping[int, Study],
    ) -> None:
        self.connection = connection
        self.ledger = ledger
        self.keys = keys
        self.actor = actor
        self.study_ref = study_ref
        self.studies = studies
        self.study = studies[study_ref]
        self._items: dict[tuple[str, str], Item] = {}
        self._load: dict[int, dict[int, Counted]] | None = None
        self._load_by_group: dict[int, dict[int, Counted]] = {}
        self._moved: dict[int, dict[str, Any]] = {}
        self._recounted: dict[int, dict[str, Any]] = {}
        self._notes: list[dict[str, Any]] = []
        self._gate_passed = False

    # -- reading -------------------------------------------------------------------------------------------------

    def load(self, pair_ids: Iterable[str]) -> None:
        """Read both applications of each pair; unknown pairs are left out."""
        wanted = sorted(set(pair_ids))
        given: dict[str, Any] = {"study_ref": self.study_ref}
        if len(wanted) == 1:
            rows = self.connection.execute(_ITEMS_OF_ONE, {**given, "pair_id": wanted[0]})
        elif len(wanted) <= SOME:
            rows = self.connection.execute(_ITEMS_OF_SOME, {**given, "pair_ids": wanted})
        else:
            rows = self.connection.execute(_ITEMS, given)
        for row in rows:
            application_ref, arm, position, due_on, *life = row[: 4 + len(_LIFE_FIELDS)]
            values = dict(zip(_LIFE_FIELDS, life, strict=True))
            values["simulated"] = bool(values["simulated"])
            self._items[row.pair_id, arm] = Item(
                application_ref=application_ref,
                pair_ref=row.pair_ref,
                pair_id=row.pair_id,
                study_ref=row.study_ref,
                arm=arm,
                position=position,
                due_on=due_on,
                partner=row.partner,
                group_ref=row.group_ref,
                employees=row.employees,
                blocked=bool(row.blocked),
                undecided=bool(row.undecided),
                life=Life(**values),
            )
        if len(wanted) > SOME:
            self._load = self._group(self.connection.execute(_LOAD))

    def item(self, pair_id: str, arm: str) -> Item | None:
        """Return a loaded application, or None where the study has no such pair."""
        return self._items.get((pair_id, arm))

    def _group(self, rows: Iterable[Any]) -> dict[int, dict[int, Counted]]:
        load: dict[int, dict[int, Counted]] = defaultdict(dict)
        for row in rows:
            load[row.group_ref][row.pair_ref] = Counted(
                row.pair_ref, row.study_ref, day(row.counted_on), row.counted_until
            )
        return load

    def _counted(self, group_ref: int) -> dict[int, Counted]:
        if self._load is not None:
            return self._load.setdefault(group_ref, {})
        if group_ref not in self._load_by_group:
            rows = self.connection.execute(_LOAD_OF_ONE, {"group_ref": group_ref})
            self._load_by_group[group_ref] = self._group(rows).get(group_ref, {})
        return self._load_by_group[group_ref]

    # -- moving --------------------------------------------------------------------------------------------------

    def claim(self, item: Item, at: str, until: str) -> None:
        """Let the actor have the item until `until`, if every rule allows it."""
        self.check_may_approach(item, at)
        self._move(item, "claimed", {"at": at, "until": until})
        if item.position == 1:
            self._count(item, day(at), until)

    def send(self, item: Item, at: str, *, simulated: bool = False) -> None:
        """Put on record that the application went out; all rules are checked again at this moment."""
        if item.life.state == "planned" or (item.life.state == "claimed" and self._claim_ran_out(item, at)):
            self.claim(item, at, later(at, timedelta(hours=1)))
        else:
            self.check_may_approach(item, at)
        payload: dict[str, Any] = {"at": at}
        if simulated:
            payload["simulated"] = True
        self._move(item, "sent", payload)
        if item.position == 1:
            self._count(item, day(at), None)

    def react(
        self, item: Item, reaction: str, at: str, *, channel: str = "", text: str = "", simulated: bool = False
    ) -> None:
        """Put on record what the employer did; `text` is kept apart, encrypted."""
        self._check_own(item)
        window = timedelta(days=self.study.fieldwork.reaction_window_days)
        sent_at = item.life.sent_at
        payload: dict[str, Any] = {
            "at": at,
            "reaction": reaction,
            "in_window": sent_at is not None and at <= later(sent_at, window),
        }
        if channel:
            payload["channel"] = channel
        if simulated:
            payload["simulated"] = True
        seq = self._move(item, "reaction", payload)
        if text:
            self._note(seq, text)

    def check_gate(self) -> None:
        """Refuse everything while the study is not approved, or is stopped."""
        if not self._gate_passed:
            gate.check_open(gate.study_row(self.connection, self.study_ref))
            self._gate_passed = True

    def check_may_approach(self, item: Item, at: str) -> None:
        """Refuse to approach this employer now, for whatever reason there is."""
        self.check_gate()
        self._check_own(item)
        gate.check_period(self.study, day(at))
        if item.blocked:
            self._refuse("blocked", item, "the employer asked to be left alone")
        if item.undecided:
            self._refuse(
                "alias_undecided",
                item,
                "the employer shares an e-mail domain, telephone or address with another; a coordinator must first "
                "decide whether they are one",
            )
        self._check_order(item, at)
        self._check_caps(item, at)

    def _check_own(self, item: Item) -> None:
        if self.actor.role == "partner" and item.partner is not None and item.partner != self.actor.partner:
            self._refuse("role", item, f"it belongs to another partner than {self.actor.name}'s")

    def _check_order(self, item: Item, at: str) -> None:
        """The second application follows the first, no sooner than the study's lag."""
        if item.position == 1:
            return
        other = self._items[item.pair_id, "treated" if item.arm == "control" else "control"]
        lag = self.study.fieldwork.lag_days
        if other.life.sent_at is None:
            self._refuse("not_due", item, f"the {other.arm} application goes first and has not been sent")
        elif (day(at) - day(other.life.sent_at)).days < lag:
            self._refuse("not_due", item, f"it may go {lag} day(s) after the first, sent {other.life.sent_at}")

    def _check_caps(self, item: Item, at: str) -> None:
        counted = self._counted(item.group_ref)
        # A claim that ran out no longer weighs; the pair itself is weighed anew on its first application.
        load = [
            other
            for other in counted.values()
            if other.pair_ref != item.pair_ref and (other.until is None or other.until > at)
        ]
        own = counted.get(item.pair_ref)
        if item.position == 2 and own is not None:
            return  # the pair counted on its first day; its second application adds nothing
        # The strictest cap of all studies that approach this employer holds.
        for study_ref in {self.study_ref, *(other.study_ref for other in load)}:
            allowed = caps.limit(self.studies[study_ref].caps, item.employees)
            breach = caps.breach([other.on for other in load], day(at), allowed)
            if breach is not None:
                when = f"; free from {breach.free_from}" if breach.free_from else ""
                reason: Reason = "cap_total" if breach.reason == "cap_total" else "cap_window"
                self._refuse(reason, item, breach.text + when)

    @staticmethod
    def _claim_ran_out(item: Item, at: str) -> bool:
        return item.life.claimed_until is not None and at >= item.life.claimed_until

    @staticmethod
    def _refuse(reason: Reason, item: Item, why: str) -> None:
        raise Refusal(reason, f"Pair {item.pair_id}, {item.arm}: {why}.")

    def _move(self, item: Item, move: str, payload: Mapping[str, Any]) -> int:
        try:
            life = after(item.life, move, payload, self.actor.name)
        except IllegalMove as illegal:
            raise Refusal("illegal_move", f"Pair {item.pair_id}, {item.arm}: {illegal}.") from None
        seq = self.ledger.append(move, payload, study_ref=self.study_ref, pair_id=item.pair_id, arm=item.arm)
        item.life = life
        changed: dict[str, Any] = {f"new_{name}": getattr(life, name) for name in _LIFE_FIELDS}
        changed |= {"ref": item.application_ref, "new_simulated": int(life.simulated), "new_last_seq": seq}
        self._moved[item.application_ref] = changed
        return seq

    def _count(self, item: Item, on: date, until: str | None) -> None:
        self._counted(item.group_ref)[item.pair_ref] = Counted(item.pair_ref, self.study_ref, on, until)
        self._recounted[item.pair_ref] = {"ref": item.pair_ref, "new_on": on.isoformat(), "new_until": until}

    def _note(self, seq: int, text: str) -> None:
        if self.keys is None:
            raise Refusal("role", "Free text is kept encrypted, and the key file is not here.")
        sealed = self.keys.seal(self.study.name, text, f"note {seq}")
        self._notes.append({"seq": seq, "study_ref": self.study_ref, "sealed": sealed})

    def flush(self) -> None:
        """Hand everything to the database, in as few statements as there are kinds of row."""
        self.ledger.flush()
        for statement, rows in (
            (_MOVE, list(self._moved.values())),
            (_COUNT, list(self._recounted.values())),
            (_NOTE, self._notes),
        ):
            if rows:
                self.connection.execute(statement, rows if len(rows) > 1 else rows[0])
        self._moved, self._recounted, self._notes = {}, {}, []
