"""Targets by priority and topic, why a deadline is what it is, who is told of it once, and calendars that change."""

import re
import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text

from supportdesk import clock
from supportdesk.access import Role
from supportdesk.database import db
from supportdesk.exceptions import SettingsError
from supportdesk.holidays import parse_holidays
from supportdesk.hours import BusinessHours
from supportdesk.tickets.clocks.arithmetic import steps
from supportdesk.tickets.clocks.policy import parse_policy
from supportdesk.tickets.clocks.services import keep_up_with_the_calendar, tell_of_deadlines
from tests.conftest import signed_in
from tests.people import reference_on

MONDAY = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)  # 10 AM Pacific.
TUESDAY = MONDAY + timedelta(days=1)  # Due then, by the default.
PRIORITIES, TOPICS = ["low", "normal", "high", "urgent"], ["sign-in", "billing", "other"]


@pytest.fixture
def reference(patient):
    with clock.pretend(MONDAY):
        return patient.send()


def tell(app, at):
    with app.app_context(), clock.pretend(at):
        return tell_of_deadlines(at)


def told(letters):
    """To whom which notice went."""
    notices = [letter for letter in letters() if letter["Subject"].startswith("Reply ")]
    return sorted((letter["To"], letter["Subject"].split(":")[0]) for letter in notices)


# Targets.


def test_the_rule_that_says_most_counts():
    policy = parse_policy("urgent 60; high billing 90/120; billing 300/400", 600, PRIORITIES, TOPICS)

    assert policy.minutes("normal", "other", has_replied=False) == 600
    assert policy.minutes("urgent", "billing", has_replied=True) == 60
    assert policy.minutes("high", "billing", has_replied=False) == 90
    assert policy.minutes("high", "billing", has_replied=True) == 120
    assert policy.minutes("normal", "billing", has_replied=True) == 400
    assert policy.target("high", "billing").rule == "high billing"


@pytest.mark.parametrize(
    "text", ["urgent", "60", "urgent 0", "urgent 60/0", "urgent x", "purple 60", "high low 60", "high 60; high 90"]
)
def test_targets_that_cannot_be_read_stop_the_desk(desk_with, text):
    with pytest.raises(ValueError, match=r"."):
        parse_policy(text, 600, PRIORITIES, TOPICS)
    with pytest.raises(SettingsError, match="REPLY_TARGETS"):
        desk_with(REPLY_TARGETS=text)


def test_a_priority_and_a_topic_move_the_deadline_and_the_promise_stays(desk_with):
    app = desk_with(REPLY_TARGETS="high 60/30; billing 120")
    with clock.pretend(MONDAY):
        dana = signed_in(app, "dana@example.org", "Dana Kim")
        reference = app.test_client().send()
        details = {"status": "new", "topic": "sign-in", "assignee": ""}
        dana.act(reference, "details", priority="high", **details)
        page = dana.open(f"/desk/tickets/{reference}/deadline").text
        assert "60 minutes are the target for a first reply, by the rule “high”." in page
        assert "So the reply is due by <strong>Monday, November 16, 11 AM Pacific</strong>." in page
        assert "promised a first reply by Tuesday, November 17, 10 AM Pacific" in page
        dana.reply(reference, "Hello", then="open")
    with clock.pretend(MONDAY + timedelta(minutes=10)):
        dana.act(reference, "reopen")
        page = dana.open(f"/desk/tickets/{reference}/deadline").text
    assert "30 minutes are the target for a further reply" in page


def test_a_reply_that_leaves_it_open_meets_the_deadline_and_the_next_one_counts_from_it(desk_with):
    app = desk_with(REPLY_TARGETS="sign-in 45/60")
    with clock.pretend(MONDAY):
        dana = signed_in(app, "dana@example.org", "Dana Kim")
        reference = app.test_client().send()
    for minutes, due in ((20, "11:20 AM"), (25, "11:25 AM")):
        with clock.pretend(MONDAY + timedelta(minutes=minutes)):
            dana.reply(reference, "I am looking into it.", then="open")
            assert f"Monday, November 16, {due} Pacific" in dana.open(f"/desk/tickets/{reference}/deadline").text
            assert "Next reply by" in dana.ticket(reference)
    assert tell(app, MONDAY + timedelta(minutes=60)) == 1  # The next one, soon; not the first one, late.
    with app.app_context():
        kinds = list(db.session.scalars(text("select kind from deadline_notice")))
    assert kinds == ["soon"]


