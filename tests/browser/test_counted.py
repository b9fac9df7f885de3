"""What a real browser tells the desk after a search: the rank of what was opened, and going on to the form."""

import sqlite3
from contextlib import closing

import pytest

from tests.server import serving, until


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with serving(
        tmp_path_factory.mktemp("counted"), delivery=False, SEARCH_BY_MEANING="off", SEARCH_COUNT_SECONDS=1
    ) as running:
        yield running


def counted(desk):
    with closing(sqlite3.connect(desk.data / "desk.sqlite3")) as database:
        return dict(
            database.execute(
                "select what || case what when 'view' then '' else detail end, times from search_count order by 1"
            )
        )


def test_the_rank_of_an_opened_result_and_going_on_to_the_form_are_counted(desk, browse):
    patient = browse(desk)
    patient.goto("/search?q=password email portal clinic")
    patient.locator(".results > li:nth-child(2) h2 a").click()
    patient.wait_for_url("**/articles/*")
    patient.goto("/search?q=password email portal clinic")
    patient.get_by_role("link", name="send us a message").first.click()
    patient.wait_for_url("**/requests/new")

    assert until(lambda: len(counts := counted(desk)) == 4 and counts, "the counts") == {
        "click2": 1,
        "form": 1,
        "search": 2,
        "view": 1,
    }
