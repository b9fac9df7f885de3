"""Patients whom our mail does not reach: the desk sees them, and tries again, mends the address or calls."""

import pytest

from tests.people import REQUEST
from tests.post_office import PLAIN, PostOffice, deliver, desks_beside
from tests.test_work_the_queue import on

VIEW = "/desk/?view=unreached"
HEADING = "Could not reach the patient"


@pytest.fixture
def desk_for(app, tmp_path):
    with desks_beside(app, tmp_path / "data") as make:
        yield make


@pytest.fixture
def walter(desk_for, patient):
    """Walter's request; nobody has the address that he typed.  June's mail arrives."""
    with PostOffice(answers={"RCPT": {"walter": ["550 No such user"]}}) as post:
        reference = patient.send()
        patient.send(email="june@example.com")
        deliver(desk_for(post, **PLAIN))
    return reference


@pytest.fixture
def arrived(desk_for):
    """Who gets mail once the mail server takes everything."""

    def look():
        with PostOffice() as post:
            deliver(desk_for(post, **PLAIN))
        return [mail.recipients[0] for mail in post.delivered]

    return look


def waits(page):
    """The number beside the view in the sidebar."""
    return page.partition("Could not reach <span")[2].partition(">")[2].partition("<")[0]


def test_where_every_mail_arrives_the_view_says_so(dana, patient, letters):
    patient.send()
    letters()

    page = dana.open(VIEW).text
    assert "Our mail reached everyone" in page
    assert waits(page) == "0"


def test_a_mail_that_failed_for_good_is_work_that_waits(dana, walter):
    page = dana.open(VIEW).text

    assert on(page) == [walter]
    assert waits(page) == "1"
    assert HEADING in dana.ticket(walter)
    assert "550" not in dana.ticket(walter)


def test_it_is_tried_again(dana, walter, arrived):
    dana.act(walter, "mail/retry")

    assert on(dana.open(VIEW).text) == []
    assert arrived() == [REQUEST["email"]]
    assert HEADING not in dana.ticket(walter)
    assert "Dana Kim sent the mail that had failed once more" in dana.ticket(walter)


def test_a_slip_in_the_address_is_mended_and_everything_goes_there(dana, walter, arrived):
    dana.act(walter, "mail/address", email="walter.brigs@example.com")
    assert arrived() == ["walter.brigs@example.com"]
    dana.reply(walter, "Please try again.")

    assert arrived() == ["walter.brigs@example.com"]
    page = dana.ticket(walter)
    assert "Dana Kim corrected the patient’s address" in page
    assert "walter.briggs@" not in page
    assert on(dana.open(dana.find("walter.brigs@example.com")).text) == [walter]


def test_an_address_that_is_none_is_refused_and_stays_in_the_field(dana, walter):
    page = dana.act(walter, "mail/address", code=422, email="walter at home")

    assert "The address was not corrected" in page
    assert 'value="walter at home"' in page
    assert on(dana.open(VIEW).text) == [walter]


def test_a_patient_who_was_called_needs_no_mail_any_more(dana, walter, arrived, rows):
    dana.act(walter, "mail/reached")

    assert on(dana.open(VIEW).text) == []
    assert arrived() == []
    assert "Dana Kim reached the patient by phone" in dana.ticket(walter)
    assert rows("select count(*) from outbox where state = 'failed'") == [(0,)]


def test_of_two_who_see_to_it_at_once_the_second_is_told(dana, priya, walter):
    seen = priya.form(walter)
    dana.act(walter, "mail/reached")

    assert "Someone changed this request" in priya.act(walter, "mail/retry", code=409, form=seen)


def test_mail_to_the_desk_itself_is_the_operators_affair(dana, patient, desk_for, run):
    with PostOffice(answers={"RCPT": {"support@": ["550 Full"]}}) as post:
        patient.send()
        deliver(desk_for(post, **PLAIN))

    assert on(dana.open(VIEW).text) == []
    assert "failed" in run("outbox list")
