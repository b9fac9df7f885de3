"""New keys: everything goes under the new one while the desk serves, and the old one can be dropped."""

import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from bench import _tickets
from supportdesk.agents.models import Agent, Draft
from supportdesk.database import db
from supportdesk.exceptions import Sealed
from supportdesk.keys import keyring
from supportdesk.rotation.queries import sealed_kinds
from supportdesk.tickets.models import Ticket
from supportdesk.tickets.queries import ticket_for_agent
from tests.conftest import make_app, signed_in
from tests.server import Server, serving, until


@pytest.fixture
def desk(desk_with):
    """A desk of its own, as a rotation changes key files that other tests share."""
    return desk_with()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_database(request):
    """The settings of a desk of its own on each engine in turn."""
    is_server = request.param == "postgresql"
    return {"DATABASE_URL": request.getfixturevalue("cluster").create_database()} if is_server else {}


@pytest.fixture
def either_desk(either_database, desk_with):
    return desk_with(**either_database)


def command(app, line, code=0):
    result = app.test_cli_runner().invoke(args=line.split())
    assert result.exit_code == code, result.output
    return result.output


def key_ids(app):
    with app.app_context():
        return set(db.session.scalars(db.select(Ticket.key_id)))


def private_ids(app):
    return [line.split()[0] for line in (app.config["KEYS_FOLDER"] / "private").read_text().splitlines()]


def words_of(app, reference):
    with app.app_context():
        ticket = ticket_for_agent(reference)
        return ticket.name, ticket.email, ticket.subject, [message.body for message in ticket.messages], ticket.version


def test_after_a_rotation_everything_is_under_the_new_key_and_nothing_else_has_changed(either_desk):
    app = either_desk
    patient = app.test_client()
    references = [patient.send(subject=f"Number {n}") for n in range(3)]
    before = {reference: words_of(app, reference) for reference in references}
    (old,) = key_ids(app)

    said = command(app, "keys rotate")

    (new,) = key_ids(app)
    assert new != old
    assert f"now under the key {new}" in said
    assert {reference: words_of(app, reference) for reference in references} == before
    assert "9 rows open" in command(app, "keys check")


def test_a_page_that_was_open_meanwhile_can_still_be_sent(desk):
    reference = desk.test_client().send()
    dana = signed_in(desk, "dana@example.org", "Dana Kim")
    form = dana.form(reference)

    command(desk, "keys rotate")

    dana.reply(reference, "We sent you a new link.", form=form)
    assert "We sent you a new link." in dana.ticket(reference)


def test_what_comes_in_afterwards_is_sealed_to_the_new_key_by_a_public_role_that_was_not_restarted(desk, desk_with):
    half = desk.config["DATA_FOLDER"].parent / "half"
    shutil.copytree(desk.config["KEYS_FOLDER"], half)
    (half / "private").unlink()
    public = desk_with(ROLE="public", KEYS_FOLDER=half)
    public.test_client().send()

    command(desk, "keys rotate")
    shutil.copy(desk.config["KEYS_FOLDER"] / "public", half / "public")
    reference = public.test_client().send(subject="After the change")

    assert key_ids(desk) == {private_ids(desk)[-1]}
    assert words_of(desk, reference)[2] == "After the change"


def test_the_old_key_can_be_dropped_and_old_copies_then_open_for_nobody(desk, tmp_path):
    reference = desk.test_client().send()
    old = private_ids(desk)[0]
    copy = tmp_path / "yesterday" / "desk.sqlite3"
    copy.parent.mkdir()
    shutil.copy(desk.config["KEYS_FOLDER"].parent / "desk.sqlite3", copy)
    shutil.copy(desk.config["KEYS_FOLDER"].parent / "desk.sqlite3-wal", f"{copy}-wal")
    yesterday = make_app(copy.parent, KEYS_FOLDER=desk.config["KEYS_FOLDER"])
    command(desk, "keys rotate")
    assert words_of(yesterday, reference)[0] == "Walter Briggs"

    assert "Dropped" in command(desk, f"keys drop {old}")

    assert words_of(desk, reference)[0] == "Walter Briggs"
    with yesterday.app_context(), pytest.raises(Sealed):
        ticket_for_agent(reference)
    with yesterday.app_context():
        db.engine.dispose()


def test_a_key_that_is_needed_is_not_dropped(desk):
    desk.test_client().send()
    current = private_ids(desk)[0]

    assert "sealed to this key" in command(desk, f"keys drop {current}", code=1)
    command(desk, "keys add")
    added = private_ids(desk)[1]
    with desk.app_context():
        db.session.execute(db.text("update ticket set key_id = :added"), {"added": added})
        db.session.commit()
    assert "1 rows can be read with this key alone" in command(desk, f"keys drop {added}", code=1)
    assert "There is no key 0123" in command(desk, "keys drop 0123", code=1)
    assert private_ids(desk) == [current, added]


