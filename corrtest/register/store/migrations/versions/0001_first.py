"""The first schema of the register, as it stood then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from corrtest.register.store.schema import APPEND_ONLY_TRIGGERS

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


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, primary_key=True)


def _text(name: str, *, null: bool = False, unique: bool = False, index: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null, unique=unique, index=index)


def _refers(name: str, target: str, *, null: bool = False, index: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, sa.ForeignKey(target), nullable=null, index=index)


# One row: how many events there are, the hash of the last, its time. Its lock is what orders writers on PostgreSQL.
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
    sqlite_strict=True,
)

actor = sa.Table(
    "actor",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _text("role"),
    _text("partner", null=True),
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
    _text("opens", null=True),
    _text("closes", null=True),
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
    _text("pair_id"),
    _refers("vacancy_ref", "vacancy.vacancy_ref"),
    _refers("employer_ref", "employer.employer_ref", index=True),
    _text("employer"),  # the pseudonym that analysis sees
    _text("sector"),
    _text("wave"),
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
    _text("partner", null=True),
    _text("documents"),  # the pair_id under which the generator wrote its documents
    # The day on which the pair counts towards the caps; until `counted_until` where it is only claimed.
    _text("counted_on", null=True),
    _text("counted_until", null=True),
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
    _text("claimed_until", null=True),
    _text("sent_at", null=True),
    _text("reaction", null=True),
    _text("positive_at", null=True),
    _text("withdrawn_at", null=True),
    sa.Column("simulated", sa.Integer, nullable=False),
    sa.Column("last_seq", sa.Integer, nullable=False),
    sa.UniqueConstraint("pair_ref", "arm"),
    sa.Index("ix_application_state_due", "state", "due_on"),
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


def upgrade() -> None:
    """Make all of it on an empty database."""
    connection = op.get_bind()
    metadata.create_all(connection)
    for statement in APPEND_ONLY_TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
