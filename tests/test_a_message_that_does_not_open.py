"""A message that cannot be opened, damaged or put there by somebody else, takes nothing else of its ticket along.

Nor does a message or a line of the history of a kind that this version has never heard of.
"""

import html
from datetime import timedelta

import pytest

from supportdesk import clock
from supportdesk.access import Role
from supportdesk.database import db
from tests.conftest import signed_in
from tests.requester import Requester

JUNK = "This message cannot be read."
UNKNOWN = "We do not know what kind of message this is."


@pytest.fixture
def beside_junk(app, patient):
    """A request with a readable message, and beside it one that nobody at this desk wrote."""
    reference = patient.send(message="Plantedwords: the pelican page is empty.")
    insert_junk(app, reference)
    return reference


def insert_junk(app, reference, kind="request", body=b"no seal of ours"):
    with app.app_context():
        statement = (
            "insert into message (ticket_id, seal_id, kind, created_at, sealed_body) "
            "select id, :seal_id, :kind, created_at, :body from ticket where reference = :reference"
        )
        given = {"seal_id": f"junk-{kind}-{len(body)}", "kind": kind, "body": body, "reference": reference}
        db.session.execute(db.text(statement), given)
        db.session.commit()


@pytest.mark.parametrize("kind", ["request", "reply", "note"])
@pytest.mark.parametrize("body", [b"", b"x", b"no seal of ours" * 9], ids=len)
def test_the_page_says_so_and_what_to_do_and_shows_the_rest(app, dana, patient, kind, body):
    reference = patient.send(message="Plantedwords: the pelican page is empty.")
    insert_junk(app, reference, kind, body)

    page = html.unescape(dana.ticket(reference))

    assert page.count(JUNK) == 1
    assert "Ask the patient to say it again" in page
    assert "“flask keys check” names it" in page
    assert "the pelican page is empty" in page


def test_the_request_can_be_worked_on(dana, priya, beside_junk):
    form = dana.form(beside_junk)
    priya.act(beside_junk, "take")
    assert "Someone changed this request" in dana.act(beside_junk, "note", 409, form=form, body="I was slower.")
    dana.act(beside_junk, "redact", passage="Plantedwords", kind="other")
    dana.reply(beside_junk, "Please tell us once more.", then="pending")

    page = dana.ticket(beside_junk)
    assert "Plantedwords" not in page
    assert "Please tell us once more." in page
    assert beside_junk in dana.look_for("pelican").text


def test_it_is_not_offered_to_be_split_off(dana, beside_junk, rows):
    [(junk,)] = rows("select id from message where seal_id like 'junk%'")

    assert "Make a new request of one message" not in dana.ticket(beside_junk)
    dana.act(beside_junk, "split", 422, message_id=junk, subject="Junk", topic="sign-in")


def test_on_the_patients_own_page_the_rest_is_there_too(app, letters, beside_junk):
    walter = Requester(app.test_client(), letters, beside_junk)
    page = walter.come_in()

    assert "We cannot show this message" in page
    assert "the pelican page is empty" in page
    assert JUNK not in page


def test_an_export_of_the_person_holds_the_rest_and_says_what_does_not_open(app, beside_junk, tmp_path):
    path = tmp_path / "walter.txt"
    done = app.test_cli_runner().invoke(
        args=["tickets", "export", str(path), "--email"], input="walter.briggs@example.com\n"
    )

    assert done.exit_code == 0, done.output
    assert "the pelican page is empty" in path.read_text()
    assert JUNK in path.read_text()


def test_what_was_said_of_our_help_may_be_damaged_too(app, dana, patient, letters):
    reference = patient.send()
    dana.reply(reference, "Please try again.", then="solved")
    walter = Requester(app.test_client(), letters, reference)
    walter.come_in()
    walter.browser.post(f"{walter.path}/opinion", data={"helped": "no", "words": "Not really."})
    with app.app_context():
        db.session.execute(db.text("update opinion set sealed_words = :junk"), {"junk": b"no seal of ours"})
        db.session.commit()

    page = dana.ticket(reference)
    assert "What they wrote cannot be read." in page
    assert "<strong>No</strong>" in page