def test_a_topic_has_its_target_from_the_first_moment(desk_with):
    app = desk_with(REPLY_TARGETS="billing 120")
    with clock.pretend(MONDAY):
        dana = signed_in(app, "dana@example.org", "Dana Kim")
        reference = app.test_client().send(topic="billing")
        assert "Monday, November 16, 12 PM Pacific" in dana.open(f"/desk/tickets/{reference}/deadline").text


# Why.


def test_the_arithmetic_is_shown_day_by_day_with_the_holidays(dana, patient):
    with clock.pretend(datetime(2026, 11, 25, 20, 0, tzinfo=UTC)):  # Wednesday, noon, before Thanksgiving.
        reference = patient.send()
    page = re.sub(r"<[^>]+>|\s+", " ", dana.open(f"/desk/tickets/{reference}/deadline").text)

    assert re.search(r"November 25, 2026 +12 PM to 5 PM +300 +300", page)
    assert re.search(r"November 26, 2026 +Closed: Thanksgiving +0 +300", page)
    assert re.search(r"November 27, 2026 +7 AM to 12 PM +300 +0", page)
    assert "Why this deadline?" in dana.ticket(reference)


@pytest.mark.parametrize("then", ["pending", "solved"])
def test_where_no_reply_is_due_it_says_why(dana, reference, then):
    dana.reply(reference, "Hello", then=then)
    page = dana.open(f"/desk/tickets/{reference}/deadline").text

    assert ("the clock stands still" if then == "pending" else "no reply is due") in page


WEEK = dict.fromkeys(range(5), (((7, 0), (12, 0)), ((13, 0), (17, 0))))


@given(
    st.integers(0, 365 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes)),
    st.integers(1, 6000),
    st.sampled_from(["us-federal", "none", "us-federal, 2026-12-24 07:00-12:00"]),
)
def test_the_steps_always_end_where_the_deadline_is(since, minutes, holidays):
    hours = BusinessHours(holidays=parse_holidays(holidays))
    counted = list(steps(hours, since, minutes))

    assert counted[-1].counts[-1][1] == hours.add(since, minutes)
    assert counted[-1].left == 0
    assert abs(sum(step.minutes for step in counted) - minutes) <= len(counted)


@pytest.mark.parametrize(
    ("hours", "before", "after"),
    [
        (2, "Not yet.", "It went out in time."),
        (24, "Not yet.", "It went out in time."),
        (25.5, "Not yet, late by 1 h 30 m of business time.", "It went out late by 1 h 30 m of business time."),
        (47, "Not yet, late by 9 h of business time.", "It went out late by 9 h of business time."),
    ],
)
def test_a_requests_page_says_whether_the_promise_was_kept(dana, reference, hours, before, after):
    with clock.pretend(MONDAY + timedelta(hours=hours)):
        assert f"10 AM Pacific</time>. {before}</dd>" in dana.ticket(reference)
        dana.reply(reference, "Hello")
    with clock.pretend(MONDAY + timedelta(hours=50)):
        assert f"10 AM Pacific</time>. {after}</dd>" in dana.ticket(reference)


def test_the_badge_of_the_queue_says_that_it_counts_business_time(dana, reference):
    with clock.pretend(MONDAY + timedelta(hours=2)):
        assert '8 h left<span class="vh">, business time</span>' in dana.open("/desk/").text


# Half days.


