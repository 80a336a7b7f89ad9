"""How Alembic reaches the register: on the connection that the caller holds, inside its transaction."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="alembic_version",
    transactional_ddl=False,  # the caller's transaction holds all of it
)
context.run_migrations()
