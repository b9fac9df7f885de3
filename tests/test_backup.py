"""The operator backs the desk up while it serves, and puts it back into an empty place."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from supportdesk.database import db
from supportdesk.keys import keyring
from supportdesk.tickets.queries import ticket_for_agent
from tests.conftest import close, make_app
from tests.server import serving

CLIENTS, EACH = 4, 6


@pytest.fixture
def filled(app, patient):
    """A desk with three tickets; their references."""
    return [patient.send(message=f"It says error {number}.", submission_key=f"key-{number}") for number in range(3)]


@pytest.fixture
def empty_place(app, tmp_path, request):
    """Another machine with the same kind of database, nothing in it, and the desk's keys."""

    def arrive(*, with_keys=True):
        settings = {}
        if app.config["DATABASE_URL"].startswith("postgresql"):
            settings["DATABASE_URL"] = request.getfixturevalue("cluster").create_database()
        data = tmp_path / "elsewhere"
        if with_keys:
            data.mkdir(mode=0o700)
            shutil.copytree(app.config["KEYS_FOLDER"], data / "keys")
        made.append(make_app(data, **settings))
        return made[-1]

    made = []
    yield arrive
    for other in made:
        close(other)


def type_there(app, *words, code=0):
    result = app.test_cli_runner().invoke(args=[str(word) for word in words])
    assert result.exit_code == code, result.output or result.exception
    return result.output


def message_of(app, reference):
    with app.app_context():
        ticket = ticket_for_agent(reference)
        ticket.unlock(keyring())
        body = ticket.messages[0].body
        db.session.remove()
    return body


def test_what_is_backed_up_comes_back_whole_elsewhere(app, filled, tmp_path, empty_place):
    said = type_there(app, "backup", tmp_path / "desk.backup")
    there = empty_place()
    restored = type_there(there, "restore", tmp_path / "desk.backup")

    assert "3 tickets" in said
    assert "3 tickets" in restored
    assert [message_of(there, reference) for reference in filled] == [f"It says error {n}." for n in range(3)]


def test_a_folder_gets_a_file_named_by_the_moment_for_its_owner_only(app, filled, tmp_path):
    type_there(app, "backup", tmp_path)
    (made,) = tmp_path.glob("desk-*.backup")

    assert made.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == [made.name]


def test_a_file_that_is_there_is_not_written_over(app, filled, tmp_path):
    (tmp_path / "desk.backup").write_text("yesterday’s")

    assert "is there already" in type_there(app, "backup", tmp_path / "desk.backup", code=1)
    assert (tmp_path / "desk.backup").read_text() == "yesterday’s"


def test_a_folder_that_is_not_there_is_named(app, filled, tmp_path):
    assert "can’t be written" in type_there(app, "backup", tmp_path / "nowhere" / "desk.backup", code=1)


def test_no_word_and_no_key_is_in_the_file(app, filled, tmp_path):
    type_there(app, "backup", tmp_path / "desk.backup")
    written = (tmp_path / "desk.backup").read_bytes()

    keys = [path.read_bytes().split()[-1] for path in app.config["KEYS_FOLDER"].iterdir()]
    assert not [
        words for words in (b"It says error", b"Briggs", b"briggs", b"SQLite format", *keys) if words in written
    ]
    for reference in filled:
        assert reference.encode() not in written


def test_without_the_keys_it_does_not_open_and_says_which_it_needs(app, filled, tmp_path, empty_place):
    type_there(app, "backup", tmp_path / "desk.backup")
    with app.app_context():
        needed = keyring().key_id
    said = type_there(empty_place(with_keys=False), "restore", tmp_path / "desk.backup", code=1)

    assert f"This backup needs the key {needed}" in said


def test_a_desk_that_holds_something_is_not_written_over(app, filled, tmp_path):
    type_there(app, "backup", tmp_path / "desk.backup")

    assert "The database here is not empty" in type_there(app, "restore", tmp_path / "desk.backup", code=1)
    assert message_of(app, filled[0]) == "It says error 0."


