"""How requests flow: every figure is the one that somebody would count by hand, minute by minute."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from supportdesk import clock
from supportdesk.hours import BusinessHours
from supportdesk.tickets.flow import figures
from supportdesk.tickets.flow.figures import Came, Said, Turn
from supportdesk.tickets.flow.span import Span, read
from supportdesk.tickets.flow.turns import turns
from supportdesk.tickets.models import Act

ZONE = ZoneInfo("America/Los_Angeles")
MONDAY = datetime(2026, 11, 16, 16, 0, tzinfo=UTC)  # 8 AM Pacific.
WEEK = Span(date(2026, 11, 16), date(2026, 11, 22), ZONE)
HOURS = BusinessHours()
MINUTE = timedelta(minutes=1)


def sheet(agent, first="2026-11-16", last="2026-11-22"):
    rows = csv.reader(io.StringIO(agent.open(f"/desk/reports/flow.csv?from={first}&to={last}").text))
    return {(what, of): number for what, of, number in list(rows)[1:]}


def open_minutes(start, end):
    """Counted one by one."""
    return sum(HOURS.is_open(start + number * MINUTE) for number in range(int((end - start) / MINUTE)))


def made_up_month(seed):
    """Requests, messages and turns at whole minutes, in the order in which they happened."""
    dice, came, said, changed = Random(seed), [], [], []
    for ticket in range(40):
        at = MONDAY - timedelta(days=3) + dice.randrange(12 * 1440) * MINUTE
        came.append(Came(ticket, at, dice.choice("abc"), dice.choice(["desk", "clinic"])))
        said.append(Said(ticket, at, None, at + dice.randrange(3000) * MINUTE))
        is_over = False
        for _ in range(dice.randrange(8)):
            at += dice.randrange(1, 2000) * MINUTE
            if dice.random() < 0.3:
                is_over = not is_over
                changed.append(Turn(ticket, at, is_over, dice.choice([1, 2, None])))
            else:
                due = at + dice.randrange(-100, 100) * MINUTE
                said.append(Said(ticket, at, dice.choice([None, 1, 2]), dice.choice([due, None]), 300))
    return came, said, sorted(changed, key=lambda turn: turn.at)


@pytest.mark.parametrize("seed", range(8))
def test_figures_are_those_of_a_count_by_hand(seed):
    came, said, changed = made_up_month(seed)
    found = figures.waits(said, HOURS)

    by_hand = []
    for ticket in range(40):
        talk = [one for one in said if one.ticket == ticket]
        starts = [n for n, one in enumerate(talk) if one.author is None and (n == 0 or talk[n - 1].author is not None)]
        replies = [next((later for later in talk[n:] if later.author is not None), None) for n in starts]
        pairs = [(talk[n].at, reply) for n, reply in zip(starts, replies, strict=True) if reply]
        for n, (at, to) in enumerate(pairs):
            minutes = open_minutes(at, to.at)
            by_promise = to.at <= talk[0].due if talk[0].due else minutes <= 300
            by_deadline = to.at <= to.due if to.due else minutes <= 300
            by_hand.append((minutes, to.at, to.author, n == 0, by_deadline if n else by_promise))
    assert sorted((w.minutes, w.replied_at, w.author, w.is_first, w.was_kept) for w in found) == sorted(by_hand)

    for day, unsolved in figures.backlog(came, changed, WEEK):
        end = datetime.combine(day + timedelta(days=1), datetime.min.time(), ZONE)
        left = 0
        for one in came:
            before = [turn.is_over for turn in changed if turn.ticket == one.ticket and turn.at < end]
            left += one.at < end and not (before and before[-1])
        assert unsolved == left, day

    grid = figures.heat(came, WEEK)
    for day in range(7):
        for hour in range(24):
            here = [one.at.astimezone(ZONE) for one in came]
            assert grid[day][hour] == sum((at.weekday(), at.hour) == (day, hour) for at in here)

    told = figures.times(found)
    minutes = sorted(wait.minutes for wait in found)
    for value, share in ((told.median, 0.5), (told.p90, 0.9)):
        assert value == min(m for m in minutes if sum(other <= m for other in minutes) >= share * len(minutes))
    assert told.kept == sum(was_kept for *_, was_kept in by_hand)

    people = figures.by_agent(said, changed, [w for w in found if WEEK.holds(w.replied_at)], WEEK)
    for who in (1, 2):
        assert people[who].replies == sum(one.author == who and WEEK.holds(one.at) for one in said)
        assert people[who].solved == sum(t.agent == who and t.is_over and WEEK.holds(t.at) for t in changed)


def test_of_nothing_there_is_nothing():
    assert figures.times([]) == figures.Times(0, None, None, 0)


OTHER, INTO = {"other": "NC-2222-2222"}, {"into": "NC-2222-2222"}


@pytest.mark.parametrize(
    ("acts", "over"),
    [
        ([(0, Act.RECEIVED), (1, Act.SOLVED)], [(1, True)]),
        ([(1, Act.REPLIED), (1, Act.SOLVED), (2, Act.UNDONE)], []),
        ([(1, Act.SENT_TO_CLINIC), (2, Act.UNDONE)], []),
        ([(1, Act.SOLVED), (2, Act.REPLIED)], [(1, True), (2, False)]),
        ([(1, Act.SOLVED), (2, Act.REPLIED), (2, Act.SOLVED)], [(1, True)]),
        ([(1, Act.SOLVED), (2, Act.REPLIED), (3, Act.UNDONE)], [(1, True)]),
        ([(1, Act.REPLIED), (2, Act.SOLVED), (3, Act.UNDONE)], [(2, True)]),
        ([(1, Act.SOLVED), (2, Act.WAITS)], [(1, True), (2, False)]),
        ([(1, Act.SOLVED), (2, Act.RESTORED)], []),
        ([(1, Act.SOLVED), (2, Act.OPENED), (3, Act.RESTORED)], []),
        ([(1, Act.SOLVED), (2, Act.WROTE), (3, Act.SOLVED), (4, Act.REOPENED)], [(1, 1), (2, 0), (3, 1), (4, 0)]),
        ([(1, Act.SOLVED), (2, Act.PRIORITY), (3, Act.NOTED)], [(1, True)]),
        ([(1, Act.RECEIVED), (2, Act.ANONYMISED)], [(2, True)]),
        ([(1, Act.MERGED, INTO)], [(1, True)]),
        ([(1, Act.MERGED, INTO), (9, Act.TAKEN_APART, OTHER)], []),
        ([(1, Act.SOLVED), (2, Act.MERGED, INTO), (9, Act.TAKEN_APART, OTHER)], [(1, True)]),
        ([(1, Act.SOLVED), (2, Act.MERGED_IN, OTHER | {"after": "open"})], [(1, True), (2, False)]),
        ([(1, Act.SOLVED), (2, Act.MERGED_IN, OTHER | {"after": "solved"})], [(1, True)]),
        (
            [(1, Act.SOLVED), (2, Act.MERGED_IN, OTHER | {"after": "open"}), (3, Act.TAKEN_APART, OTHER)],
            [(1, True), (2, False)],
        ),
        (
            [
                (1, Act.SOLVED),
                (2, Act.MERGED_IN, OTHER | {"after": "open"}),
                (3, Act.TAKEN_APART, OTHER | {"put_back": True}),
            ],
            [(1, True)],
        ),
    ],
)
def test_what_is_taken_back_is_as_if_it_had_not_been(acts, over):
    events = [
        SimpleNamespace(
            ticket_id=1, act=act, agent_id=1, created_at=MONDAY + n * MINUTE, detail=detail[0] if detail else {}
        )
        for n, act, *detail in acts
    ]

    assert [((turn.at - MONDAY) / MINUTE, turn.is_over) for turn in turns(events)] == over


@pytest.fixture
def busy_week(patient, dana, priya):
    """Three requests and spam on Monday; answers by two agents; one comes back."""
    with clock.pretend(MONDAY):
        first, second = patient.send(subject="One"), patient.send(subject="Two")
        bill = patient.send(topic="billing", subject="My bill is wrong", message="I was charged twice for one visit.")
        spam = patient.send(subject="Buy pills")
    with clock.pretend(MONDAY + timedelta(hours=1)):
        dana.reply(first, "Please try again.", then="solved")
        dana.act(spam, "solve", outcome="spam")
    with clock.pretend(MONDAY + timedelta(hours=3)):
        priya.act(bill, "clinic", topic="billing", body="Please call your clinic.")
    with clock.pretend(MONDAY + timedelta(days=1, hours=1)):  # Eleven business hours: an hour too late.
        priya.reply(second, "Please try again.")
    with clock.pretend(MONDAY + timedelta(days=2)):
        dana.act(first, "reopen")


def test_the_sheet_says_what_happened(dana, busy_week):
    with clock.pretend(MONDAY + timedelta(days=6)):
        told = sheet(dana)

    assert told["new", ""] == "3"
    assert told["new_by_topic", "billing"] == "1"
    assert (told["new_by_route", "clinic"], told["new_by_route", "desk"]) == ("1", "2")
    assert told["new_by_hour_of_week", "1-08"] == "3"
    assert (told["first_reply", "count"], told["first_reply", "kept"]) == ("3", "2")
    assert float(told["first_reply", "median_business_minutes"]) == 180
    assert float(told["first_reply", "p90_business_minutes"]) == 660
    assert told["next_reply", "count"] == "0"
    unsolved = [told["unsolved_at_end_of", f"2026-11-{day}"] for day in range(16, 23)]
    assert unsolved == ["1", "1", "2", "2", "2", "2", "2"]
    assert told["reopened", ""] == "1"
    assert (told["replies", "Dana Kim"], told["solved", "Dana Kim"]) == ("1", "1")
    assert (told["replies", "Priya Nair"], told["solved", "Priya Nair"]) == ("2", "1")


def test_the_page_states_each_finding_and_draws_it(dana, busy_week):
    with clock.pretend(MONDAY + timedelta(days=6)):
        page = dana.open("/desk/reports/flow?from=2026-11-16&to=2026-11-22").text

    assert "3 requests. Most came on Monday from 08:00: 3." in page
    assert "1 at the end of the first day, 2 at the end of the last. 1 came back after it was solved." in page
    assert "Half of 3 took 3.0 h or less, nine of ten 11.0 h or less. 2 (67%) came by the time they were due." in page
    assert page.count("<svg height") >= 2


def test_everybody_sees_their_own_figures_and_only_leads_those_of_others(dana, priya, busy_week):
    with clock.pretend(MONDAY + timedelta(hours=30)):
        page = priya.open("/desk/reports/mine?from=2026-11-16&to=2026-11-17").text
        priya.open("/desk/reports/flow", code=403)
        priya.open("/desk/reports/flow.csv", code=403)

    assert '<p class="k">Replies</p><p class="v">2</p>' in page
    assert "Dana" not in page


def test_the_sheet_leaves_a_line_in_the_audit(dana, rows):
    with clock.pretend(MONDAY + timedelta(days=6)):
        sheet(dana)

    assert rows("select detail from audit where what = 'exported'") == [("flow,from=2026-11-16,to=2026-11-22",)]


@pytest.mark.parametrize(
    ("first", "last"),
    [("", ""), ("x", "y"), ("2026-11-22", "2026-11-16"), ("2026-11-01", "2030-01-01"), ("0001-01-01", "9999-12-31")],
)
def test_days_that_can_not_be_are_the_usual_ones(first, last):
    span = read(first, last, date(2026, 11, 22), ZONE)

    assert (span.first, span.last) == (date(2026, 10, 24), date(2026, 11, 22))


def test_a_day_on_which_the_clocks_change_is_one_day():
    span = read("2026-11-01", "2026-11-01", date(2026, 11, 22), ZONE)

    assert span.days == [date(2026, 11, 1)]
    assert span.ends.astimezone(UTC) - span.starts.astimezone(UTC) == timedelta(hours=25)


def test_an_empty_desk_has_a_page(dana):
    assert "No one wrote to us in these days." in dana.open("/desk/reports/flow").text
    dana.open("/desk/reports/mine")
