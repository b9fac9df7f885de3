"""Runs the migrations, on SQLite without losing the children of a table that is rebuilt."""

from alembic import context
from flask import current_app

from supportdesk.database import Base

configuration = current_app.extensions["migrate"].configure_args


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
                context.run_migrations()
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() if sqlite else []
                if broken:
                    raise RuntimeError(f"This migration breaks foreign keys: {broken}")
        finally:
            if sqlite:
                connection.rollback()
                raw.execute("PRAGMA foreign_keys=ON")


run()
