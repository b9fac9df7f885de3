"""Agents find a ticket by any words of it, although no word is stored: by keyed hashes, or by opening every ticket."""

import re

import pytest

from supportdesk.database import db
from supportdesk.faq.search import analysis, forgetful
from supportdesk.tickets.finding.models import Term
from supportdesk.tickets.finding.queries import term_hashes
from supportdesk.tickets.models import Ticket
from supportdesk.tickets.queries import ticket_for_agent
from tests.conftest import signed_in


@pytest.fixture(params=["yes", "no"])
def with_hashes(request, session_app, monkeypatch):
    """Both ways to search must find the same."""
    monkeypatch.setitem(session_app.config, "TICKET_WORD_INDEX", request.param == "yes")


def found(agent, typed, **more):
    answer = agent.look_for(typed, **more)
    assert answer.status_code == 200, answer.text
    return re.findall(r'/desk/tickets/(NC-[0-9A-Z]{4}-[0-9A-Z]{4})"', answer.text)


def count(rows):
    return rows("select count(*) from term")[0][0]


def hashes_of(rows, reference):
    statement = "select word_hash from term join ticket on ticket.id = ticket_id where reference = :reference"
    return {row[0] for row in rows(statement, reference=reference)}


def hashed(app, *words):
    with app.app_context():
        return set(term_hashes(words).values())


@pytest.mark.usefixtures("with_hashes")
@pytest.mark.parametrize(
    "typed",
    ["invitations", "INVITATION", "never got", "Huang", "huang mei", "mei.huang@example.com invitation", "Mailbox's"],
)
def test_a_ticket_is_found_by_any_words_of_its_subject_message_name_and_address(dana, patient, typed):
    wanted = patient.send(
        name="Mei Huang",
        email="mei.huang@example.com",
        subject="I never got my invitation",
        message="I looked through every mailbox’s folder twice.",
    )
    patient.send(name="June Ortiz", email="june@example.com", subject="Signing up", message="It hangs. I got nothing.")

    assert found(dana, typed) == [wanted]


@pytest.mark.usefixtures("with_hashes")
def test_every_word_has_to_stand_in_it(dana, patient):
    both = patient.send(subject="Printer and tablet")
    patient.send(subject="Printer alone")
    patient.send(subject="Tablet alone")

    assert found(dana, "tablets printer") == [both]
    assert found(dana, "printer tablet zeppelin") == []
    assert "No request holds all of these words" in dana.look_for("zeppelin").text


@pytest.mark.usefixtures("with_hashes")
def test_words_of_replies_and_notes_are_found_too(dana, patient):
    reference = patient.send()
    patient.send()
    dana.reply(reference, "Try the lavender button.")
    dana.act(reference, "note", body="She sounds exasperated.")

    assert found(dana, "lavender") == found(dana, "exasperated") == [reference]


@pytest.mark.usefixtures("with_hashes")
@pytest.mark.parametrize(
    ("words", "typed"),
    [("La contraseña no funciona", "contrasena"), ("שלום עולם", "עולם"), ("Größe ändern", "größe"), ("你好", "你好")],
)
def test_words_of_other_languages_are_found_as_they_stand(dana, patient, words, typed):
    reference = patient.send(message=words)

    assert found(dana, typed) == [reference]


@pytest.mark.usefixtures("with_hashes")
@pytest.mark.parametrize(
    ("words", "typed"),
    [
        ("The nurse’s fax — “broken”", "fax nurses broken"),
        ("I can’t sign in…", "can't"),
        ("My father's dying", "die fathers"),
        ("the 'tab' ''key'", "tab key"),
        ("He cries; I cried", "cry"),
        ("Ünlü’s fax", "fax unlus"),
    ],
)
def test_words_are_found_beside_any_apostrophe_quote_and_dash(dana, patient, words, typed):
    patient.send(subject="Facts", message="Fixed tables, dyed keys, cancelled signs, crisp.")
    reference = patient.send(message=words)

    assert found(dana, typed) == [reference]


@pytest.mark.usefixtures("with_hashes")
def test_the_newest_stand_first_25_on_a_page(dana, patient):
    sent = [patient.send(subject=f"Heliotrope {number}") for number in range(27)]
    sent.reverse()

    page = dana.look_for("heliotrope")
    older = re.search(r'name="before" value="(\d+)"', page.text)[1]

    assert found(dana, "heliotrope") == sent[:25]
    assert found(dana, "heliotrope", before=older) == sent[25:]


@pytest.mark.usefixtures("with_hashes")
def test_the_passage_shows_the_words_marked_and_nothing_as_html(dana, patient):
    patient.send(subject="<b>Tablet</b>", message="x " * 300 + "My <i>tablets</i> are new. " + "y " * 300)

    page = dana.look_for("tablet").text

    assert "My &lt;i&gt;<mark>tablets</mark>&lt;/i&gt; are new." in page
    assert "&lt;b&gt;<mark>Tablet</mark>&lt;/b&gt;" in page


