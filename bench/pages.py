"""How much each page weighs and how long the server works on it, in processor time: the desk of the demo, page by page.

    ./desk bench pages [--rounds N]

Agents' pages travel as they are: next to a token, the length of a gzipped page would give it away.  What gzip
would make of them stands beside it.  Style sheets and scripts travel gzipped, once; a browser keeps them.
"""

import argparse
import gzip
import re
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import flask_migrate

from supportdesk import create_app
from supportdesk.access import Role
from supportdesk.agents import services as agents
from supportdesk.tickets import demonstration

ROUNDS = 40
PASSWORD = "a long night of quiet seas"
TOKEN = re.compile(r'<input[^>]*name="csrf_token"[^>]*value="([^"]*)"')
ASSET = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js)[^"]*)"')
PUBLIC = {
    "home": "/",
    "an article": "/articles/forgot-password",
    "a search": "/search?q=email+password",
    "the form": "/requests/new",
}
DESK = {
    "queue, all open": "/desk/",
    "queue, all requests": "/desk/?view=all",
    "queue, Watching": "/desk/?view=watching",
    "a ticket": None,  # The one with the longest page.
    "send to clinic": "/clinic",
    "why this deadline": "/deadline",
    "saved views": "/desk/views/?view=all",
    "reports, what came in": "/desk/reports?span=30",
    "reports, how it flowed": "/desk/reports/flow?span=30",
    "one’s own figures": "/desk/reports/mine",
    "articles": "/desk/articles/",
    "an article from inside": "/desk/articles/forgot-password",
    "canned replies": "/desk/replies/",
    "changing a canned reply": "/desk/replies/reset-link-expired",
    "tags": "/desk/tags",
    "one’s account": "/desk/account/",
    "people": "/desk/people/",
    "setup": "/desk/setup/",
    "audit": "/desk/audit",
}


def signed_in(app):
    """The browser of an admin on their first day."""
    browser = app.test_client()
    with app.app_context():
        agent, one_time = agents.add_agent("bench@example.org", "Bench", Role.ADMIN)
        email = agent.email
    post(browser, "/desk/sign-in", email=email, password=one_time)
    post(browser, "/desk/password", current="", password=PASSWORD, again=PASSWORD)
    return browser


def post(browser, path, **answers):
    token = TOKEN.search(browser.get(path).text)[1]
    answer = browser.post(path, data=answers | {"csrf_token": token})
    assert answer.status_code == 303, answer.text


def read(browser, path, **headers):
    answer = browser.get(path, headers=headers)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.data


def heaviest_ticket(browser):
    references = set(re.findall(r"/desk/tickets/NC-[0-9A-Z-]{9}", read(browser, "/desk/?view=all").decode()))
    return max(sorted(references), key=lambda path: len(read(browser, path)))


def measure(browser, pages, rounds):
    """Bytes and waits of each page; in turns, so that whatever else the machine does falls on all."""
    weights = {name: read(browser, path) for name, path in pages.items()}
    waits = {name: [] for name in pages}
    for turn in range(rounds + 2):
        for name, path in pages.items():
            begun = time.process_time()
            read(browser, path)
            if turn >= 2:
                waits[name].append((time.process_time() - begun) * 1000)
    for name, body in weights.items():
        half, most = statistics.median(waits[name]), statistics.quantiles(waits[name], n=20)[18]
        print(f"| {name} | {len(body) / 1024:.1f} | {len(gzip.compress(body)) / 1024:.1f} | {half:.1f} / {most:.1f} |")


def assets(browser, path):
    """What a browser fetches once for pages like this one, gzipped."""
    found = sorted(set(ASSET.findall(read(browser, path).decode())))
    sizes = {asset.partition("?")[0].rpartition("/")[2]: len(read(browser, asset, **GZIP)) / 1024 for asset in found}
    return ", ".join(f"{name} {size:.1f}" for name, size in sizes.items())


GZIP = {"Accept-Encoding": "gzip"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as folder:
        limits = dict.fromkeys(("REQUESTS_PER_HOUR", "REQUESTS_PER_DAY", "SEARCHES_PER_MINUTE"), 0)
        limits |= dict.fromkeys(("ACKNOWLEDGEMENTS_PER_HOUR", "ACKNOWLEDGEMENTS_PER_DAY"), 0)
        app = create_app(limits | {"DATA_FOLDER": Path(folder), "ONE_TIME_CODES": "off", "SEARCH_BY_MEANING": "off"})
        with app.app_context():
            flask_migrate.upgrade()
            demonstration.load(datetime.now(UTC))
        agent = signed_in(app)
        ticket = heaviest_ticket(agent)
        desk = {name: path or ticket for name, path in DESK.items()}
        desk |= {name: ticket + path for name, path in DESK.items() if path in ("/clinic", "/deadline")}
        print("| page | KB | gzipped | processor, ms, p50 / p95 |\n| --- | ---: | ---: | ---: |")
        measure(app.test_client(), PUBLIC, rounds)
        measure(agent, desk, rounds)
        print(f"\nOnce, gzipped, KB: {assets(agent, '/desk/')}; for patients: {assets(app.test_client(), '/')}")


if __name__ == "__main__":
    main()
