"""The register as its users meet it: one object, opened on a file or a server, through which everything goes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from corrtest.errors import Fault, InputError, RegisterError, nearest
from corrtest.register import documents, entries, intake, pairs, schema
from corrtest.register.clock import now, stamp
from corrtest.register.fieldwork import Fieldwork, Item
from corrtest.register.keys import Keys
from corrtest.register.ledger import GENESIS, Ledger, Signature
from corrtest.register.refusal import Refusal
from corrtest.register.roles import ROLES, Actor, permit
from corrtest.register.store import Store, make_sqlite_file
from corrtest.spec import ARMS, Study, read_study_text

COORDINATOR = "coordinator"


class Register:
    """The shared truth of the fieldwork of one or more studies.

    Times are passed in by whoever reports (`at`, UTC); `clock` is what the register itself reads to date an event.
    A register may hold several studies: methods work on `study`, chosen at opening.
    """

    def __init__(self, store: Store, keys: Keys | None, study: str | None, clock: Callable[[], datetime] = now) -> None:
        self.store = store
        self.keys = keys
        self.clock = clock
        self._studies: dict[int, Study] = {}
        with store.reading() as connection:
            names = self._read_studies(connection)
        self.study_ref = _choose(names, study, store.name)
        self.study = self._studies[self.study_ref]

    # -- opening -------------------------------------------------------------------------------------------------

    @classmethod
    def create(
        cls,
        place: str | Path,
        study: Study,
        *,
        key_file: str | Path | None = None,
        coordinator: str = COORDINATOR,
        secret: bytes | None = None,
        clock: Callable[[], datetime] = now,
    ) -> Self:
        """Make a new register for `study`.

        Approvals that stand in the study file are put on record at once.

        Parameters
        ----------
        place
            A file name (SQLite) or a PostgreSQL address.
        key_file
            Where the keys go; beside the file, `.key` added, unless said. Keep it apart from copies of the register.
        coordinator
            The first person in the register, with the role coordinator.
        secret
            32 bytes in place of chance, so that pseudonyms are the same each time. For simulated studies only: who
            knows the secret can undo the pseudonyms.
        """
        store = Store(place)
        keys = Keys.create(_key_path(store, key_file), secret)
        try:
            if store.path is not None:
                make_sqlite_file(store.path)
            with store.writing() as connection:
                if sa.inspect(connection).has_table("chain"):
                    raise RegisterError(f"{store.name} holds a register already. Open it instead.")
                schema.metadata.create_all(connection)
                for statement in schema.triggers(store.dialect):
                    connection.exec_driver_sql(statement)
                reading = stamp(clock())
                connection.execute(
                    sa.insert(schema.chain).values(chain_ref=1, events=0, head=GENESIS, recorded_at=reading)
                )
                ledger = Ledger(connection, Signature(actor=coordinator, role="coordinator"), clock())
                ledger.append("register_created", {"schema": schema.SCHEMA_VERSION})
                _add_actor(connection, ledger, Actor(name=coordinator, role="coordinator"))
                _add_study(connection, ledger, keys, study, secret)
                ledger.flush()
        except RegisterError:
            keys.path.unlink()
            raise
        return cls(store, keys, study.name, clock)

    @classmethod
    def open(
        cls,
        place: str | Path,
        *,
        study: str | None = None,
        key_file: str | Path | None = None,
        clock: Callable[[], datetime] = now,
    ) -> Self:
        """Open a register. Without its key file everything works that needs no identity (export, status, verify)."""
        store = Store(place)
        if store.path is not None and not store.path.is_file():
            raise RegisterError(f"There is no register {store.path}. Make one with `corrtest register init`.")
        path = _key_path(store, key_file)
        keys = Keys.read(path) if key_file is not None or path.exists() else None
        return cls(store, keys, study, clock)

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- people and studies --------------------------------------------------------------------------------------

    def add_actor(self, name: str, role: str, *, partner: str | None = None, actor: str = COORDINATOR) -> None:
        """Let a person work with the register, in one role; a partner's people name their firm."""
        if role not in ROLES:
            raise InputError(f"There is no role '{role}'. {nearest(role, ROLES)}")
        added = Actor(name=name, role=role, partner=partner)
        with self._writing("add_actor", actor) as work:
            if _find_actor(work.connection, name) is not None:
                raise RegisterError(f"There is somebody called '{name}' in the register already.")
            _add_actor(work.connection, work.ledger, added)

    def add_study(self, study: Study, *, actor: str = COORDINATOR, secret: bytes | None = None) -> None:
        """Take in another study: its pairs count towards the same employers' caps."""
        keys = self._keys()
        with self._writing("add_study", actor) as work:
            taken = work.connection.execute(sa.select(schema.study.c.name)).scalars().all()
            if study.name in taken:
                raise RegisterError(f"The study '{study.name}' is in this register already.")
            _add_study(work.connection, work.ledger, keys, study, secret)
        with self.store.reading() as connection:
            self._read_studies(connection)

    def approve(
        self, ethics_reference: str, authorised_by: str, employers_informed_on: date, *, actor: str = COORDINATOR
    ) -> None:
        """Put the approval of the study on record."""
        if not (ethics_reference.strip() and authorised_by.strip()):
            raise InputError("An approval needs a reference and a name. Give both.")
        with self._writing("approve", actor) as work:
            _approve(
                work.connection,
                work.ledger,
                self.study_ref,
                {
                    "ethics_reference": ethics_reference.strip(),
                    "authorised_by": authorised_by.strip(),
                    "employers_informed_on": employers_informed_on.isoformat(),
                },
            )

    def record_audit(self, *, pairs: int, failures: int, manifest_sha256: str, actor: str = COORDINATOR) -> None:
        """Put on record that the documents of all pairs passed the equivalence audit.

        Parameters
        ----------
        pairs, failures
            Pairs audited and pairs that did not pass.
        manifest_sha256
            SHA-256 of the manifest of the documents, so that it stays known which documents these were.
        """
        with self._writing("record_audit", actor) as work:
            planned = work.connection.execute(
                sa.select(sa.func.count()).where(schema.pair.c.study_ref == self.study_ref)
            ).scalar_one()
            if failures or pairs < planned or not planned:
                raise Refusal(
                    "not_approved",
                    f"The audit covers {pairs} pair(s) with {failures} failure(s); the plan on record has {planned}. "
                    "Every pair must pass: import the plan, mend the documents and audit them again.",
                )
            work.ledger.append("audit_recorded", {"pairs": pairs, "sha256": manifest_sha256}, study_ref=self.study_ref)
            work.connection.execute(
                sa.update(schema.study)
                .where(schema.study.c.study_ref == self.study_ref)
                .values(audit_sha256=manifest_sha256)
            )

    def record_audit_of(self, folder: str | Path, *, actor: str = COORDINATOR) -> None:
        """Put on record the audit of a folder that `corrtest render` wrote; see `record_audit`."""
        passed, failed, sha256 = documents.audited(Path(folder))
        with self.store.reading() as connection:
            planned = set(
                connection.execute(
                    sa.select(schema.pair.c.documents).where(schema.pair.c.study_ref == self.study_ref)
                ).scalars()
            )
        self.record_audit(
            pairs=len(planned & passed),
            failures=len(planned & failed),
            manifest_sha256=sha256,
            actor=actor,
        )

    # -- the fieldwork -------------------------------------------------------------------------------------------

    def import_plan(
        self,
        plan: intake.PlanLike | str | Path,
        *,
        partners: Mapping[str, str] | None = None,
        actor: str = COORDINATOR,
    ) -> int:
        """Take in the frozen plan (the object or its folder) and return its number of pairs.

        Refused before the approval is on record, a second time, and where the plan breaks a cap as counted here.

        Parameters
        ----------
        partners
            pair_id → the firm whose people alone may handle it; pairs not named are anybody's.
        """
        keys = self._keys()
        frozen = intake.read_frozen_plan(Path(plan)) if isinstance(plan, str | Path) else plan
        with self._writing("import_plan", actor) as work:
            return intake.import_pairs(work, keys, frozen, partners)

    def mark_sent(
        self, pair_id: str, arm: str, at: datetime | str, *, simulated: bool = False, actor: str = COORDINATOR
    ) -> None:
        """Put on record that an application went out at `at`; caps, approval and order are checked at this moment."""
        entries.check_word(arm, ARMS, "arm")
        when = stamp(at)
        with self._writing("send", actor) as work:
            work.check_gate()
            work.load([pair_id])
            work.send(self._known(work, pair_id, arm), when, simulated=simulated)

    def record_reaction(
        self,
        pair_id: str,
        arm: str,
        reaction: str,
        at: datetime | str,
        *,
        channel: str = "",
        text: str = "",
        simulated: bool = False,
        actor: str = COORDINATOR,
    ) -> None:
        """Put on record what an employer did; `text` (their words) is kept apart, encrypted, and never exported."""
        entries.check_word(arm, ARMS, "arm")
        entries.check_word(reaction, entries.TYPED_REACTIONS, "reaction")
        if channel:
            entries.check_word(channel, entries.CHANNELS, "channel")
        when = stamp(at)
        with self._writing("record_reaction", actor) as work:
            work.load([pair_id])
            item = self._known(work, pair_id, arm)
            work.react(item, reaction, when, channel=channel, text=text, simulated=simulated)

    def import_sent(self, table: pd.DataFrame, *, simulated: bool = False, actor: str = COORDINATOR) -> int:
        """Put a table of sendings on record (pair_id, arm, at): all rows, or none and every bad row named.

        Returns the rows taken in: 0 where the same content was imported before.
        """
        checked = entries.check_entries(table, "sent")

        def send(work: Fieldwork, item: Item, entry: entries.Entry) -> None:
            work.send(item, entry.at, simulated=simulated)

        return self._import("sent", "send", checked, send, table.attrs.get("file"), actor)

    def import_reactions(self, table: pd.DataFrame, *, simulated: bool = False, actor: str = COORDINATOR) -> int:
        """Put a table of reactions on record (pair_id, arm, reaction, at; maybe channel, text), as `import_sent`."""
        checked = entries.check_entries(table, "reactions")

        def react(work: Fieldwork, item: Item, entry: entries.Entry) -> None:
            work.react(item, entry.reaction, entry.at, channel=entry.channel, text=entry.text, simulated=simulated)

        return self._import("reactions", "record_reaction", checked, react, table.attrs.get("file"), actor)

    def export_pairs(self, *, as_of: datetime | date | str | None = None, actor: str = COORDINATOR) -> pd.DataFrame:
        """Return the pseudonymous pairs table (DESIGN section 7), one row a pair, in the order of pair numbers.

        Only pairs of which both reaction windows have passed by `as_of` (default: the register's clock) are in it;
        `attrs["progress"]` counts the others, `attrs["simulated"]` says whether any row is simulated.
        """
        cut = stamp(as_of if as_of is not None else self.clock(), "as_of")
        with self._reading("export", actor) as connection:
            table, progress = pairs.export(connection, self.study_ref, self.study, cut)
        if table.empty:
            raise RegisterError(
                f"No pair of '{self.study.name}' is complete on {cut[:10]}: {progress.awaiting_reactions} within their "
                f"reaction window, {progress.not_sent} not sent, {progress.given_up} given up. "
                "Wait, or export as of a later day (--as-of) where that is in the past."
            )
        table.attrs["progress"] = progress
        table.attrs["simulated"] = bool(table["simulated"].any())
        if not table.attrs["simulated"]:
            table = table.drop(columns="simulated")
        return table

    # -- inside --------------------------------------------------------------------------------------------------

    def _import(
        self,
        kind: str,
        action: str,
        checked: list[entries.Entry],
        move: Callable[[Fieldwork, Item, entries.Entry], None],
        file: str | None,
        actor: str,
    ) -> int:
        sha256 = entries.content_sha256(checked)
        with self._writing(action, actor) as work:
            key = {"study_ref": self.study_ref, "kind": kind, "sha256": sha256}
            if work.connection.execute(sa.select(schema.batch.c.seq).filter_by(**key)).first():
                return 0
            if action == "send":
                work.check_gate()
            work.load(entry.pair_id for entry in checked)
            refused: list[Refusal] = []
            faults: list[Fault] = []
            # In the order in which things happened, whatever the order of rows: a first application before a second.
            for entry in sorted(checked, key=lambda entry: (entry.at, entry.row)):
                try:
                    move(work, self._known(work, entry.pair_id, entry.arm), entry)
                except RegisterError as no:
                    if isinstance(no, Refusal):
                        refused.append(no)
                    faults.append(
                        Fault(
                            file=file,
                            row=entry.row,
                            given=f"{entry.pair_id}, {entry.arm}, {entry.at}",
                            expected="a row that the register allows",
                            action=no.message,
                        )
                    )
            if faults:
                faults.sort(key=lambda fault: fault.row or 0)
                message = f"The register refuses {len(faults)} of {len(checked)} rows; nothing was imported."
                if refused:
                    raise Refusal(refused[0].reason, message, faults)
                raise RegisterError(message, faults)
            seq = work.ledger.append(
                "imported", {"what": kind, "rows": len(checked), "sha256": sha256}, study_ref=self.study_ref
            )
            work.flush()
            work.connection.execute(sa.insert(schema.batch).values(**key, seq=seq))
            return len(checked)

    def _known(self, work: Fieldwork, pair_id: str, arm: str) -> Item:
        item = work.item(pair_id, arm)
        if item is None:
            raise RegisterError(
                f"The study '{self.study.name}' has no pair '{pair_id}'. Take the number from the work list."
            )
        return item

    def _keys(self) -> Keys:
        if self.keys is None:
            raise RegisterError(
                "This needs the register's key file, which is not beside the register. Name it with --key-file."
            )
        return self.keys

    def _read_studies(self, connection: Connection) -> dict[str, int]:
        rows = connection.execute(sa.select(schema.study.c.study_ref, schema.study.c.name, schema.study.c.source))
        names = {}
        for row in rows:
            names[row.name] = row.study_ref
            if row.study_ref not in self._studies:
                self._studies[row.study_ref] = read_study_text(row.source, f"study {row.name}")
        return names

    @contextmanager
    def _reading(self, action: str, actor: str) -> Iterator[Connection]:
        try:
            with self.store.reading() as connection:
                permit(_actor(connection, actor), action)
                yield connection
        except Refusal as refusal:
            self._record_refusal(action, actor, refusal)
            raise

    @contextmanager
    def _writing(self, action: str, actor: str) -> Iterator[Fieldwork]:
        try:
            with self.store.writing() as connection:
                person = _actor(connection, actor)
                permit(person, action)
                ledger = Ledger(connection, Signature(actor=person.name, role=person.role), self.clock())
                work = Fieldwork(connection, ledger, self.keys, person, self.study_ref, self._studies)
                yield work
                work.flush()
        except Refusal as refusal:
            self._record_refusal(action, actor, refusal)
            raise

    def _record_refusal(self, action: str, actor: str, refusal: Refusal) -> None:
        """Write the refusal down, in a transaction of its own: that of the refused act was rolled back."""
        try:
            with self.store.writing() as connection:
                person = _actor(connection, actor)
                ledger = Ledger(connection, Signature(actor=person.name, role=person.role), self.clock())
                payload: dict[str, Any] = {"action": action, "reason": refusal.reason}
                if refusal.faults:
                    payload["rows"] = len(refusal.faults)
                ledger.append("refused", payload, study_ref=self.study_ref)
                ledger.flush()
        except RegisterError as error:
            # The user must learn of the refusal itself; that it could not be written down comes second.
            logging.getLogger(__name__).warning("A refusal could not be recorded: %s", error)


