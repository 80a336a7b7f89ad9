"""What happens to applications inside one writing transaction: checks first, then one write."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from math import ceil
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import InputError, RegisterError
from corrtest.language import say
from corrtest.register.clock import day, later, local_time, window_end
from corrtest.register.events.acts import HAPPENED, WAITING, follows
from corrtest.register.events.history import read_heard, read_history
from corrtest.register.events.ledger import Ledger
from corrtest.register.events.life import BOUNCED, IllegalMove, Life, after
from corrtest.register.fieldwork import caps, gate
from corrtest.register.fieldwork.items import LIFE_FIELDS, SOME, Counted, Item, Load, read_items, read_load
from corrtest.register.fieldwork.lateness import days_beyond, late_by
from corrtest.register.people.roles import Actor
from corrtest.register.refusal import Reason, Refusal
from corrtest.register.store import schema
from corrtest.register.store.keys import Keys
from corrtest.spec import ARMS, Study

_A = schema.application.c
# Only the columns that changed are written: which ones follows from the rows that it is given.
_MOVE = sa.update(schema.application).where(_A.application_ref == sa.bindparam("ref"))

# How long a claim lasts unless said; and for who sends without having claimed, the claim that is written down with it.
CLAIM_HOURS = 8.0
MOMENT = timedelta(minutes=1)


def claim_end(at: str, hours: float) -> str:
    """Return when a claim of so many hours ends."""
    if not 0 < hours <= 24 * 31:
        raise InputError(
            say("A claim of {hours} hours is not possible. Give more than 0 and at most 744 hours.", hours=hours)
        )
    return later(at, timedelta(hours=hours))


class Fieldwork:
    """The applications of one study in one writing transaction.

    Nothing is written before `flush`; a refusal before that leaves no trace. `remarks` say what went in and is unusual.
    """

    def __init__(
        self,
        connection: Connection,
        ledger: Ledger,
        keys: Keys | None,
        actor: Actor,
        study_row: Any,
        studies: dict[int, Study],
    ) -> None:
        self.connection = connection
        self.ledger = ledger
        self.keys = keys
        self.actor = actor
        self.study_row = study_row
        self.study_ref: int = study_row.study_ref
        self.study = studies[self.study_ref]
        self._studies = studies
        self._items: dict[tuple[str, str], Item] = {}
        self._numbered: dict[int, Item] = {}
        self._load: dict[int, Load] = {}
        self._moved: dict[int, dict[str, Any]] = {}
        self._notes: list[dict[str, Any]] = []
        self._heard: dict[tuple[str, str], set[tuple[str, str]]] | None = None
        self.remarks: list[str] = []

    def in_study(self, study_ref: int) -> Fieldwork:
        """Return the fieldwork of another study of the register, in the same transaction and by the same person."""
        if study_ref == self.study_ref:
            return self
        self._study(study_ref)
        row = gate.study_row(self.connection, study_ref)
        return Fieldwork(self.connection, self.ledger, self.keys, self.actor, row, self._studies)

    def load(self, pair_ids: Iterable[str]) -> None:
        """Read the applications of each pair that is not known yet; pairs that the study lacks are left out."""
        known = self._items
        fresh = [pair for pair in pair_ids if (pair, ARMS[0]) not in known and (pair, ARMS[1]) not in known]
        if not fresh:
            return
        items = read_items(self.connection, self.study_ref, fresh)
        for item in items:
            known[item.pair_id, item.arm] = self._numbered[item.application_ref] = item
        groups = {item.group_ref for item in items} - self._load.keys()
        if len(groups) > 1:  # the load of one is read when a rule asks for it
            self._load.update(read_load(self.connection, sorted(groups)))

    def load_numbered(self, numbers: Iterable[int]) -> None:
        """Read the applications with these numbers, and the others of their pairs."""
        wanted = list(numbers)
        for start in range(0, len(wanted), SOME):
            query = sa.select(schema.pair.c.pair_id).join_from(
                schema.application, schema.pair, _A.pair_ref == schema.pair.c.pair_ref
            )
            some = query.where(
                _A.application_ref.in_(wanted[start : start + SOME]), schema.pair.c.study_ref == self.study_ref
            )
            self.load(self.connection.execute(some).scalars().all())

    def numbered(self, number: int) -> Item:
        """Return a loaded application by its number in the register."""
        item = self._numbered.get(number)
        if item is None:
            raise RegisterError(
                say("The study '{study}' has no application {number}.", study=self.study.name, number=number)
            )
        return item

    def one(self, pair_id: str, arm: str) -> Item:
        """Return one application, loaded; an error that helps where the study has none such."""
        self.load([pair_id])
        return self.known(pair_id, arm)

    def first(self, pair_id: str) -> Item:
        """Return the application of a pair that goes first, loaded."""
        self.load([pair_id])
        found = self.of_pair(pair_id)
        return found[0] if found else self.known(pair_id, ARMS[0])

    def known(self, pair_id: str, arm: str) -> Item:
        """Return a loaded application; an error that helps where there is none."""
        item = self.item(pair_id, arm)
        if item is None and self.of_pair(pair_id):
            raise RegisterError(
                say(
                    "The study '{study}' is unpaired: {pair_id} has no {arm} application.",
                    study=self.study.name,
                    pair_id=pair_id,
                    arm=arm,
                )
            )
        if item is None:
            raise RegisterError(
                say(
                    "The study '{study}' has no pair '{pair_id}'. Take the number from the work list.",
                    study=self.study.name,
                    pair_id=pair_id,
                )
            )
        return item

    def item(self, pair_id: str, arm: str) -> Item | None:
        """Return a loaded application, or None where the study has no such pair."""
        return self._items.get((pair_id, arm))

    def of_pair(self, pair_id: str) -> list[Item]:
        """Return the loaded applications of a pair, the one that goes first in front."""
        found = [item for arm in ARMS if (item := self._items.get((pair_id, arm))) is not None]
        return sorted(found, key=lambda item: item.position)

    def other(self, item: Item) -> Item | None:
        """Return the other application of the pair; None where the study is unpaired."""
        return self._items.get((item.pair_id, item.other_arm))

    def forget(self, pair_id: str) -> None:
        """Drop a pair whose rows were taken back."""
        for item in self.of_pair(pair_id):
            del self._items[item.pair_id, item.arm]

    # -- moves ---------------------------------------------------------------------------------------------------

    def claim(self, item: Item, at: str, until: str) -> None:
        """Let the actor have the item until `until`, if every rule allows it."""
        self.check_may_approach(item, at)
        self._move(item, "claimed", {"at": at, "until": until})
        if item.position == 1:
            self._count(item, day(at), until)

    def release(self, item: Item, at: str) -> None:
        """Release an item that was claimed and not sent."""
        if item.life.claimed_by != self.actor.name and self.actor.role != "coordinator":
            self._refuse(
                "claimed_by_another", item, say("it is claimed by {claimed_by}", claimed_by=item.life.claimed_by)
            )
        self._move(item, "released", {"at": at})
        self._uncount(item)

    def pass_on(self, item: Item, to: str, at: str) -> None:
        """Let somebody else have what was claimed, for as long as it was."""
        self._move(item, "passed_on", {"at": at, "to": to})

    def reach(self, item: Item, move: str, payload: Mapping[str, Any], at: str) -> None:
        """Put on record an attempt or a stage that comes before a sending; all rules are checked as for one."""
        if item.life.state == "planned" or (item.life.state == "claimed" and self._claim_ran_out(item, at)):
            self.claim(item, at, claim_end(at, CLAIM_HOURS))
        elif item.life.state == "claimed":
            self.check_may_approach(item, at)
        self._move(item, move, payload)

    def _is_simulated(self, said: bool) -> bool:
        """Return whether an act is simulated: in a simulated study each is, in another none may be."""
        if said:
            gate.check_real(self.study, say("What is recorded here is simulated"))
        return self.study.simulated

    def send(self, item: Item, at: str, *, simulated: bool = False) -> None:
        """Put on record that the application went out; all rules are checked again at this moment."""
        simulated = self._is_simulated(simulated)
        if item.life.state == "planned" or (item.life.state == "claimed" and self._claim_ran_out(item, at)):
            self.claim(item, at, later(at, MOMENT))
        else:
            self.check_may_approach(item, at)
        self._put_out(item, {"at": at, "simulated": True} if simulated else {"at": at})

    def send_handed_over(self, item: Item, at: str) -> None:
        """Put on record that a letter went that was handed over at `at`, when all rules were checked."""
        self._put_out(item, {"at": at})

    def _put_out(self, item: Item, payload: Mapping[str, Any]) -> None:
        self._move(item, "sent", payload)
        if item.position == 1:
            self._count(item, day(payload["at"]), None)
            return
        first = self._items[item.pair_id, item.other_arm]
        beyond = days_beyond(first.due_on, item.due_on, str(first.life.sent_at), payload["at"])
        if beyond > self.study.fieldwork.lag_tolerance_days:
            self.remarks.append(
                say(
                    "{item}: the second letter went {days} day(s) later than planned after the first; the study "
                    "tolerates {tolerated}. The pair is marked in the export.",
                    item=item.name,
                    days=beyond,
                    tolerated=self.study.fieldwork.lag_tolerance_days,
                )
            )

    def react(
        self,
        item: Item,
        reaction: str,
        at: str,
        *,
        channel: str = "",
        text: str = "",
        simulated: bool = False,
        confirmed: bool = False,
    ) -> None:
        """Put on record what the employer did; `text` is kept apart, encrypted.

        A reaction after the window is refused, unless a person has `confirmed` its date.
        """
        self.check_own(item)
        if reaction not in self.study.reactions:
            expected = ", ".join(word for word in self.study.reactions if word != "none")
            why = say("'{reaction}' is no answer here; it is one of {words}", reaction=reaction, words=expected)
            self._refuse("illegal_move", item, why)
        if self.is_recorded(item, reaction, at):
            self._refuse("recorded", item, say("this reaction of {at} is on record already", at=local_time(at)))
        sent_at, window = item.life.sent_at, self.study.fieldwork.reaction_window_days
        payload: dict[str, Any] = {
            "at": at,
            "reaction": reaction,
            "in_window": sent_at is not None and at < window_end(sent_at, window),
        }
        if channel:
            payload["channel"] = channel
        if self._is_simulated(simulated):
            payload["simulated"] = True
        elif (
            sent_at is not None and not payload["in_window"] and not confirmed and follows(item.life.state, "reaction")
        ):
            # What cannot have happened or cannot go in is not asked to be confirmed.
            self._check_past(item, "reaction", payload)
            self._ask_about_the_window(item, sent_at, at)
        if text:
            payload["text_sha256"] = self._note(self.ledger.seq + 1, text)
        self._move(item, "reaction", payload)
        if self._heard is not None:
            self._heard[item.pair_id, item.arm].add((reaction, at))

    def _ask_about_the_window(self, item: Item, sent_at: str, at: str) -> None:
        self._refuse(
            "unconfirmed",
            item,
            say(
                "it was sent on {sent_at} and the reaction of {at} comes after its window of {days} days, so that it "
                "counts as a late answer. Look at the date; where it is right, add --confirmed (or choose yes in the "
                "column for that)",
                sent_at=local_time(sent_at),
                at=local_time(at),
                days=self.study.fieldwork.reaction_window_days,
            ),
        )

    def withdraw(self, item: Item, at: str, *, unprompted: bool = False) -> None:
        """Put on record that the employer was told that the candidate is no longer available.

        Without a positive reaction there is nothing to withdraw: refused, unless a person says it was `unprompted`.
        """
        self.check_own(item)
        if item.life.state == "sent" and item.life.positive_at is None and not unprompted:
            self._refuse(
                "unconfirmed",
                item,
                say(
                    "no positive reaction is on record, so that there is nothing to withdraw. Record the reaction "
                    "first; where the employer was told all the same, add --unprompted (or choose yes in the column "
                    "for that)"
                ),
            )
        self._move(item, "withdrawn", {"at": at})
        allowed = self.study.fieldwork.withdraw_within_hours
        late = late_by(item.life.positive_at, at, allowed)
        if late is not None:
            self.remarks.append(
                say(
                    "{item}: withdrawn {hours} hours after the reaction; the study allows {allowed}. It counts as "
                    "late.",
                    item=item.name,
                    hours=ceil(late),
                    allowed=allowed,
                )
            )

    def close(self, item: Item, at: str) -> None:
        """End an application whose reaction window has passed."""
        if item.life.sent_at is not None:
            end = window_end(item.life.sent_at, self.study.fieldwork.reaction_window_days)
            if at < end:
                self._refuse("illegal_move", item, say("its reaction window runs until {later}", later=local_time(end)))
        self._move(item, "closed", {"at": at})

    def give_up(self, item: Item, move: str, reason: str, at: str, *, cause: str = BOUNCED) -> None:
        """End an application as `failed` or `skipped`; the other one of the pair is not sent any more either."""
        self.check_own(item)
        payload = {"at": at, "reason": reason}
        if move == "failed" and cause != BOUNCED:
            payload["cause"] = cause
        seq = self._move(item, move, payload)
        other = self.other(item)
        if other is not None and other.life.state in WAITING:
            reason = f"the other application of the pair was {move}"
            self._move(other, "skipped", {"at": at, "reason": reason, "follows": seq})
        self._uncount(item)

    def take_out(self, pair_id: str, reason: str, at: str) -> bool:
        """Skip what is left of a pair that is no longer in the plan; say whether anything was."""
        left = [item for item in self.of_pair(pair_id) if item.life.state in WAITING]
        for item in left:
            self._move(item, "skipped", {"at": at, "reason": reason})
            self._uncount(item)
        return bool(left)

    def set_aside(self, item: Item, reason: str, at: str) -> None:
        """End the applications of a pair as `replaced`."""
        self.check_own(item)
        for each in self.of_pair(item.pair_id):
            if each.life.state == "failed" and each.life.sent_at is not None and not self._bounced(each):
                self._refuse("illegal_move", item, say("the employer has seen a letter of this pair"))
            self._move(each, "replaced", {"at": at, "reason": reason})
        self._uncount(item)

    def _bounced(self, item: Item) -> bool:
        """Say whether a letter that failed never reached its employer."""
        history = read_history(self.connection, self.study_ref, item.pair_id, item.arm)
        failed = next(event for event in reversed(history) if event.move == "failed")
        return bool(failed.payload.get("cause", BOUNCED) == BOUNCED)

    # -- rules ---------------------------------------------------------------------------------------------------

    def check_gate(self, at: str | None = None) -> None:
        """Refuse everything while the study is not approved, or is stopped; `at` is when it happened, if not now."""
        gate.check_open(self.study_row, at)

    def check_may_approach(self, item: Item, at: str) -> None:
        """Refuse to approach this employer now, for whatever reason there is."""
        self.check_gate(at)
        self.check_own(item)
        gate.check_period(self.study, day(at))
        if item.blocked:
            self._refuse("blocked", item, say("the employer asked to be left alone"))
        if item.undecided:
            self._refuse(
                "alias_undecided",
                item,
                say(
                    "the employer shares an e-mail domain, telephone or address with another; a coordinator must "
                    "first decide whether they are one"
                ),
            )
        self._check_order(item, at)
        self._check_caps(item, at)

    def check_own(self, item: Item) -> None:
        """Refuse a partner's hand on an item of another partner."""
        if self.actor.role == "partner" and item.partner is not None and item.partner != self.actor.partner:
            self._refuse("role", item, say("it belongs to another partner than {actor}'s", actor=self.actor.name))

    def _check_order(self, item: Item, at: str) -> None:
        """The second application follows the first, no sooner than their planned days lie apart."""
        if item.position == 1:
            return
        other = self._items[item.pair_id, item.other_arm]
        lag = (day(item.due_on) - day(other.due_on)).days
        if other.life.sent_at is None:
            self._refuse("not_due", item, say("the other application of the pair goes first and has not been sent"))
        elif at < other.life.sent_at or (day(at) - day(other.life.sent_at)).days < lag:
            self._refuse(
                "not_due",
                item,
                say(
                    "it may go {lag} day(s) after the first, sent {sent_at}",
                    lag=lag,
                    sent_at=local_time(other.life.sent_at),
                ),
            )

    def is_recorded(self, item: Item, reaction: str, at: str) -> bool:
        """Say whether this very reaction, of this moment, is on record."""
        if self._heard is None or (item.pair_id, item.arm) not in self._heard:
            heard = read_heard(self.connection, self.study_ref, {pair_id for pair_id, _ in self._items})
            fresh = {place: set(heard.get(place, ())) for place in self._items}
            self._heard = {**fresh, **(self._heard or {})}
        return (reaction, at) in self._heard[item.pair_id, item.arm]

    def _check_caps(self, item: Item, at: str) -> None:
        if item.position == 2:
            return  # the pair counted on the day of its first application; its second adds nothing
        # A claim that ran out no longer weighs; the pair itself is weighed anew.
        load = [
            counted
            for counted in self._counted(item).values()
            if counted.pair_ref != item.pair_ref and (counted.until is None or counted.until > at)
        ]
        if not load:
            return  # every cap allows one pair
        # The strictest cap of all studies that approach this employer holds.
        for study_ref in sorted({self.study_ref, *(counted.study_ref for counted in load)}):
            allowed = caps.limit(self._study(study_ref).caps, item.employees)
            breach = caps.breach([counted.on for counted in load], day(at), allowed)
            if breach is not None:
                when = say("; free from {free_from}", free_from=breach.free_from) if breach.free_from else ""
                self._refuse(breach.reason, item, breach.text + when)

    def _counted(self, item: Item) -> Load:
        if item.group_ref not in self._load:
            self._load.update(read_load(self.connection, [item.group_ref]))
        return self._load[item.group_ref]

    def _study(self, study_ref: int) -> Study:
        if study_ref not in self._studies:  # another process has added it since this register was opened
            row = gate.study_row(self.connection, study_ref)
            self._studies[study_ref] = gate.kept_study(row)
        return self._studies[study_ref]

    @staticmethod
    def _claim_ran_out(item: Item, at: str) -> bool:
        return item.life.claimed_until is not None and at >= item.life.claimed_until

    @staticmethod
    def _refuse(reason: Reason, item: Item, why: str) -> None:
        raise Refusal(reason, f"{item.name}: {why}.")

    # -- writing -------------------------------------------------------------------------------------------------

    def _move(self, item: Item, move: str, payload: Mapping[str, Any]) -> int:
        self._check_past(item, move, payload)
        try:
            life = after(item.life, move, payload, self.actor.name)
        except IllegalMove as illegal:
            raise Refusal("illegal_move", f"{item.name}: {illegal}.") from None
        return self.put(item, move, payload, life)

    def _check_past(self, item: Item, move: str, payload: Mapping[str, Any]) -> None:
        """Refuse what would have happened after now; only a simulation knows what is to come."""
        if move in HAPPENED and not self.study.simulated:
            self.check_happened(payload["at"], item.name)

    def check_happened(self, at: str, what: str) -> None:
        """Refuse a time after now."""
        if at > self.ledger.recorded_at:
            why = say(
                "{at} is still to come; it is now {now}. Look at the date, or at the clock of this machine",
                at=local_time(at),
                now=local_time(self.ledger.recorded_at),
            )
            raise Refusal("future", f"{what}: {why}.")

    def put(self, item: Item, move: str, payload: Mapping[str, Any], life: Life) -> int:
        """Write an event of an application, and the life that follows from it; return the event's number."""
        seq = self.ledger.append(move, payload, study_ref=self.study_ref, pair_id=item.pair_id, arm=item.arm)
        changed = self._moved.setdefault(item.application_ref, {"ref": item.application_ref})
        for name, old, new in zip(LIFE_FIELDS, item.life, life, strict=True):
            if old is not new and old != new:
                changed[name] = new
        changed["last_seq"] = seq
        item.life, item.last_seq = life, seq
        return seq

    def read_anew(self, item: Item) -> None:
        """Forget what the employer's pairs weigh and what was heard: it is read again where a rule asks for it."""
        self._load.pop(item.group_ref, None)
        self._heard = None

    def _count(self, item: Item, on: date, until: str | None) -> None:
        self._counted(item)[item.pair_ref] = Counted(item.pair_ref, self.study_ref, on, until)

    def _uncount(self, item: Item) -> None:
        """A pair of which nothing was sent does not weigh on the employer."""
        if all(each.life.sent_at is None for each in self.of_pair(item.pair_id)):
            self._counted(item).pop(item.pair_ref, None)

    def _note(self, seq: int, text: str) -> str:
        """Keep the words of the event that will have this number, encrypted; return the digest for that event."""
        if self.keys is None:
            raise Refusal("role", say("Free text is kept encrypted, and the key file is not here."))
        sealed = self.keys.seal(self.study.name, text, f"note {seq}")
        self._notes.append({"seq": seq, "study_ref": self.study_ref, "sealed": sealed})
        return hashlib.sha256(sealed).hexdigest()

    def flush(self) -> None:
        """Hand everything to the database, in as few statements as there are kinds of row."""
        self.ledger.flush()
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for changed in self._moved.values():
            alike.setdefault(tuple(changed), []).append(changed)
        for rows in alike.values():
            self.connection.execute(_MOVE, rows)
        if self._notes:
            self.connection.execute(sa.insert(schema.note), self._notes)
        self._moved, self._notes = {}, []
