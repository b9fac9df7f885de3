"""Three roles as three real processes with three PostgreSQL users: who takes over the public one reads nothing.

The public process is taken over in earnest: its environment, its files, its memory, its database user, and code that
runs with all of these.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest
import sqlalchemy as sa

from supportdesk.database import Base
from supportdesk.grants import DELIVERY, PUBLIC
from tests.conftest import ROOT
from tests.desks import bring_what_was_learned
from tests.people import hidden
from tests.requester import code_in, link_in
from tests.server import Server, Visitor, until

PLANTED = {
    "name": "Quillon Plantedname",
    "email": "planted.address@example.com",
    "subject": "Plantedsubject about pelicans",
    "message": "Plantedmessage: my knee hurts since the zeppelin ride.",
}
WORDS = (b"Plantedname", b"Quillon", b"Plantedsubject", b"Plantedmessage", b"zeppelin", b"planted.address")
USERS = {"public": "desk_public", "desk": "desk_agents", "delivery": "desk_delivery"}

TAKEN_OVER = """
import sys
from supportdesk import create_app
from supportdesk.tickets.queries import ticket_for_agent
app = create_app()
print(sorted(app.extensions["keyring"].private))
with app.app_context():
    try:
        print(ticket_for_agent(sys.argv[1]).subject)
    except Exception as error:
        print(type(error).__name__, str(error).splitlines()[0])
