"""“Waiting until”: a ticket rests, ranks as waiting, and is back in the queue when the desk opens that morning."""

from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import clock
from supportdesk.tickets.waiting.services import bring_back

MONDAY = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)  # 10 AM Pacific.
NEXT_MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 7 AM.


@pytest.fixture
def reference(patient):
    with clock.pretend(MONDAY):
        return patient.send()


def wait(agent, reference, day="2026-11-23", code=303, **more):
    with clock.pretend(MONDAY):
        return agent.act(reference, "wait", code, day=day, **more)


def come_back(app, at):
    with app.app_context(), clock.pretend(at):
        return bring_back(at)


def test_one_of_ours_leaves_the_queue_and_comes_back_with_its_time_running(app, dana, reference, rows):
    [(due,)] = rows("select reply_due_at from ticket")
    wait(dana, reference)

    assert reference not in dana.open("/desk/").text
    assert reference in dana.open("/desk/?view=waiting").text
    assert "Dana Kim let this wait until Monday, November 23, 7 AM Pacific" in dana.ticket(reference)
    assert come_back(app, NEXT_MONDAY - timedelta(seconds=1)) == 0
    assert come_back(app, NEXT_MONDAY) == 1
    assert reference in dana.open("/desk/").text
    assert "Came back, as its day had come" in dana.ticket(reference)
    assert rows("select status, reply_due_at, waits_until from ticket") == [("open", due, None)]
    assert come_back(app, NEXT_MONDAY) == 0


def test_one_that_waits_on_its_patient_comes_back_as_our_turn_with_a_new_deadline(app, dana, reference, rows):
    with clock.pretend(MONDAY):
        dana.reply(reference, "Did it help?")
    wait(dana, reference)
    come_back(app, NEXT_MONDAY)

    [(status, due)] = rows("select status, reply_due_at from ticket")
    assert status == "open"
    assert str(due).startswith("2026-11-24 01:00:00")  # 5 PM Pacific.


@pytest.mark.parametrize(
    ("day", "back"), [("2026-11-26", "Friday, November 27"), ("2026-11-28", "Monday, November 30")]
)
def test_a_day_on_which_the_desk_is_closed_is_the_next_working_day(dana, reference, day, back):
    wait(dana, reference, day)

    assert f"It rests until {back}, 7 AM Pacific." in dana.ticket(reference)


@pytest.mark.parametrize("day", ["", "2026-11-16", "2026-11-15", "2028-01-01", "tomorrow", "0000-00-00"])
def test_a_day_that_cannot_be_says_so_and_nothing_is_done(dana, reference, rows, day):
    assert "It does not wait" in wait(dana, reference, day, 422)
    assert rows("select waits_until, version from ticket") == [(None, 1)]


def test_an_agent_brings_it_back_sooner(dana, reference, rows):
    wait(dana, reference)
    dana.act(reference, "wait/end")

    assert "Dana Kim brought this back" in dana.ticket(reference)
    assert rows("select waits_until from ticket") == [(None,)]
    assert reference in dana.open("/desk/").text


@pytest.mark.parametrize("act", ["reply", "solve", "reopen"])
def test_what_is_done_with_it_ends_the_wait(dana, reference, rows, act):
    wait(dana, reference)
    dana.act(reference, act, body="Hello", then="pending", outcome="answered")

    assert rows("select waits_until from ticket") == [(None,)]


def test_a_stale_page_lets_nothing_wait(dana, priya, reference, rows):
    form = dana.form(reference)
    priya.act(reference, "take")

    assert "Someone changed this request" in wait(dana, reference, code=409, form=form)
    assert rows("select waits_until from ticket") == [(None,)]


def test_what_may_be_an_emergency_stays_first_whatever_its_date(dana, patient, rows):
    with clock.pretend(MONDAY):
        calm = patient.send()
        urgent = patient.send(subject="Help", message="I have chest pain and can not breathe.")
    assert 'action="/desk/tickets/' + urgent + '/wait"' not in dana.ticket(urgent)
    wait(dana, urgent)
    queue = dana.open("/desk/").text

    assert 0 < queue.index(urgent) < queue.index(calm)
