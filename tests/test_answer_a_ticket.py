"""An agent works on a ticket: every act changes what it should, leaves an event, and tells whom it should."""

from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import clock
from tests.people import REQUEST

MONDAY = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)  # 10 AM Pacific.


@pytest.fixture
def reference(patient):
    return patient.send()


def state(rows, reference):
    return rows(
        "select status, outcome, priority, topic, assignee_id, reply_due_at is null from ticket where reference = :it",
        it=reference,
    )[0]


def events(rows):
    return [act for (act,) in rows("select act from event order by id")]


def test_the_ticket_shows_what_the_patient_wrote(dana, reference):
    page = dana.ticket(reference)

    for words in (REQUEST["name"], REQUEST["email"], REQUEST["subject"], REQUEST["message"]):
        assert words in page


def test_a_ticket_that_is_not_there_is_a_404(dana):
    dana.open("/desk/tickets/NC-2222-2222", code=404)
    dana.open("/desk/tickets/nonsense", code=404)


def test_a_reference_typed_by_hand_is_found(dana, reference):
    assert REQUEST["subject"] in dana.ticket(reference.lower().replace("-", " "))


def test_taking_makes_it_theirs_and_open(dana, reference, rows):
    dana.act(reference, "take")

    assert state(rows, reference) == ("open", None, "normal", "sign-in", dana.id, False)
    assert events(rows) == ["received", "taken"]
    assert "Dana Kim took this request" in dana.ticket(reference)


def test_a_reply_goes_out_by_mail_and_stops_the_clock(dana, reference, rows, letters):
    dana.reply(reference, "Hi Walter, please open only the newest link.")

    assert state(rows, reference) == ("pending", None, "normal", "sign-in", dana.id, True)
    assert events(rows) == ["received", "replied"]
    assert rows("select first_replied_at is not null from ticket") in ([(1,)], [(True,)])
    letter = letters()[-1]
    assert letter["To"] == REQUEST["email"]
    assert "/requests/open/" in letter.get_content()
    assert "open only the newest link" not in letter.get_content()
    assert reference in letter["Subject"]
    assert "three times" not in letter.get_content()


def test_a_reply_can_solve(dana, reference, rows):
    dana.reply(reference, "Done.", then="solved")

    assert state(rows, reference)[:2] == ("solved", "answered")
    assert events(rows) == ["received", "replied", "solved"]


def test_a_reply_can_leave_it_open_and_a_new_deadline_counts_from_it(dana, patient, rows):
    with clock.pretend(MONDAY):
        reference = patient.send()
    [(before,)] = rows("select reply_due_at from ticket")
    with clock.pretend(MONDAY + timedelta(hours=1)):
        dana.reply(reference, "I am looking into it.", then="open")

    assert state(rows, reference)[0] == "open"
    assert rows("select reply_due_at from ticket")[0][0] > before


def test_a_note_stays_at_the_desk(dana, reference, rows, letters):
    sent = len(letters())
    dana.act(reference, "note", body="Call him, and stay on the line.")

    assert "Call him, and stay on the line." in dana.ticket(reference)
    assert "The patient cannot see this" in dana.ticket(reference)
    assert len(letters()) == sent
    assert events(rows) == ["received", "noted"]


def test_reply_and_note_are_two_forms(dana, reference):
    page = dana.ticket(reference)

    assert f'action="/desk/tickets/{reference}/reply"' in page
    assert f'action="/desk/tickets/{reference}/note"' in page


def test_an_empty_reply_is_not_sent_and_says_so(dana, reference, rows):
    page = dana.reply(reference, "  ", code=422)

    assert "Enter your reply" in page
    assert events(rows) == ["received"]


def test_details_change_each_with_its_event(dana, priya, reference, rows):
    dana.act(reference, "details", status="open", priority="urgent", topic="technical", assignee=str(priya.id))

    assert state(rows, reference) == ("open", None, "urgent", "technical", priya.id, False)
    assert events(rows) == ["received", "topic", "priority", "assigned", "status"]
    assert "Dana Kim assigned this to Priya Nair" in dana.ticket(reference)


