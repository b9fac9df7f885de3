"""A patient sends a request: one ticket whatever they press, and every word kept whatever goes wrong."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import time_machine
from sqlalchemy import text

from supportdesk.database import db
from tests.people import REQUEST, hidden, reference_on


def test_the_form_asks_five_things_and_promises_confidence(patient):
    page = patient.get("/requests/new").text

    for name in ("name", "email", "topic", "subject", "message"):
        assert f'name="{name}"' in page
    assert "Anything you share is confidential" in page
    assert 'autocomplete="name"' in page
    assert 'autocomplete="email"' in page


def test_after_sending_comes_a_thank_you_page_by_redirect(patient):
    answer = patient.post("/requests/new", data=patient.fill_in())
    page = patient.get(answer.location).text

    assert answer.status_code == 303
    assert "Thank you. We got your message." in page
    assert reference_on(page)
    assert "w•••••@example.com" in page
    assert "We will contact you soon" in page


def test_the_thank_you_page_says_by_when_in_real_business_hours(patient):
    friday_noon = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    with time_machine.travel(friday_noon, tick=False):
        answer = patient.post("/requests/new", data=patient.fill_in())
        page = patient.get(answer.location).text

    assert "Monday, November 23, 12 PM Pacific" in page


def test_the_promise_skips_a_holiday(patient):
    wednesday_noon_before_thanksgiving = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
    with time_machine.travel(wednesday_noon_before_thanksgiving, tick=False):
        answer = patient.post("/requests/new", data=patient.fill_in())
        page = patient.get(answer.location).text

    assert "Friday, November 27, 12 PM Pacific" in page


def test_the_receipt_runs_out_and_a_made_up_one_opens_nothing(patient):
    answer = patient.post("/requests/new", data=patient.fill_in())

    assert patient.get(answer.location).status_code == 200
    with time_machine.travel(datetime(2099, 1, 1, tzinfo=UTC), tick=False):
        assert patient.get(answer.location).status_code == 404
    assert patient.get("/requests/sent/made-up").status_code == 404
    assert patient.get(answer.location[:-4] + "AAAA").status_code == 404


def test_a_clinic_topic_is_kept_and_the_patient_is_told_whom_to_ask(patient, rows):
    answer = patient.send_form(topic="billing", subject="My bill", message="I was charged twice for the same visit.")
    page = patient.get(answer.location).text

    assert "Your clinic can answer this sooner" in page
    assert "Your bill comes from your clinic" in page
    assert rows("select route from ticket") == [("clinic",)]


def test_a_topic_can_be_chosen_by_the_link_that_leads_here(patient):
    assert '<option selected value="technical">' in patient.get("/requests/new?topic=technical").text


def test_missing_fields_are_named_with_how_to_mend_them_and_the_rest_stays(patient, rows):
    answer = patient.post("/requests/new", data=patient.fill_in(email="june.alvarez@example", topic="", subject=" "))

    assert answer.status_code == 422
    assert "Your message was not sent" in answer.text
    assert "<title>Error: Send us a message" in answer.text
    for sentence in (
        "Enter an email address in full, such as name@example.com",
        "Choose what your message is about",
        "Enter a subject",
    ):
        assert sentence in answer.text
    assert REQUEST["message"] in answer.text
    assert "june.alvarez@example" in answer.text
    assert rows("select count(*) from ticket") == [(0,)]


def test_a_form_that_is_mended_keeps_its_key(patient):
    filled = patient.fill_in(subject="")
    again = patient.post("/requests/new", data=filled)

    assert hidden(again.text, "submission_key") == filled["submission_key"]


def test_a_form_left_open_overnight_is_taken(patient, rows):
    filled = patient.fill_in()
    with time_machine.travel(datetime(2027, 1, 4, 16, 0, tzinfo=UTC), tick=False):
        answer = patient.post("/requests/new", data=filled)

    assert answer.status_code == 303
    assert rows("select count(*) from ticket") == [(1,)]


def test_a_form_without_a_key_is_taken_once_too(patient, rows):
    first = patient.post("/requests/new", data=REQUEST)
    second = patient.post("/requests/new", data=REQUEST)

    assert reference_on(patient.get(first.location).text) == reference_on(patient.get(second.location).text)
    assert rows("select count(*) from ticket") == [(1,)]


def test_reload_and_back_and_send_again_give_the_same_reference(patient, rows):
    filled = patient.fill_in()
    seen = {reference_on(patient.get(patient.post("/requests/new", data=filled).location).text) for _ in range(3)}

    assert len(seen) == 1
    assert rows("select count(*) from ticket") == [(1,)]
    assert rows("select count(*) from outbox") == [(2,)]


def test_going_back_and_writing_something_else_is_another_request(patient, rows):
    filled = patient.fill_in()
    first = patient.send(**filled)
    second = patient.send(**filled | {"message": "I forgot to say: it happens on my tablet."})

    assert first != second
    assert rows("select count(*) from ticket") == [(2,)]


def test_twenty_double_posts_at_once_are_one_ticket(app, patient, rows):
    filled = patient.fill_in()

    def send(_):
        return app.test_client().post("/requests/new", data=filled)

    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(send, range(20)))

    assert {answer.status_code for answer in answers} == {303}
    assert len({reference_on(patient.get(answer.location).text) for answer in answers}) == 1
    assert rows("select count(*) from ticket") == [(1,)]
    assert rows("select count(*) from message") == [(1,)]
    assert rows("select count(*) from outbox") == [(2,)]


def test_the_acknowledgement_says_what_happens_next_and_no_word_of_theirs(patient, letters):
    reference = patient.send()
    to_patient, to_desk = letters()

    assert to_patient["To"] == REQUEST["email"]
    assert to_desk["To"] == "support@navigatingcare.com"
    for letter in (to_patient, to_desk):
        assert reference in letter["Subject"]
        said = letter["Subject"] + letter.get_content()
        assert not [
            word for word in ("Walter", "Briggs", "Reset", "expired", "password", "three times") if word in said
        ]
    assert "1-800-925-4456" in to_patient.get_content()
    assert "Pacific" in to_patient.get_content()


def test_a_database_that_is_locked_keeps_the_text_and_says_not_sent(desk_with):
    app = desk_with()
    patient = app.test_client()
    filled = patient.fill_in()
    with app.app_context():
        raw = db.engine.raw_connection()
        raw.execute("PRAGMA busy_timeout=0")
        with db.engine.connect() as other:
            other.exec_driver_sql("PRAGMA busy_timeout=0")
    raw.execute("BEGIN EXCLUSIVE")
    answer = patient.post("/requests/new", data=filled)
    raw.rollback()
    raw.close()

    assert_not_sent(answer)
    assert patient.post("/requests/new", data=filled).status_code == 303


def test_a_database_that_is_gone_keeps_the_text_and_says_not_sent(desk_with, tmp_path):
    app = desk_with()
    patient = app.test_client()
    with app.app_context():
        db.session.execute(text("drop table message"))
        db.session.commit()

    assert_not_sent(patient.post("/requests/new", data=patient.fill_in()))


def assert_not_sent(answer):
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "Your message was not sent" in answer.text
    assert "1-800-925-4456" in answer.text
    for word in (
        REQUEST["name"],
        REQUEST["email"],
        REQUEST["subject"],
        REQUEST["message"],
        'selected value="sign-in"',
    ):
        assert word in answer.text
