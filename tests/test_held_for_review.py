"""What looks as if a program had sent it is held for an agent to look at, never dropped; a person hardly notices."""

from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import clock
from supportdesk.tickets.opened import read_token, write_token
from tests.conftest import signed_in
from tests.people import all_hidden, hidden, reference_on
from tests.requester import link_in

NOON = datetime(2026, 11, 23, 20, tzinfo=UTC)
SOON, LATER = NOON + timedelta(seconds=1), NOON + timedelta(minutes=2)
NOTHING = "select count(*) from {}"


def opened_form(patient, at=NOON):
    """The form as our own page hands it out."""
    with clock.pretend(at):
        return patient.fill_in(opened=hidden(patient.get("/requests/new").text, "opened"), website="")


def sent(patient, form, at, **answers):
    """Send it; returns the thank-you page."""
    with clock.pretend(at):
        answer = patient.post("/requests/new", data=form | answers)
        if answer.status_code == 200:
            answer = patient.post("/requests/new", data=all_hidden(answer.text) | {"then": "send"})
        assert answer.status_code == 303, answer.text
        return patient.get(answer.location).text


def held(rows):
    return [because for (because,) in rows("select held_because from ticket order by id")]


@pytest.fixture
def held_one(patient):
    """The reference of a request that came at once after its form was opened."""
    now = clock.now()
    return reference_on(sent(patient, opened_form(patient, now), now + timedelta(milliseconds=300)))


def test_a_person_takes_their_time_and_nothing_is_held(patient, rows):
    sent(patient, opened_form(patient), LATER)

    assert held(rows) == [None]
    assert rows(NOTHING.format("outbox")) == [(2,)]


def test_a_field_that_no_person_sees_is_in_no_ones_way(patient):
    page = patient.get("/requests/new").text
    box = page.split('<div class="vh" aria-hidden="true">')[1].split("</div>")[0]

    assert 'name="website"' in box
    assert 'tabindex="-1"' in box
    assert 'autocomplete="off"' in box
    assert "Leave this box empty" in box
    assert "style=" not in box


@pytest.mark.parametrize(
    ("answers", "at", "because"),
    [({"website": "https://pills.example"}, LATER, "filled"), ({}, SOON, "too_fast")],
    ids=["who fills in what no person sees", "who sends within seconds"],
)
def test_what_a_program_sent_is_kept_and_held_and_nobody_is_mailed(patient, dana, rows, answers, at, because):
    page = sent(patient, opened_form(patient), at, **answers)

    assert "We have your message" in page or reference_on(page)
    assert held(rows) == [because]
    assert rows(NOTHING.format("outbox")) == rows(NOTHING.format("own_link")) == [(0,)]
    assert reference_on(page) in dana.open("/desk/?view=held").text
    for view in ("mine", "unassigned", "open", "all", "waiting", "clinic", "solved"):
        assert reference_on(page) not in dana.open(f"/desk/?view={view}").text


def test_the_thank_you_page_says_the_same_as_ever(patient):
    ordinary = sent(patient, opened_form(patient), LATER)
    suspicious = sent(patient, opened_form(patient, LATER), LATER)

    assert suspicious.replace(reference_on(suspicious), "") == ordinary.replace(reference_on(ordinary), "")


def test_a_possible_emergency_is_never_held(patient, dana, rows):
    page = sent(patient, opened_form(patient), SOON, message="I have chest pain and cannot breathe.", website="x")

    assert held(rows) == [None]
    assert rows("select count(*) from outbox where is_urgent") == [(2,)]
    assert reference_on(page) in dana.open("/desk/").text


@pytest.mark.parametrize("token", [None, "", "nonsense", "x" * 5_000, "aaaa"])
def test_without_a_readable_time_nothing_is_held(patient, rows, token):
    form = patient.fill_in(**{} if token is None else {"opened": token})
    assert patient.post("/requests/new", data=form).status_code == 303

    assert held(rows) == [None]


