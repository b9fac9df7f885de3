"""A desk for each test, on SQLite and on PostgreSQL, and the people who use it."""

import os
import shutil
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import flask_migrate
import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, text

from supportdesk.agents import passwords, services
from supportdesk.database import Base, db
from supportdesk.faq import warm_up
from tests.crowd import counts as counts  # noqa: PLC0414  For every test that asks for it.
from tests.crowd import crowd as crowd  # noqa: PLC0414
from tests.desks import bring_what_was_learned, close, first_start, make_app
from tests.people import Person
from tests.postgresql import Cluster

ROOT = Path(__file__).parent.parent
REQUIRE_ALL = bool(os.environ.get("DESK_REQUIRE_ALL"))


def unavailable(reason):
    """Skip, and say why; where nothing may be skipped, fail."""
    (pytest.fail if REQUIRE_ALL else pytest.skip)(reason)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """Agents' passwords hashed with little work: the real settings take a seventh of a second each."""
    passwords.use(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def cluster():
    """A throw-away PostgreSQL of this test run's own."""
    if Cluster.binaries() is None:
        unavailable("PostgreSQL’s initdb is not installed here; type: apt-get install postgresql")
    with Cluster() as running:
        yield running


@pytest.fixture(scope="session")
def app_on_sqlite(tmp_path_factory):
    data = tmp_path_factory.mktemp("on-sqlite")
    yield from standing(data, DATABASE_URL=f"sqlite:///{data / 'desk.sqlite3'}")


@pytest.fixture(scope="session")
def app_on_postgresql(cluster, tmp_path_factory):
    yield from standing(tmp_path_factory.mktemp("on-postgresql"), DATABASE_URL=cluster.create_database())


def standing(data, **settings):
    """An application for as long as the tests run; warm, so that the collector need not look through it each time."""
    app = make_app(data, **settings)
    bring_what_was_learned(data)
    with app.app_context():
        flask_migrate.upgrade()
    warm_up(app)
    yield app
    close(app)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def session_app(request):
    """The application on each engine in turn; one of each does for all files, as what it reads it reads once."""
    return request.getfixturevalue(f"app_on_{request.param}")


@pytest.fixture(scope="session")
def engine_url(session_app):
    """The address of the database, on each engine in turn."""
    return session_app.config["DATABASE_URL"]


@pytest.fixture
def app(session_app):
    """The desk, its database and outbox emptied afterwards, and what it counted and had not written yet."""
    yield session_app
    session_app.extensions["search notebook"].write()
    with session_app.app_context():
        db.session.remove()
        with audit_unguarded():
            for table in reversed(Base.metadata.sorted_tables):
                db.session.execute(table.delete())
    shutil.rmtree(session_app.config["DATA_FOLDER"] / "outbox", ignore_errors=True)


@contextmanager
def audit_unguarded():
    """What only somebody can do who owns the database: take the triggers off the audit; at the end all is committed."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("alter table audit disable trigger user"))
        yield
        db.session.execute(text("alter table audit enable trigger user"))
    else:
        triggers = db.session.execute(text("select name, sql from sqlite_master where type = 'trigger'")).all()
        for name, _sql in triggers:
            db.session.execute(text(f"drop trigger {name}"))
        yield
        for _name, sql in triggers:
            db.session.execute(text(sql))
    db.session.commit()


@pytest.fixture
def desk_with(tmp_path):
    """A desk of one's own with other settings, on SQLite: `desk_with(MAIL_MODE="smtp")`."""
    made = []

    def make(folder="data", **settings):
        data = tmp_path / folder
        is_new = not data.exists() and "DATABASE_URL" not in settings
        if is_new:  # What was last good is of the desk's own articles, and this one may have others.
            shutil.copytree(first_start(), data, ignore=shutil.ignore_patterns("last-good*"))
        app = make_app(data, **settings)
        made.append(app)
        if not is_new:
            with app.app_context():
                flask_migrate.upgrade()
        return app

    yield make
    for app in made:
        close(app)


@pytest.fixture
def patient(app):
    """Someone with a question and no account here."""
    return app.test_client()


@pytest.fixture
def dana(app):
    """Dana Kim, an agent, signed in."""
    return signed_in(app, "dana@example.org", "Dana Kim")


@pytest.fixture
def priya(app):
    """Priya Nair, another agent, signed in."""
    return signed_in(app, "priya@example.org", "Priya Nair")


def signed_in(app, email, name, role=None):
    with app.app_context():
        agent, one_time = services.add_agent(email, name, role)
        person = Person(app.test_client(), agent.id, email, name)
    person.sign_in(one_time)
    person.choose_password("a long night of quiet seas")
    return person


@pytest.fixture
def run(app):
    """Type a command: `run("outbox deliver")` returns what it printed."""

    def invoke(line, code=0):
        result = app.test_cli_runner().invoke(args=line.split())
        assert result.exit_code == code, result.output or result.exception
        return result.output

    return invoke


@pytest.fixture
def letters(app, run):
    """The mail that goes out: `letters()` delivers what waits and returns the parsed .eml files, oldest first."""

    def deliver():
        run("outbox deliver")
        files = sorted(
            (app.config["DATA_FOLDER"] / "outbox").glob("*.eml"),
            key=lambda file: int(file.name.split("-")[2]),
        )
        return [message_from_bytes(file.read_bytes(), policy=default) for file in files]

    return deliver


@pytest.fixture
def rows(app):
    """What the database holds, as an operator would ask: `rows("select count(*) from ticket")`."""

    def ask(statement, **values):
        with app.app_context():
            return [tuple(row) for row in db.session.execute(text(statement), values)]

    return ask


@pytest.fixture
def statements(app):
    """What the database is asked meanwhile: `with statements() as asked:`."""

    @contextmanager
    def listening():
        asked = []

        def note(_connection, _cursor, statement, *_rest):
            asked.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        yield asked
        event.remove(engine, "before_cursor_execute", note)

    return listening
