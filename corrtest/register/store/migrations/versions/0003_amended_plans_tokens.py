"""Later versions of a plan, tokens of people, and an index that a claim does not touch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add columns; index what is still to be sent instead of every state."""
    op.add_column("actor", sa.Column("token_sha256", sa.Text, nullable=True))
    op.add_column("study", sa.Column("plan_version", sa.Integer, nullable=True))
    op.execute("UPDATE study SET plan_version = 1 WHERE plan_sha256 IS NOT NULL")
    op.drop_index("ix_application_state_due", "application")
    unsent = sa.text("sent_at IS NULL")
    op.create_index("ix_application_unsent", "application", ["due_on"], sqlite_where=unsent, postgresql_where=unsent)
