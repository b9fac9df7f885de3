"""Very many sign-ins at once: as many passwords are looked at as there is memory for; the others are told to wait."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from threading import Lock

import pytest
from argon2 import PasswordHasher

from supportdesk import clock
from supportdesk.agents import passwords, services
from tests.people import hidden

QUICK = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


class Watched(PasswordHasher):
    """Knows how many passwords were looked at in the same moment, at most; each takes a tenth of a second."""

    def __init__(self):
        super().__init__(time_cost=40, memory_cost=4096, parallelism=1)
        self.now, self.most, self._lock = 0, 0, Lock()

    def verify(self, *given):
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            return super().verify(*given)
        finally:
            with self._lock:
                self.now -= 1


@pytest.fixture
def watched():
    hasher = Watched()
    passwords.use(hasher)
    yield hasher
    passwords.use(PasswordHasher(**QUICK))


def form_of(browser):
    token = hidden(browser.get("/desk/sign-in").text, "csrf_token")
    return {"email": "nobody@example.org", "password": "a guess of somebody", "csrf_token": token}


def test_of_twelve_at_once_four_are_looked_at_in_the_same_moment(app, watched):
    browsers = [app.test_client() for _ in range(12)]
    forms = [form_of(browser) for browser in browsers]
    with ThreadPoolExecutor(12) as crowd:
        answers = list(
            crowd.map(lambda pair: pair[0].post("/desk/sign-in", data=pair[1]), zip(browsers, forms, strict=True))
        )

    assert {answer.status_code for answer in answers} <= {422, 429, 503}
    assert 1 < watched.most <= passwords.AT_ONCE


def test_whoever_gets_no_turn_is_told_and_has_not_tried(app, rows):
    browser = app.test_client()
    form = form_of(browser)
    with app.app_context():
        _agent, form["password"] = services.add_agent("dana@example.org", "Dana Kim")
    form["email"] = "dana@example.org"
    with ExitStack() as taken:
        for _ in range(passwords.AT_ONCE):
            taken.enter_context(passwords.turn())
        answer = browser.post("/desk/sign-in", data=form)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Your password was not looked at, and this did not count as a try." in answer.text
    assert rows("select count(*) from sign_in_try where failures > 0") == [(0,)]
    assert browser.post("/desk/sign-in", data=form).status_code == 303


def test_whoever_gets_no_turn_is_noted_once_in_a_while(app, rows):
    noted = "select count(*) from audit where what = 'sign-in refused' and detail = 'password,busy'"
    browser = app.test_client()
    form, now = form_of(browser), clock.now()
    with ExitStack() as taken:
        for _ in range(passwords.AT_ONCE):
            taken.enter_context(passwords.turn())
        for minutes, lines in ((0, 1), (1, 1), (6, 2)):
            with clock.pretend(now + timedelta(minutes=minutes)):
                assert browser.post("/desk/sign-in", data=form).status_code == 503
            assert rows(noted) == [(lines,)]


def test_an_agent_who_is_in_gets_a_calm_page_too(app, dana):
    token = hidden(dana.open("/desk/password").text, "csrf_token")
    answers = {"password": "another long night of seas", "again": "another long night of seas", "csrf_token": token}
    with ExitStack() as taken:
        for _ in range(passwords.AT_ONCE):
            taken.enter_context(passwords.turn())
        answer = dana.browser.post("/desk/password", data=answers | {"current": "a long night of quiet seas"})

    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
