"""Words are kept for 24 months and no longer: then ticket and person part, by themselves, and the figures stay."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import chores, clock
from supportdesk.tickets.keeping import services
from supportdesk.tickets.keeping.queries import months_before
from tests.conftest import signed_in
from tests.server import serving, until

LONG_AGO = datetime(2024, 1, 10, 18, tzinfo=UTC)


def send_at(app, moment, **answers):
    with clock.pretend(moment):
        return app.test_client().send(**answers)


def anonymise_at(app, moment):
    with app.app_context():
        return services.anonymise_old_tickets(moment)


def solved(app, dana, moment, **answers):
    reference = send_at(app, moment, **answers)
    dana.reply(reference, "Solved it.", then="solved")
    return reference


@pytest.mark.parametrize(
    ("at", "months", "then"),
    [
        (datetime(2026, 11, 23, tzinfo=UTC), 24, datetime(2024, 11, 23, tzinfo=UTC)),
        (datetime(2026, 1, 5, tzinfo=UTC), 1, datetime(2025, 12, 5, tzinfo=UTC)),
        (datetime(2024, 2, 29, tzinfo=UTC), 12, datetime(2023, 2, 28, tzinfo=UTC)),
        (datetime(2026, 12, 31, tzinfo=UTC), 1, datetime(2026, 11, 30, tzinfo=UTC)),
        (datetime(2026, 12, 31, tzinfo=UTC), 12, datetime(2025, 12, 31, tzinfo=UTC)),
    ],
)
def test_months_are_those_of_the_calendar(at, months, then):
    assert months_before(at, months) == then


def test_what_nobody_touched_for_24_months_loses_its_words_and_keeps_its_figures(app, dana, rows):
    reference = solved(app, dana, LONG_AGO, name="Quillon Plantedname")
    figures = "select created_at, topic, outcome, first_replied_at, first_reply_due_at, solved_at from ticket"
    before, touched = rows(figures), clock.now()

    assert anonymise_at(app, touched + timedelta(days=729)) == 0
    assert anonymise_at(app, touched + timedelta(days=733)) == 1
    assert anonymise_at(app, touched + timedelta(days=733)) == 0, "once"

    assert rows(figures) == before
    assert rows("select count(*) from term") == [(0,)]
    page = dana.ticket(reference)
    assert "Its words were erased, as their time was over" in page
    assert "Quillon" not in page


def test_what_still_waits_for_us_is_kept_however_old(app):
    send_at(app, LONG_AGO)

    assert anonymise_at(app, LONG_AGO + timedelta(days=2000)) == 0


def test_the_reports_say_the_same_as_before(app, dana):
    for number in range(3):
        solved(app, dana, clock.now() - timedelta(days=number + 1), subject=f"Number {number}")
    pages = ("/desk/reports", "/desk/reports/flow", "/desk/reports/mine")
    before = [dana.open(page).text.split("<main")[1] for page in pages]

    assert anonymise_at(app, clock.now() + timedelta(days=1000)) == 3

    assert [dana.open(page).text.split("<main")[1] for page in pages] == before


def test_a_desk_that_keeps_for_good_keeps(desk_with):
    app = desk_with(KEEP_MONTHS="0")
    dana = signed_in(app, "dana@example.org", "Dana Kim")
    solved(app, dana, LONG_AGO)

    assert anonymise_at(app, clock.now() + timedelta(days=4000)) == 0


def test_the_command_does_it_at_once(run):
    assert "Anonymised 0 tickets" in run("tickets anonymise")


def test_a_chore_is_done_at_the_start_and_then_when_its_time_has_come(app):
    begun, done = clock.now(), []
    chores.add(app, "of a test", timedelta(hours=24), lambda: done.append(1))
    try:
        with app.app_context():
            for hours, times in ((0, 1), (23, 1), (25, 2), (26, 2)):
                chores.do_due(begun + timedelta(hours=hours))
                assert len(done) == times
    finally:
        app.extensions["chores"].pop()


def test_a_chore_that_fails_stops_neither_the_others_nor_the_mail(app, caplog):
    done = []
    chores.add(app, "broken", timedelta(hours=24), lambda: 1 / 0)
    chores.add(app, "whole", timedelta(hours=24), lambda: done.append(1))
    try:
        with app.app_context():
            chores.do_due(clock.now())
    finally:
        del app.extensions["chores"][-2:]

    assert done
    assert "The chore broken failed: ZeroDivisionError" in caplog.text


def test_the_delivery_process_does_it_without_being_told(tmp_path):
    with serving(tmp_path, delivery=False) as desk:
        reference = desk.send()
        old = "update ticket set status = 'solved', updated_at = '2020-01-01 00:00:00.000000'"
        change(desk, old)
        desk.start_delivery()
        until(lambda: change(desk, "select erased_at from ticket")[0][0], "the ticket to be anonymised")

        assert reference
        assert change(desk, "select length(sealed_key) from ticket") == [(0,)]


def change(desk, statement):
    with closing(sqlite3.connect(desk.data / "desk.sqlite3", isolation_level=None)) as connection:
        connection.execute("pragma busy_timeout = 5000")
        return connection.execute(statement).fetchall()
