"""Migrations: from the first one to the newest without losing a row, whole or not at all, on both engines."""

import json
import os
import shutil
import subprocess
import sys

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from supportdesk.database import Base, db
from supportdesk.keys import keyring
from supportdesk.mail.models import OutboxMail
from supportdesk.sealing import DataKey
from supportdesk.tickets.queries import ticket_for_agent
from supportdesk.tickets.ranks import rank
from tests.conftest import ROOT, make_app
from tests.desks import bring_what_was_learned
from tests.tables import AT, everything, fill_empty_tables

OURS = ROOT / "supportdesk" / "migrations"
FIRST = "0001_first_tables"
REFERENCE = "NC-7HK4-92QX"

MAY_CHANGE = {"alembic_version", "sign_in"}  # An upgrade may end what agents are signed in to.

WIDER = """
    with op.batch_alter_table("ticket") as table:
        table.alter_column("channel", existing_type=sa.String(10), type_=sa.String(30))
        table.add_column(sa.Column("colour", sa.String(20), nullable=False, server_default="blue"))
"""
NARROWER = """
    with op.batch_alter_table("ticket") as table:
        table.drop_column("colour")
        table.alter_column("channel", existing_type=sa.String(30), type_=sa.String(10))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request, tmp_path):
    """A desk with an empty database of its own."""
    settings = {}
    if request.param == "postgresql":
        settings["DATABASE_URL"] = request.getfixturevalue("cluster").create_database()
    bring_what_was_learned(tmp_path / "data")
    app = make_app(tmp_path / "data", **settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def filled(desk):
    """A desk as it was after the first migration, with a row in every table."""
    flask_migrate.upgrade(revision=FIRST)
    fill()
    return desk


def fill():
    ring, key, mail_key = keyring(), DataKey(), DataKey()
    seals = {"key_id": ring.key_id, "sealed_key": ring.seal_key(key, f"ticket|key|{REFERENCE}")}
    words = {name: key.seal(f"their {name}", f"ticket|{name}|{REFERENCE}") for name in ("name", "email", "subject")}
    ticket = {"id": 1, "reference": REFERENCE, "submission_key": "a" * 64, "status": "open", "assignee_id": 1}
    ticket |= {"priority": "high", "topic": "refill", "route": "clinic", "channel": "web", "version": 3}
    ticket |= {"created_at": AT, "updated_at": AT, "first_reply_due_at": AT, "email_hash": b"h" * 32}
    mail = {"id": 1, "message_id": "<1@example.org>", "template": "received", "state": "queued", "attempts": 0}
    mail |= {"key_id": ring.key_id, "sealed_key": ring.seal_key(mail_key, "outbox|key|<1@example.org>")}
    mail |= {"sealed_recipient": mail_key.seal("walter@example.com", "outbox|recipient|<1@example.org>")}
    mail |= {"sealed_context": mail_key.seal("{}", "outbox|context|<1@example.org>")}
    message = {"id": 1, "ticket_id": 1, "seal_id": "1", "kind": "request", "created_at": AT}
    agent = {"id": 1, "email": "dana@example.org", "name": "Dana Kim", "password_hash": "x"}
    rows = {
        "agent": agent | {"password_is_one_time": False, "created_at": AT},
        "sign_in": {"id": 1, "agent_id": 1, "token_hash": b"t" * 32, "created_at": AT},
        "ticket": ticket | seals | {f"sealed_{name}": sealed for name, sealed in words.items()},
        "message": message | {"sealed_body": key.seal("their message", "message|body|1")},
        "event": {"id": 1, "ticket_id": 1, "act": "received", "created_at": AT, "detail": {}},
        "outbox": mail | {"created_at": AT, "next_attempt_at": AT},
    }
    tables = sa.MetaData()
    tables.reflect(db.engine)
    with db.engine.begin() as connection:
        for name, row in rows.items():
            connection.execute(tables.tables[name].insert().values(**row))


def assert_rows_are_in(after, before):
    """Every row is there as it was, whatever columns came to its table."""
    for table, (columns, rows) in before.items():
        names = [name for name, _type in after[table][0]]
        kept = [names.index(name) for name, _type in columns]
        now = [tuple(row[position] for position in kept) for row in after[table][1]]
        assert table in MAY_CHANGE or now == rows, table


def columns_of(found):
    return {table: columns for table, (columns, _rows) in found.items()}


def migrations_with(folder, upgrade, downgrade="    pass\n"):
    """Our migrations and one more, as a folder that Alembic reads."""
    shutil.copytree(OURS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    newest = ScriptDirectory(str(OURS)).get_current_head()
    (folder / "versions" / "9999_of_a_test.py").write_text(
        '"""Of a test."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
        f'revision = "9999_of_a_test"\ndown_revision = "{newest}"\nbranch_labels = depends_on = None\n\n\n'
        f"def upgrade():\n{upgrade}\n\ndef downgrade():\n{downgrade}\n"
    )
    return str(folder)


def counts():
    return {table: len(rows) for table, (_columns, rows) in everything().items()}


def differences():
    with db.engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)


