"""Erasing: the words of a ticket, or of a person, are gone for good; a dry run changes nothing; an export shows all."""

import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta

import pytest

from supportdesk import clock
from supportdesk.database import db
from supportdesk.exceptions import Sealed
from supportdesk.tickets.queries import ticket_for_agent
from tests.conftest import make_app, signed_in
from tests.people import reference_on
from tests.planted import WORDS, files_with
from tests.requester import Requester

PLANTED = {
    "name": "Quillon Plantedname",
    "email": "planted.address@example.com",
    "subject": "Plantedsubject about pelicans",
    "message": "Plantedmessage: my knee hurts since the zeppelin ride.",
}


@pytest.fixture
def command(app):
    def type_it(line, answer="", code=0):
        result = app.test_cli_runner().invoke(args=line.split(), input=f"{answer}\n")
        assert result.exit_code == code, result.output
        return result.output

    return type_it


@pytest.fixture
def answered(dana, patient, command):
    """A request with a reply and a note, and its mail written."""
    reference = patient.send(**PLANTED)
    dana.reply(reference, "Dear Quillon, a reply.", then="solved")
    dana.act(reference, "note", body="Quillon sounds well.")
    command("outbox deliver")
    return reference


def test_after_erasing_nothing_of_it_can_be_read_found_or_guessed(app, dana, patient, command, rows, answered):
    other = patient.send(name="June Ortiz")

    said = command(f"tickets erase {answered}")

    assert f"{answered}: erased, with 3 messages and 3 mails" in said
    assert "until they expire or the private key of their time is dropped" in said
    assert rows("select distinct sealed_body from message where ticket_id = (select min(id) from ticket)") == [(b"",)]
    assert rows("select sealed_key, sealed_name, sealed_email, sealed_subject, key_id from ticket order by id")[0] == (
        *(b"",) * 4,
        "",
    )
    assert rows("select count(*) from term where ticket_id = (select min(id) from ticket)") == [(0,)]
    assert "No request holds" in dana.look_for("pelicans").text
    assert "planted" not in dana.open(dana.find(PLANTED["email"])).text.lower().replace("erased", "")
    page = dana.ticket(answered)
    assert "Its words were erased" in page
    assert "Quillon" not in page + dana.open("/desk/?view=all").text
    assert "June Ortiz" in dana.ticket(other)


def test_what_leads_to_it_and_what_agents_had_not_sent_is_gone_too(app, dana, patient, command, rows, answered):
    other = patient.send()
    for reference in (answered, other):
        token = dana.form(reference)["csrf_token"]
        typed = {"address": f"/desk/tickets/{reference}/note", "body": "Quillon again", "csrf_token": token}
        assert dana.browser.post("/desk/account/draft", data=typed).status_code == 204

    command(f"tickets erase {answered}")

    assert rows("select address from draft") == [(f"/desk/tickets/{other}/note",)]
    assert rows("select count(*) from own_link where ticket_id = (select min(id) from ticket)") == [(0,)]
    assert rows("select count(*) from own_visit where ticket_id = (select min(id) from ticket)") == [(0,)]


def test_the_figures_stay(dana, command, answered):
    before = dana.open("/desk/reports.csv").text

    command(f"tickets erase {answered}")

    assert dana.open("/desk/reports.csv").text == before


def test_a_page_that_was_open_meanwhile_cannot_answer_any_more(dana, command, answered):
    form = dana.form(answered)
    command(f"tickets erase {answered}")

    assert "closed for good" in dana.act(answered, "reply", code=409, form=form, body="Hello?", then="pending")


def test_the_same_request_can_be_sent_again(patient, command):
    form = patient.fill_in(**PLANTED)
    first = reference_on(patient.get(patient.post("/requests/new", data=form | {"then": "send"}).location).text)
    command(f"tickets erase {first}")

    assert patient.post("/requests/new", data=form | {"then": "send"}).status_code == 303


def test_a_dry_run_says_what_would_be_erased_and_changes_nothing(command, rows, answered):
    before = rows("select * from ticket"), rows("select * from message"), rows("select count(*) from outbox")

    said = command(f"tickets erase {answered} --dry-run")

    assert f"{answered}: would be erased, with 3 messages and 3 mails" in said
    assert (rows("select * from ticket"), rows("select * from message"), rows("select count(*) from outbox")) == before


def test_everything_about_one_address_is_erased_and_the_address_stands_on_no_command_line(command, patient, rows):
    theirs = [patient.send(**PLANTED | {"subject": f"Number {n}"}) for n in range(2)]
    patient.send()

    said = command("tickets erase --email", answer=" Planted.Address@Example.com ")

    assert all(f"{reference}: erased" in said for reference in theirs)
    assert "2 tickets came under this address" in said
    assert rows("select count(*) from ticket where erased_at is null") == [(1,)]
    assert "0 tickets came under this address" in command("tickets erase --email", answer=PLANTED["email"])


