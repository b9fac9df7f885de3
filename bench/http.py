"""Requests per second of the desk's pages, beside a bare Flask page under the same gunicorn, with 1 and 32 clients.

    ./desk bench http [--postgresql]

Both servers run at the same time and are asked in turn, so that whatever else the machine does falls on both.  Searches
are many different ones that were asked before, and others that nobody asked.  A form post is measured beside durable
commits to the same database by as many writers.
"""

import argparse
import html
import http.client
import itertools
import json
import os
import re
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from subprocess import DEVNULL
from urllib.parse import quote_plus, urlencode

import flask_migrate
import psycopg

from bench._crowd import crowd
from bench._tickets import store
from supportdesk import create_app
from supportdesk.agents import services as agents
from supportdesk.database import PRAGMAS, db
from supportdesk.tickets.models import Ticket
from tests.postgresql import DurableCluster

ROOT = Path(__file__).parent.parent
CROWDS = (1, 32)
SECONDS, ROUNDS = 1.0, 3
TICKETS = 200
LETTER = b"x" * 4000  # Of a commit: about what a request takes.
PASSWORD = "a long night of quiet seas"
FIELD = re.compile(r'<input(?=[^>]*type="hidden")[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
AGAIN, SUGGESTED = "/search?q=", "/suggest.json?q="
BEFORE = (AGAIN, SUGGESTED)  # Is measured with what was asked before.
GOALS = {"/": 0.6, "an article": 0.6, AGAIN: 0.4}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(port, *words, **environment):
    """gunicorn, until it answers; what it logs is written to nowhere."""
    command = [sys.executable, "-m", "gunicorn", *words]
    settings = {f"SUPPORTDESK_{name}": str(value) for name, value in environment.items()}
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, stdout=DEVNULL, stderr=DEVNULL)
    try:
        yield server.pid, first_page(port)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(40)


def first_page(port):
    for _ in range(300):
        with suppress(ConnectionRefusedError):
            return Visitor(port).get("/")
        time.sleep(0.1)
    raise SystemExit("bench: the server did not come up")