def _choose(names: Mapping[str, int], wanted: str | None, place: str) -> int:
    if wanted is None and len(names) == 1:
        return next(iter(names.values()))
    if wanted is None:
        raise RegisterError(f"{place} holds several studies. Choose one with --study: {', '.join(sorted(names))}.")
    if wanted not in names:
        raise RegisterError(f"{place} has no study '{wanted}'. {nearest(wanted, sorted(names))}")
    return names[wanted]


def _key_path(store: Store, key_file: str | Path | None) -> Path:
    if key_file is not None:
        return Path(key_file)
    if store.path is None:
        return Path("corrtest-register.key")
    return store.path.with_name(store.path.name + ".key")


def _find_actor(connection: Connection, name: str) -> Actor | None:
    row = connection.execute(_ACTOR, {"name": name}).first()
    return None if row is None else Actor(name=row.name, role=row.role, partner=row.partner)


_ACTOR = sa.select(schema.actor).where(schema.actor.c.name == sa.bindparam("name"))


def _actor(connection: Connection, name: str) -> Actor:
    found = _find_actor(connection, name)
    if found is None:
        raise RegisterError(
            f"Nobody called '{name}' is in the register. A coordinator adds people with `corrtest register person`."
        )
    return found


def _add_actor(connection: Connection, ledger: Ledger, added: Actor) -> None:
    values = {"name": added.name, "role": added.role, "partner": added.partner}
    connection.execute(sa.insert(schema.actor).values(values))
    ledger.append("actor_added", values)


def _add_study(connection: Connection, ledger: Ledger, keys: Keys, study: Study, secret: bytes | None) -> None:
    keys.add_study(study.name, secret)
    ref = connection.execute(sa.select(sa.func.count()).select_from(schema.study)).scalar_one() + 1
    connection.execute(
        sa.insert(schema.study).values(study_ref=ref, name=study.name, sector=study.sector, source=study.source)
    )
    ledger.append("study_added", {"name": study.name, "sector": study.sector, "source": study.source}, study_ref=ref)
    approval = study.approval
    if approval.ethics_reference and approval.authorised_by and approval.employers_informed_on:
        informed_on = approval.employers_informed_on.isoformat()
        given = {
            "ethics_reference": approval.ethics_reference,
            "authorised_by": approval.authorised_by,
            "employers_informed_on": informed_on,
        }
        _approve(connection, ledger, ref, given)


def _approve(connection: Connection, ledger: Ledger, study_ref: int, given: Mapping[str, str]) -> None:
    connection.execute(sa.update(schema.study).where(schema.study.c.study_ref == study_ref).values(dict(given)))
    ledger.append("approved", given, study_ref=study_ref)
