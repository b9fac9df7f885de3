"""Three weeks at the desk, lived through page by page; each report says what a diary kept beside them counts."""

import csv
import io
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from math import ceil
from random import Random

import pytest
from sqlalchemy import event, text

from supportdesk import clock
from supportdesk.access import Role
from supportdesk.database import db
from supportdesk.hours import BusinessHours
from tests.conftest import signed_in
from tests.requester import Requester, letters_of

TARGETS = "urgent 30/60; high 200; billing 300/420; high billing 100/90"
BEGIN = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)  # Monday, 8 AM Pacific.
ACTS = ("send", "send", "send", "reply", "reply", "reply", "solve", "clinic", "reopen", "writes", "merge")
ACTS += ("details", "wait", "undo")
HOURS = BusinessHours()
ZONE = HOURS.zone
PEOPLE = [f"person{number}@example.com" for number in range(4)]
SPANS = [("2026-11-02", "2026-11-22"), ("2026-11-09", "2026-11-15"), ("2026-11-11", "2026-11-11")]
SPANS += [("2026-11-05", "2026-11-19"), ("2026-11-16", "2026-11-22"), ("2026-10-01", "2026-11-08")]


def day_of(at):
    return at.astimezone(ZONE).date().isoformat()


def quantile(values, share):
    ordered = sorted(values)
    return ordered[ceil(share * len(ordered)) - 1] if ordered else None


