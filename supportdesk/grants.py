"""Who may do what in the database: three PostgreSQL users, each with what its role needs and nothing else.

Whoever takes over the public process has its database user too: it may add a request, and look up whether the same
one came before.  The user of the delivery process reads mail that is to go out, and no ticket's words.
"""

from collections.abc import Iterator, Mapping

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy import Table, text
from sqlalchemy.exc import SQLAlchemyError

from supportdesk.commands import first_line
from supportdesk.database import Base, db, lacks_rights

# Role -> table -> right -> columns, or all of them.  A table that is not named here is the desk's alone.
Rights = Mapping[str, tuple[str, ...]]
ALL: tuple[str, ...] = ()
COUNTS: Rights = dict.fromkeys(("select", "insert", "update", "delete"), ALL)

PUBLIC: Mapping[str, Rights] = {
    "ticket": {"insert": ALL, "select": ("id", "submission_key", "sealed_receipt")},
    "message": {"insert": ALL, "select": ("id",)},
    "event": {"insert": ALL, "select": ("id",)},
    "outbox": {"insert": ALL, "select": ("id",)},
    "term": {"insert": ALL},
    "own_link": {"insert": ALL},
    "search_count": COUNTS,
    "search_salt": COUNTS,
    "search_asker": COUNTS,
    "search_words": COUNTS,
    "article_voter": COUNTS,
    "article_comment": {"insert": ALL, "select": ("id",)},
    "dropped_key": {"select": ("key_id",)},
}
_ERASED = ("sealed_name", "sealed_email", "sealed_subject", "sealed_receipt", "email_hash", "submission_key")
_STATE: tuple[str, ...] = ("status", "updated_at", "reply_due_at", "solved_at", "held_because", "erased_at", "version")
_READ = (
    "id",
    "reference",
    "priority",
    "emergency",
    "topic",
    "assignee_id",
    "first_replied_at",
)
_STATE = (*_STATE, "rank", "waits_until", "reply_since", "key_id", "sealed_key")
DELIVERY: Mapping[str, Rights] = {
    "outbox": {"select": ALL, "update": ALL, "insert": ALL},
    "agent": {"select": ("id", "email", "role", "deactivated_at")},  # To tell them of deadlines.
    "deadline_notice": {"select": ALL, "insert": ALL},
    "calendar": {"select": ALL, "insert": ALL, "update": ALL},
    "ticket": {"select": (*_READ, *_STATE), "update": (*_STATE, *_ERASED)},
    "message": {"select": ("id", "ticket_id"), "update": ("sealed_body",)},
    "term": {"select": ("ticket_id",), "delete": ALL},
    "event": {"insert": ALL, "select": ("id", "created_at")},
    "own_link": {"select": ("ticket_id",), "delete": ALL},
    "own_visit": {"select": ("ticket_id",), "delete": ALL},
    "merged": {"select": ("source_id", "target_id")},
    "opinion": {"select": ("ticket_id",), "update": ("sealed_words",)},
    "draft": {"select": ("address",), "delete": ALL},
    "article_comment": {
        "select": ("id", "seal_id", "created_at", "key_id", "sealed_key"),
        "update": ("key_id", "sealed_key"),
        "delete": ALL,
    },
    "dropped_key": {"select": ("key_id",)},
}
APPEND_ONLY = {"event", "audit"}  # For the desk too.


def init_app(app: Flask) -> None:
    app.cli.add_command(grants)


@click.command("grants")
@click.option("--public", default="desk_public", show_default=True, help="The public role’s database user.")
@click.option("--desk", default="desk_agents", show_default=True, help="The desk role’s.")
@click.option("--delivery", default="desk_delivery", show_default=True, help="The delivery role’s.")
@click.option("--apply", is_flag=True, help="Run it, as the owner of the tables that DATABASE_URL names.")
@with_appcontext
def grants(*, public: str, desk: str, delivery: str, apply: bool) -> None:
    """Print the SQL that gives each role’s PostgreSQL user its rights, and takes every other one away."""
    statements = [*_of_user(public, PUBLIC), *_of_user(delivery, DELIVERY), *_of_user(desk, _desk())]
    if not apply:
        click.echo(";\n".join(statements) + ";")
        return
    if db.engine.dialect.name != "postgresql":
        raise click.ClickException("SQLite has no users. With it, the three processes share one file and its owner.")
    try:
        with db.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
    except SQLAlchemyError as error:
        not_the_owner, no_users = (
            "Name the owner of the tables in DATABASE_URL.",
            "Make the users first, with createuser.",
        )
        cure = not_the_owner if lacks_rights(error) else no_users
        raise click.ClickException(f"Nothing was changed: {first_line(error)}. {cure}") from None
    click.echo(f"{public}, {desk} and {delivery} may do what their roles need.")


def _desk() -> dict[str, Rights]:
    """Everything, in every table there is; but history is only added to."""
    may = {table.name: dict(COUNTS) for table in Base.metadata.sorted_tables}
    for name in APPEND_ONLY & may.keys():
        may[name] = {"select": ALL, "insert": ALL}
    return dict(may)


def _of_user(user: str, may: Mapping[str, Rights]) -> Iterator[str]:
    name = _quoted(user)
    yield f"revoke all on all tables in schema public from {name}"
    for table in Base.metadata.sorted_tables:  # What was granted by columns is not taken away with the table.
        columns = ", ".join(_quoted(column.name) for column in table.columns)
        yield f"revoke all ({columns}) on {_quoted(table.name)} from {name}"
    yield f"revoke all on all sequences in schema public from {name}"
    yield f"revoke create on schema public from {name}"
    yield f"grant usage on schema public to {name}"
    yield f"grant select on alembic_version to {name}"
    for table_name, rights in may.items():
        for right, columns_of in rights.items():
            only = f" ({', '.join(map(_quoted, columns_of))})" if columns_of else ""
            yield f"grant {right}{only} on {_quoted(table_name)} to {name}"
        if "insert" in rights and (sequence := _sequence(Base.metadata.tables[table_name])):
            yield f"grant usage on sequence {_quoted(sequence)} to {name}"


def _sequence(table: Table) -> str | None:
    """Where PostgreSQL takes the ids from; none for a table whose key is made of values."""
    column = table.autoincrement_column
    return None if column is None else f"{table.name}_{column.name}_seq"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
