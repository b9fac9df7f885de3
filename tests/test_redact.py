"""A passage that we should not hold is gone from every place in which the desk keeps it, copies included."""

from datetime import timedelta

import pytest

from supportdesk import clock
from tests.conftest import signed_in
from tests.people import hidden
from tests.requester import Requester

SSN = "123-45-6789"
GONE = "[Social Security number removed]"


@pytest.fixture
def lead(app):
    from supportdesk.access import Role

    return signed_in(app, "lee@example.org", "Lee Park", Role.LEAD)


@pytest.fixture
def walter(app, patient, letters):
    walter = Requester(app.test_client(), letters, patient.send(message=f"It is {SSN}. I also need a refill."))
    walter.come_in()
    return walter


def redact(lead, reference, code=303, passage=SSN):
    return lead.act(reference, "redact", code, passage=passage, kind="ssn")


def split(agent, reference, rows):
    [(message,)] = rows("select min(m.id) from message m join ticket on ticket.id = ticket_id where reference = :it",
                        it=reference)  # fmt: skip
    agent.act(reference, "split", message_id=str(message), subject="A refill", topic="refill")
    return rows("select reference from ticket order by id desc")[0][0]


def close(agent, reference):
    agent.act(reference, "details", status="closed", priority="normal", topic="sign-in", assignee="")


def keep_draft(agent, reference, box, body):
    form = {
        "csrf_token": agent.form(reference)["csrf_token"],
        "address": f"/desk/tickets/{reference}/{box}",
        "body": body,
    }
    agent.browser.post("/desk/account/draft", data=form)


def test_what_was_split_off_loses_it_too_however_often_and_from_either_side(dana, lead, walter, rows):
    walter.write("And one thing more.")
    first = split(dana, walter.reference, rows)
    second = split(dana, walter.reference, rows)
    redact(lead, second)

    for reference in (walter.reference, first, second):
        page = lead.ticket(reference)
        assert f"It is {GONE}." in page
        assert SSN not in page
        assert "Lee Park removed a Social Security number" in page


def test_what_was_merged_with_one_that_was_split_off_loses_it_too(dana, lead, patient, walter, rows):
    other = patient.send(subject="Once more", message=f"Again: {SSN}.")
    version = hidden(lead.ticket(other), "version")
    walter.write("And one thing more.")
    new = split(dana, walter.reference, rows)
    lead.act(new, "merge", other=other, other_version=version)
    redact(lead, walter.reference)

    assert SSN not in lead.ticket(new)
    assert f"Again: {GONE}." in lead.ticket(new)


def test_drafts_of_any_agent_lose_it(dana, priya, lead, walter):
    keep_draft(dana, walter.reference, "reply", f"You wrote {SSN} to us.")
    keep_draft(priya, walter.reference, "note", f"They wrote {SSN}!")
    redact(lead, walter.reference)

    assert f"You wrote {GONE} to us.</textarea>" in dana.ticket(walter.reference)
    assert f"They wrote {GONE}!</textarea>" in priya.ticket(walter.reference)


def test_words_on_how_we_helped_lose_it_though_the_request_is_closed(dana, lead, walter):
    dana.act(walter.reference, "solve", outcome="answered")
    walter.browser.post(f"{walter.path}/opinion", data={"helped": "no", "words": "My pelican number stayed there."})
    close(dana, walter.reference)
    redact(lead, walter.reference, passage="pelican number")

    assert f"My {GONE} stayed there." in lead.ticket(walter.reference)
    assert "pelican" not in lead.ticket(walter.reference)


def test_notes_and_messages_of_a_closed_request_lose_it(dana, lead, walter, rows):
    dana.act(walter.reference, "note", body=f"She sent {SSN}.")
    close(dana, walter.reference)
    assert "It looks like a Social Security number" in lead.ticket(walter.reference)
    redact(lead, walter.reference)

    assert SSN not in lead.ticket(walter.reference)
    assert rows("select status from ticket") == [("closed",)]


def test_what_the_patient_was_typing_loses_it(lead, walter):
    form = walter.form(f"Once more: {SSN}.") | {"then": "send"}
    with clock.pretend(clock.now() + timedelta(minutes=31)):
        walter.write("", form=form)
    redact(lead, walter.reference)
    with clock.pretend(clock.now() + timedelta(minutes=31)):
        walter.type_code(walter.newest_code())

        assert f"Once more: {GONE}.</textarea>" in walter.read()


def test_other_requests_of_theirs_keep_it_and_the_page_says_so(lead, patient, walter):
    other = patient.send(subject="Another one", message=f"Again: {SSN}.")
    redact(lead, walter.reference)

    assert SSN in lead.ticket(other)
    assert "other requests of theirs keep it" in lead.ticket(walter.reference)


def test_what_stands_nowhere_is_not_removed_and_changes_nothing(dana, lead, walter, rows):
    walter.write("And one thing more.")
    split(dana, walter.reference, rows)
    page = redact(lead, walter.reference, 422, passage="no such words")

    assert "These words stand nowhere in this request" in page
    assert rows("select count(*) from event where act = 'redacted'") == [(0,)]