def test_a_key_that_was_added_and_copied_to_other_machines_is_the_one_that_is_taken(desk):
    desk.test_client().send()
    assert "Nothing is sealed to it yet" in command(desk, "keys add")
    added = private_ids(desk)[1]

    command(desk, "keys rotate")

    assert key_ids(desk) == {added}
    assert private_ids(desk)[1:] == [added], "no other one was made"


def test_a_list_says_which_key_is_in_use_and_how_many_rows_need_each(desk):
    desk.test_client().send()
    command(desk, "keys rotate")
    old, new = private_ids(desk)

    lines = command(desk, "keys list").splitlines()

    assert lines == [f"{old}         0 rows", f"{new}         3 rows  in use"]


def test_a_row_that_does_not_open_is_named_and_left_as_it_is(desk):
    whole, damaged = (desk.test_client().send() for _ in range(2))
    with desk.app_context():
        change = "update ticket set sealed_key = sealed_name where reference = :reference"
        db.session.execute(db.text(change), {"reference": damaged})
        db.session.commit()

    assert damaged in command(desk, "keys check", code=1)
    assert "1 rows did not open" in command(desk, "keys rotate", code=1)
    assert words_of(desk, whole)[0] == "Walter Briggs"
    assert len(key_ids(desk)) == 2


def test_one_damaged_message_is_found_by_the_check(desk):
    reference = desk.test_client().send()
    with desk.app_context():
        db.session.execute(db.text("update message set sealed_body = x'00'"))
        db.session.commit()

    assert f"does not open: <Ticket {reference}>" in command(desk, "keys check", code=1)


def test_a_public_role_has_no_keys_to_change(desk, desk_with):
    (desk.config["KEYS_FOLDER"] / "private").rename(desk.config["DATA_FOLDER"].parent / "private-elsewhere")
    public = desk_with(ROLE="public")

    for line in ("keys rotate", "keys check", "keys add", "keys list"):
        assert "holds no private key" in command(public, line, code=1)


def test_a_rotation_that_is_killed_goes_on_with_the_same_key(tmp_path, either_database):
    desk = Server(tmp_path, **either_database)
    desk.flask("db", "upgrade")
    app = make_app(desk.data, **either_database)
    with app.app_context():
        for _batch in _tickets.store(4000):
            pass

    rotation = subprocess.Popen(
        desk._command("flask", "--app", "wsgi", "keys", "rotate"), cwd=_tickets.CONTENT.parent, env=desk.environment
    )
    until(lambda: len(key_ids(app)) == 2 or rotation.poll() is not None, "the first batch")
    rotation.send_signal(signal.SIGKILL)
    rotation.wait()
    assert len(key_ids(app)) == 2, "it was killed half-way"

    said = desk.flask("keys", "rotate")

    assert "Made the key" not in said
    assert key_ids(app) == {private_ids(app)[-1]}
    assert len(private_ids(app)) == 2
    assert "4000 rows open" in desk.flask("keys", "check")
    with app.app_context():
        db.engine.dispose()


def public_machine(desk, desk_with):
    """With a copy of the half of the keys that it needs, and a database that it shares with the desk."""
    half = desk.config["DATA_FOLDER"].parent / "half"
    shutil.copytree(desk.config["KEYS_FOLDER"], half)
    (half / "private").unlink()
    return desk_with(ROLE="public", KEYS_FOLDER=half, DATABASE_URL=desk.config["DATABASE_URL"])


def test_a_machine_that_did_not_hear_that_its_key_was_dropped_acknowledges_nothing(either_desk, desk_with, caplog):
    public = public_machine(either_desk, desk_with)
    patient, old = public.test_client(), private_ids(either_desk)[0]
    form = patient.fill_in(message="My zeppelin is late.")
    assert patient.get("/readyz").json["sealing"] == "ok"
    command(either_desk, "keys rotate")
    command(either_desk, f"keys drop {old}")

    refused = patient.post("/requests/new", data=form)
    comment = {"comment": "The pelican is missing", "submission_key": form["submission_key"]}
    refused_too = patient.post("/articles/cost/comment", data=comment)
    unready = patient.get("/readyz")

    assert (refused.status_code, refused_too.status_code, unready.status_code) == (503, 503, 503)
    assert "My zeppelin is late." in refused.text
    assert "The pelican is missing" in refused_too.text
    assert f"the key {old}, which was dropped" in unready.json["sealing"]
    assert f"the key {old}, which was dropped" in caplog.text
    assert "zeppelin" not in caplog.text
    assert key_ids(either_desk) == set()

    shutil.copy(either_desk.config["KEYS_FOLDER"] / "public", public.config["KEYS_FOLDER"] / "public")
    assert patient.post("/requests/new", data=form).status_code == 303
    assert patient.get("/readyz").status_code == 200
    assert key_ids(either_desk) == {private_ids(either_desk)[-1]}