DAMAGE = {
    "an empty file": lambda whole: whole[:0],
    "something else": lambda whole: b"PK\x03\x04" + whole,
    "cut off": lambda whole: whole[:-20],
    "cut off at once": lambda whole: whole[:700],
    "a changed byte": lambda whole: whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:],
    "more at the end": lambda whole: whole + b"more",
    "another number of rows": lambda whole: whole.replace(b'"ticket": 3', b'"ticket": 4', 1),
    "a line that is no JSON": lambda whole: whole.replace(b'{"made_at"', b'["made_at"', 1),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_backup_is_refused_and_nothing_is_written(app, filled, tmp_path, empty_place, damage):
    type_there(app, "backup", tmp_path / "desk.backup")
    whole = (tmp_path / "desk.backup").read_bytes()
    (tmp_path / "desk.backup").write_bytes(DAMAGE[damage](whole))
    there = empty_place()
    said = type_there(there, "restore", tmp_path / "desk.backup", code=1)

    assert "Error: " in said
    assert "Traceback" not in said
    with there.app_context():
        assert not db.inspect(db.engine).get_table_names()
    assert not list(there.config["DATA_FOLDER"].glob(".restore-*"))


def test_a_backup_of_the_other_engine_is_refused(desk_with, cluster, tmp_path):
    here = desk_with()
    type_there(here, "backup", tmp_path / "desk.backup")
    elsewhere = make_app(here.config["DATA_FOLDER"], DATABASE_URL=cluster.create_database())
    said = type_there(elsewhere, "restore", tmp_path / "desk.backup", code=1)
    close(elsewhere)

    assert "This is a backup of sqlite; the database here is postgresql" in said


def test_a_backup_larger_than_one_piece_comes_back_byte_for_byte(app, patient, tmp_path, empty_place):
    long = "密" * 19_000
    references = [patient.send(message=long, submission_key=f"key-{number}") for number in range(25)]
    type_there(app, "backup", tmp_path / "desk.backup")
    there = empty_place()
    type_there(there, "restore", tmp_path / "desk.backup")

    assert (tmp_path / "desk.backup").stat().st_size > 1 << 20
    assert {message_of(there, reference) for reference in references} == {long}


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_backup_made_under_load_holds_every_ticket_acknowledged_before_it(tmp_path, engine, request):
    settings = {}
    if engine == "postgresql":
        settings["DATABASE_URL"] = request.getfixturevalue("cluster").create_database()
    with serving(tmp_path / "busy", delivery=False, **settings) as desk:
        told, begun = [], threading.Event()

        def patient(client):
            for number in range(EACH):
                if client == 0 and number == EACH // 2:
                    begun.set()
                message = f"Client {client}, message {number}."
                told.append((desk.send(message=message), message))

        with ThreadPoolExecutor(CLIENTS) as crowd:
            done = [crowd.submit(patient, client) for client in range(CLIENTS)]
            begun.wait()
            before = dict(told)
            desk.flask("backup", str(tmp_path / "desk.backup"))
            for work in done:
                work.result()

        keys = desk.data / "keys"
        place = {"DATA_FOLDER": tmp_path / "new"}
        if engine == "postgresql":
            place["DATABASE_URL"] = request.getfixturevalue("cluster").create_database()
        shutil.copytree(keys, tmp_path / "new" / "keys")
        there = make_app(tmp_path / "new", **{k: v for k, v in place.items() if k != "DATA_FOLDER"})
        type_there(there, "restore", tmp_path / "desk.backup")
        with there.app_context():
            held = {row[0] for row in db.session.execute(text("select reference from ticket"))}
            whole = db.session.scalar(text("select count(*) from message")) == len(held)
        assert before.keys() <= held <= dict(told).keys()
        assert whole
        assert {reference: message_of(there, reference) for reference in held} == {
            reference: message for reference, message in told if reference in held
        }
        close(there)


def test_each_backup_and_each_restore_is_a_line_of_the_audit(app, filled, rows, tmp_path, empty_place):
    type_there(app, "backup", tmp_path / "desk.backup")
    there = empty_place()
    type_there(there, "restore", tmp_path / "desk.backup")

    assert rows("select what, agent_id from audit order by id desc limit 1") == [("backed up", None)]
    with there.app_context():
        noted = db.session.execute(text("select what from audit order by id")).scalars().all()
        db.session.remove()
    assert noted[-2:] == ["backed up", "restored"]
    assert "The audit is whole" in type_there(there, "audit", "verify")