"""


class Desk:
    """The three processes over one database."""

    def __init__(self, folder, url):
        self.url = url
        owner = self.owner = Server(folder / "owner", DATABASE_URL=url)
        owner.flask("db", "upgrade")
        with engine(url).begin() as connection:
            there = set(connection.execute(sa.text("select rolname from pg_roles")).scalars())
            for user in set(USERS.values()) - there:
                connection.execute(sa.text(f"create role {user} login"))
        self.said = owner.flask("grants", "--apply")
        self.keys = owner.data / "keys"
        half = folder / "half"
        shutil.copytree(self.keys, half)
        (half / "private").unlink()
        self.public, self.desk, self.delivery = (
            Server(
                folder / role,
                ROLE=role,
                DATABASE_URL=self.url_of(role),
                KEYS_FOLDER=half if role == "public" else self.keys,
                WEB_WORKERS=1,
            )
            for role in ("public", "desk", "delivery")
        )
        for server in (self.public, self.desk):
            bring_what_was_learned(server.data)

    def url_of(self, role):
        return self.url.replace("//postgres@", f"//{USERS[role]}@")

    def start(self):
        self.public.start_web()
        self.desk.start_web()
        assert "role delivery" in self.delivery.flask("prepare")
        self.delivery.start_delivery()

    def stop(self):
        for server in (self.public, self.desk, self.delivery):
            server.stop_all()

    def restart_public(self):
        self.public.stop(self.public.web)
        self.public.start_web()


@pytest.fixture(scope="module")
def three(cluster, tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("three"), cluster.create_database())
    try:
        desk.start()
        yield desk
    finally:
        desk.stop()


@pytest.fixture(scope="module")
def reference(three):
    """Of a request that was sent before the public process is taken over."""
    sent = three.public.send(**PLANTED)
    until(lambda: len(three.delivery.letters()) >= 2, "both mails")
    three.restart_public()
    return sent


def engine(url):
    return sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)


def processes(server):
    """gunicorn and its workers."""
    children = Path(f"/proc/{server.web.pid}/task/{server.web.pid}/children").read_text().split()
    return [server.web.pid, *map(int, children)]


def memory(pid):
    """Everything a process has in memory."""
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb") as mem:
        for line in maps:
            begin, end, rights, name = re.match(r"(\w+)-(\w+) (\S+) \S+ \S+ \S+\s*(.*)", line).groups()
            if "r" in rights and name not in {"[vvar]", "[vsyscall]", "[vdso]", "[vvar_vclock]"}:
                mem.seek(int(begin, 16))
                try:
                    yield mem.read(int(end, 16) - int(begin, 16))
                except OSError:
                    continue


def found_in_memory(server, words):
    return {word for pid in processes(server) for region in memory(pid) for word in words if word in region}


def private_keys(three):
    lines = (three.keys / "private").read_text().splitlines()
    return [form for line in lines for form in (line.split()[1].encode(), urlsafe_b64decode(line.split()[1]))]


def may(url, statement):
    """Whether a database user may run a statement; nothing of it stays."""
    with engine(url).connect() as connection:
        try:
            connection.execute(sa.text(statement))
        except sa.exc.ProgrammingError as error:
            return "permission denied" not in str(error) and "must be owner" not in str(error)
        except sa.exc.DBAPIError:  # It was let in, and stumbled over something else.
            return True
        return True


def readable(url, tables):
    return {
        f"{table.name}.{column.name}"
        for table in tables
        for column in table.columns
        if may(url, f"select {column.name} from {table.name} limit 1")
    }


def changeable(url, tables):
    changes = {}
    for table in tables:
        column = next(iter(table.c)).name
        changes[f"update {table.name}"] = f"update {table.name} set {column} = null where false"
        changes[f"delete {table.name}"] = f"delete from {table.name} where false"
        changes[f"truncate {table.name}"] = f"truncate {table.name} cascade"
    return {what for what, statement in changes.items() if may(url, statement)}


def test_a_request_goes_through_all_three(three, reference):
    (letter,) = three.delivery.letters("received")

    assert reference in letter["Subject"] + letter.get_content()
    assert three.public.get("/desk/").status == 404
    assert three.desk.get("/desk/").status == 303
    assert three.public.get("/readyz").status == three.desk.get("/readyz").status == 200
    assert three.owner.flask("keys", "check").startswith("1 rows open"), "mail that is out is kept no longer"


def test_the_same_request_sent_again_is_one_ticket_although_the_public_role_cannot_look_it_up(three):
    form = three.public.fill_in(subject="Sent twice")
    first, second = (three.public.get(three.public.post("/requests/new", form).location).text for _ in range(2))

    assert re.findall(r"NC-\w{4}-\w{4}", first) == re.findall(r"NC-\w{4}-\w{4}", second)


def test_its_environment_and_files_hold_nothing_that_opens_what_was_sent(three, reference):
    environment = Path(f"/proc/{three.public.web.pid}/environ").read_bytes()
    secrets = [*private_keys(three), *WORDS]

    assert not [secret for secret in secrets if secret in environment]
    given = dict(line.split("=", 1) for line in environment.decode().split("\0") if line.startswith("SUPPORTDESK_"))
    for folder in (given["SUPPORTDESK_DATA_FOLDER"], given["SUPPORTDESK_KEYS_FOLDER"]):
        files = [path for path in Path(folder).rglob("*") if path.is_file()]
        assert files
        for path in files:
            assert not [secret for secret in secrets if secret in path.read_bytes()], path


def test_its_memory_holds_no_private_key_and_no_word_from_before_it_started(three, reference):
    assert found_in_memory(three.public, private_keys(three)) == set()
    assert found_in_memory(three.public, WORDS) == set()


def test_the_search_of_its_memory_would_find_something(three, reference):
    hashing = urlsafe_b64decode((three.keys / "hashing").read_text())

    assert found_in_memory(three.public, [hashing]) == {hashing}


def test_a_crash_would_leave_no_core_dump(three):
    for pid in [*processes(three.public), *processes(three.desk), three.delivery.delivery.pid]:
        assert re.search(r"Max core file size +0 +0 ", Path(f"/proc/{pid}/limits").read_text())


def test_its_database_user_reads_ids_and_sealed_receipts_and_changes_nothing(three, reference):
    url, tables = three.url_of("public"), Base.metadata.sorted_tables
    counts = [table for table in tables if table.name.startswith(("search_", "article_voter"))]
    counted = {f"{table.name}.{column.name}" for table in counts for column in table.c}
    ours = {f"{table}.{column}" for table, rights in PUBLIC.items() for column in rights.get("select", ())}

    assert readable(url, tables) == ours | counted
    assert ours == {
        *(f"{table}.id" for table in ("ticket", "message", "event", "outbox", "article_comment")),
        *("ticket.submission_key", "ticket.sealed_receipt", "dropped_key.key_id"),
    }
    assert {what for what in changeable(url, tables) if not re.search(" (search_|article_voter)", what)} == set()
    assert not may(url, "create table planted (id int)")
    assert not may(url, "copy ticket to stdout")
    with engine(url).connect() as connection:
        rows = connection.execute(sa.text("select id, submission_key, sealed_receipt from ticket")).all()
        assert reference.encode() not in b"".join(bytes(row[2]) + row[1].encode() for row in rows)


def test_code_that_runs_as_it_reads_no_ticket(three, reference):
    lines = Path(f"/proc/{three.public.web.pid}/environ").read_text().split("\0")
    environment = dict(line.split("=", 1) for line in lines if "=" in line)
    done = subprocess.run(
        [sys.executable, "-c", TAKEN_OVER, reference],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    keys, refused = done.stdout.splitlines()
    assert keys == "[]"
    assert "permission denied" in refused


def test_the_delivery_process_reads_no_tickets_words(three):
    url = three.url_of("delivery")
    read = readable(url, [Base.metadata.tables[name] for name in ("ticket", "message", "agent", "sign_in", "event")])

    assert {name for name in read if name.startswith(("ticket.sealed_", "message.", "agent.", "sign_in."))} == {
        "ticket.sealed_key",
        "message.id",
        "message.ticket_id",
        *(f"agent.{column}" for column in ("id", "email", "role", "deactivated_at")),  # To tell them of deadlines.
    }


def test_no_role_rewrites_history(three):
    for role in USERS:
        assert not may(three.url_of(role), "update event set act = 'taken' where false")
        assert not may(three.url_of(role), "delete from event where false")


def test_a_table_that_is_named_in_the_grants_exists_with_its_columns():
    for may_do in (PUBLIC, DELIVERY):
        for name, rights in may_do.items():
            columns = {column for columns in rights.values() for column in columns}
            assert columns <= set(Base.metadata.tables[name].columns.keys())


def test_grants_can_be_read_first_and_given_again(three):
    owner = Server(three.desk.folder.parent / "owner", DATABASE_URL=three.url)

    assert 'grant select ("id", "submission_key", "sealed_receipt") on "ticket" to "desk_public"' in owner.flask(
        "grants"
    )
    assert "may do what their roles need" in owner.flask("grants", "--apply")
    assert three.public.send(subject="Still welcome")


@pytest.mark.parametrize("role", USERS)
def test_doctor_looks_over_each_role_with_no_more_than_its_user_may(three, reference, role):
    said = getattr(three, role).flask("doctor")

    assert "ok    database" in said
    assert "can’t be checked" not in said
    assert ("ok    audit" in said) == (role == "desk")


def refused(server, *words):
    """What a command says that its database user may not carry out: a sentence, and no statement."""
    done = subprocess.run(
        server._command("flask", "--app", "wsgi", *words),
        cwd=ROOT,
        env=server.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    for never in ("Traceback", "SELECT", "INSERT", "parameters"):
        assert never not in done.stdout + done.stderr
    return done.stderr


@pytest.mark.parametrize("role", USERS)
def test_a_backup_as_a_user_who_may_not_read_everything_is_refused_in_a_sentence(three, tmp_path, role):
    said = refused(getattr(three, role), "backup", str(tmp_path / "desk.backup"))

    assert "Name the owner of the tables in DATABASE_URL" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("role", USERS)
def test_a_restore_as_a_user_who_may_make_no_tables_is_refused_and_writes_none(three, cluster, tmp_path, role):
    three.owner.flask("backup", str(tmp_path / "desk.backup"))
    place = cluster.create_database()
    theirs = place.replace("//postgres@", f"//{USERS[role]}@")
    elsewhere = Server(tmp_path / "elsewhere", DATABASE_URL=theirs, KEYS_FOLDER=three.keys)
    elsewhere.data.mkdir()

    assert "Name the owner of the database in DATABASE_URL" in refused(
        elsewhere, "restore", str(tmp_path / "desk.backup")
    )
    assert sa.inspect(engine(place)).get_table_names() == []


@pytest.mark.parametrize("command", ["add", "rotate", "drop 0", "list", "check"])
def test_keys_are_not_changed_half_by_a_user_who_may_not_do_the_rest(three, command):
    before = {file.name: file.read_bytes() for file in three.keys.iterdir()}
    said = refused(three.delivery, "keys", *command.split())

    assert "This database user may not do that (permission denied for table agent)" in said
    assert {file.name: file.read_bytes() for file in three.keys.iterdir()} == before


@pytest.mark.parametrize("command", ["tickets erase NC-2222-2222", "agents list", "audit verify", "faq report"])
def test_any_other_command_says_in_a_sentence_that_its_user_may_not(three, command):
    assert "Name one that may in DATABASE_URL" in refused(three.delivery, *command.split())


def test_grants_by_somebody_who_owns_nothing_say_whom_to_name(three):
    assert "Name the owner of the tables" in refused(three.desk, "grants", "--apply")


def test_the_desks_own_user_changes_keys(three, reference, tmp_path):
    """On copies of the key files, as the others of these tests go on with the old ones."""
    shutil.copytree(three.keys, tmp_path / "keys")
    with_them = Server(tmp_path / "desk", ROLE="desk", DATABASE_URL=three.url_of("desk"), KEYS_FOLDER=tmp_path / "keys")

    assert "Added the key" in with_them.flask("keys", "add")
    assert "every word in them" in with_them.flask("keys", "check")


def test_without_users_nothing_is_granted_and_one_line_says_why(three, app):
    result = app.test_cli_runner().invoke(args=["grants", "--apply", "--public", "nobody_of_that_name"])

    assert result.exit_code == 1
    assert len(result.output.splitlines()) == 1
    assert os.linesep not in result.output.strip()


def test_the_public_process_counts_guides_and_limits_and_writes_no_audit(three, reference):
    url = three.url_of("public")
    asked = json.dumps({"subject": "", "message": PLANTED["message"], "topic": ""})
    assert three.public.get("/search", {"q": "password"}).status == 200
    assert three.public._ask("POST", "/requests/check.json", asked, {"Content-Type": "application/json"}).status == 200
    assert three.public.get("/requests/new-link").status == 404
    three.restart_public()  # At its end it writes what it counted.

    with engine(three.url).connect() as connection:
        assert connection.execute(sa.text("select count(*) from search_count")).scalar() > 0
    assert not may(url, "insert into audit (id) values (1)")
    assert not may(url, "select id from audit")


def test_agent_and_requester_talk_and_no_log_of_the_three_holds_a_word(three, reference):
    walter, dana = Visitor(three.desk), Visitor(three.desk)
    (letter,) = [
        mail for mail in three.delivery.letters("received") if reference in mail["Subject"] + mail.get_content()
    ]
    assert walter.ask("POST", link_in(letter), {"email": PLANTED["email"]}).status == 303
    (code,) = until(lambda: three.delivery.letters("code"), "the code")
    assert walter.ask("POST", "/requests/code", {"code": code_in(code)}).location == f"/requests/{reference}"
    page = walter.ask("GET", f"/requests/{reference}").text
    assert "zeppelin" in page
    form = {"body": "Plantedmessage again", "submission_key": hidden(page, "submission_key")}
    assert walter.ask("POST", f"/requests/{reference}/messages", form).status == 303

    password = re.search(r"password (\S+)$", three.owner.flask("agents", "add", "dana@example.org", "Dana Kim"))[1]
    dana.sign_in("dana@example.org", password)
    found = dana.ask("POST", "/desk/find", dana.fill_in("/desk/", find="zeppelin"))
    assert reference in found.text
    ticket = dana.ask("GET", f"/desk/tickets/{reference}").text
    reply = {name: hidden(ticket, name) for name in ("csrf_token", "version")}
    reply |= {"body": "Plantedmessage to you", "then": "pending"}
    assert dana.ask("POST", f"/desk/tickets/{reference}/reply", reply).status == 303
    until(lambda: three.delivery.letters("reply"), "the reply")

    for server in (three.public, three.desk, three.delivery):
        said = server.log() + server.log("delivery.log")
        assert server is three.delivery or '"logger": "supportdesk.requests"' in said, "a line of JSON for each request"
        secrets = (*(word.decode() for word in WORDS), password, code_in(code), link_in(letter)[-43:], "127.0.0.1:5")
        assert not [secret for secret in secrets if secret.lower() in said.lower()]
        assert "permission denied" not in said
        assert "ProgrammingError" not in said
