"""The desk with 1,000, 100,000 and 1,000,000 tickets: does anything take longer because there are more of them?

    ./desk bench queue [SIZE ...] [--postgresql]

Real pages through the test client, in turns on every size, so that whatever else the machine does falls on all.  Nearly
all tickets are solved, as on a desk that has been at work for years; 2 in 100 wait.  The tickets share one set of
sealed words, which open for none of them: opening 25 takes as long on a big desk as on a small one.
"""

import argparse
import gc
import random
import re
import statistics
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flask_migrate
from sqlalchemy import func, insert, select, text

from bench._tickets import Writer, number_on
from supportdesk import create_app
from supportdesk.agents import services as agents
from supportdesk.agents.models import Agent
from supportdesk.agents.teams import services as teams
from supportdesk.agents.teams.queries import teams_in_use
from supportdesk.audit.services import OPERATOR
from supportdesk.database import db
from supportdesk.keys import keyring
from supportdesk.sealing import DataKey
from supportdesk.tickets import intake
from supportdesk.tickets.models import (
    OUR_TURN,
    OVER,
    Act,
    Event,
    Kind,
    Message,
    Outcome,
    Priority,
    Route,
    Status,
    Ticket,
)
from supportdesk.tickets.queries import VIEWS
from supportdesk.tickets.ranks import rank
from supportdesk.tickets.topics import Topic
from tests.postgresql import DurableCluster

SIZES = (1_000, 100_000, 1_000_000)
ROUNDS = 60
AT_ONCE = 10_000
FILTERS = (
    "view=all&topic=billing",
    "view=all&status=closed",
    "view=all&assignee=1",
    "view=all&team=1",
    "view=teams&assignee=none",
    "view=all&topic=refill&assignee=2",
    "view=all&sort=-created",
    "view=open&sort=topic",
)
TOKEN = re.compile(r'<input[^>]*name="csrf_token"[^>]*value="([^"]*)"')
PASSWORD = "a long night of quiet seas"


def fill(size):
    """Store so many tickets, each with one message and one event, over ten years."""
    ring, key, dice = keyring(), DataKey(), random.Random(3)
    place = Ticket.place_of("key", "NC-0000-0000")
    shared = {"key_id": ring.key_id, "sealed_key": ring.settle_key(key, place)}
    shared |= {
        f"sealed_{name}": key.seal("some thirty letters of an agent", name) for name in ("name", "email", "subject")
    }
    body = key.seal("words of a patient " * 15, "message|body|0")
    end = datetime.now(UTC)
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("set local statement_timeout = 0"))
    first = min(size, AT_ONCE)
    rows = [
        ticket(number, shared, end - timedelta(minutes=5 * (size - number)), dice) for number in range(1, first + 1)
    ]
    db.session.execute(insert(Ticket), rows)
    at = {"created_at": end, "kind": Kind.REQUEST, "sealed_body": body}
    db.session.execute(insert(Message), [at | {"ticket_id": row["id"], "seal_id": f"{row['id']}"} for row in rows])
    received = {"created_at": end, "act": Act.RECEIVED, "detail": {}}
    db.session.execute(insert(Event), [received | {"ticket_id": row["id"]} for row in rows])
    while first < size:
        more = min(first, size - first)
        for table in ("ticket", "message", "event"):
            db.session.execute(text(copy_of(table)), {"first": first, "more": more})
        first += more
    db.session.commit()
    number_on("ticket", "message", "event")
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("vacuum analyze"))


