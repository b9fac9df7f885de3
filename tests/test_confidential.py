"""“Anything you share is confidential”: what a patient sent is found in no byte that a thief could take away."""

import base64
import logging
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing, contextmanager

import pytest

from supportdesk.database import db
from supportdesk.exceptions import Sealed
from supportdesk.tickets.queries import ticket_for_agent
from tests.conftest import unavailable
from tests.desks import close, first_start, make_app
from tests.planted import PLANTED, WORDS, files_with, use
from tests.postgresql import Cluster


@contextmanager
def temporary_files_in(folder):
    """Of this process, and of those that it starts."""
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(tempfile, "tempdir", str(folder))
        changed.setenv("TMPDIR", str(folder))
        yield


@pytest.fixture(scope="module")
def used_desk(tmp_path_factory):
    """A desk where everything that can be written was, and the folder of what was temporary meanwhile."""
    place = tmp_path_factory.mktemp("used")
    shutil.copytree(first_start(), place / "data")
    app = make_app(place / "data")
    with temporary_files_in(place / "temporary"):
        use(app)
    yield app, place / "temporary"
    close(app)


def test_no_byte_under_the_data_folder_holds_their_words(used_desk):
    app, _temporary = used_desk
    found = files_with(app.config["DATA_FOLDER"], WORDS)

    mails = {name: hits for name, hits in found.items() if name.endswith(".eml")}
    assert set(found) == set(mails), "their words stand in a file"
    assert all(hits == [b"planted.address"] for hits in mails.values()), "a mail holds more than whom it goes to"


def test_a_backup_holds_no_words_nor_does_the_log_of_the_database_or_the_search_index(used_desk, tmp_path):
    app, _temporary = used_desk
    data = app.config["DATA_FOLDER"]
    with closing(sqlite3.connect(data / "desk.sqlite3")) as live, closing(sqlite3.connect(tmp_path / "copy")) as copy:
        live.backup(copy)

    assert (data / "desk.sqlite3-wal").stat().st_size
    assert list((data / "index").rglob("*"))
    for path in (tmp_path / "copy", data / "desk.sqlite3-wal", data / "index"):
        assert files_with(path if path.is_dir() else path.parent, WORDS).keys() <= eml_files(data), path


def eml_files(data):
    return {path.name for path in (data / "outbox").glob("*.eml")}


def test_a_backup_made_by_the_desk_holds_no_words(used_desk, tmp_path):
    app, _temporary = used_desk
    back_up(app, tmp_path)

    assert files_with(tmp_path / "backups", WORDS) == {}


def back_up(app, tmp_path):
    (tmp_path / "backups").mkdir()
    told = app.test_cli_runner().invoke(args=["backup", str(tmp_path / "backups" / "desk.backup")])
    assert told.exit_code == 0, told.output
    assert (tmp_path / "backups" / "desk.backup").stat().st_size


def test_on_postgresql_no_byte_of_the_server_or_beside_it_holds_their_words(desk_with, tmp_path, caplog):
    if Cluster.binaries() is None:
        unavailable("PostgreSQL’s initdb is not installed here; type: apt-get install postgresql")
    caplog.set_level(logging.DEBUG)
    with Cluster() as cluster, temporary_files_in(tmp_path / "temporary"):  # In this order: it has a folder of its own.
        app = desk_with(DATABASE_URL=cluster.create_database())
        reference = use(app)
        back_up(app, tmp_path)
        with app.app_context():
            db.session.execute(db.text("checkpoint"))  # So that the tables are in their files, as well as in pg_wal.
        found = files_with(cluster.folder, (*WORDS, reference.encode()))
        folders = {path.parent.name for path in (cluster.folder / "data").rglob("*") if path.name in found}
        written = {path.name for path in cluster.folder.rglob("*") if path.is_file() and path.stat().st_size}

    assert {tuple(hits) for hits in found.values()} == {(reference.encode(),)}, "their words stand in a file"
    assert "pg_wal" in folders, "the log of the database was not looked through"
    assert len(folders) > 1, "nor were its tables"
    assert "log" in written
    beside = files_with(tmp_path, WORDS)
    assert all(name.endswith(".eml") and hits == [b"planted.address"] for name, hits in beside.items()), beside
    assert words_in(caplog.text) == []


