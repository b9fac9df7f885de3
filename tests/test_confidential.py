"""“Anything you share is confidential”: what a patient sent is found in no byte that a thief could take away."""

import base64
import logging
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from supportdesk.database import db
from supportdesk.exceptions import Sealed
from supportdesk.tickets.queries import ticket_for_agent
from tests.conftest import signed_in

PLANTED = {
    "name": "Quillon Plantedname",
    "email": "planted.address@example.com",
    "subject": "Plantedsubject about pelicans",
    "message": "Plantedmessage: my knee hurts since the zeppelin ride.",
}
WORDS = (
    b"Plantedname",
    b"Quillon",
    b"Plantedsubject",
    b"pelicans",
    b"Plantedmessage",
    b"zeppelin",
    b"planted.address",
)


@pytest.fixture
def used_desk(desk_with, caplog):
    """A desk where someone has planted words, been answered, noted about and sent to the clinic."""
    caplog.set_level(logging.DEBUG)
    app = desk_with()
    patient = app.test_client()
    reference = patient.send(**PLANTED)
    dana = signed_in(app, "dana@example.org", "Dana Kim")
    dana.ticket(reference)
    dana.act(reference, "note", body="A note of ours.")
    dana.reply(reference, "A reply of ours.")
    dana.act(reference, "clinic", topic="medical", body="Please call your clinic.")
    patient.get("/search?q=zeppelin+pelicans")
    patient.post("/requests/new", data=PLANTED | {"topic": ""})
    app.test_cli_runner().invoke(args=["outbox", "deliver"])
    return app, reference


def disguises(word):
    """As it stands, in UTF-16, in hexadecimal, and within base64 whatever stands before it: all in small letters."""
    text = word.decode(errors="replace")  # The hash that somebody looks for is no text.
    yield from (word, text.encode("utf-16-le"), word.hex().encode())
    for before in range(3):
        whole = base64.b64encode(b"." * before + word)
        yield whole[(0, 2, 3)[before] : -4]  # What the letters around it have no part in.


def files_with(folder, words):
    """Which files hold which of the words, in any spelling and disguise."""
    found = {}
    for path in Path(folder).rglob("*"):
        if path.is_file():
            held = path.read_bytes().lower()
            hits = [word for word in words if any(each.lower() in held for each in disguises(word))]
            if hits:
                found[path.name] = hits
    return found


def test_no_byte_under_the_data_folder_holds_their_words(used_desk):
    app, _reference = used_desk
    found = files_with(app.config["DATA_FOLDER"], WORDS)

    mails = {name: hits for name, hits in found.items() if name.endswith(".eml")}
    assert set(found) == set(mails), "their words stand in a file"
    assert all(hits == [b"planted.address"] for hits in mails.values()), "a mail holds more than whom it goes to"


def test_a_backup_holds_no_words_nor_does_the_log_of_the_database_or_the_search_index(used_desk, tmp_path):
    app, _reference = used_desk
    data = app.config["DATA_FOLDER"]
    with closing(sqlite3.connect(data / "desk.sqlite3")) as live, closing(sqlite3.connect(tmp_path / "copy")) as copy:
        live.backup(copy)

    assert (data / "desk.sqlite3-wal").stat().st_size
    assert list((data / "index").rglob("*"))
    for path in (tmp_path / "copy", data / "desk.sqlite3-wal", data / "index"):
        assert files_with(path if path.is_dir() else path.parent, WORDS).keys() <= eml_files(data), path


def eml_files(data):
    return {path.name for path in (data / "outbox").glob("*.eml")}


def test_no_temporary_file_holds_their_words(desk_with, tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    patient = desk_with().test_client()

    patient.post("/requests/new", data=patient.fill_in(**PLANTED | {"message": PLANTED["message"] * 200}))
    patient.post("/requests/new", data=PLANTED | {"topic": ""}, content_type="multipart/form-data")

    assert files_with(tmp_path / "temporary", WORDS) == {}


def test_mail_that_is_out_is_kept_no_longer(used_desk):
    app, _reference = used_desk
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


def test_no_log_line_holds_their_words(used_desk, caplog):
    logged = "\n".join(record.getMessage() for record in caplog.records).encode()

    assert not [word for word in WORDS if word in logged]


def test_no_address_or_header_holds_their_words(used_desk):
    app, _reference = used_desk
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


def test_a_dump_of_the_database_holds_no_words_on_either_engine(patient, engine_url):
    patient.send(**PLANTED)
    if engine_url.startswith("sqlite"):
        with closing(sqlite3.connect(engine_url.removeprefix("sqlite:///"))) as database:
            dump = "\n".join(database.iterdump()).encode()
    else:
        dump = subprocess.run(["pg_dump", engine_url], check=True, capture_output=True).stdout

    assert b"ticket" in dump
    assert not [word for word in WORDS if word in dump]


def test_no_repr_shows_their_words(app, patient):
    reference = patient.send(**PLANTED)
    with app.app_context():
        ticket = ticket_for_agent(reference)
        shown = repr([ticket, ticket.messages, ticket.events, app.extensions["keyring"]])

    assert not [word for word in WORDS if word.decode() in shown]