@pytest.fixture
def beside_a_newer_one(app, patient):
    """A request, and in it a message that opens, of a kind that only a newer version knows."""
    reference = patient.send(message="Plantedwords: the pelican page is empty.")
    patient.send(message="The toucan said it, and only to agents.")
    with app.app_context():
        db.session.execute(db.text("update message set kind = 'voicemail' where id = (select max(id) from message)"))
        db.session.commit()
        [other] = db.session.scalars(db.text("select reference from ticket order by id desc limit 1"))
    insert_junk(app, reference, "hologram")
    return reference, other


def test_agents_read_what_a_newer_version_wrote_and_are_told_what_it_is(dana, beside_a_newer_one):
    reference, newer = beside_a_newer_one
    page, whole = html.unescape(dana.ticket(reference)), html.unescape(dana.ticket(newer))

    assert page.count(UNKNOWN) == whole.count(UNKNOWN) == 1
    assert "the pelican page is empty" in page
    assert JUNK in page
    assert "The toucan said it" in whole
    dana.reply(newer, "Thank you, we look at it.", then="pending")
    assert whole.count("Internal note. The patient cannot see this.") == 0


def test_the_patient_is_told_that_it_is_there_and_reads_the_rest(app, letters, beside_a_newer_one):
    for reference in beside_a_newer_one:
        page = html.unescape(Requester(app.test_client(), letters, reference).come_in())

        assert "A message</h3>" in page
        assert "We cannot show this message" in page
        assert "toucan" not in page
    assert "write to us below" in page


def test_an_export_holds_what_a_newer_version_wrote(app, beside_a_newer_one, tmp_path):
    path = tmp_path / "walter.txt"
    app.test_cli_runner().invoke(args=["tickets", "export", str(path), "--email"], input="walter.briggs@example.com\n")

    assert "--- Somebody wrote" in path.read_text()
    assert "The toucan said it" in path.read_text()


def test_a_line_of_the_history_that_only_a_newer_version_knows(app, dana, patient):
    reference = patient.send()
    dana.act(reference, "take")
    with app.app_context():
        db.session.execute(db.text("update event set act = 'teleported' where act = 'taken'"))
        db.session.commit()

    assert "Dana Kim did something that this version does not know" in dana.ticket(reference)


@pytest.mark.parametrize("damaged", [b"", b"no seal of ours" * 9], ids=len)
def test_what_a_patient_was_typing_may_be_damaged_too(app, patient, letters, tmp_path, damaged):
    lead = signed_in(app, "lee@example.org", "Lee Park", Role.LEAD)
    walter = Requester(app.test_client(), letters, patient.send())
    walter.come_in()
    form = walter.form("A zeppelin of a story.")
    later = clock.now() + timedelta(minutes=31)
    with clock.pretend(later):
        walter.write("", form=form)
    with app.app_context():
        kept = "update own_visit set sealed_draft = :damaged where sealed_draft is not null"
        db.session.execute(db.text(kept), {"damaged": damaged})
        db.session.commit()
    told = app.test_cli_runner().invoke(
        args=["tickets", "export", str(tmp_path / "walter.txt"), "--email"], input=f"{walter.email}\n"
    )
    lead.act(walter.reference, "redact", passage="three times", kind="other")

    assert told.exit_code == 0, told.output
    assert JUNK in (tmp_path / "walter.txt").read_text()
    with clock.pretend(later):
        walter.type_code(walter.newest_code())
        page = walter.read()
        assert "we cannot show it any more" in page
        assert "Everything else is here" in page
        assert "I asked for a new password [private passage removed]" in page
        walter.write("The zeppelin, typed again.")
        assert "The zeppelin, typed again." in walter.read()
        assert "we cannot show it any more" not in walter.read()