def test_no_temporary_file_holds_their_words(used_desk):
    app, temporary = used_desk
    patient = app.test_client()

    with temporary_files_in(temporary):
        patient.post("/requests/new", data=patient.fill_in(**PLANTED | {"message": PLANTED["message"] * 200}))
        patient.post("/requests/new", data=PLANTED | {"topic": ""}, content_type="multipart/form-data")

    assert files_with(temporary, WORDS) == {}


def test_mail_that_is_out_is_kept_no_longer(used_desk):
    app, _temporary = used_desk
    with app.app_context():
        rows = db.session.execute(
            db.text("select state, key_id, sealed_key, sealed_recipient, sealed_context from outbox")
        ).all()

    assert set(rows) == {("sent", "", b"", b"", b"")}


HIDDEN = {
    "as it stands": str.encode,
    "shouted": lambda text: text.upper().encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64, a byte on": lambda text: base64.b64encode(b"x" + text.encode()),
    "base64, two bytes on": lambda text: base64.urlsafe_b64encode(b"xx" + text.encode()),
}


@pytest.mark.parametrize("disguise", HIDDEN.values(), ids=HIDDEN)
def test_the_search_for_planted_words_would_find_them(tmp_path, disguise):
    (tmp_path / "leak").write_bytes(disguise(PLANTED["message"]))

    assert files_with(tmp_path, WORDS)["leak"] == [b"Plantedmessage", b"zeppelin"]


def test_no_log_line_holds_their_words(app, caplog):
    caplog.set_level(logging.DEBUG)
    use(app)

    assert caplog.records
    assert words_in(caplog.text) == []


def words_in(text):
    return [word for word in WORDS if word.lower() in text.lower().encode()]


def test_no_address_or_header_holds_their_words(used_desk):
    app, _temporary = used_desk
    patient = app.test_client()
    asked_first = patient.post("/requests/new", data=PLANTED | {"topic": "other"})
    answer = patient.send_form(**PLANTED, topic="other")

    assert answer.status_code == 303
    assert not [word for word in WORDS if word in str(asked_first.headers).encode()]
    assert not [word for word in WORDS if word in str(answer.headers).encode()]


def test_an_error_page_and_its_log_hold_no_words(desk_with, caplog):
    app = desk_with()
    patient = app.test_client()
    app.view_functions["faq.home"] = lambda: 1 / 0
    with app.app_context():
        db.session.execute(db.text("drop table outbox"))
        db.session.commit()
    page = patient.get("/?q=zeppelin").text
    answer = patient.send_form(**PLANTED)

    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "zeppelin" not in page + logged
    assert answer.status_code == 503
    assert "ZeroDivisionError" in logged
    assert not [word for word in WORDS if word.decode() in logged]


def test_the_public_role_takes_a_request_in_and_cannot_read_it_back(desk_with):
    whole = desk_with()
    (whole.config["KEYS_FOLDER"] / "private").rename(whole.config["DATA_FOLDER"].parent / "private-elsewhere")
    public = desk_with(ROLE="public")

    reference = public.test_client().send(**PLANTED)
    with public.app_context(), pytest.raises(Sealed):
        ticket_for_agent(reference)
    assert public.test_client().get("/desk/").status_code == 404
    assert public.extensions["keyring"].private == {}


def test_what_came_in_by_the_public_role_opens_at_the_desk(desk_with):
    whole = desk_with()
    reference = desk_with(ROLE="public").test_client().send(**PLANTED)

    with whole.app_context():
        ticket = ticket_for_agent(reference)
        assert (ticket.name, ticket.email, ticket.subject) == (
            PLANTED["name"],
            PLANTED["email"],
            PLANTED["subject"],
        )
        assert ticket.messages[0].body == PLANTED["message"]


def test_a_dump_of_the_database_holds_no_words_on_either_engine(app, engine_url):
    use(app)
    if engine_url.startswith("sqlite"):
        with closing(sqlite3.connect(engine_url.removeprefix("sqlite:///"))) as database:
            dump = "\n".join(database.iterdump()).encode()
    else:
        dump = subprocess.run(["pg_dump", engine_url], check=True, capture_output=True).stdout

    assert b"ticket" in dump
    assert not [word for word in WORDS if word in dump]


def test_no_repr_shows_their_words(app):
    reference = use(app)
    with app.app_context():
        ticket = ticket_for_agent(reference)
        shown = repr([ticket, ticket.messages, ticket.events, app.extensions["keyring"]])

    assert not [word for word in WORDS if word.decode() in shown]
