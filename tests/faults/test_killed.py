"""kill -9 of any process at any moment: every reference a patient was shown is a ticket with its whole text."""

import os
import random
import signal
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

import pytest
from sqlalchemy import text

from supportdesk.database import db
from tests.conftest import close, make_app
from tests.faults.kept import whole_texts
from tests.people import REQUEST, reference_on
from tests.post_office import HOLD, PLAIN, PostOffice
from tests.server import serving, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

CLIENTS, TOLD = 8, 300
VICTIMS = ["worker"] * 6 + ["master"] * 2 + ["delivery"] * 3


class Crowd:
    """Patients who send one message after another, each again and again until they see a reference."""

    def __init__(self, desk):
        self.desk, self.told, self.killed, self.breath = desk, {}, [], threading.Event()

    def send_until_enough(self, client):
        number = 0
        while len(self.told) < TOLD:
            number += 1
            message = f"Client {client}, message {number}. " + "All of it has to arrive. " * 40
            key = f"key-{client}-{number}"
            reference = self.insist(REQUEST | {"submission_key": key, "message": message.strip()})
            self.told[reference] = message.strip()

    def insist(self, form):
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            with suppress(OSError, HTTPException):
                answer = self.desk.post("/requests/new", form)
                if answer.status == 303:
                    return reference_on(self.desk.get(answer.location).text)
                assert answer.status == 503, answer.text
                assert form["message"][:40] in answer.text
            self.breath.wait(0.1)  # Nobody answers for a moment; a person would look at the page first, too.
        raise AssertionError("nobody took the message for two minutes")


def workers_of(master):
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii").split()]


def kill_with_a_mail_in_hand(desk, post, crowd_has_gone):
    """The mail server has a mail, and the delivery that sent it never hears of it."""
    before = post.held
    post.answers["DATA"][""].append(HOLD)
    until(lambda: post.held > before or crowd_has_gone.is_set(), "a mail to be in hand")
    desk.kill(desk.delivery)


def kill_now_and_then(desk, post, crowd, stop):
    """Each victim once, in any order, each at some moment of some message."""
    chance = random.Random()
    moments = sorted(chance.sample(range(5, TOLD - 5), len(VICTIMS)))
    for moment, victim in zip(moments, chance.sample(VICTIMS, len(VICTIMS)), strict=True):
        while len(crowd.told) < moment:
            if stop.wait(0.01):
                return
        stop.wait(chance.uniform(0, 0.1))
        if victim == "worker":
            with suppress(ProcessLookupError, IndexError):
                os.kill(chance.choice(workers_of(desk.web.pid)), signal.SIGKILL)
        elif victim == "master":
            desk.kill(desk.web)
            desk.start_web()
        else:
            kill_with_a_mail_in_hand(desk, post, stop)
            desk.start_delivery()
        crowd.killed.append(victim)


def let_leases_run_out(app):
    """What a killed process had in hand is due again after some minutes; here, at once."""
    db.session.execute(text("update outbox set next_attempt_at = created_at where state <> 'sent'"))
    db.session.commit()


def unsent(app):
    with app.app_context():
        let_leases_run_out(app)
        found = db.session.scalar(text("select count(*) from outbox where state <> 'sent'"))
        db.session.remove()
    return found


def acknowledgements(post):
    """What Walter was sent, by its subject, each mail as often as the mail server took it."""
    found = defaultdict(list)
    for mail in post.delivered:
        if mail.recipients == [REQUEST["email"]]:
            found[mail.letter["Subject"]].append(mail.letter)
    return found


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_whatever_is_killed_whenever_nothing_that_was_acknowledged_is_lost(tmp_path, engine, request):
    settings = {} if engine == "sqlite" else {"DATABASE_URL": request.getfixturevalue("cluster").create_database()}
    with (
        PostOffice(answers={"DATA": {"": []}}) as post,
        serving(tmp_path / "desk", **settings, **post.settings, **PLAIN) as desk,
    ):
        crowd, stop = Crowd(desk), threading.Event()
        killer = threading.Thread(target=kill_now_and_then, args=(desk, post, crowd, stop))
        killer.start()
        with ThreadPoolExecutor(CLIENTS) as pool:
            clients = [pool.submit(crowd.send_until_enough, client) for client in range(CLIENTS)]
        stop.set()
        killer.join()
        for client in clients:
            client.result()

        app = make_app(desk.data, **settings)
        until(lambda: not unsent(app), "every acknowledgement to go out")
        whole = whole_texts(app, crowd.told)
        with app.app_context():
            counted = db.session.execute(text("select count(*), count(distinct submission_key) from ticket")).one()
            db.session.remove()
        close(app)

    assert whole == crowd.told
    assert counted[0] == counted[1] <= len(crowd.told) + CLIENTS
    assert sorted(crowd.killed) == sorted(VICTIMS)
    told_by_mail = acknowledgements(post)
    for reference in crowd.told:
        letters = next(letters for subject, letters in told_by_mail.items() if reference in subject)
        assert len({letter["Message-ID"] for letter in letters}) == 1
        assert len({letter.get_content() for letter in letters}) == 1
    assert len({letters[0]["Message-ID"] for letters in told_by_mail.values()}) == len(told_by_mail)
    held = [mail.letter["Message-ID"] for mail in post.delivered]
    assert len(held) > len(set(held)), "no mail was in hand when its delivery was killed"