@pytest.mark.usefixtures("with_hashes")
def test_a_ticket_that_cannot_be_opened_does_not_hide_the_others(dana, patient, app):
    whole, damaged = patient.send(), patient.send()
    with app.app_context():
        statement = "update ticket set sealed_key = sealed_name where reference = :reference"
        db.session.execute(db.text(statement), {"reference": damaged})
        db.session.commit()

    assert found(dana, "password") == [whole]


@pytest.mark.parametrize(
    "typed", ["", "   ", "the of and", "a", "?!", "%", "_", "\x00", "'; drop table term; --", "x" * 300]
)
def test_whatever_is_typed_gets_a_page(dana, patient, typed):
    patient.send()

    assert dana.look_for(typed).status_code == 200
    assert found(dana, "password")


def test_what_was_typed_stands_in_the_box_again_and_in_no_address(dana, patient):
    patient.send()
    answer = dana.look_for("zeppelin knees")

    assert 'value="zeppelin knees"' in answer.text
    assert "zeppelin" not in str(answer.headers)
    assert not re.findall(r'(?:href|action|src)="[^"]*zeppelin', answer.text)


def test_hashes_are_written_and_words_are_not(app, patient, rows):
    reference = patient.send(subject="Heliotrope", message="Zeppelins")

    assert hashed(app, "heliotrop", "zeppelin", "walter", "brigg") <= hashes_of(rows, reference)
    assert all(isinstance(row[0], int) and 0 <= row[0] < 2**48 for row in rows("select word_hash from term"))


def test_two_desks_hash_the_same_word_differently(app, desk_with):
    assert hashed(app, "knee") != hashed(desk_with(), "knee")


def test_words_that_are_changed_later_are_found_no_longer(app, dana, patient, rows):
    reference = patient.send(message="My number is heliotrope.")
    other = patient.send(message="A heliotrope too.")
    with app.app_context():
        ticket = ticket_for_agent(reference)
        ticket.messages[0].body = "My number is [removed]."
        db.session.commit()

    assert found(dana, "heliotrope") == [other]
    assert found(dana, "removed") == [reference]
    assert not hashed(app, "heliotrop") & hashes_of(rows, reference)


def test_a_request_that_is_not_stored_leaves_no_hashes(app, patient, rows):
    with app.app_context():
        db.session.execute(db.text("alter table outbox rename to elsewhere"))
        db.session.commit()
    try:
        assert patient.post("/requests/new", data=patient.fill_in()).status_code == 503
    finally:
        with app.app_context():
            db.session.execute(db.text("alter table elsewhere rename to outbox"))
            db.session.commit()

    assert count(rows) == 0


def test_with_the_setting_off_nothing_is_hashed_and_what_was_is_dropped(desk_with):
    before = desk_with()
    reference = before.test_client().send(subject="Heliotrope")
    app = desk_with(TICKET_WORD_INDEX="no")
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Term)) > 0
    run = app.test_cli_runner().invoke
    assert run(args=["prepare", "--no-port"]).exit_code == 0
    later = app.test_client().send(subject="Heliotrope again")

    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Term)) == 0
    dana = signed_in(app, "dana@example.org", "Dana Kim")
    assert found(dana, "heliotrope") == [later, reference]


def test_when_the_setting_is_turned_on_again_what_is_there_is_hashed(desk_with):
    references = [desk_with(TICKET_WORD_INDEX="no").test_client().send(subject=f"Heliotrope {n}") for n in range(3)]
    app = desk_with()
    dana = signed_in(app, "dana@example.org", "Dana Kim")
    assert found(dana, "heliotrope") == []

    assert app.test_cli_runner().invoke(args=["prepare", "--no-port"]).exit_code == 0

    assert found(dana, "heliotrope") == references[::-1]


def test_the_index_can_be_made_anew(app, dana, patient, run, rows):
    reference = patient.send(subject="Heliotrope")
    before = hashes_of(rows, reference)
    with app.app_context():
        db.session.execute(db.delete(Term))
        db.session.commit()

    assert "1 tickets" in run("tickets index")
    assert hashes_of(rows, reference) == before


@pytest.mark.parametrize(
    "text",
    ["Hoping, hoped, hopes: I can't. It’s dying!", "Straße, naïve ideas", "NC-7HK4-92QX a@b.com", "x'y 'z' שלום", ""],
)
def test_patients_words_are_cut_as_those_of_articles_are(text):
    assert forgetful.stems(text) == set(analysis.stems(text))
    wanted = set(analysis.stems(text))
    assert forgetful.placed_stems(text, wanted) == analysis.placed_stems(text, wanted)


def test_nothing_a_patient_wrote_is_remembered_by_the_analysis(app, patient):
    analysis.stem.cache_clear()
    patient.send(message="Heliotropes")
    with app.app_context():
        assert db.session.scalar(db.select(Ticket.id))
    hits = analysis.stem.cache_info().hits
    analysis.stem("heliotropes")

    assert analysis.stem.cache_info().hits == hits, "it was not there"
