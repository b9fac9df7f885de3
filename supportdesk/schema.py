"""The schema of the database: which revision it has, and the migrations that bring it to the newest.

Alembic is ten megabytes that no serving process needs, so the first command that asks loads it.
"""

from typing import TYPE_CHECKING, Any

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo

from supportdesk.config import PACKAGE
from supportdesk.database import db

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory


class _Later:
    """What Flask-Migrate keeps of an application, until a command asks anything of it."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate  # noqa: PLC0415  See above.

        Migrate(self._app, db, directory=str(PACKAGE / "migrations"))  # Takes the place of this.
        return getattr(self._app.extensions["migrate"], name)


@click.command("db", add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def _commands(context: click.Context, words: tuple[str, ...]) -> Any:
    """Perform database migrations."""
    app = context.ensure_object(ScriptInfo).load_app()
    _ = app.extensions["migrate"].db  # With what it asks for, Flask-Migrate adds its own commands.
    theirs = app.cli.commands["db"]
    with theirs.make_context("db", list(words), parent=context.parent) as made:
        return theirs.invoke(made)


def init_app(app: Flask) -> None:
    app.extensions["migrate"] = _Later(app)
    app.cli.add_command(_commands)


def revision() -> str | None:
    """Of the database as it is; None where nothing was made in it yet."""
    from alembic.migration import MigrationContext  # noqa: PLC0415

    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    return _scripts().get_current_head()


def is_known(name: str) -> bool:
    """Whether this desk has the revision; a newer desk's it has not."""
    from alembic.util import CommandError  # noqa: PLC0415

    try:
        return _scripts().get_revision(name) is not None
    except CommandError:
        return False


def upgrade() -> None:
    import flask_migrate  # noqa: PLC0415

    flask_migrate.upgrade()


def _scripts() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
