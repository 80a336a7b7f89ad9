"""On SQLite the note of the chain's end stands at the last event that moved no application."""

from __future__ import annotations

from alembic import op

from corrtest.register.store.schema import CHAIN_TRIGGERS

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Put the triggers of this version in the place of the older ones, and move the note back to where they keep it."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    for name in ("event_follows", "event_moves_chain"):
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    for statement in CHAIN_TRIGGERS["sqlite"]:
        connection.exec_driver_sql(statement)
    # The migration itself becomes an event that moves no application, and the note goes on to it.