def test_mail_that_still_waits_is_erased_too(app, command, patient, rows):
    reference = patient.send(**PLANTED)
    patient.send()

    assert "and 2 mails" in command(f"tickets erase {reference}")
    assert rows("select count(*) from outbox") == [(2,)]


def test_what_was_erased_before_says_when(command, answered):
    command(f"tickets erase {answered}")

    assert "was erased on 20" in command(f"tickets erase {answered}")


def test_an_unknown_reference_and_a_half_command_are_refused(command):
    assert "There is no such ticket" in command("tickets erase NC-2222-2222", code=1)
    assert "Name one reference, or --email" in command("tickets erase", code=2)
    assert "Name one reference, or --email" in command("tickets erase NC-2222-2222 --email", code=2)


def test_every_file_forgets_it_the_log_of_the_database_included(desk_with):
    app = desk_with()
    reference = app.test_client().send(**PLANTED)
    with app.app_context():
        sealed = db.session.execute(db.text("select sealed_key, sealed_name, sealed_subject from ticket")).one()
        db.session.rollback()
    assert files_with(app.config["DATA_FOLDER"], sealed)
    run = app.test_cli_runner().invoke
    run(args=["outbox", "deliver"])

    assert run(args=["tickets", "erase", reference]).exit_code == 0

    assert files_with(app.config["DATA_FOLDER"], [*sealed, *WORDS]) == {}


def test_an_older_backup_opens_until_the_key_of_its_time_is_dropped(desk_with, tmp_path):
    app = desk_with()
    reference = app.test_client().send(**PLANTED)
    run = app.test_cli_runner().invoke
    copy = tmp_path / "yesterday" / "desk.sqlite3"
    copy.parent.mkdir()
    with app.app_context():
        source = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(copy)) as target:
        live.backup(target)
    run(args=["tickets", "erase", reference])
    yesterday = make_app(copy.parent, KEYS_FOLDER=app.config["KEYS_FOLDER"])
    with yesterday.app_context():
        assert ticket_for_agent(reference).name == PLANTED["name"]
    old = app.extensions["keyring"].key_id

    run(args=["keys", "rotate"])
    assert run(args=["keys", "drop", old]).exit_code == 0

    with yesterday.app_context():
        db.session.remove()
        with pytest.raises(Sealed):
            ticket_for_agent(reference)
        db.engine.dispose()
    shutil.rmtree(copy.parent)


def test_everything_about_one_person_is_a_file_that_a_person_can_read(command, dana, answered, tmp_path):
    path = tmp_path / "walter.txt"

    assert "Wrote 1 tickets" in command(f"tickets export {path} --email", answer=PLANTED["email"].upper())

    text = path.read_text(encoding="utf-8")
    for words in (*PLANTED.values(), "Dear Quillon, a reply.", "Internal note, Dana Kim", answered, "Solved"):
        assert words in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "File exists" in command(f"tickets export {path} --email", answer=PLANTED["email"], code=1)


def test_it_holds_what_they_said_of_our_help_and_what_was_written_and_not_sent(
    app, command, dana, patient, letters, tmp_path
):
    reference, other = patient.send(**PLANTED), patient.send()
    dana.reply(reference, "A reply.", then="solved")
    quillon = Requester(app.test_client(), letters, reference, PLANTED["email"])
    quillon.come_in()
    quillon.browser.post(f"{quillon.path}/opinion", data={"helped": "no", "words": "The pelican was rude."})
    form = quillon.form("A zeppelin of a story.")
    with clock.pretend(clock.now() + timedelta(minutes=31)):
        quillon.write("", form=form)
    for about, act, body in (
        (reference, "reply", "Dear Quillon, sorry"),
        (reference, "note", "Quillon is cross"),
        (other, "note", "June"),
    ):
        token = dana.form(about)["csrf_token"]
        typed = {"address": f"/desk/tickets/{about}/{act}", "body": body, "csrf_token": token}
        assert dana.browser.post("/desk/account/draft", data=typed).status_code == 204

    command(f"tickets export {tmp_path / 'quillon.txt'} --email", answer=PLANTED["email"])

    text = (tmp_path / "quillon.txt").read_text(encoding="utf-8")
    for words in (
        "Did we help? No",
        "The pelican was rude.",
        "A reply that we had not sent",
        "Dear Quillon, sorry",
        "An internal note that we had not sent",
        "Quillon is cross",
        "They had not sent this",
        "A zeppelin of a story.",
    ):
        assert words in text
    assert "June" not in text


def test_a_public_role_can_neither_erase_nor_export(desk_with, tmp_path):
    whole = desk_with()
    reference = whole.test_client().send()
    public = desk_with(ROLE="public")

    for line in (["tickets", "erase", reference], ["tickets", "export", str(tmp_path / "x"), "--email"]):
        result = public.test_cli_runner().invoke(args=line, input="walter.briggs@example.com\n")
        assert result.exit_code == 1
        assert "The public role can’t do this" in result.output
    dana = signed_in(whole, "dana@example.org", "Dana Kim")
    assert "Walter Briggs" in dana.ticket(reference)
