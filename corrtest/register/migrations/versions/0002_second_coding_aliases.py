"""Aliases of employers, second coding, and pairs that replace others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add columns and tables; no row changes."""
    op.add_column("vacancy", sa.Column("channel", sa.Text, nullable=True))
    op.add_column("pair", sa.Column("replaces", sa.Text, nullable=True))
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