def test_the_details_show_who_has_it(dana, priya, reference):
    dana.act(reference, "details", status="open", priority="high", topic="technical", assignee=str(priya.id))
    page = dana.ticket(reference)

    for chosen in (str(priya.id), "open", "high", "technical"):
        assert f'<option selected value="{chosen}">' in page


def test_saving_details_keeps_a_colleague_who_has_left(dana, priya, reference, rows, run):
    dana.act(reference, "details", status="open", priority="normal", topic="technical", assignee=str(priya.id))
    run(f"agents deactivate {priya.email}")
    page = dana.ticket(reference)
    dana.act(reference, "details", status="open", priority="high", topic="technical", assignee=str(priya.id))

    assert f'<option selected value="{priya.id}">' in page
    assert state(rows, reference)[4] == priya.id


def test_saving_details_that_did_not_change_leaves_no_event(dana, reference, rows):
    dana.act(reference, "details", status="new", priority="normal", topic="sign-in", assignee="")

    assert events(rows) == ["received"]


def test_a_made_up_status_is_refused(dana, reference, rows):
    dana.act(reference, "details", 422, status="lost", priority="normal", topic="sign-in", assignee="")

    assert events(rows) == ["received"]


def test_sending_to_the_clinic_shows_the_note_first(dana, reference):
    page = dana.open(f"/desk/tickets/{reference}/clinic?topic=billing").text

    assert "Hi Walter," in page
    assert "call your clinic" in page.lower()
    assert "It does not contact the clinic" in page


def test_the_clinic_note_goes_out_as_the_agent_left_it(dana, reference, rows, letters):
    note = "Hi Walter,\n\nPlease call your clinic about the bill.\n\nDana"
    dana.act(reference, "clinic", topic="billing", body=note)

    assert state(rows, reference) == ("solved", "sent_to_clinic", "normal", "billing", dana.id, True)
    assert events(rows) == ["received", "topic", "sent_to_clinic"]
    assert "Please call your clinic about the bill." in dana.ticket(reference)
    assert "Please call your clinic about the bill." not in letters()[-1].get_content()
    assert "Sent to clinic" in dana.ticket(reference)


def test_an_empty_clinic_note_comes_back(dana, reference, rows):
    page = dana.act(reference, "clinic", 422, topic="billing", body="")

    assert "Enter the note" in page
    assert events(rows) == ["received"]


@pytest.mark.parametrize("outcome", ["answered", "duplicate", "spam"])
def test_solving_says_how(dana, reference, rows, outcome):
    dana.act(reference, "solve", outcome=outcome)

    assert state(rows, reference)[:2] == ("solved", outcome)
    assert events(rows) == ["received", "solved"]


def test_reopening_starts_a_new_deadline(dana, reference, rows):
    dana.act(reference, "solve", outcome="answered")
    dana.act(reference, "reopen")

    assert state(rows, reference) == ("open", None, "normal", "sign-in", None, False)
    assert events(rows) == ["received", "solved", "reopened"]


def test_a_closed_ticket_takes_no_more(dana, reference, rows):
    token = dana.form(reference)["csrf_token"]
    dana.act(reference, "details", status="closed", priority="normal", topic="sign-in", assignee="")
    version = rows("select version from ticket")[0][0]
    dana.act(reference, "take", 409, form={"csrf_token": token, "version": version})

    assert events(rows) == ["received", "status"]


def test_other_tickets_of_the_same_person_are_shown(dana, patient, reference):
    earlier = patient.send(subject="My first question", email=REQUEST["email"].upper())

    assert earlier in dana.ticket(reference)


def test_what_the_patient_wrote_is_text_never_markup(dana, patient):
    reference = patient.send(
        name="<b>Bob</b>", subject="<script>alert(1)</script>", message="{% 7*7 %} <img src=x onerror=1>"
    )
    page = dana.ticket(reference)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<img src=x" not in page
