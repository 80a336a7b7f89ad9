"""The register as its users meet it: one object, opened on a file or a server, whose parts do the work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from corrtest.errors import RegisterError, StudyError
from corrtest.language import say
from corrtest.register.clock import now, stamp
from corrtest.register.employers.employers import Employers
from corrtest.register.employers.incidents import Incidents
from corrtest.register.events.ledger import Ledger, Signature
from corrtest.register.fieldwork.corrections import Corrections
from corrtest.register.fieldwork.reaching import Reaching
from corrtest.register.fieldwork.replies import Replies
from corrtest.register.fieldwork.sending import Sending
from corrtest.register.finding.finder import Finding
from corrtest.register.intake.intake import Intake
from corrtest.register.oversight.oversight import Oversight
from corrtest.register.people.actors import write_actor
from corrtest.register.people.coding import Coding
from corrtest.register.people.people import People
from corrtest.register.people.roles import Actor
from corrtest.register.people.supervision import Supervision, register_study
from corrtest.register.post.inbox import Inbox
from corrtest.register.post.post import Post
from corrtest.register.session import COORDINATOR, Session
from corrtest.register.sheets.exchange import Sheets
from corrtest.register.store import backup, migration, schema
from corrtest.register.store.database import Store, make_sqlite_file
from corrtest.register.store.keys import Keys, make_pairs_key, pairs_key_path, usual_key_path
from corrtest.spec import Study, make_private


class Register:
    """The shared truth of the fieldwork of one or more studies.

    Times are passed in by whoever reports (`at`, UTC); `clock` is what the register itself reads to date an event.
    A register may hold several studies: its parts work on `study`, chosen at opening. Whatever a rule forbids raises
    `Refusal`, leaves nothing behind but an event that says so, and can be read by its `reason`.

    ===========  ====================================================================================
    intake       the plan and its later versions, more vacancies, a partner's own log
    sending      work list, claims, sendings, what ended unsent, reserves
    reaching     attempts to call, and stages in a portal
    replies      reactions, withdrawals, closing
    finding      an application by its candidate, employer or vacancy
    corrections  what was put on record by mistake, taken back with a reason
    coding       the second code, disagreements, agreement
    people       who works with the register, and their tokens
    supervision  studies, approval, the audit of documents, stops
    employers    what each has had, blocks, one firm under two numbers, erasure
    incidents    complaints, discoveries, questions of press and lawyers
    post         letters handed to a mail server
    inbox        mail that came in
    sheets       work lists, reaction and coding sheets in Excel, there and back
    oversight    the pairs table, audit trail, verification, progress, backup
    ===========  ====================================================================================
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.intake = Intake(session)
        self.sending = Sending(session)
        self.reaching = Reaching(session)
        self.replies = Replies(session)
        self.corrections = Corrections(session)
        self.finding = Finding(session)
        self.coding = Coding(session)
        self.people = People(session)
        self.supervision = Supervision(session)
        self.employers = Employers(session)
        self.incidents = Incidents(session)
        self.post = Post(session)
        self.inbox = Inbox(session)
        self.sheets = Sheets(session)
        self.oversight = Oversight(session)

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
            Where the keys go: the `secret` folder of the study, unless said. Keep it apart from copies of the register.
        coordinator
            The first person in the register, with the role coordinator.
        secret
            32 bytes in place of chance, so that pseudonyms are the same each time. For simulated studies only: who
            knows the secret can undo the pseudonyms.
        """
        store = Store(place)
        if key_file is None:
            key_file = usual_key_path(store.path)
            make_private(key_file.parent)
        keys = Keys.create(Path(key_file), secret)
        try:
            if store.path is not None:
                make_sqlite_file(store.path)
            with store.writing() as connection:
                if sa.inspect(connection).has_table("chain"):
                    raise RegisterError(say("{store} holds a register already. Open it instead.", store=store.name))
                schema.make(connection, stamp(clock()))
                migration.stamp_version(connection, schema.SCHEMA_VERSION)
                ledger = Ledger.at_end(connection, clock(), Signature(actor=coordinator, role="coordinator"))
                ledger.append("register_created", {"schema": schema.SCHEMA_VERSION})
                write_actor(connection, ledger, Actor(name=coordinator, role="coordinator"))
                register_study(connection, ledger, keys, study, secret)
                ledger.flush()
            pairs_key = make_pairs_key(keys.path, secret)
        except (RegisterError, StudyError):
            keys.path.unlink()
            store.close()
            raise
        return cls(Session(store, keys, pairs_key, study.name, clock))

    @classmethod
    def open(
        cls,
        place: str | Path,
        *,
        study: str | None = None,
        key_file: str | Path | None = None,
        token: str | None = None,
        clock: Callable[[], datetime] = now,
    ) -> Self:
        """Open a register. Without its key file everything works that needs no identity (export, status, verify).

        A register that an older version made is backed up and brought up to date first; one of a newer version is
        refused. `token` is the secret of the person who works with it, where they were given one.
        """
        store = Store(place)
        if store.path is not None and not store.path.is_file():
            raise RegisterError(
                say("There is no register {store}. Make one with `corrtest register init`.", store=store.path)
            )
        keyed = usual_key_path(store.path) if key_file is None else Path(key_file)
        try:
            migration.bring_up_to_date(store, keyed, clock)
            keys = Keys.read(keyed) if key_file is not None or keyed.exists() else None
            return cls(Session(store, keys, pairs_key_path(keyed), study, clock, token))
        except RegisterError:
            store.close()
            raise

    def for_bearer(self, token: str | None) -> Self:
        """Return this register for who shows another token, over the same connections: close it once, at the end."""
        mine = self.session
        return type(self)(Session(mine.store, mine.keys, mine.pairs_key, mine.study.name, mine.clock, token))

    @staticmethod
    def restore(source: str | Path, place: str | Path, *, clock: Callable[[], datetime] = now) -> None:
        """Make a register from a backup, at a place where there is none; its key file is put back by hand.

        It knows that it is one: nothing goes out until a coordinator says that what happened since is on record.
        """
        backup.restore_backup(Path(source), place)
        backup.mark_restored(place, clock())

    @property
    def study(self) -> Study:
        """The study on which the register works."""
        return self.session.study

    @property
    def name(self) -> str:
        """What to call this register in a message: no password in it."""
        return self.session.store.name

    @property
    def keys(self) -> Keys | None:
        """The keys, where their file is here."""
        return self.session.keys

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the last act put on record that is unusual, and allowed: a sentence each."""
        return self.session.remarks

    def now(self) -> datetime:
        """Return the present time as the register's clock has it."""
        return self.session.clock()

    def close(self) -> None:
        """Let go of the database."""
        self.session.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
