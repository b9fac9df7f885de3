"""Visitors of the help center, many of them: what they search and say of articles, and what is counted of it."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import clock
from supportdesk.database import Base, db

NOON = datetime(2026, 11, 20, 20, tzinfo=UTC)  # In Los Angeles; so the day is the same there and in UTC.
COUNTED = ("search_count", "search_salt", "search_asker", "search_words", "article_voter", "article_comment")


class Crowd:
    """People who search and vote, each from an address of their own."""

    def __init__(self, app):
        self.app = app

    def search(self, words, by=1, browser="Firefox"):
        answer = self.app.test_client().get("/search", query_string={"q": words}, **_person(by, browser))
        assert answer.status_code == 200
        return answer

    def ask(self, words, visitors, first=1):
        """So many different people search the same, and it is written down."""
        for number in range(first, first + visitors):
            self.search(words, by=number)
        self.write()

    def vote(self, said, by=1, browser="Firefox", article="/articles/forgot-password"):
        return self.app.test_client().post(f"{article}/helpful", data={"helpful": said}, **_person(by, browser))

    def write(self):
        self.app.extensions["search notebook"].write()

    @contextmanager
    def on_day(self, number):
        with clock.pretend(NOON + timedelta(days=number)):
            yield


def _person(number, browser):
    return {"environ_overrides": {"REMOTE_ADDR": f"203.0.113.{number}"}, "headers": {"User-Agent": browser}}


@pytest.fixture
def crowd(app):
    """The desk with nothing counted yet."""
    crowd = Crowd(app)
    crowd.write()  # What other tests searched.
    with app.app_context():
        for table in COUNTED:
            db.session.execute(Base.metadata.tables[table].delete())
        db.session.commit()
    return crowd


@pytest.fixture
def counts(crowd, rows):
    """Everything counted so far, written first: {("click", "1"): 2}."""

    def ask():
        crowd.write()
        return {(what, detail): times for what, detail, times in rows("select what, detail, times from search_count")}

    return ask