def revision():
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def test_every_step_from_the_first_to_the_newest_keeps_every_row_and_every_word(filled):
    newest = ScriptDirectory(str(OURS)).get_current_head()
    before = counts()
    while revision() != newest:
        flask_migrate.upgrade(revision="+1")
        assert before.items() <= counts().items()

    ticket = ticket_for_agent(REFERENCE)
    assert (ticket.name, ticket.email, ticket.subject) == ("their name", "their email", "their subject")
    assert [message.body for message in ticket.messages] == ["their message"]
    assert [event.act for event in ticket.events] == ["received"]
    assert (ticket.assignee.name, ticket.created_at, ticket.priority) == ("Dana Kim", AT, "high")
    due = {"reply_due_at": ticket.reply_due_at, "updated_at": AT}
    assert ticket.rank == rank(is_ours=True, is_over=False, may_be_emergency=False, **due)
    mail = db.session.get(OutboxMail, 1)
    mail.unlock(keyring())
    assert (mail.recipient, json.loads(mail.context)) == ("walter@example.com", {})


def test_at_every_step_a_full_desk_can_go_on_and_one_step_back_with_its_rows_unchanged(filled):
    """The next migration too: whatever tables there are by then hold a row."""
    newest = ScriptDirectory(str(OURS)).get_current_head()
    while revision() != newest:
        fill_empty_tables()
        before = everything()
        flask_migrate.upgrade(revision="+1")
        assert_rows_are_in(everything(), before)
        flask_migrate.downgrade()
        assert_rows_are_in(everything(), before)
        assert columns_of(everything()) == columns_of(before)
        flask_migrate.upgrade(revision="+1")


def test_the_newest_migration_makes_what_the_models_say(desk):
    flask_migrate.upgrade()

    assert differences() == []


def test_a_model_without_its_migration_would_be_noticed(desk):
    flask_migrate.upgrade()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("alter table ticket drop column solved_at")

    assert [change[0] for change in differences()] == ["add_column"]


def test_a_table_that_is_rebuilt_keeps_its_children(filled, tmp_path):
    before = counts()
    flask_migrate.upgrade(directory=migrations_with(tmp_path / "more", WIDER))

    assert before.items() <= counts().items()
    assert ("colour", "VARCHAR(20)") in everything()["ticket"][0]
    ticket = ticket_for_agent(REFERENCE)
    assert [message.body for message in ticket.messages] == ["their message"]


def test_foreign_keys_hold_again_afterwards(filled, tmp_path):
    flask_migrate.upgrade(directory=migrations_with(tmp_path / "more", WIDER))

    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.exec_driver_sql("update message set ticket_id = 999")


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)
def test_without_our_care_the_children_would_be_gone(filled, tmp_path):
    flask_migrate.upgrade()
    folder = migrations_with(tmp_path / "more", WIDER)
    careless = tmp_path / "more" / "env.py"
    careless.write_text(careless.read_text().replace("foreign_keys=OFF", "foreign_keys=ON"))
    flask_migrate.upgrade(directory=folder)

    assert counts()["ticket"] == 1
    assert counts()["message"] == 0


@pytest.mark.parametrize(
    "last",
    ['    raise RuntimeError("half way")', '    op.execute("insert into nowhere values (1)")'],
    ids=["a fault of its own", "a fault of the database"],
)
def test_a_migration_that_fails_leaves_everything_as_it_was(filled, tmp_path, last):
    before = everything()
    wreck = WIDER + "    op.execute(\"update ticket set topic = 'other'\")\n    op.drop_table('outbox')\n" + last
    with pytest.raises((SystemExit, sa.exc.DBAPIError)):
        flask_migrate.upgrade(directory=migrations_with(tmp_path / "more", wreck))

    assert everything() == before


def test_a_migration_that_leaves_orphans_is_refused(filled, tmp_path):
    before = everything()
    with pytest.raises((SystemExit, sa.exc.IntegrityError)):
        flask_migrate.upgrade(directory=migrations_with(tmp_path / "more", '    op.execute("delete from agent")'))

    assert everything() == before


def test_one_step_back_is_where_we_were(filled, tmp_path):
    flask_migrate.upgrade()
    before = everything()
    folder = migrations_with(tmp_path / "more", WIDER, NARROWER)
    flask_migrate.upgrade(directory=folder)
    assert everything() != before
    flask_migrate.downgrade(directory=folder)

    assert everything() == before


def test_every_migration_of_ours_can_be_taken_back(desk):
    flask_migrate.upgrade()
    newest = revision()
    while revision():
        flask_migrate.downgrade()
    assert set(everything()) == {"alembic_version"}
    flask_migrate.upgrade()

    assert revision() == newest
    assert differences() == []


def test_a_migration_may_take_as_long_as_it_takes(desk, tmp_path):
    """Pages give up after ten seconds; a big table needs longer than that."""
    flask_migrate.upgrade()
    asks = (
        "    if op.get_bind().dialect.name == 'postgresql':\n"
        "        assert op.get_bind().exec_driver_sql('show statement_timeout').scalar() == '0'\n"
    )
    flask_migrate.upgrade(directory=migrations_with(tmp_path / "more", asks))

    assert revision() == "9999_of_a_test"


def test_two_nodes_that_upgrade_at_once_do_it_once(desk):
    names = ("DATA_FOLDER", "DATABASE_URL")
    environment = os.environ | {f"SUPPORTDESK_{name}": str(desk.config[name]) for name in names}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    both = [subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE) for _ in range(2)]

    assert [(process.communicate()[1], process.returncode) for process in both] == [(b"", 0), (b"", 0)]
    assert differences() == []


def test_each_migration_is_numbered_and_named_after_its_file():
    for script in ScriptDirectory(str(OURS)).walk_revisions():
        assert script.path.endswith(f"/{script.revision}.py")
        assert script.revision[:4].isdigit()
        assert script.doc
