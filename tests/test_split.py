"""A message that asks for something else becomes a request of its own, and stays where it was."""

import pytest

from tests.requester import Requester


@pytest.fixture
def walter(app, dana, patient, letters):
    """He was answered, and then asks for something else."""
    found = Requester(app.test_client(), letters, patient.send())
    dana.reply(found.reference, "Open the newest link.")
    found.come_in()
    found.write("That worked. Now I can not see my zeppelin bill.")
    return found


def newest(rows):
    return rows("select id, reference from ticket order by id desc")[0]


def message_id(rows):
    return rows("select max(id) from message where kind = 'request'")[0][0]


def test_a_new_request_of_the_same_person_linked_and_due(dana, walter, rows):
    page = dana.act(walter.reference, "split", message_id=str(message_id(rows)), subject="My bill", topic="billing")
    new = newest(rows)[1]
    page = dana.ticket(new)

    assert "That worked. Now I can not see my zeppelin bill." in page
    assert "My bill" in page
    assert f"Dana Kim made this of a message of {walter.reference}" in page
    assert f"Dana Kim made {new} of a message of this" in dana.ticket(walter.reference)
    assert "zeppelin bill" in dana.ticket(walter.reference)
    assert rows("select count(*) from relation") == [(1,)]
    assert rows("select count(*) from ticket where reply_due_at is not null and email_hash = "
                "(select email_hash from ticket where reference = :it)", it=new) == [(2,)]  # fmt: skip
    assert rows("select route, status from ticket where reference = :it", it=new) == [("clinic", "new")]
    assert new in dana.look_for("zeppelin").text


def test_only_what_the_patient_wrote_here_is_split_off(dana, walter, patient, rows):
    elsewhere = patient.send(email="ada@example.com")
    [(theirs,)] = rows("select message.id from message join ticket on ticket.id = ticket_id where reference = :it",
                       it=elsewhere)  # fmt: skip
    [(reply,)] = rows("select id from message where kind = 'reply'")
    for wrong in (theirs, reply, 99999, "x", ""):
        page = dana.act(walter.reference, "split", 422, message_id=str(wrong), subject="My bill", topic="billing")
        assert "Choose a message of the patient’s" in page
    assert rows("select count(*) from ticket") == [(2,)]


def test_of_one_message_nothing_is_split_and_the_page_says_why(dana, patient, rows):
    reference = patient.send()
    page = dana.ticket(reference)
    assert "Nothing to split yet: the patient has written one message." in page
    assert "Make it a new request" not in page

    only = str(message_id(rows))
    page = dana.act(reference, "split", 422, message_id=only, subject="My bill", topic="billing")
    assert "This request has only one message of the patient’s" in page
    assert rows("select count(*) from ticket") == [(1,)]


def test_without_a_subject_nothing_is_done_and_what_was_chosen_stays(dana, walter, rows):
    page = dana.act(walter.reference, "split", 422, message_id=str(message_id(rows)), subject="", topic="billing")

    assert "No request was made" in page
    assert "Enter a subject" in page
    assert rows("select count(*) from ticket") == [(1,)]


def test_a_stale_page_splits_nothing_and_keeps_what_was_typed(dana, priya, walter, rows):
    form = dana.form(walter.reference)
    priya.act(walter.reference, "take")
    words = {"message_id": str(message_id(rows)), "subject": "My bill", "topic": "billing"}
    page = dana.act(walter.reference, "split", 409, form, **words)

    assert "Someone changed this request" in page
    assert 'value="My bill"' in page
    assert rows("select count(*) from ticket") == [(1,)]


def test_a_request_of_one_message_offers_no_split(dana, patient):
    assert "/split" not in dana.ticket(patient.send())