def test_a_clock_that_was_set_back_proves_nothing(patient, rows):
    sent(patient, opened_form(patient, LATER), NOON)

    assert held(rows) == [None]


def test_the_time_is_of_the_first_opening_however_often_the_form_comes_back(patient, rows):
    form = opened_form(patient)
    with clock.pretend(LATER):
        again = patient.post("/requests/new", data=form | {"email": "walter"}).text
    assert hidden(again, "opened") == form["opened"]
    sent(patient, form, LATER + timedelta(seconds=1))

    assert held(rows) == [None]


def test_the_time_can_be_set_to_none_and_is_sealed(desk_with):
    patient = desk_with(TOO_FAST_SECONDS=0).test_client()
    sent(patient, opened_form(patient), SOON)

    assert read_token(write_token(NOON, "secret"), "secret") == NOON
    assert read_token(write_token(NOON, "secret"), "another") is None


def test_whoever_it_was_the_same_words_are_one_request(patient, rows):
    form = opened_form(patient)
    first, second = sent(patient, form, SOON), sent(patient, form, LATER)

    assert reference_on(first) == reference_on(second)
    assert held(rows) == ["too_fast"]


def test_an_agent_sees_why_and_how_many_and_lets_it_in(patient, dana, held_one, letters, rows):
    page = dana.ticket(held_one)
    assert "it was sent within seconds of opening the form" in page
    assert 'Held for review <span class="n">1</span>' in page

    dana.act(held_one, "let-in")

    received, told = letters()
    assert link_in(received)
    assert held_one in told["Subject"] + told.get_content()
    assert held_one in dana.open("/desk/").text
    assert "Dana Kim let this in" in dana.ticket(held_one)
    assert 'Held for review <span class="n">0</span>' in dana.ticket(held_one)
    due, first_due = rows("select reply_due_at, first_reply_due_at from ticket")[0]
    assert due == first_due, "the clock runs since it came in"


def test_letting_in_twice_mails_once(patient, dana, held_one, rows):
    form = dana.form(held_one)
    dana.act(held_one, "let-in", form=form)
    dana.act(held_one, "let-in", code=409, form=form)
    dana.act(held_one, "let-in")

    assert rows(NOTHING.format("outbox")) == [(2,)]


def test_spam_is_put_away_and_no_report_counts_it(patient, dana, held_one, rows):
    before = dana.open("/desk/reports.csv").text
    dana.act(held_one, "solve", outcome="spam")

    assert dana.open("/desk/reports.csv").text == before
    assert ",1," not in before

    assert rows("select status, outcome, held_because from ticket") == [("solved", "spam", None)]
    assert rows(NOTHING.format("outbox")) == [(0,)]


def test_what_is_held_counts_in_no_report_until_it_is_let_in(patient, dana, held_one):
    before = dana.open("/desk/reports.csv").text
    dana.act(held_one, "let-in")

    assert dana.open("/desk/reports.csv").text != before


def test_who_answers_takes_it_for_a_persons(patient, dana, held_one, rows, letters):
    dana.reply(held_one, "We sent you a new link.")

    assert held(rows) == [None]
    assert [letter["To"] for letter in letters()] == ["walter.briggs@example.com"]


def test_a_program_cannot_have_us_mail_whom_it_names_by_asking_for_a_link(app, patient, held_one, letters):
    form = {"email": "walter.briggs@example.com", "reference": held_one}
    answer = app.test_client().post("/requests/new-link", data=form)

    assert (answer.status_code, answer.location) == (303, "/requests/new-link/sent")
    assert letters() == []


def test_an_agent_may_let_in_and_a_stranger_may_not(app, patient, dana, held_one, rows):
    lee = signed_in(app, "lee@example.org", "Lee Moreno")
    assert app.test_client().post(f"/desk/tickets/{held_one}/let-in").location == "/desk/sign-in"
    assert held(rows) == ["too_fast"]
    lee.act(held_one, "let-in")

    assert held(rows) == [None]
