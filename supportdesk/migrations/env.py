"""Runs the migrations, on SQLite without losing the children of a table that is rebuilt."""

from alembic import context
from flask import current_app
from sqlalchemy.engine import Connection

from supportdesk.database import Base

configuration = current_app.extensions["migrate"].configure_args


def take_turn(connection: Connection) -> None:
    """Of two nodes that upgrade at once the second waits, and finds nothing to do; SQLite's one lock does as much."""
    connection.exec_driver_sql("set local statement_timeout = 0")  # A big table takes as long as it takes.
    connection.exec_driver_sql("set local lock_timeout = 0")
    connection.exec_driver_sql("select pg_advisory_xact_lock(79811)")
    connection.exec_driver_sql("set local lock_timeout to default")


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        raw = connection.connection.driver_connection
        if sqlite:  # Outside any transaction, or the pragma does nothing and a rebuilt table takes its children along.
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                transactional_ddl=True,
                **({"render_as_batch": sqlite, "compare_type": True} | configuration),
            )
            with context.begin_transaction():
                if connection.dialect.name == "postgresql":
                    take_turn(connection)
                context.run_migrations()
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() if sqlite else []
                if broken:
                    raise RuntimeError(f"This migration breaks foreign keys: {broken}")
        finally:
            if sqlite:
                connection.rollback()
                raw.execute("PRAGMA foreign_keys=ON")


run()
