"""A busy day at the desk, replayed in minutes: patients write at all hours, two agents answer, and the mail fails."""

import random
import re
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from supportdesk.database import db
from supportdesk.hours import BusinessHours
from supportdesk.tickets.models import Status, Ticket
from tests.conftest import close, make_app
from tests.faults.clocks import MovedClock
from tests.faults.distant import DistantBrowser
from tests.people import Person
from tests.post_office import DROP, PLAIN, PostOffice
from tests.server import serving, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PACIFIC = ZoneInfo("America/Los_Angeles")
MIDNIGHT = datetime(2026, 12, 1, tzinfo=PACIFIC)  # A Tuesday.
BY_HOUR = (1, 1, 0, 0, 1, 2, 4, 8, 12, 14, 12, 10, 9, 11, 10, 9, 8, 7, 6, 5, 5, 4, 3, 2)
STEP = timedelta(minutes=10)
PASSWORD = "a long night of quiet seas"
ONE_IN = {"gone": 12, "full": 9}  # So many patients have an address that is refused for good, or for now.
TROUBLE = {
    "RCPT": {"gone": ["550 No such user"] * 500, "full": ["452 Mailbox full"] * 20},
    "DATA": {"@": ["451 Later"] * 3 + [DROP] * 3},
}


def arrivals(dice):
    """When patients write, in steps of the day, and where to reach them."""
    for hour, number in enumerate(BY_HOUR):
        for step in sorted(dice.choices(range(6), k=number)):
            kind = next((kind for kind, one_in in ONE_IN.items() if dice.randrange(one_in) == 0), "someone")
            yield hour * 6 + step, f"{kind}{dice.randrange(10**9)}@example.com"


class Shift:
    """An agent who signs in twice a day, and answers what stands on top of the queue."""

    def __init__(self, desk, email, name, place):
        self.person = Person(DistantBrowser(desk.port), None, email, name)
        self.password, self.place, self.replied = desk.add_agent(email, name), place, 0

    def sign_in(self):
        if self.password != PASSWORD:
            self.person.sign_in(self.password)
            self.person.choose_password(PASSWORD)
            self.password = PASSWORD
        else:
            self.person.browser = DistantBrowser(self.person.browser._port)
            self.person.sign_in(PASSWORD)

    def work(self):
        """One reply in ten minutes."""
        waiting = re.findall(r"/desk/tickets/(NC-[0-9A-Z]{4}-[0-9A-Z]{4})", self.person.open("/desk/?view=open").text)
        waiting = list(dict.fromkeys(waiting))[self.place :]
        if waiting:
            self.person.reply(waiting[0], "Please try the link again. It works now.")
            self.replied += 1


def memory(process):
    """MB of a process and its children, each page of theirs once for each."""
    pids = [process.pid, *_children(process.pid)]
    found = (re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii")) for pid in pids)
    return sum(int(match[1]) for match in found) / 1024


def _children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def rows(app, statement):
    with app.app_context():
        found = db.session.execute(text(statement)).all()
        db.session.remove()
    return found


def the_rest_goes_out(desk, clock, app):
    """Hours pass until every mail is sent or somebody's work."""

    def done():
        clock.move(minutes=20)
        return not rows(app, "select 1 from outbox where state not in ('sent', 'failed')")

    until(done, "every mail to be sent or given up", patience=180)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_busy_day_has_no_error_no_growth_and_every_due_time_right(tmp_path, engine, request):
    settings = {} if engine == "sqlite" else {"DATABASE_URL": request.getfixturevalue("cluster").create_database()}
    clock, dice = MovedClock(tmp_path / "clock"), random.Random(24)
    clock.set(MIDNIGHT)
    with PostOffice(answers=TROUBLE) as post:
        mail = post.settings | PLAIN
        with serving(tmp_path / "desk", environment=clock.environment, **settings, **mail) as desk:
            app = make_app(desk.data, **settings)
            agents = [
                Shift(desk, f"{name}@example.org", name.title(), place) for place, name in enumerate(("dana", "priya"))
            ]
            told, sizes, queue = {}, [], list(arrivals(dice))
            for step in range(24 * 6):
                now = MIDNIGHT + step * STEP
                clock.set(now)
                while queue and queue[0][0] == step:
                    _, email = queue.pop(0)
                    told[desk.send(email=email, message=f"The page stays white. {email}")] = email
                if step % 6 == 0 and now.hour in (7, 12):
                    for agent in agents:
                        agent.sign_in()
                if 7 <= now.hour < 17:
                    for agent in agents:
                        agent.work()
                if step % 6 == 5:
                    sizes.append((memory(desk.web), memory(desk.delivery)))
            the_rest_goes_out(desk, clock, app)
            logs = desk.log() + desk.log("delivery.log")
            assert desk.web.poll() is None
            assert desk.delivery.poll() is None

    assert '"level": "error"' not in logs
    assert "Traceback" not in logs
    assert len(told) == sum(BY_HOUR)
    assert sum(agent.replied for agent in agents) > 100
    for first, last in zip(sizes[10], sizes[-1], strict=True):  # By then every page was opened once.
        assert last < first * 1.1
    with app.app_context():
        hours = BusinessHours()
        for ticket in db.session.scalars(select(Ticket)):
            due = hours.add(ticket.created_at, app.config["REPLY_MINUTES"])
            assert ticket.first_reply_due_at == due
            assert ticket.reply_due_at == (None if ticket.status is Status.PENDING else due)
            assert MIDNIGHT <= ticket.created_at < MIDNIGHT + timedelta(days=1)
            told.pop(ticket.reference)
        db.session.remove()
    states = dict(rows(app, "select state, count(*) from outbox group by state"))
    gone = [email for _, email in arrivals(random.Random(24)) if email.startswith("gone")]
    got = Counter(mail.recipients[0] for mail in post.delivered)
    close(app)
    assert told == {}
    assert states["failed"] >= len(gone) > 0
    assert not any(email in got for email in gone)
    assert all(got[email] for _, email in arrivals(random.Random(24)) if email not in gone)
