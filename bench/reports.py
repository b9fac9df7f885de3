"""The reports on a young and an old desk: does a span take longer because there are more days that it is not about?

    ./desk bench reports [SIZE ...] [--rounds N] [--keep FOLDER]

Real pages through the test client, in turns on every size, in processor time.  A request comes every hour, is replied
to and solved; the newest 2 in 100 wait.  So thirty days hold as much on each desk.
"""

import argparse
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select

from bench.queue import PASSWORD, TOKEN, ticket
from supportdesk import create_app
from supportdesk.access import Role
from supportdesk.agents import services as agents
from supportdesk.database import db
from supportdesk.keys import keyring
from supportdesk.sealing import DataKey
from supportdesk.tickets.models import Act, Event, Kind, Message, Outcome, Status, Ticket
from supportdesk.tickets.ranks import rank_when_over

SIZES = (1_000, 100_000)
ROUNDS = 15
AT_ONCE = 5_000
PAGES = {
    "how it flowed, 30 days": "/desk/reports/flow?span=30",
    "how it flowed, 30 days a year ago": "/desk/reports/flow?from={ago}&to={then}",
    "one’s own figures, 30 days": "/desk/reports/mine?span=30",
    "what came in, 30 days": "/desk/reports?span=30",
}


def fill(size, agent_id):
    """Store so many requests up to now, an hour apart."""
    ring, key = keyring(), DataKey()
    shared = {"key_id": ring.key_id, "sealed_key": ring.settle_key(key, Ticket.place_of("key", "NC-0000-0000"))}
    shared |= {f"sealed_{name}": key.seal("some thirty letters", name) for name in ("name", "email", "subject")}
    end = datetime.now(UTC)
    for first in range(1, size + 1, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, size + 1))
        lives = [
            _life(number, shared, end - timedelta(hours=size - number), agent_id, is_over=number < size * 0.98)
            for number in numbers
        ]
        for table, at in ((Ticket, 0), (Message, 1), (Event, 2)):
            for rows in _alike([row for life in lives for row in life[at]]):
                db.session.execute(insert(table), rows)
        db.session.commit()


def _alike(rows):
    by_keys = {}
    for row in rows:
        by_keys.setdefault(tuple(sorted(row)), []).append(row)
    return by_keys.values()


def _life(number, shared, at, agent_id, *, is_over):
    dice = random.Random(number)
    replied = at + timedelta(minutes=dice.randrange(5, 1000))
    row = ticket(number, shared, at, dice)
    row |= {"status": Status.SOLVED if is_over else Status.OPEN, "first_reply_due_at": at + timedelta(hours=30)}
    row |= {"outcome": Outcome.ANSWERED if is_over else None, "assignee_id": agent_id, "team_id": None}
    row |= {"reply_due_at": None if is_over else at + timedelta(hours=30)}
    said = [_message(number, 0, at, Kind.REQUEST, None)]
    done = [_event(number, Act.RECEIVED, at, None)]
    if is_over:
        row |= {"first_replied_at": replied, "solved_at": replied, "updated_at": replied}
        row |= {"rank": rank_when_over(replied)}
        said.append(_message(number, 1, replied, Kind.REPLY, agent_id))
        done += [_event(number, act, replied, agent_id) for act in (Act.REPLIED, Act.SOLVED)]
    return [row], said, done


def _message(number, place, at, kind, author):
    row = {"ticket_id": number, "seal_id": f"{number}-{place}", "created_at": at, "kind": kind, "author_id": author}
    return row | {"sealed_body": b"words of a patient " * 15}


def _event(number, act, at, agent):
    return {"ticket_id": number, "act": act, "created_at": at, "agent_id": agent, "detail": {}}


class Desk:
    """A desk of one size, with a lead signed in."""

    def __init__(self, size, folder):
        import flask_migrate  # noqa: PLC0415  Not where an older desk is only read.

        self.size = size
        settings = {"DATA_FOLDER": folder, "ONE_TIME_CODES": "off", "SEARCH_BY_MEANING": "off"}
        self.app = create_app(settings)
        with self.app.app_context():
            flask_migrate.upgrade()
            email = f"bench{time.time_ns()}@example.org"
            agent, one_time = agents.add_agent(email, "Bench", Role.LEAD)
            if not db.session.scalar(select(func.count()).select_from(Ticket)):
                fill(size, agent.id)
        self.browser = self.app.test_client()
        self._post("/desk/sign-in", email=email, password=one_time)
        self._post("/desk/password", current="", password=PASSWORD, again=PASSWORD)

    def _post(self, path, **answers):
        token = TOKEN.search(self.browser.get(path).text)[1]
        answer = self.browser.post(path, data=answers | {"csrf_token": token})
        assert answer.status_code == 303, answer.text

    def get(self, path):
        then = datetime.now(UTC).date() - timedelta(days=365)
        answer = self.browser.get(path.format(ago=then - timedelta(days=29), then=then))
        assert answer.status_code == 200, (path, answer.status_code)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--keep", type=Path, help="where the desks are, or stay")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as folder:
        desks = [Desk(size, (asked.keep or Path(folder)) / str(size)) for size in asked.sizes]
        waits = {(name, desk.size): [] for desk in desks for name in PAGES}
        for turn in range(asked.rounds + 1):
            for name, path in PAGES.items():
                for desk in desks:
                    begun = time.process_time()
                    desk.get(path)
                    if turn:
                        waits[name, desk.size].append((time.process_time() - begun) * 1000)
    print("| p50, processor, ms |" + "".join(f" {desk.size:,} |" for desk in desks))
    print("| --- |" + " ---: |" * len(desks))
    for name in PAGES:
        print(f"| {name} |" + "".join(f" {statistics.median(waits[name, desk.size]):.1f} |" for desk in desks))


if __name__ == "__main__":
    main()
