"""`prepare` makes everything ready or says in one line what is wrong; `./desk run` starts it all and leaves nothing."""

import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click import ClickException

from supportdesk.database import db
from supportdesk.prepare import copy_database
from supportdesk.sealing import Keyring
from tests.conftest import ROOT, make_app, unavailable
from tests.people import REQUEST, hidden
from tests.server import free_port, until


@pytest.fixture
def prepare(tmp_path):
    """`prepare()` on a machine where nothing is there yet: returns its exit code and what it said."""
    apps = []

    def run(*words, **settings):
        app = make_app(tmp_path / "data", **({"PORT": free_port()} | settings))
        apps.append(app)
        result = app.test_cli_runner().invoke(args=["prepare", *words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        run.app = app
        return result.exit_code, result.output

    yield run
    for app in apps:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def ask(prepare):
    def execute(statement):
        with prepare.app.app_context():
            rows = db.session.execute(db.text(statement))
            found = [tuple(row) for row in rows] if rows.returns_rows else []
            db.session.commit()
            return found

    return execute


def refusal(answer):
    code, said = answer
    assert code == 1
    assert said.startswith("Error: ")
    assert said.count("\n") == 1
    return said


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_the_first_time_makes_tables_index_and_an_agent_who_can_sign_in(prepare, tmp_path):
    code, said = prepare()

    assert code == 0, said
    assert "one process does everything: role all" in said.lower()
    assert [*(tmp_path / "data" / "index").iterdir()]
    assert mode(tmp_path / "data") == 0o700
    assert mode(tmp_path / "data" / "desk.sqlite3") == 0o600
    door = prepare.app.test_client()
    token = hidden(door.get("/desk/sign-in").text, "csrf_token")
    password = re.search(r"password +(\S+-\S+)\n", said)[1]
    answer = door.post(
        "/desk/sign-in", data={"email": "first.agent@example.org", "password": password, "csrf_token": token}
    )
    assert answer.status_code == 303


def test_the_second_time_changes_nothing_and_shows_no_password(prepare, ask):
    prepare()
    code, said = prepare()

    assert (code, said) == (0, "One process does everything: role all.\n")
    assert ask("select count(*) from agent") == [(1,)]


def test_a_port_that_is_taken_is_named_with_one_that_is_free(prepare):
    with taken_port() as port:
        said = refusal(prepare(PORT=port))

    assert re.fullmatch(rf"Error: Port {port} is taken\. Try: PORT=\d+ \./desk run\n", said)


def test_a_port_may_be_taken_where_nothing_is_served(prepare):
    with taken_port() as port:
        assert prepare("--no-port", PORT=port)[0] == 0


def test_an_address_that_is_not_this_machines_is_named(prepare):
    assert "SUPPORTDESK_HOST: can’t listen on 192.0.2.1" in refusal(prepare(HOST="192.0.2.1"))


def test_a_port_that_is_no_port_is_named(prepare):
    assert "Port 70000 can’t be used" in refusal(prepare(PORT=70000))


def test_a_data_folder_that_cannot_be_written_is_named(prepare, tmp_path):
    (tmp_path / "file").touch()

    said = refusal(prepare(DATA_FOLDER=tmp_path / "file" / "data", KEYS_FOLDER=tmp_path / "keys"))

    assert f"The data folder {tmp_path}/file/data can’t be written" in said


def test_a_database_that_cannot_be_reached_is_named_without_its_password(prepare):
    said = refusal(prepare(DATABASE_URL=f"postgresql://desk:secret@127.0.0.1:{free_port()}/desk"))

    assert "postgresql://desk:***@127.0.0.1" in said
    assert "secret" not in said


def test_a_file_that_is_no_database_is_named(prepare, tmp_path):
    prepare()
    with prepare.app.app_context():
        db.engine.dispose()
    (tmp_path / "data" / "desk.sqlite3").write_bytes(b"not a database, but long enough to be read as one" * 99)

    assert "desk.sqlite3 can’t be used (file is not a database)" in refusal(prepare())


def test_a_database_of_a_newer_desk_is_left_alone(prepare, ask):
    prepare()
    ask("update alembic_version set version_num = '9999_to_come'")

    assert "was written by a newer desk (revision 9999_to_come)" in refusal(prepare())
    assert ask("select version_num from alembic_version") == [("9999_to_come",)]


def test_the_copy_made_before_a_migration_holds_everything_and_is_private(prepare, tmp_path):
    prepare()
    with prepare.app.app_context():
        path = copy_database(tmp_path / "data" / "backups", "0001_first_tables")

    assert re.fullmatch(r"before-0001_first_tables-\d{8}T\d+Z\.sqlite3", path.name)
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    with closing(sqlite3.connect(path)) as copy:
        assert copy.execute("select count(*) from agent").fetchone() == (1,)


def test_a_copy_that_cannot_be_made_stops_the_migration(prepare, tmp_path):
    prepare()
    (tmp_path / "data" / "backups").touch()

    with prepare.app.app_context(), pytest.raises(ClickException, match="so it was not brought up to date"):
        copy_database(tmp_path / "data" / "backups", "0001_first_tables")


def test_tickets_under_a_key_that_is_missing_stop_the_start(prepare):
    prepare()
    patient = prepare.app.test_client()
    key = hidden(patient.get("/requests/new").text, "submission_key")
    assert patient.post("/requests/new", data=REQUEST | {"submission_key": key}).status_code == 303
    app = prepare.app
    needed, app.extensions["keyring"] = app.extensions["keyring"].key_id, Keyring.new()

    result = app.test_cli_runner().invoke(args=["prepare"])

    assert f"/private lacks the key {needed}" in refusal((result.exit_code, result.output))


def test_the_public_role_is_made_ready_without_a_private_key_and_adds_nobody(prepare, ask, tmp_path):
    prepare()
    ask("delete from agent")
    (tmp_path / "data" / "keys" / "private").unlink()

    code, said = prepare(ROLE="public")

    assert (code, "role public" in said) == (0, True)
    assert ask("select count(*) from agent") == [(0,)]


# The real thing


def processes_of(session):
    """Process id -> command line of everything that `./desk` started and is still there."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, IndexError):
            continue  # It ended while we looked.
    return {pid: line for pid, line in found.items() if line}


def delivery_of(session):
    return [pid for pid, line in processes_of(session).items() if "outbox deliver" in line and "python" in line]


@pytest.fixture
def desk(tmp_path):
    """`./desk run` in a folder of its own, serving."""
    if not (ROOT / ".venv" / ".installed-run").exists():
        unavailable("these tests run where ./desk has installed the packages; type: ./desk test -m slow")
    if not Path("/proc/self/stat").exists():
        unavailable("this system does not list its processes under /proc")
    port = free_port()
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("SUPPORTDESK_")}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [ROOT / "desk", "run", "--port", str(port)],
            env=theirs | {"SUPPORTDESK_DATA_FOLDER": str(tmp_path / "data")},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    process.log = tmp_path / "log"
    process.url = f"http://127.0.0.1:{port}"
    until(lambda: answers(process), "the help centre to answer")
    yield process
    for pid in processes_of(process.pid):
        os.kill(pid, signal.SIGKILL)
    process.wait()


def answers(process):
    assert process.poll() is None, process.log.read_text()
    try:
        with urllib.request.urlopen(process.url) as page:
            return page.status == 200
    except OSError:
        return False


def test_a_process_that_serves_loads_nothing_that_only_commands_need(tmp_path):
    asks = "import sys, wsgi; print({'alembic', 'redis', 'prometheus_client'} & set(sys.modules))"
    environment = os.environ | {"SUPPORTDESK_DATA_FOLDER": str(tmp_path)}

    said = subprocess.run([sys.executable, "-c", asks], cwd=ROOT, env=environment, capture_output=True, check=True)

    assert said.stdout.decode().strip() == "set()"


@pytest.mark.slow
def test_it_says_where_the_help_centre_is_and_the_password_once(desk):
    until(lambda: delivery_of(desk.pid), "the delivery process")

    said = desk.log.read_text()
    assert f"The help centre is at {desk.url}." in said
    assert said.count("password  ") == 1


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_told_to_stop_it_leaves_no_process_behind(desk, sign):
    until(lambda: delivery_of(desk.pid), "the delivery process")

    os.kill(desk.pid, sign)

    assert desk.wait(60) == 0
    assert processes_of(desk.pid) == {}


@pytest.mark.slow
def test_the_delivery_process_is_started_again_when_it_dies(desk):
    (first,) = until(lambda: delivery_of(desk.pid), "the delivery process")

    os.kill(first, signal.SIGKILL)

    until(lambda: set(delivery_of(desk.pid)) - {first}, "another delivery process")
    desk.terminate()
    assert desk.wait(60) == 0
    assert processes_of(desk.pid) == {}


@pytest.mark.slow
def test_a_second_desk_on_the_same_port_refuses_and_touches_nothing(desk):
    port = desk.url.rpartition(":")[2]

    second = subprocess.run(
        [ROOT / "desk", "run", "--port", port],
        env=os.environ | {"SUPPORTDESK_DATA_FOLDER": str(desk.log.parent / "other")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert second.returncode == 1
    assert f"Port {port} is taken" in second.stderr
    assert not (desk.log.parent / "other" / "desk.sqlite3").exists()
    assert answers(desk)
