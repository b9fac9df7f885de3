"""Every case of the table, on one desk that goes on serving: no fault of ours, nothing stored but what was taken."""

import logging
import time
from html import unescape

import flask_migrate
import pytest
from flask.testing import FlaskClient

from supportdesk.database import db
from supportdesk.web import HEADERS
from tests.conftest import close, make_app, signed_in
from tests.hostile.cases import SIGN_IN, TABLE
from tests.people import Page, hidden

LONGEST = 5.0  # Seconds, on a machine that has other things to do; the pages’ own limits are far below.


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request, tmp_path_factory):
    settings = {}
    if request.param == "postgresql":
        settings["DATABASE_URL"] = request.getfixturevalue("cluster").create_database()
    app = make_app(tmp_path_factory.mktemp("hostile"), **settings)
    with app.app_context():
        flask_migrate.upgrade()
    app.test_client().send(message="The first one reads the articles.")
    yield app
    close(app)


@pytest.fixture(scope="module")
def dana(desk):
    return signed_in(desk, "dana@example.org", "Dana Kim")


def stored(desk):
    with desk.app_context():
        return [db.session.scalar(db.text(f"select count(*) from {name}")) for name in ("ticket", "message", "outbox")]


def ask(browser, path, **more):
    """Without the look at leftovers of templates that other tests take: here people type them."""
    begun = time.monotonic()
    answer = FlaskClient.open(browser, path, **more)
    assert time.monotonic() - begun < LONGEST
    return answer


def check(answer, case):
    assert answer.status_code in case.status, answer.text[:2_000]
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    page = unescape(answer.text) if answer.mimetype.startswith("text/") else ""
    assert case.says in page
    for text in case.kept:
        assert text.replace("\r\n", "\n").strip(" \t\r\n") in page, "what was typed is lost"
    for text in (*case.never, "Traceback (most recent call last)", "sqlalchemy"):
        assert text not in page + str(answer.headers)
    if answer.mimetype == "text/html" and answer.status_code not in range(300, 400):
        assert Page(answer.text).refused == []


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.about)
def test_each_gets_the_answer_that_is_expected(desk, dana, caplog, case):
    caplog.set_level(logging.ERROR)
    before = stored(desk)
    browser = dana.browser if case.as_agent else desk.test_client()
    check(ask(browser, case.path, method=case.method, **case.more), case)
    after = stored(desk)

    assert after == ([before[0] + 1, before[1] + 1, before[2] + 2] if case.stores else before)
    assert caplog.text == "", "a line in the log is a fault of ours"


@pytest.mark.parametrize(("_about", "typed", "status"), SIGN_IN, ids=[about for about, *_rest in SIGN_IN])
def test_nobody_comes_in_by_typing_something_odd(desk, dana, _about, typed, status):
    browser = desk.test_client()
    token = hidden(browser.get("/desk/sign-in").text, "csrf_token")
    answer = ask(browser, "/desk/sign-in", method="POST", data={"csrf_token": token} | typed)

    assert answer.status_code in status | {429}
    assert browser.get("/desk/").status_code == 303


def test_there_are_at_least_a_hundred_and_fifty_and_each_is_another():
    names = [case.about for case in TABLE] + [about for about, *_rest in SIGN_IN]

    assert len(names) == len(set(names)) >= 150
