"""The real server under real trouble: crowds at once, articles edited while people search, processes that die."""

import os
import shutil
import socket
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

import pytest

from tests.conftest import ROOT
from tests.people import reference_on
from tests.server import serving, until

CROWD = 20
READERS = 8
STREAK = 60  # Answers in a row.
LONG_STREAK = 10 * STREAK  # A worker that is behind, being busy, leaves dozens in a row to the other, not hundreds.


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A desk's folder, with articles of its own that a test may edit."""
    folder = tmp_path_factory.mktemp("real")
    shutil.copytree(ROOT / "content", folder / "content")
    return folder


@pytest.fixture(scope="module")
def desk(folder):
    with serving(folder, CONTENT_FOLDER=folder / "content") as running:
        yield running


@pytest.fixture
def silent_mail_server():
    """The port of a mail server that takes calls and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


@pytest.fixture(params=["sqlite", "postgresql"])
def crowded_desk(request, tmp_path):
    """A desk on each engine in turn."""
    if request.param == "sqlite":
        settings = {}
    else:
        settings = {"DATABASE_URL": request.getfixturevalue("cluster").create_database()}
    with serving(tmp_path, delivery=False, **settings) as running:
        yield running


def test_twenty_posts_of_one_form_at_once_are_one_ticket(crowded_desk):
    form = crowded_desk.fill_in()
    start = threading.Barrier(CROWD)

    def send(_number):
        start.wait()
        return crowded_desk.post("/requests/new", form)

    with ThreadPoolExecutor(CROWD) as crowd:
        answers = list(crowd.map(send, range(CROWD)))

    assert [answer.status for answer in answers] == [303] * CROWD
    assert len({reference_on(crowded_desk.get(answer.location).text) for answer in answers}) == 1
    assert ticket_counts(crowded_desk) == {"new": 1}


def test_an_edited_article_is_found_by_every_worker_while_people_search(desk, folder):
    with people_searching(desk, "zephyrine") as found:
        until(lambda: len(found) > STREAK, "people to search")
        assert not any(found)
        article = folder / "content/faq/sign-in-and-account/forgot-password.md"
        replace(article, article.read_text(encoding="utf-8") + "\nThe zephyrine button sends it again.\n")
        until(lambda: all(found[-LONG_STREAK:]), "every worker to find the new word")

        slug = desk.get("/search.json", {"q": "zephyrine"}).json["results"][0]["slug"]
        assert slug == "forgot-password"


def test_a_broken_article_is_named_in_the_log_and_its_last_good_version_stays(desk, folder):
    article = folder / "content/faq/general/cost.md"
    good = article.read_text(encoding="utf-8")
    with people_searching(desk, "how much does it cost") as found:
        replace(article, good.replace("title:", "titel:", 1))
        until(lambda: "general/cost.md" in desk.log(), "the log to name the file")
        seen = len(found)
        until(lambda: len(found) > seen + STREAK, "people to search on")

        assert all(found)
        assert "free" in desk.get("/articles/cost").text
        replace(article, good)


def test_all_processes_share_one_index_on_disk(desk):
    desk.get("/search", {"q": "password"})
    before = generations(desk)

    desk.flask("faq", "search", "password")

    assert before
    assert generations(desk) == before


def test_mail_in_the_hand_of_a_process_that_dies_is_delivered_by_the_next(desk, silent_mail_server):
    desk.stop(desk.delivery)
    reference = desk.send()
    desk.start_delivery(
        MAIL_MODE="smtp", MAIL_SERVER="127.0.0.1", MAIL_PORT=silent_mail_server, MAIL_TLS="none", MAIL_TIMEOUT=60
    )
    until(lambda: "leased" in unsent(desk), "a mail to be in hand")

    desk.kill(desk.delivery)
    let_the_lease_run_out(desk)
    desk.start_delivery()

    until(lambda: not unsent(desk), "the mail to go out")
    for template in ("received", "new-request"):
        assert [letter["Subject"].count(reference) for letter in desk.letters(template)] == [1]


def test_told_to_stop_it_finishes_what_was_begun_and_leaves_nobody_behind(tmp_path):
    with serving(tmp_path, delivery=False) as desk:
        body = urlencode(desk.fill_in()).encode()
        with closing(socket.create_connection(("127.0.0.1", desk.port), timeout=30)) as patient:
            patient.sendall(
                b"POST /requests/new HTTP/1.1\r\nHost: desk\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
            )
            assert b"100 Continue" in patient.recv(1000)
            desk.web.terminate()
            until(lambda: not lets_in(desk.port), "the door to close")
            patient.sendall(body)
            assert patient.recv(1000).startswith(b"HTTP/1.1 303")

        assert desk.stop(desk.web) == 0
        assert ticket_counts(desk) == {"new": 1}
        assert "Traceback" not in desk.log()
        with pytest.raises(ProcessLookupError):
            os.killpg(desk.web.pid, 0)


@contextmanager
def people_searching(desk, words):
    """Eight people who search again and again; yields whether each answer, so far, had results.  None may fail."""
    found, troubles, stop = [], [], threading.Event()

    def search():
        while not stop.is_set():
            try:
                answer = desk.get("/search.json", {"q": words})
                found.append(bool(answer.json["results"]))
            except (OSError, HTTPException, ValueError, KeyError) as error:
                troubles.append(repr(error))

    people = [threading.Thread(target=search) for _ in range(READERS)]
    for person in people:
        person.start()
    try:
        yield found
    finally:
        stop.set()
        for person in people:
            person.join()
    assert not troubles


def replace(path, text):
    """Save a file as editors do: all of it at once."""
    draft = path.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def generations(desk):
    """The indexes on disk, each with what changes when it is built again."""
    return {manifest.parent.name: manifest.stat().st_ino for manifest in desk.data.glob("index/*/manifest.json")}


def ticket_counts(desk):
    lines = desk.flask("tickets", "count").splitlines()
    return {status: int(number) for number, status in map(str.split, lines) if int(number)}


def unsent(desk):
    """The states of the mails that have not gone out."""
    with closing(sqlite3.connect(desk.data / "desk.sqlite3")) as connection:
        return [state for (state,) in connection.execute("select state from outbox where state != 'sent'")]


def let_the_lease_run_out(desk):
    """As if five minutes had gone by."""
    with closing(sqlite3.connect(desk.data / "desk.sqlite3")) as connection, connection:
        connection.execute("update outbox set next_attempt_at = '2000-01-01 00:00:00.000000' where state = 'leased'")


def lets_in(port):
    """Whether somebody new gets an answer within a second."""
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=1)) as visitor:
            visitor.request("GET", "/healthz")
            return visitor.getresponse().status == 200
    except (OSError, HTTPException):
        return False