def test_a_half_day_counts_as_long_as_it_is_open():
    hours = BusinessHours(holidays=parse_holidays("us-federal, 2026-12-24 07:00-10:00 11:00-12:00"))
    noon = datetime(2026, 12, 23, 20, 0, tzinfo=UTC)

    assert not hours.is_holiday(date(2026, 12, 24))
    assert [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in hours.day_windows(date(2026, 12, 24))] == [
        "07:00-10:00",
        "11:00-12:00",
    ]
    assert hours.minutes_between(noon, noon + timedelta(days=1)) == 300 + 240
    assert hours.add(noon, 600) == datetime(2026, 12, 28, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2026-12-24 7-12", "2026-12-24 12:00-07:00", "2026-12-24 07:00-12:00 11:00-13:00", "-2026-12-25 07:00-09:00"],
)
def test_a_half_day_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parse_holidays(text)


# Warnings.


def test_its_assignee_is_told_before_and_the_leads_when_it_is_late_each_once(app, dana, priya, letters, reference):
    lead = signed_in(app, "lee@example.org", "Lee Moreno", Role.LEAD)
    with clock.pretend(MONDAY):
        priya.act(reference, "take")
    assert tell(app, TUESDAY - timedelta(minutes=31)) == 0
    assert tell(app, TUESDAY - timedelta(minutes=30)) == 1
    assert tell(app, TUESDAY - timedelta(minutes=29)) == 0
    assert told(letters) == [(priya.email, "Reply due soon")]
    assert tell(app, TUESDAY) == 1
    assert tell(app, TUESDAY + timedelta(minutes=1)) == 0
    assert told(letters) == [
        (lead.email, "Reply overdue"),
        (priya.email, "Reply due soon"),
        (priya.email, "Reply overdue"),
    ]
    assert all("Walter" not in letter.get_content() for letter in letters() if letter["Subject"].startswith("Reply "))


def test_nobody_has_it_so_the_leads_are_told_at_once(app, dana, letters, reference):
    tell(app, TUESDAY - timedelta(minutes=30))
    assert told(letters) == [(dana.email, "Reply due soon")]  # The admin, as nobody is a lead.


def test_only_while_the_desk_is_open_but_for_emergencies(app, dana, patient, letters):
    evening = datetime(2026, 11, 17, 0, 50, tzinfo=UTC)  # 4:50 PM: due the next day at 4:50 PM.
    with clock.pretend(evening):
        patient.send()
        urgent = patient.send(subject="Help", message="I have chest pain and can not breathe.")
    midnight = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
    with clock.pretend(midnight):
        assert tell(app, midnight) == 1
    assert [letter["Subject"] for letter in letters() if "overdue" in letter["Subject"]] == [f"Reply overdue: {urgent}"]
    morning = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
    assert tell(app, morning) == 1


@pytest.mark.parametrize("act", ["solve", "reply"])
def test_what_is_over_or_waits_on_the_patient_is_never_late(app, dana, letters, reference, act):
    with clock.pretend(MONDAY):
        dana.act(reference, act, body="Hello", then="pending", outcome="answered")
    assert tell(app, TUESDAY + timedelta(hours=2)) == 0


def test_what_was_merged_is_never_late(app, dana, patient, reference):
    with clock.pretend(MONDAY):
        other = patient.send(subject="Again")
        dana.act(reference, "merge", other=other, other_version="1")
    assert tell(app, TUESDAY + timedelta(hours=2)) == 1  # The whole, once.


def test_what_rests_is_told_of_all_the_same(app, dana, reference):
    with clock.pretend(MONDAY):
        dana.act(reference, "wait", day="2026-11-30")
    assert tell(app, TUESDAY) == 1


def test_a_new_deadline_is_told_of_anew(app, dana, reference, rows):
    tell(app, TUESDAY)
    with clock.pretend(TUESDAY):
        dana.reply(reference, "Hello")
        dana.act(reference, "reopen")
    assert tell(app, TUESDAY + timedelta(days=1)) == 1
    assert rows("select kind from deadline_notice order by due_at") == [("late",), ("late",)]


# Calendars that change.