class Diary:
    """What a careful colleague would write down, who watches the desk and knows nothing of how it counts."""

    def __init__(self, app, dice):
        self.app, self.dice, self.now = app, dice, BEGIN
        self.lead = signed_in(app, "lee@example.org", "Lee Moreno", Role.LEAD)
        self.agents = [self.lead, signed_in(app, "dana@example.org", "Dana Kim")]
        self.tickets = {}  # Reference -> what came.
        self.midnights = []  # Day -> what was not over then.
        self.waiting = {}  # Reference -> since when its patient waits, and the promise.
        self.answered, self.waits, self.replies, self.solved, self.back = set(), [], [], [], []

    def ask(self, statement, **values):
        with self.app.app_context():
            return [tuple(row) for row in db.session.execute(text(statement), values)]

    def is_over(self, reference):
        return self.ask("select status from ticket where reference = :it", it=reference)[0][0] in {"solved", "closed"}

    def moment(self, reference, column):
        """Of a ticket, as it stands at this moment."""
        [(found,)] = self.ask(f"select {column} from ticket where reference = :it", it=reference)
        if isinstance(found, str):
            found = datetime.fromisoformat(found)
        return found and (found.replace(tzinfo=UTC) if found.tzinfo is None else found)

    def later(self, **how):
        """Time goes by, and each midnight that passes is looked at."""
        then = self.now + timedelta(**how)
        while day_of(self.now) != day_of(then):
            unsolved = [reference for reference in self.tickets if not self.is_over(reference)]
            self.midnights.append((day_of(self.now), unsolved))
            self.now += timedelta(days=1)
        self.now = then

    def send(self):
        email, topic = self.dice.choice(PEOPLE), self.dice.choice(["billing", "sign-in", "other"])
        with clock.pretend(self.now):
            reference = self.app.test_client().send(email=email, topic=topic, subject=f"Number {len(self.tickets)}")
        promised = self.moment(reference, "first_reply_due_at")
        [(route,)] = self.ask("select route from ticket where reference = :it", it=reference)
        self.tickets[reference] = {"at": self.now, "topic": topic, "route": route, "email": email}
        self.waiting[reference] = self.now, promised

    def act(self, agent, reference, name, **answers):
        """Whatever it does, whether it is over is looked up before and after."""
        was_over = self.is_over(reference)
        with clock.pretend(self.now):
            agent.act(reference, name, **answers)
        is_over = self.is_over(reference)
        if was_over and not is_over:
            self.back.append(self.now)
        if is_over and not was_over and name != "merge":
            self.solved.append((self.now, agent.name))

    def reply(self, agent, reference, name="reply", **answers):
        due = self.moment(reference, "reply_due_at")
        self.act(agent, reference, name, **answers)
        self.replies.append((self.now, agent.name))
        if reference in self.waiting:
            since, promised = self.waiting.pop(reference)
            is_first = reference not in self.answered
            self.answered.add(reference)
            minutes = sum(HOURS.is_open(since + n * timedelta(minutes=1)) for n in range(self.minutes_since(since)))
            kept = self.now <= (promised if is_first else due)
            self.waits.append((self.now, agent.name, minutes, is_first, kept))

    def minutes_since(self, since):
        return int((self.now - since) / timedelta(minutes=1))

    def writes(self, reference):
        """The patient adds something on their own page."""
        was_over = self.is_over(reference)
        email = self.tickets[reference]["email"]
        with clock.pretend(self.now):
            walter = Requester(self.app.test_client(), letters_of(self.app), reference, email)
            walter.come_in()
            walter.write("One thing more.")
        if was_over:
            self.back.append(self.now)
        self.waiting.setdefault(reference, (self.now, None))

    def merge(self, into, other):
        with clock.pretend(self.now):
            page = self.lead.ticket(into)
            version = re.search(
                rf'name="other" value="{other}"><input type="hidden" name="other_version" value="(\d+)"', page
            )
        was_over = self.is_over(into)
        with clock.pretend(self.now):
            self.lead.act(into, "merge", other=other, other_version=version[1])
        if was_over and not self.is_over(into):
            self.back.append(self.now)
        if begun := self.waiting.pop(other, None):
            both = [one for one in (begun, self.waiting.get(into)) if one]
            promises = [promised for _since, promised in both if promised]
            self.waiting[into] = min(since for since, _promised in both), min(promises, default=None)

    def take_back(self, agent, reference):
        """A reply, within its seconds: nothing of it is written down."""
        with clock.pretend(self.now):
            agent.act(reference, "reply", body="Oh no.", then=self.dice.choice(["pending", "solved"]))
            [(message,)] = self.ask("select max(message_id) from unsent_reply")
            agent.act(reference, f"undo/{message}")

    def candidates(self, *statuses):
        named = ", ".join(f"'{status}'" for status in statuses)
        found = self.ask(f"select reference from ticket where status in ({named}) order by id")
        return [reference for (reference,) in found]

    def step(self):
        agent = self.dice.choice(self.agents)
        alive = self.candidates("new", "open", "pending", "solved")
        act = self.dice.choice(ACTS)
        reference = self.dice.choice(alive) if alive else None
        match act if alive else "send":
            case "send":
                self.send()
            case "reply":
                self.reply(agent, reference, body="Try again.", then=self.dice.choice(["pending", "open", "solved"]))
            case "solve" | "reopen" | "wait":
                self.simply(agent, reference, act)
            case "clinic":
                self.reply(agent, reference, "clinic", topic="billing", body="Please call your clinic.")
                self.tickets[reference]["topic"] = "billing"  # Requests count by the topic that they have now.
            case "writes":
                self.writes(reference)
            case "merge":
                self.merge_some(reference)
            case "details":
                self.triage(agent, reference)
            case "undo":
                self.take_back(agent, reference)

    def simply(self, agent, reference, name):
        in_a_month = day_of(self.now + timedelta(days=30))
        if name != "reopen" or self.is_over(reference):
            self.act(
                agent, reference, name, **{"solve": {"outcome": "answered"}, "wait": {"day": in_a_month}}.get(name, {})
            )

    def triage(self, agent, reference):
        status, topic = self.ask("select status, topic from ticket where reference = :it", it=reference)[0]
        detail = {"status": status, "topic": topic, "assignee": ""}
        self.act(agent, reference, "details", **detail, priority=self.dice.choice(["high", "normal", "urgent"]))

    def merge_some(self, into):
        email = self.tickets[into]["email"]
        parts = {part for (part,) in self.ask("select target_id from merged")}
        alive = self.candidates("new", "open", "pending", "solved")
        ids = dict(self.ask("select reference, id from ticket"))
        others = [one for one in alive if self.tickets[one]["email"] == email and one != into and ids[one] not in parts]
        if others:
            self.merge(into, self.dice.choice(others))

    def counted(self, first, last):
        """What the sheet should say."""
        here = [ticket for ticket in self.tickets.values() if first <= day_of(ticket["at"]) <= last]
        told = {("new", ""): len(here), ("reopened", ""): sum(first <= day_of(at) <= last for at in self.back)}
        for name in ("topic", "route"):
            told |= {(f"new_by_{name}", of): n for of, n in Counter(one[name] for one in here).items()}
        hours = Counter(f"{at.isoweekday()}-{at.hour:02}" for at in (one["at"].astimezone(ZONE) for one in here))
        told |= {("new_by_hour_of_week", hour): number for hour, number in hours.items()}
        ended = [wait for wait in self.waits if first <= day_of(wait[0]) <= last]
        for name, is_first in (("first_reply", True), ("next_reply", False)):
            minutes = [wait[2] for wait in ended if wait[3] is is_first]
            told[name, "count"] = len(minutes)
            told[name, "kept"] = sum(wait[4] for wait in ended if wait[3] is is_first)
            told[name, "median_business_minutes"] = quantile(minutes, 0.5)
            told[name, "p90_business_minutes"] = quantile(minutes, 0.9)
        told |= {("unsolved_at_end_of", day): len(left) for day, left in self.midnights if first <= day <= last}
        for agent in self.agents:
            for name, acts in (("replies", self.replies), ("solved", self.solved)):
                told[name, agent.name] = sum(who == agent.name and first <= day_of(at) <= last for at, who in acts)
            minutes = [wait[2] for wait in ended if wait[1] == agent.name]
            told["median_business_minutes", agent.name] = quantile(minutes, 0.5)
        return told

    def sheet(self, first, last):
        with clock.pretend(self.now):
            page = self.lead.open(f"/desk/reports/flow.csv?from={first}&to={last}").text
        rows = list(csv.reader(io.StringIO(page)))[1:]
        return {(what, of): float(number) if number else None for what, of, number in rows}


