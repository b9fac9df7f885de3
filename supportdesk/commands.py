"""What a command says where the database refuses: one sentence, never a statement with what was asked for in it."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from supportdesk.database import lacks_rights, lacks_tables


def init_app(app: Flask) -> None:
    """The last of the parts: every command that another one has added."""
    _put_into_words(app.cli)


def _put_into_words(command: click.Command) -> None:
    if isinstance(command, click.Group):
        for one in command.commands.values():
            _put_into_words(one)
    elif command.callback and not isinstance(command.callback, _InWords):  # Another application of this process did.
        command.callback = _InWords(command.callback)


class _InWords:
    def __init__(self, act: Callable[..., Any]) -> None:
        self._act = act
        update_wrapper(self, act)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._act(*args, **kwargs)
        except SQLAlchemyError as error:
            raise click.ClickException(_sentence(error)) from None


def _sentence(error: SQLAlchemyError) -> str:
    if lacks_rights(error):
        return (
            f"This database user may not do that ({first_line(error)}). Name one that may in DATABASE_URL: the desk "
            "role’s, or the owner of the tables."
        )
    if lacks_tables(error):
        return "The database was not made yet, or not brought up to date. Type: flask --app wsgi prepare"
    if isinstance(error, OperationalError):
        return f"The database can’t be used just now ({first_line(error)}). Type: ./desk doctor"
    return f"The database refused ({type(error).__name__}). Type: ./desk doctor"


def first_line(error: SQLAlchemyError) -> str:
    """What the database says first.  Of a refused row it may quote words: ask it of rights and connections only."""
    return str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