def test_a_message_that_is_being_stored_while_the_key_is_dropped_is_waited_for_and_keeps_it(cluster, desk_with):
    """Stored and not yet committed: the drop must not overlook it."""
    desk = desk_with(DATABASE_URL=cluster.create_database())
    desk.test_client().send()
    old = private_ids(desk)[0]
    command(desk, "keys rotate")
    with ThreadPoolExecutor(1) as operator, psycopg.connect(desk.config["DATABASE_URL"]) as patient:
        patient.execute("update ticket set key_id = %s", (old,))
        dropping = operator.submit(command, desk, f"keys drop {old}", 1)
        until(lambda: waits_for_a_lock(desk), "the drop to wait")
        patient.commit()
        assert "1 rows can be read with this key alone" in dropping.result(30)

    assert old in private_ids(desk)
    assert desk.test_client().get("/readyz").json["sealing"] == "ok"


def waits_for_a_lock(desk):
    with psycopg.connect(desk.config["DATABASE_URL"]) as connection:
        return connection.execute("select 1 from pg_locks where not granted and mode = 'ExclusiveLock'").fetchone()


@pytest.mark.slow
def test_the_desk_serves_meanwhile(tmp_path, either_database):
    with serving(tmp_path, delivery=False, **either_database) as desk:
        app = make_app(desk.data, **either_database)
        with app.app_context():
            for _batch in _tickets.store(20_000):
                pass
        rotation = subprocess.Popen(
            desk._command("flask", "--app", "wsgi", "keys", "rotate"), cwd=_tickets.CONTENT.parent, env=desk.environment
        )
        sent, waits = [], []
        while rotation.poll() is None:
            begun = time.monotonic()
            sent.append(desk.send(subject=f"Meanwhile {len(sent)}"))
            waits.append(time.monotonic() - begun)
        assert rotation.returncode == 0
        assert len(sent) > 3
        assert max(waits) < 5
        for reference in sent:
            assert words_of(app, reference)[2].startswith("Meanwhile")
        desk.flask("keys", "rotate")
        assert key_ids(app) <= set(private_ids(app)[-2:])
        with app.app_context():
            db.engine.dispose()


def test_every_kind_of_sealed_row_can_be_named_without_being_read(desk):
    with desk.app_context():
        assert {kind.__tablename__ for kind in sealed_kinds()} >= {"ticket", "outbox"}
        for kind in sealed_kinds():
            assert kind.named_by in kind.__table__.c
        assert keyring().private


def a_code_for(app, email):
    """Give an agent a phone's secret, as setting up one-time codes does; returns it."""
    with app.app_context():
        agent = db.session.scalars(db.select(Agent).where(Agent.email == email)).one()
        agent.lock(keyring())
        agent.code_secret = "JBSWY3DPEHPK3PXP"
        db.session.commit()


def secrets_and_drafts(app):
    with app.app_context():
        found = []
        for row in [*db.session.scalars(db.select(Agent)), *db.session.scalars(db.select(Draft))]:
            row.unlock(keyring())
            found.append(row.code_secret if isinstance(row, Agent) else row.body)
        return found


def test_agents_codes_and_drafts_go_under_the_new_key_too_and_the_old_one_can_be_dropped(either_desk):
    app = either_desk
    reference = app.test_client().send()
    dana = signed_in(app, "dana@example.org", "Dana Kim")
    token = dana.form(reference)["csrf_token"]
    typed = {"address": f"/desk/tickets/{reference}/reply", "body": "Half a reply", "csrf_token": token}
    assert dana.browser.post("/desk/account/draft", data=typed).status_code == 204
    a_code_for(app, dana.email)
    old = private_ids(app)[0]

    command(app, "keys rotate")

    assert "5 rows open" in command(app, "keys check")
    assert "Dropped" in command(app, f"keys drop {old}")
    assert secrets_and_drafts(app) == ["JBSWY3DPEHPK3PXP", "Half a reply"]
    assert "Half a reply" in dana.ticket(reference)


def test_a_key_that_only_an_agents_phone_needs_is_not_dropped(desk):
    signed_in(desk, "dana@example.org", "Dana Kim")
    a_code_for(desk, "dana@example.org")
    command(desk, "keys add")
    with desk.app_context():
        db.session.execute(db.text("update agent set key_id = :added"), {"added": private_ids(desk)[1]})
        db.session.commit()

    assert "1 rows can be read with this key alone" in command(desk, f"keys drop {private_ids(desk)[1]}", code=1)