@pytest.fixture(params=["sqlite", "postgresql"])
def diary(request, desk_with):
    """Of a desk whose targets differ by priority and topic; other weeks on each engine."""
    where = {}
    if request.param == "postgresql":
        where["DATABASE_URL"] = request.getfixturevalue("cluster").create_database()
    desk = desk_with(REPLY_TARGETS=TARGETS, REQUESTS_PER_HOUR="0", REQUESTS_PER_DAY="0", UNDO_SECONDS="10", **where)
    return Diary(desk, Random(request.param))


def test_three_weeks_are_counted_as_in_the_diary(diary):
    while diary.now < BEGIN + timedelta(days=20):
        diary.step()
        diary.later(minutes=diary.dice.randrange(11, 600))
    diary.later(days=2)

    assert diary.back
    assert {kept for *_, kept in diary.waits} == {True, False}
    for first, last in SPANS:
        wanted, found = diary.counted(first, last), diary.sheet(first, last)
        for row, number in wanted.items():
            if number or row in found:  # A row of nothing may be left out.
                assert found.get(row) == number, (first, last, row)
        more = {what for (what, of), number in found.items() if number and (what, of) not in wanted}
        assert more <= {"unsolved_at_end_of"}  # Of days before the diary.
    with clock.pretend(diary.now):
        for agent in diary.agents:
            own = re.findall(
                r'<p class="v">(\d+)</p>', agent.open("/desk/reports/mine?from=2026-11-09&to=2026-11-15").text
            )
            told = diary.counted("2026-11-09", "2026-11-15")
            assert [int(number) for number in own][:2] == [told["replies", agent.name], told["solved", agent.name]]


def test_a_span_is_read_along_indexes_and_not_from_the_beginning(dana, app):
    """Whatever the pages ask of requests, messages and history, were there many."""
    asked = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        asked.append((statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    for page in ("/flow", "/mine", ""):
        dana.open(f"/desk/reports{page}?from=2026-10-01&to=2026-10-31")
    event.remove(engine, "before_cursor_execute", note)
    about = [one for one in asked if re.search(r"FROM (message|event|opinion)\b|first_reply_due_at|solved_at", one[0])]

    assert len(about) > 8
    for one in about:
        plan = plan_of(engine, *one)
        assert not re.search(r"SCAN (ticket|message|event|opinion)|Seq Scan on (ticket|message|event|opinion)", plan), (
            plan
        )


def plan_of(engine, statement, parameters):
    """How the database would find it, where it reads a whole table only for want of another way."""
    with engine.connect() as connection:
        is_server = engine.dialect.name == "postgresql"
        if is_server:
            connection.execute(text("set local enable_seqscan = off"))
        cursor = connection.connection.cursor()
        cursor.execute(f"{'explain' if is_server else 'explain query plan'} {statement}", parameters)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
