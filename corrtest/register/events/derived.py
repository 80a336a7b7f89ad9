"""What follows from the events: the chain read from its first event on, each kind taken in by one step."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from corrtest.language import say
from corrtest.register.events.acts import MOVES
from corrtest.register.events.life import Happened, IllegalMove, Life, after, replayed
from corrtest.register.fieldwork import gate

# An event as it lies in the table, column by column (a Row of SQLAlchemy; its fields have names, too).
Row = Any
Payload = dict[str, Any]
# Study, pair and arm of an application, as its events name it.
Place = tuple[int, str, str]
UNMOVED = Life()
_decoded = json.JSONDecoder().decode


@dataclass(slots=True)
class Groups:
    """Employers that are one firm, and whom nobody approaches any more; who was never named is a firm of their own."""

    of: dict[int, int] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)

    def block(self, employer: int) -> None:
        """Block all that are one firm with this employer."""
        group = self.of.get(employer, employer)
        self.blocked |= self.members.get(group, {group})

    def unblock(self, employer: int) -> None:
        """Free all that are one firm with this employer."""
        group = self.of.get(employer, employer)
        self.blocked -= self.members.get(group, {group})

    def merge(self, first: int, second: int) -> None:
        """Make two employers one firm; a block on either holds for all."""
        target, source = sorted((self.of.get(first, first), self.of.get(second, second)))
        joined = self.members.get(target, {target}) | self.members.pop(source, {source})
        self.members[target] = joined
        self.of.update(dict.fromkeys(joined, target))
        if joined & self.blocked:
            self.blocked |= joined


@dataclass(slots=True)
class Derived:
    """What follows from the events read so far; each field is what one table, or a part of it, must hold."""

    lives: dict[Place, tuple[Life, int]] = field(default_factory=dict)
    texts: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    erased: set[int] = field(default_factory=set)
    plans: dict[tuple[int, str | None], str] = field(default_factory=dict)
    written: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    stops: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    actors: dict[str, tuple[str, str | None, str | None]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    groups: Groups = field(default_factory=Groups)
    decisions: dict[tuple[int, int], bool] = field(default_factory=dict)
    codes: dict[int, tuple[str, str, str, str | None]] = field(default_factory=dict)
    batches: set[tuple[int, str, str, int]] = field(default_factory=set)
    studies: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    approvals: dict[int, dict[str, Any]] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)
    candidates: dict[int, str] = field(default_factory=dict)
    rules: str | None = None
    # Applications of which an event is taken back, known beforehand: of these alone the events are kept.
    corrected: frozenset[Place] = frozenset()
    histories: dict[Place, list[Happened]] = field(default_factory=lambda: defaultdict(list))

    def take_in(self, row: Row) -> str | None:
        """Take one event in; return what is wrong where it could not have happened."""
        seq, _, actor, _, study_ref, kind, pair_id, arm, text, *_ = row
        payload: Payload = _decoded(text)
        if kind not in MOVES:
            step = _STEPS.get(kind)
            if step is not None:
                step(self, row, payload)
            self.imported.update(payload.get("tables") or {})
            return None
        place = (study_ref, pair_id, arm)
        known = self.lives.get(place)
        try:
            if place in self.corrected:
                self.histories[place].append(Happened(seq, kind, payload, actor))
            if kind == "taken_back":
                life = replayed(self.histories[place])
            else:
                life = after(known[0] if known else UNMOVED, kind, payload, actor)
            self.lives[place] = (life, seq)
        except IllegalMove as illegal:
            return say("is a move that was not possible: {illegal}", illegal=illegal)
        if "text_sha256" in payload:
            self.texts[study_ref][seq] = payload["text_sha256"]
        return None


def _study(derived: Derived, row: Row, payload: Payload) -> None:
    derived.studies[row.study_ref] = (payload["name"], payload["sector"], payload["source"])


def _approved(derived: Derived, row: Row, payload: Payload) -> None:
    derived.approvals.setdefault(row.study_ref, {}).update({name: payload[name] for name in gate.APPROVALS})


def _audited(derived: Derived, row: Row, payload: Payload) -> None:
    derived.approvals.setdefault(row.study_ref, {})["audit_sha256"] = payload["sha256"]


def _planned(derived: Derived, row: Row, payload: Payload) -> None:
    derived.plans[row.study_ref, row.pair_id] = payload["digest"]
    derived.written[row.study_ref].add(row.seq)
    if row.kind == "pair_added":
        return
    allowed = derived.approvals.setdefault(row.study_ref, {})
    allowed |= {"plan_version": payload.get("version", 1), "plan_sha256": payload["digest"]}
    if payload.get("added"):
        allowed.pop("audit_sha256", None)


def _erased(derived: Derived, row: Row, payload: Payload) -> None:
    derived.approvals.setdefault(row.study_ref, {})["erased_at"] = payload["at"]
    derived.erased.add(row.study_ref)


def _stopped(derived: Derived, _row: Row, payload: Payload) -> None:
    derived.stops[payload["scope"], payload["name"]] = (payload["reason"], payload["since"])


def _resumed(derived: Derived, _row: Row, payload: Payload) -> None:
    derived.stops.pop((payload["scope"], payload["name"]), None)


def _actor(derived: Derived, _row: Row, payload: Payload) -> None:
    derived.actors[payload["name"]] = (payload["role"], payload["partner"], None)


def _left(derived: Derived, row: Row, payload: Payload) -> None:
    role, partner, _ = derived.actors[payload["name"]]
    derived.actors[payload["name"]] = (role, partner, row.recorded_at)
    derived.tokens.pop(payload["name"], None)


def _candidates(derived: Derived, row: Row, payload: Payload) -> None:
    derived.candidates[row.study_ref] = payload["digest"]


def _mail(derived: Derived, row: Row, payload: Payload) -> None:
    derived.texts[row.study_ref][row.seq] = payload["text_sha256"]


def _token(derived: Derived, _row: Row, payload: Payload) -> None:
    derived.tokens[payload["name"]] = payload["sha256"]


def _login(derived: Derived, _row: Row, payload: Payload) -> None:
    derived.rules = payload["rules"]


def _blocked(derived: Derived, _row: Row, payload: Payload) -> None:
    derived.groups.block(payload["employer"])


def _unblocked(derived: Derived, _row: Row, payload: Payload) -> None:
    derived.groups.unblock(payload["employer"])


def _decided(derived: Derived, _row: Row, payload: Payload) -> None:
    derived.decisions[payload["first"], payload["second"]] = payload["same"]
    if payload["same"]:
        derived.groups.merge(payload["first"], payload["second"])


def _coded(derived: Derived, row: Row, payload: Payload) -> None:
    derived.codes[payload["item"]] = (row.actor, payload["first"], payload["second"], None)


def _settled(derived: Derived, _row: Row, payload: Payload) -> None:
    derived.codes[payload["item"]] = (*derived.codes[payload["item"]][:3], payload["settled"])


def _batch(derived: Derived, row: Row, payload: Payload) -> None:
    derived.batches.add((row.study_ref, payload["what"], payload["sha256"], row.seq))


_STEPS: Mapping[str, Callable[[Derived, Row, Payload], None]] = {
    "study_added": _study,
    "approved": _approved,
    "audit_recorded": _audited,
    "plan_imported": _planned,
    "plan_amended": _planned,
    "pair_added": _planned,
    "erased": _erased,
    "stopped": _stopped,
    "resumed": _resumed,
    "actor_added": _actor,
    "actor_changed": _actor,
    "actor_left": _left,
    "candidates_known": _candidates,
    "mail_received": _mail,
    "token_given": _token,
    "login_given": _login,
    "blocked": _blocked,
    "unblocked": _unblocked,
    "alias_decided": _decided,
    "coded": _coded,
    "adjudicated": _settled,
    "imported": _batch,
}