def copy_of(table):
    """SQL that adds the rows once more with ids from `first` on, each a little later in its stretch of the queue."""
    anew = {"id": "id + :first", "ticket_id": "ticket_id + :first", "seal_id": "CAST(id + :first AS TEXT)"}
    digits = "CAST(100000000 + id + :first AS TEXT)"
    anew |= {"reference": f"'NC-' || substr({digits}, 2, 4) || '-' || substr({digits}, 6, 4)"}
    anew |= {"submission_key": "CAST(id + :first AS TEXT)", "rank": "rank + CAST(:first AS BIGINT) * 300000000"}
    if db.engine.dialect.name == "postgresql":
        anew["email_hash"] = "CAST(CAST(id + :first AS TEXT) AS bytea)"
    else:
        anew["email_hash"] = "CAST(CAST(id + :first AS TEXT) AS BLOB)"
    columns = [column.name for column in db.metadata.tables[table].columns]
    taken = ", ".join(anew.get(name, name) for name in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {taken} FROM {table} WHERE id <= :more"


def ticket(number, shared, at, dice):
    chance = dice.random()
    status = (
        Status.NEW if chance < 0.01 else Status.OPEN if chance < 0.02 else Status.PENDING if chance < 0.03
        else Status.SOLVED if chance < 0.3 else Status.CLOSED
    )  # fmt: skip
    is_ours, is_over = status in OUR_TURN, status in OVER
    due = datetime.now(UTC) + timedelta(hours=number % 60) if is_ours else None  # Nobody waits for ten years.
    digits = f"{number:08}"
    return shared | {
        "id": number,
        "reference": f"NC-{digits[:4]}-{digits[4:]}",
        "submission_key": f"{number:064}",
        "status": status,
        "outcome": dice.choice((Outcome.ANSWERED, Outcome.SENT_TO_CLINIC)) if is_over else None,
        "priority": Priority.NORMAL,
        "topic": dice.choice(tuple(Topic)),
        "route": Route.DESK,
        "channel": "web",
        "assignee_id": dice.choice((1, 2, 3, None)),
        "team_id": dice.choice((1, 2, None, None)),
        "created_at": at,
        "updated_at": at,
        "first_reply_due_at": at,
        "reply_due_at": due,
        "rank": rank(is_ours=is_ours, is_over=is_over, may_be_emergency=False, reply_due_at=due, updated_at=at),
        "version": 1,
        "email_hash": number.to_bytes(32, "big"),
    }


class Desk:
    """A desk of one size, with an agent signed in."""

    def __init__(self, size, url, folder):
        settings = {"DATA_FOLDER": folder, "REQUESTS_PER_HOUR": 0, "REQUESTS_PER_DAY": 0, "ONE_TIME_CODES": "off"}
        settings |= {"ACKNOWLEDGEMENTS_PER_HOUR": 0, "ACKNOWLEDGEMENTS_PER_DAY": 0}
        self.app = create_app(settings | ({"DATABASE_URL": url} if url else {}) | {"SEARCH_BY_MEANING": "off"})
        self.size, self.number, self.writer = size, 0, Writer()
        with self.app.app_context():
            flask_migrate.upgrade()
            if not db.session.scalar(select(func.count()).select_from(Agent)):
                self._hire()
                fill(size)
            for _ in range(30):
                self.send()
            newest = select(Ticket.reference).order_by(Ticket.id.desc()).limit(1)
            self.reference = db.session.scalar(newest)
            db.session.remove()
        self.browser = self.app.test_client()
        self._sign_in()
        deep = self.get("/desk/?view=all")
        for _ in range(3):
            deep = self.get(re.search(r'rel="next" href="([^"]+)"', deep)[1].replace("&amp;", "&"))
        gc.collect()
        gc.freeze()  # As a process that serves does: what stored the tickets is looked through no more.
        self.deep = re.search(r'rel="next" href="([^"]+)"', deep)[1].replace("&amp;", "&")

    def _hire(self):
        for name in ("Dana", "Priya", "Lee"):
            _agent, self.one_time = agents.add_agent(f"{name.lower()}@example.org", name)
        for name in ("Sign-in help", "Clinics"):
            teams.make_team(name, [1, 2, 3], OPERATOR)

    def _sign_in(self):
        with self.app.app_context():
            _agent, one_time = agents.add_agent(f"bench{time.time_ns()}@example.org", "Bench")
            email = _agent.email
            for team in teams_in_use():
                members = [_agent.id, *(agent.id for agent in team.members)]
                teams.change_team(team.id, team.version, team.name, members, OPERATOR)
        self._post("/desk/sign-in", "/desk/sign-in", email=email, password=one_time)
        self._post("/desk/password", "/desk/password", current="", password=PASSWORD, again=PASSWORD)

    def _post(self, page, path, **answers):
        token = re.search(TOKEN, self.get(page))[1]
        answer = self.browser.post(path, data=answers | {"csrf_token": token})
        assert answer.status_code in {200, 303}, answer.text
        return answer

    def get(self, path):
        answer = self.browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def send(self):
        self.number += 1
        words = self.writer.ticket()
        letter = {name: words[name] for name in ("name", "email", "subject")}
        key = f"{time.time_ns()}-{self.number}"
        intake.open_ticket(**letter, message="please mend my marmot " * 5, topic="sign-in", submission_key=key)

    def submit(self):
        with self.app.app_context():
            self.send()

    def search(self):
        if not hasattr(self, "token"):
            self.token = re.search(TOKEN, self.get("/desk/"))[1]
        answer = self.browser.post("/desk/find", data={"csrf_token": self.token, "find": "marmot mend"})
        assert answer.status_code == 200, answer.text

    def acts(self):
        views = {f"view {view}": lambda view=view: self.get(f"/desk/?view={view}") for view in VIEWS}
        filters = {f"filter {asked[9:]}": lambda asked=asked: self.get(f"/desk/?{asked}") for asked in FILTERS}
        rest = {
            "fifth page of all": lambda: self.get(self.deep),
            "a ticket": lambda: self.get(f"/desk/tickets/{self.reference}"),
            "words in tickets": self.search,
            "submit": self.submit,
        }
        return views | filters | rest


def measure(desks, rounds):
    waits = {(name, desk.size): [] for desk in desks for name in desk.acts()}
    for turn in range(rounds + 3):
        for name in desks[0].acts():
            for desk in desks:
                begun = time.perf_counter()
                desk.acts()[name]()
                if turn >= 3:
                    waits[name, desk.size].append((time.perf_counter() - begun) * 1000)
    return waits


def report(desks, waits):
    sizes = [desk.size for desk in desks]
    print("| p50 / p95, ms |" + "".join(f" {size:,} |" for size in sizes) + " p50 ratio | p95 ratio |")
    print("| --- |" + " ---: |" * (len(sizes) + 2))
    for name in desks[0].acts():
        halves = [statistics.median(waits[name, size]) for size in sizes]
        most = [statistics.quantiles(waits[name, size], n=20)[18] for size in sizes]
        cells = "".join(f" {half:.1f} / {slow:.1f} |" for half, slow in zip(halves, most, strict=True))
        print(f"| {name} |{cells} {halves[-1] / halves[0]:.2f} | {most[-1] / most[0]:.2f} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--postgresql", action="store_true", help="a PostgreSQL of its own, with fsync")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="desk-bench-"))
        cluster = stack.enter_context(DurableCluster()) if asked.postgresql else None
        desks = []
        for size in asked.sizes:
            begun = time.perf_counter()
            url = cluster.create_database() if cluster else None
            desks.append(Desk(size, url, Path(folder) / str(size)))
            print(f"{size:,} tickets stored in {time.perf_counter() - begun:.0f} s", flush=True)
        report(desks, measure(desks, asked.rounds))


if __name__ == "__main__":
    main()
