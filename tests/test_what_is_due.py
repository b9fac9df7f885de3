"""The filter “Reply due”: what is overdue, and what is to be answered before the day ends where the desk is."""

import csv
import html
import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import clock
from tests.people import hidden
from tests.test_work_the_queue import follow, more_like, on, plan_of, turn

MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)  # Midnight where the desk is.
EMERGENCY = {"topic": "medical", "subject": "Chest pain", "message": "I have crushing chest pain and can't breathe."}


def at(hour, days=1):
    """That hour of Tuesday, or another day, where the desk is."""
    return clock.pretend(MONDAY + timedelta(days=days, hours=hour))


def send(patient, hour, days=0, **answers):
    with at(hour, days):
        return patient.send(**{"subject": f"Sent at {hour} of day {days}"} | answers)


@pytest.fixture
def four(patient):
    """Due on Tuesday at ten, at eleven and at four, and on Wednesday at nine."""
    return [send(patient, 10), send(patient, 11), send(patient, 16), send(patient, 9, days=1)]


def due(agent, word, hour, days=1, query=""):
    with at(hour, days):
        return on(agent.open(f"/desk/?due={word}{query}").text)


def test_what_is_overdue_is_what_its_badge_calls_so(dana, four):
    assert due(dana, "overdue", 10) == []
    assert due(dana, "overdue", 10.5) == four[:1]
    assert due(dana, "overdue", 12) == four[:2]
    with at(12):
        assert dana.open("/desk/?due=overdue").text.count("due-late") == 2


def test_what_is_due_today_is_all_that_is_to_be_answered_before_going_home(dana, four):
    assert due(dana, "today", 8) == four[:3]
    assert due(dana, "today", 16.5) == four[:3]
    with at(8):
        assert '<option value="today" selected>Due today, or overdue</option>' in dana.open("/desk/?due=today").text


def test_the_day_ends_at_midnight_where_the_desk_is(dana, four):
    assert due(dana, "today", 23.5) == four[:3]  # Since half past four in the afternoon it is Wednesday in UTC.
    assert due(dana, "today", 0.5, days=2) == four


def test_an_emergency_comes_first_once_it_is_due_and_not_before_its_time(dana, patient, four):
    urgent, later = send(patient, 12, **EMERGENCY), send(patient, 9.5, days=1, **EMERGENCY)

    assert due(dana, "today", 10.5) == [urgent, *four[:3]]
    assert due(dana, "overdue", 10.5) == four[:1]
    assert due(dana, "overdue", 12.5) == [urgent, *four[:2]]
    assert due(dana, "today", 0.5, days=2) == [urgent, later, *four]


def test_what_was_answered_or_waits_on_its_patient_is_not_due(dana, four):
    with at(9.75):
        dana.reply(four[0], "Please try again.")
        dana.act(four[1], "solve", outcome="answered")

    assert due(dana, "today", 12, query="&view=all") == [four[2]]


def test_what_rests_is_found_where_it_rests(dana, four):
    with at(9.75):
        dana.act(four[0], "wait", day="2026-11-20")

    assert due(dana, "overdue", 12) == [four[1]]
    assert due(dana, "overdue", 12, query="&view=waiting") == [four[0]]


def test_it_works_with_a_view_other_filters_and_an_order(dana, patient, four):
    bill = send(patient, 10.25, topic="billing")
    with at(10.5):
        dana.act(four[1], "take")

    assert due(dana, "today", 12, query="&topic=billing") == [bill]
    assert due(dana, "today", 12, query="&view=mine") == [four[1]]
    assert due(dana, "today", 12, query="&sort=-created") == [four[2], four[1], bill, four[0]]
    assert due(dana, "overdue", 12, query="&assignee=none") == [four[0], bill]


def test_it_stays_in_every_address_of_the_page_and_the_moment_in_none(dana, four):
    with at(12):
        page = dana.open("/desk/?due=overdue").text
    links = [html.unescape(link) for link in re.findall(r'(?:href|action|data-arrived|data-again)="([^"]*)"', page)]

    for begins in ("/desk/bulk", "/desk/queue.csv", "/desk/views/?", "/desk/arrived.json"):
        assert [link for link in links if link.startswith(begins) and "due=overdue" in link], begins
    assert {link for link in links if "sort=" in link} == {link for link in links if "due=overdue&sort=" in link}
    assert not [link for link in links if re.search("20[0-9]{2}-", link) and "arrived" not in link]


def test_it_is_saved_as_a_view_and_means_each_day_anew(dana, four):
    with at(8):
        token = hidden(dana.open("/desk/views/?due=today").text, "csrf_token")
        answer = dana.browser.post("/desk/views/?due=today", data={"csrf_token": token, "name": "Before I go"})
        assert on(dana.open(answer.location).text) == four[:3]
    with at(8, days=2):
        assert on(dana.open(answer.location).text) == four


def test_it_is_saved_as_csv(dana, four):
    with at(12):
        sheet = dana.open("/desk/queue.csv?due=overdue").text

    assert [row["reference"] for row in csv.DictReader(io.StringIO(sheet))] == four[:2]


@pytest.mark.parametrize("order", ["", "&sort=created"])
def test_its_pages_leave_nobody_out_and_count_them(app, dana, patient, order):
    more_like(app, send(patient, 10), 59)
    with at(12):
        first = dana.open(f"/desk/?due=overdue{order}").text
        second, third = (follow(dana, first, "next", times) for times in (1, 2))
        back = dana.open(turn(third, "prev")).text

    assert [len(on(page)) for page in (first, second, third)] == [25, 25, 10]
    assert len({*on(first), *on(second), *on(third)}) == 60
    assert on(back) == on(second)
    assert "26 to 50 of 60" in second


def test_where_none_is_due_the_way_out_is_shown(dana, patient):
    send(patient, 10)
    with at(11, days=0):
        page = dana.open("/desk/?due=overdue").text

    assert "No request fits these filters" in page
    assert "Clear the filters" in page


@pytest.mark.parametrize("odd", ["yesterday", "TODAY", "2026-11-17T00:00", "%00"])
def test_an_old_address_with_another_word_says_so_and_shows_nothing(dana, four, odd):
    page = dana.open(f"/desk/?due={odd}").text

    assert "asks for a time when it is due that is not known here" in page
    assert on(page) == []


@pytest.mark.parametrize("view", ["mine", "unassigned", "open", "all"])
def test_what_is_due_is_read_off_an_index_in_the_order_of_the_queue(app, view):
    plan = plan_of(app, view, due="today")

    assert re.search(r"ix_ticket_\w*rank", plan)
    assert re.search(r"rank<\?|Index Cond: .*rank <", plan)
    assert "Seq Scan" not in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


def test_what_it_asks_of_the_database_does_not_grow(app, dana, patient, statements):
    reference = send(patient, 10)
    with at(12), statements() as few:
        dana.open("/desk/?due=today")
    more_like(app, reference, 20)
    with at(12), statements() as many:
        dana.open("/desk/?due=today")

    assert len(many) == len(few)