@pytest.fixture
def close_on_tuesday(app, monkeypatch):
    """The setting changes: nothing counts on that day, so that what was due then is due on Wednesday."""

    def close():
        before = app.extensions["hours"]
        monkeypatch.setitem(app.config, "HOLIDAYS", "us-federal, 2026-11-17")
        monkeypatch.setitem(app.extensions, "hours", BusinessHours(holidays=parse_holidays("us-federal, 2026-11-17")))
        assert before != app.extensions["hours"]

    return close


def test_a_new_holiday_moves_what_is_open_and_tells_so(app, dana, patient, reference, rows, close_on_tuesday):
    with clock.pretend(MONDAY):
        solved = patient.send(subject="Solved")
        dana.act(solved, "solve", outcome="answered")
    with app.app_context():
        assert keep_up_with_the_calendar() == 0
    close_on_tuesday()
    with app.app_context():
        assert keep_up_with_the_calendar() == 1
        assert keep_up_with_the_calendar() == 0
    assert "The deadline moved to Wednesday, November 18, 10 AM Pacific" in dana.ticket(reference)
    assert "promised a first reply by Tuesday, November 17" in dana.open(f"/desk/tickets/{reference}/deadline").text
    assert rows("select count(*) from event where act = 'due_moved'") == [(1,)]


@contextmanager
def after_each_commit(do):
    event.listen(db.session, "after_commit", do)
    yield
    event.remove(db.session, "after_commit", do)


def test_what_somebody_changes_meanwhile_moves_all_the_same(app, dana, patient, reference, rows, close_on_tuesday):
    with clock.pretend(MONDAY):
        second = patient.send(subject="Second")
    with app.app_context():
        keep_up_with_the_calendar()
    close_on_tuesday()
    faster = [threading.Thread(target=dana.act, args=(second, "take"))]

    def take_it(_session):  # The first one is stored, the second one was read.
        for colleague in [faster.pop()] if faster else []:
            colleague.start()
            colleague.join()

    with app.app_context(), after_each_commit(take_it):
        moved = keep_up_with_the_calendar()
    with app.app_context():
        assert keep_up_with_the_calendar() == 0
    assert moved == 2
    assert not faster
    assert second in dana.open("/desk/?view=mine").text
    for one in (reference, second):
        assert "The deadline moved to Wednesday, November 18, 10 AM Pacific" in dana.ticket(one)
    assert rows("select count(*) from event where act = 'due_moved'") == [(2,)]


def test_where_everything_is_changed_all_the_time_the_next_hour_goes_on(app, patient, close_on_tuesday):
    with clock.pretend(MONDAY):
        for number in range(7):
            patient.send(subject=f"Number {number}")
    with app.app_context():
        keep_up_with_the_calendar()
    close_on_tuesday()

    def change_all(_session):
        with db.engine.begin() as colleagues:
            colleagues.execute(text("update ticket set version = version + 1"))

    with app.app_context(), after_each_commit(change_all):
        assert keep_up_with_the_calendar() == 5
    with app.app_context():
        assert keep_up_with_the_calendar() == 2
        assert keep_up_with_the_calendar() == 0


def test_what_is_held_moves_too_and_comes_in_with_the_new_deadline(app, dana, patient, rows, letters, close_on_tuesday):
    with clock.pretend(MONDAY):
        answer = patient.post("/requests/new", data=patient.fill_in(website="x"))
        reference = reference_on(patient.get(answer.location).text)
    with app.app_context():
        keep_up_with_the_calendar()
    close_on_tuesday()
    with app.app_context():
        assert keep_up_with_the_calendar() == 1
    assert reference not in dana.open("/desk/").text
    assert reference in dana.open("/desk/?view=held").text
    with clock.pretend(MONDAY + timedelta(minutes=5)):
        dana.act(reference, "let-in")

    assert reference in dana.open("/desk/").text
    assert "Wednesday, November 18, 10 AM Pacific" in dana.open(f"/desk/tickets/{reference}/deadline").text
    assert tell(app, TUESDAY) == 0
