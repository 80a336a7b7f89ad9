"""The first schema of the register, as it stood when it was frozen.

A revision imports nothing of corrtest: the schema of today (`corrtest.register.store.schema`) goes on changing, what a
revision makes does not.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_REAL: sa.types.TypeEngine[float] = sa.Double().with_variant(sa.REAL(), "sqlite")


UNSENT = sa.text("sent_at IS NULL")


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, primary_key=True)


def _text(name: str, *, null: bool = False, unique: bool = False, index: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null, unique=unique, index=index)


def _refers(name: str, target: str, *, null: bool = False, index: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, sa.ForeignKey(target), nullable=null, index=index)


# One row: number, hash and time of the last event, so that no end of the chain can be dropped unseen. On PostgreSQL the
# lock on this row is also what orders the writers.
chain = sa.Table(
    "chain",
    metadata,
    sa.Column("chain_ref", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("events", sa.Integer, nullable=False),
    _text("head"),
    _text("recorded_at"),
    sqlite_strict=True,
)

event = sa.Table(
    "event",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    _text("recorded_at"),
    _text("actor"),
    _text("role"),
    sa.Column("study_ref", sa.Integer, nullable=True),
    _text("kind"),
    _text("pair_id", null=True),
    _text("arm", null=True),
    _text("payload"),
    _text("previous"),
    _text("hash"),
    # The events of one application: what a correction and the audit of a pair look for.
    sa.Index("ix_event_pair", "study_ref", "pair_id"),
    sqlite_strict=True,
)

actor = sa.Table(
    "actor",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _text("role"),
    _text("partner", null=True),
    # SHA-256 of the secret that this person must show; NULL where names are taken on trust.
    _text("token_sha256", null=True),
    # When they left: the name stays known, nobody acts under it.
    _text("left_at", null=True),
    sqlite_strict=True,
)

study = sa.Table(
    "study",
    metadata,
    _key("study_ref"),
    _text("name", unique=True),
    _text("sector"),
    _text("source"),
    _text("plan_sha256", null=True),
    sa.Column("plan_version", sa.Integer, nullable=True),
    _text("ethics_reference", null=True),
    _text("authorised_by", null=True),
    _text("employers_informed_on", null=True),
    _text("audit_sha256", null=True),
    _text("erased_at", null=True),
    sqlite_strict=True,
)

stop = sa.Table(
    "stop",
    metadata,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    _text("reason"),
    _text("since"),
    sqlite_strict=True,
)

employer = sa.Table(
    "employer",
    metadata,
    _key("employer_ref"),
    # HMAC of the employer number; emptied by erase once no study needs it, unless the employer is blocked for good.
    _text("token", null=True, unique=True),
    # Employers that a person declared to be one and the same share a group; caps count over the group.
    sa.Column("group_ref", sa.Integer, nullable=False, index=True),
    sa.Column("employees", sa.Integer, nullable=True),
    sa.Column("blocked", sa.Integer, nullable=False),
    # Another employer has the same e-mail domain, telephone or address, and nobody has decided yet.
    sa.Column("undecided", sa.Integer, nullable=False),
    sqlite_strict=True,
)

vacancy = sa.Table(
    "vacancy",
    metadata,
    _key("vacancy_ref"),
    _refers("study_ref", "study.study_ref", index=True),
    _text("token", null=True),
    _refers("employer_ref", "employer.employer_ref"),
    _text("joint_committee"),
    _text("occupation"),
    _text("province"),
    _text("channel", null=True),
    sa.Column("used", sa.Integer, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=True),
    sa.UniqueConstraint("study_ref", "token"),
    sqlite_strict=True,
)

pair = sa.Table(
    "pair",
    metadata,
    _key("pair_ref"),
    _refers("study_ref", "study.study_ref"),
    _refers("vacancy_ref", "vacancy.vacancy_ref"),
    _refers("employer_ref", "employer.employer_ref", index=True),
    _text("employer"),  # the pseudonym that analysis sees
    _text("pair_id"),
    _text("sector"),
    _text("joint_committee"),
    _text("criterion"),
    _text("level"),
    _text("occupation"),
    _text("province"),
    _text("channel"),
    _text("first_arm"),
    _text("control_template"),
    _text("treated_template"),
    sa.Column("weight", _REAL, nullable=False),
    sa.Column("level_probability", _REAL, nullable=False),
    sa.Column("first_arm_probability", _REAL, nullable=False),
    _text("wave"),
    _text("partner", null=True),
    _text("documents"),  # the pair_id under which the generator wrote its documents
    _text("replaces", null=True),  # the pair whose vacancy was gone
    sa.UniqueConstraint("study_ref", "pair_id"),
    sqlite_strict=True,
)

application = sa.Table(
    "application",
    metadata,
    _key("application_ref"),
    _refers("pair_ref", "pair.pair_ref", index=True),
    _text("arm"),
    sa.Column("position", sa.Integer, nullable=False),  # 1 is sent first
    _text("due_on"),
    _text("state"),
    _text("claimed_by", null=True),
    _text("claimed_at", null=True),
    _text("claimed_until", null=True),
    _text("sent_at", null=True),
    _text("reaction", null=True),
    _text("positive_at", null=True),
    _text("withdrawn_at", null=True),
    sa.Column("simulated", sa.Integer, nullable=False),
    sa.Column("last_seq", sa.Integer, nullable=False),
    sa.UniqueConstraint("pair_ref", "arm"),
    # What is still to be sent: the work list reads these alone.
    sa.Index("ix_application_unsent", "due_on", sqlite_where=UNSENT, postgresql_where=UNSENT),
    sqlite_strict=True,
)

# Who the fictitious candidates are, sealed: how an application is found by the name that somebody heard.
candidate = sa.Table(
    "candidate",
    metadata,
    sa.Column("study_ref", sa.Integer, sa.ForeignKey("study.study_ref"), primary_key=True),
    sa.Column("documents", sa.Text, primary_key=True),
    sa.Column("arm", sa.Text, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sqlite_strict=True,
)

# Free text of employers, apart from the data, never exported.
note = sa.Table(
    "note",
    metadata,
    sa.Column("seq", sa.Integer, sa.ForeignKey("event.seq"), primary_key=True, autoincrement=False),
    _refers("study_ref", "study.study_ref", index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sqlite_strict=True,
)

# Mail that came in, as it came in. The token is of what stays the same when it is fetched again.
mail = sa.Table(
    "mail",
    metadata,
    sa.Column("seq", sa.Integer, sa.ForeignKey("event.seq"), primary_key=True, autoincrement=False),
    _refers("study_ref", "study.study_ref"),
    _text("token"),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("study_ref", "token"),
    sqlite_strict=True,
)

# What makes an import of the same content a second time a no-op.
batch = sa.Table(
    "batch",
    metadata,
    sa.Column("study_ref", sa.Integer, sa.ForeignKey("study.study_ref"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sqlite_strict=True,
)

# Keyed tokens of e-mail domains, telephones and addresses: how two employer numbers are seen to be one firm.
alias = sa.Table(
    "alias",
    metadata,
    sa.Column("employer_ref", sa.Integer, sa.ForeignKey("employer.employer_ref"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("token", sa.Text, primary_key=True),
    sa.Index("ix_alias_token", "kind", "token"),
    sqlite_strict=True,
)

# What a person decided about two employers that share an alias.
alias_decision = sa.Table(
    "alias_decision",
    metadata,
    sa.Column("first_ref", sa.Integer, sa.ForeignKey("employer.employer_ref"), primary_key=True),
    sa.Column("second_ref", sa.Integer, sa.ForeignKey("employer.employer_ref"), primary_key=True),
    sa.Column("same", sa.Integer, nullable=False),
    sqlite_strict=True,
)

# The second coding of an application's outcome, blind to the first; `settled` where a third person decided.
code = sa.Table(
    "code",
    metadata,
    sa.Column(
        "application_ref",
        sa.Integer,
        sa.ForeignKey("application.application_ref"),
        primary_key=True,
        autoincrement=False,
    ),
    _text("coder"),
    _text("first"),
    _text("second"),
    _text("settled", null=True),
    sqlite_strict=True,
)

EMPLOYER_LOAD = (
    "CREATE VIEW employer_load AS SELECT employer.group_ref, pair.pair_ref, pair.study_ref, "
    "COALESCE(application.sent_at, application.claimed_at) AS at, application.claimed_until AS until "
    "FROM employer JOIN pair ON pair.employer_ref = employer.employer_ref "
    "JOIN application ON application.pair_ref = pair.pair_ref "
    "WHERE (application.position = 1 AND (application.sent_at IS NOT NULL OR application.state = 'claimed')) "
    "OR (application.position = 2 AND application.sent_at IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM application AS other WHERE other.pair_ref = application.pair_ref AND other.position = 1 "
    "AND (other.sent_at IS NOT NULL OR other.state = 'claimed')))"
)

TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER event_refuses_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the event "
        "table is append-only'); END",
        "CREATE TRIGGER event_refuses_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the event "
        "table is append-only'); END",
        "CREATE TRIGGER event_follows BEFORE INSERT ON event WHEN NOT EXISTS (SELECT 1 FROM chain WHERE "
        "events = NEW.seq - 1 AND head = NEW.previous) BEGIN SELECT RAISE(ABORT, 'an event must follow "
        "on the last one'); END",
        "CREATE TRIGGER event_moves_chain AFTER INSERT ON event BEGIN UPDATE chain SET events = NEW.seq, "
        "head = NEW.hash, recorded_at = NEW.recorded_at; END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'the event table is append-only'; END $$",
        "CREATE TRIGGER event_refuses_change BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE "
        "FUNCTION event_is_append_only()",
        "CREATE TRIGGER event_refuses_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE "
        "FUNCTION event_is_append_only()",
        "CREATE OR REPLACE FUNCTION event_extends_chain() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM (SELECT seq, previous, lag(seq) OVER (ORDER BY seq) AS seq_before, "
        "lag(hash) OVER (ORDER BY seq) AS hash_before FROM fresh) AS linked WHERE seq_before IS NOT NULL "
        "AND (seq <> seq_before + 1 OR previous <> hash_before)) THEN RAISE EXCEPTION 'an event must "
        "follow on the last one'; END IF; UPDATE chain SET events = last.seq, head = last.hash, "
        "recorded_at = last.recorded_at FROM (SELECT * FROM fresh ORDER BY seq DESC LIMIT 1) AS last, "
        "(SELECT * FROM fresh ORDER BY seq LIMIT 1) AS first WHERE chain.events + 1 = first.seq AND "
        "chain.head = first.previous; IF NOT FOUND THEN RAISE EXCEPTION 'an event must follow on the "
        "last one'; END IF; RETURN NULL; END $$",
        "CREATE TRIGGER event_follows AFTER INSERT ON event REFERENCING NEW TABLE AS fresh FOR EACH "
        "STATEMENT EXECUTE FUNCTION event_extends_chain()",
    ),
}


def upgrade() -> None:
    """Make all of it on an empty database."""
    connection = op.get_bind()
    metadata.create_all(connection)
    for statement in (EMPLOYER_LOAD, *TRIGGERS[connection.dialect.name]):
        connection.exec_driver_sql(statement)
