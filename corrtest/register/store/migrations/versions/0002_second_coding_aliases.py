"""Aliases of employers, second coding, pairs that replace others; the database keeps the chain in order itself."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from corrtest.register.store.schema import CHAIN_TRIGGERS

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add columns and tables; what a claim weighs moves from the pair to its first application."""
    connection = op.get_bind()
    for statement in CHAIN_TRIGGERS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
    op.add_column("vacancy", sa.Column("channel", sa.Text, nullable=True))
    op.add_column("pair", sa.Column("replaces", sa.Text, nullable=True))
    # What a pair weighs on its employer now follows from its first application alone.
    op.add_column("application", sa.Column("claimed_at", sa.Text, nullable=True))
    claims = connection.exec_driver_sql(
        "SELECT application_ref, payload FROM application JOIN event ON seq = last_seq WHERE state = 'claimed'"
    ).all()
    for ref, payload in claims:
        connection.execute(
            sa.text("UPDATE application SET claimed_at = :at WHERE application_ref = :ref"),
            {"at": json.loads(payload)["at"], "ref": ref},
        )
    op.drop_column("pair", "counted_on")
    op.drop_column("pair", "counted_until")
    op.create_table(
        "alias",
        sa.Column("employer_ref", sa.Integer, sa.ForeignKey("employer.employer_ref"), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("token", sa.Text, primary_key=True),
        sqlite_strict=True,
    )
    op.create_index("ix_alias_token", "alias", ["kind", "token"])
    op.create_table(
        "alias_decision",
        sa.Column("first_ref", sa.Integer, sa.ForeignKey("employer.employer_ref"), primary_key=True),
        sa.Column("second_ref", sa.Integer, sa.ForeignKey("employer.employer_ref"), primary_key=True),
        sa.Column("same", sa.Integer, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "code",
        sa.Column(
            "application_ref",
            sa.Integer,
            sa.ForeignKey("application.application_ref"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("coder", sa.Text, nullable=False),
        sa.Column("first", sa.Text, nullable=False),
        sa.Column("second", sa.Text, nullable=False),
        sa.Column("settled", sa.Text, nullable=True),
        sqlite_strict=True,
    )