class Visitor:
    """Opens pages and fills in forms, one by one; keeps cookies."""

    def __init__(self, port):
        self.line, self.cookies = http.client.HTTPConnection("127.0.0.1", port), {}

    def get(self, path):
        return self._ask("GET", path)

    def post(self, page, path, **answers):
        fields = hidden(self.get(page)) | answers
        return self._ask("POST", path, urlencode(fields))

    def header(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _ask(self, method, path, body=None):
        headers = {"Cookie": self.header()} if self.cookies else {}
        headers |= {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        self.line.request(method, path, body, headers)
        answer = self.line.getresponse()
        text = answer.read().decode()
        assert answer.status in {200, 303}, (path, answer.status)
        for cookie in answer.headers.get_all("Set-Cookie", ()):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return text


def fill(settings):
    """Tables, tickets and an agent; her one-time password, and a ticket's reference."""
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        for _batch in store(TICKETS, settled=True):
            pass
        _agent, one_time = agents.add_agent("dana@example.org", "Dana")
        reference = db.session.scalar(db.select(Ticket.reference))
        db.session.remove()
        db.engine.dispose()
    return one_time, reference


def hidden(text):
    return {name: html.unescape(value) for name, value in FIELD.findall(text)}


def get(path, cookies=""):
    """As browsers ask, gzip and all."""
    more = f"Cookie: {cookies}\r\n" if cookies else ""
    return f"GET {path} HTTP/1.1\r\nHost: desk\r\nAccept-Encoding: gzip, deflate, br\r\n{more}\r\n".encode()


def posts(port):
    """The form, filled in with ever other words."""
    kept = hidden(Visitor(port).get("/requests/new"))
    fields = kept | {"name": "Ann", "email": "ann@example.com", "topic": "sign-in", "subject": "A question"}
    for number in itertools.count():
        body = urlencode(
            fields | {"then": "send", "message": f"Number {number} {time.time_ns()}. " + "Please help. " * 20}
        )
        head = "POST /requests/new HTTP/1.1\r\nHost: desk\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        yield f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def pages(port, one_time, reference):
    """What is asked of the desk: name -> an endless row of requests."""
    lines = (ROOT / "bench" / "searches.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line)["text"] for line in lines]
    typed = [words[: len(words) * part // 4] for words in asked for part in (2, 3)]
    known = (ROOT / "content/faq/ordinary-words.txt").read_text(encoding="utf-8").split()
    dana = Visitor(port)
    dana.post("/desk/sign-in", "/desk/sign-in", email="dana@example.org", password=one_time)
    dana.post("/desk/password", "/desk/password", current="", password=PASSWORD, again=PASSWORD)
    hers = dana.header()
    return {
        "/": itertools.repeat(get("/")),
        "an article": itertools.repeat(get("/articles/forgot-password")),
        AGAIN: itertools.cycle([get(f"/search?q={quote_plus(words)}") for words in asked]),
        "a search nobody asked": (get(f"/search?q={quote_plus(f'{a} {b}')}") for b in known for a in asked),
        SUGGESTED: itertools.cycle([get(f"/suggest.json?q={quote_plus(words)}") for words in typed]),
        "the form": itertools.repeat(get("/requests/new")),
        "a form post": posts(port),
        "the queue": itertools.repeat(get("/desk/", hers)),
        "a ticket page": itertools.repeat(get(f"/desk/tickets/{reference}", hers)),
    }


def commits(connect, writers):
    """As many writers, each committing a row as soon as its last is on the disk; as `crowd` tells it."""
    waits, ends = [], time.perf_counter() + SECONDS

    def write():
        with closing(connect()) as connection:
            while (begun := time.perf_counter()) < ends:
                commit(connection)
                waits.append((time.perf_counter() - begun) * 1000)

    threads = [threading.Thread(target=write) for _ in range(writers)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(waits) / (time.perf_counter() - begun), waits


def commit(connection):
    if isinstance(connection, sqlite3.Connection):
        connection.execute("begin immediate")
        connection.execute("insert into bench values (?)", (LETTER,))
    else:
        connection.execute("insert into bench values (%s)", (LETTER,))
    connection.commit()


def sqlite_at(path):
    connection = sqlite3.connect(path, isolation_level=None, timeout=60)
    for pragma in PRAGMAS:
        connection.execute(f"pragma {pragma}")
    connection.execute("pragma busy_timeout=60000")
    return connection


def processor_ms(master):
    """What gunicorn and its workers have used so far: of this, unlike of the clock, the neighbours take little."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii").split()
    stats = (Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split() for pid in children)
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) * 1000 / os.sysconf("SC_CLK_TCK")


def asked_of(server, requests, clients):
    """As `crowd` tells it, and how much of the processor each request took."""
    port, master = server
    before = processor_ms(master)
    rate, waits = crowd(port, requests, clients, SECONDS)
    return rate, waits, (processor_ms(master) - before) / max(len(waits), 1)


def report(clients, rates, waits, costs):
    base, cheapest = statistics.median(rates["a bare page"]), statistics.median(costs["a bare page"])
    print(f"\n| {clients} at once | requests/s | of the bare page | processor ms | of bare | p50 ms | p95 ms | |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    slow = {name: statistics.quantiles(found, n=20)[18] for name, found in waits.items()}
    for name, found in rates.items():
        rate = statistics.median(found)
        goal = f"at least {GOALS[name]}" if name in GOALS else ""
        if name == "a form post":
            goal = f"p95 is {slow[name] / slow['a durable commit']:.1f} commits; at most 3"
        half = statistics.median(waits[name])
        cost = statistics.median(costs[name])
        share = f"{cost:.2f} | {cheapest / cost:.2f}" if cost else " | "
        print(
            f"| {name} | {rate:,.0f} | {rate / base:.2f} | {share} | {half:.2f} | {slow[name]:.2f} | {goal} |",
            flush=True,
        )


def measure(desk, bare, asked, connect):
    for clients in CROWDS:
        turns = {"a bare page": lambda: asked_of(bare, itertools.repeat(get("/")), clients)}  # noqa: B023
        for name, requests in asked.items():
            turns[name] = lambda requests=requests: asked_of(desk, requests, clients)  # noqa: B023
        turns["a durable commit"] = lambda: (*commits(connect, clients), 0)  # noqa: B023
        rates, waits, costs = ({name: [] for name in turns} for _ in range(3))
        for _ in range(ROUNDS):
            for name, turn in turns.items():
                if name in BEFORE:  # By both processes; what others asked meanwhile has taken the place of some.
                    crowd(desk[0], asked[name], max(CROWDS), SECONDS)
                rate, found, cost = turn()
                rates[name].append(rate)
                costs[name].append(cost)
                waits[name] += found
        report(clients, rates, waits, costs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgresql", action="store_true", help="a PostgreSQL of its own, with fsync")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="desk-bench-")))
        settings = {"DATA_FOLDER": folder, "SEARCH_BY_MEANING": "off", "ONE_TIME_CODES": "off", "TOO_FAST_SECONDS": 0}
        settings |= {"REQUESTS_PER_HOUR": 10**9, "REQUESTS_PER_DAY": 10**9, "SEARCHES_PER_MINUTE": 10**9}
        settings |= {"ACKNOWLEDGEMENTS_PER_HOUR": 10**9, "ACKNOWLEDGEMENTS_PER_DAY": 10**9}
        if asked.postgresql:
            url = stack.enter_context(DurableCluster()).create_database()
            settings["DATABASE_URL"] = url
            connect = lambda: psycopg.connect(url)  # noqa: E731
        else:
            connect = lambda: sqlite_at(folder / "desk.sqlite3")  # noqa: E731
        one_time, reference = fill(settings)
        with closing(connect()) as connection:
            connection.execute("create table bench (letter " + ("bytea)" if asked.postgresql else "blob)"))
            connection.commit()
        desk, bare = free_port(), free_port()
        served = serving(desk, "-c", "gunicorn.conf.py", "wsgi:app", PORT=desk, **settings)
        desk_pid, home = stack.enter_context(served)
        same = (
            "-c",
            "python:bench.bare",
            "-k",
            "gthread",
            "-w",
            "2",
            "--threads",
            "64",
            "--worker-tmp-dir",
            "/dev/shm",
            "--keep-alive",
            "5",
        )
        target = f"bench.bare:create_app({len(home)})"
        bare_served = serving(bare, "-b", f"127.0.0.1:{bare}", *same, "--no-control-socket", target)
        bare_pid, _ = stack.enter_context(bare_served)
        measure((desk, desk_pid), (bare, bare_pid), pages(desk, one_time, reference), connect)


if __name__ == "__main__":
    main()
