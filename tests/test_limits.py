"""One address that asks too often is asked to wait, kindly, and nobody else notices."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from supportdesk import clock
from supportdesk.counters import SharedFile
from supportdesk.database import db
from supportdesk.exceptions import SettingsError
from tests.conftest import make_app
from tests.desks import bring_what_was_learned

NOON = datetime(2026, 11, 23, 20, tzinfo=UTC)


@pytest.fixture
def three_a_minute(desk_with):
    return desk_with(SEARCHES_PER_MINUTE=3)


def search(app, address="198.51.100.7", path="/search.json?q=password", **headers):
    return app.test_client().get(path, environ_base={"REMOTE_ADDR": address}, headers=headers)


def test_the_fourth_search_of_three_has_to_wait_and_is_told_how_long(three_a_minute):
    with clock.pretend(NOON):
        answers = [search(three_a_minute) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert "Please wait a minute" in answers[-1].json["error"]


def test_a_page_that_has_to_wait_says_so_kindly(three_a_minute):
    with clock.pretend(NOON):
        pages = [search(three_a_minute, path=f"/search?q=password+{number}") for number in range(4)]

    assert pages[-1].status_code == 429
    assert "Please wait a minute" in pages[-1].text
    assert "1-800-925-4456" in pages[-1].text


def test_a_search_whose_answer_is_there_waits_for_nothing(three_a_minute):
    with clock.pretend(NOON):
        pages = [search(three_a_minute, path="/search?q=password").status_code for _ in range(10)]
        others = [search(three_a_minute, path=f"/search?q=password+{number}").status_code for number in range(3)]

    assert pages == [200] * 10
    assert others == [200, 200, 429]


def test_a_minute_later_it_may_search_again(three_a_minute):
    with clock.pretend(NOON):
        for _ in range(4):
            search(three_a_minute)
    with clock.pretend(NOON + timedelta(seconds=61)):
        assert search(three_a_minute).status_code == 200


def test_another_address_does_not_notice(three_a_minute):
    with clock.pretend(NOON):
        for _ in range(4):
            search(three_a_minute)

        assert search(three_a_minute, "198.51.100.8").status_code == 200


def test_a_household_of_ipv6_counts_as_one_address(three_a_minute):
    with clock.pretend(NOON):
        answers = [search(three_a_minute, f"2001:db8:1:2::{number}").status_code for number in range(4)]
        neighbour = search(three_a_minute, "2001:db8:1:3::1").status_code

    assert (answers[-1], neighbour) == (429, 200)


def test_the_processes_of_a_machine_count_together(desk_with, tmp_path):
    first, second = (desk_with(SEARCHES_PER_MINUTE=3) for _ in range(2))
    with clock.pretend(NOON):
        answers = [search(app).status_code for app in (first, second, first, second)]

    assert answers == [200, 200, 200, 429]


def test_no_address_stands_in_the_file(three_a_minute):
    search(three_a_minute)
    written = b"".join(path.read_bytes() for path in three_a_minute.config["DATA_FOLDER"].glob("limits.sqlite3*"))

    assert b"LIMITS" in written or b"LIMITER" in written
    assert b"198.51.100.7" not in written


def test_only_the_owner_can_read_the_file(three_a_minute):
    search(three_a_minute)
    path = three_a_minute.config["DATA_FOLDER"] / "limits.sqlite3"

    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", [b"", b"not a database at all" * 500])
def test_a_damaged_file_is_made_anew_and_keeps_nobody_from_searching(desk_with, tmp_path, damage):
    path = tmp_path / "data" / "limits.sqlite3"
    bring_what_was_learned(path.parent)
    path.write_bytes(damage)
    app = desk_with(SEARCHES_PER_MINUTE=3)
    with clock.pretend(NOON):
        assert search(app).status_code == 200
    with clock.pretend(NOON + timedelta(minutes=5)):
        assert [search(app).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_without_the_redis_that_is_named_each_process_counts_for_itself(desk_with, caplog):
    app = desk_with(SEARCHES_PER_MINUTE=3, REDIS_URL="redis://127.0.0.1:1/0")
    with clock.pretend(NOON):
        answers = [search(app).status_code for _ in range(4)]

    assert answers == [200, 200, 200, 429]
    assert "Each process counts for itself" in caplog.text
    assert caplog.text.count("counts for itself") == 1


def test_an_address_of_redis_that_is_none_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="SUPPORTDESK_REDIS_URL"):
        make_app(tmp_path, REDIS_URL="localhost")


def test_a_proxy_nobody_told_us_of_is_pointed_out_once(three_a_minute, caplog):
    for _ in range(2):
        search(three_a_minute, **{"X-Forwarded-For": "203.0.113.9"})

    assert caplog.text.count("SUPPORTDESK_TRUSTED_PROXIES is 0") == 1
    assert "203.0.113.9" not in caplog.text


COUNT = """
import sys
from pathlib import Path
from supportdesk.counters import SharedFile
counter = SharedFile(Path(sys.argv[1]))
for _ in range(200):
    counter.incr("key", 60)
"""


def test_no_count_is_lost_between_processes_that_count_at_once(tmp_path):
    path = tmp_path / "limits.sqlite3"
    processes = [subprocess.Popen([sys.executable, "-c", COUNT, str(path)]) for _ in range(3)]

    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert SharedFile(path).get("key") == 600


# Sending


def send(app, form, address="198.51.100.7"):
    return app.test_client().post("/requests/new", data=form, environ_base={"REMOTE_ADDR": address})


def stored(app):
    with app.app_context():
        return db.session.scalar(db.text("select count(*) from ticket"))


def test_one_message_too_many_is_not_sent_yet_and_every_word_stays(desk_with):
    app = desk_with(REQUESTS_PER_HOUR=2)
    forms = [app.test_client().fill_in(subject=f"Number {n}") for n in range(3)]
    with clock.pretend(NOON):
        first, second = (send(app, form) for form in forms[:2])
    with clock.pretend(NOON + timedelta(minutes=48)):
        third = send(app, forms[2])

    assert [first.status_code, second.status_code, third.status_code] == [303, 303, 429]
    assert third.headers["Retry-After"] == "720"
    page = unescape(third.text)
    assert "Please wait 12 minutes, then send it again" in page
    assert "1-800-925-4456" in page
    for word in forms[2].values():
        assert word in page
    assert stored(app) == 2


def test_after_the_hour_the_same_form_is_taken(desk_with):
    app = desk_with(REQUESTS_PER_HOUR=1)
    form = app.test_client().fill_in(subject="Number 2")
    with clock.pretend(NOON):
        send(app, app.test_client().fill_in())
        assert send(app, form).status_code == 429
    with clock.pretend(NOON + timedelta(hours=1, seconds=1)):
        assert send(app, form).status_code == 303


def test_what_was_kept_before_is_no_second_message(desk_with):
    app = desk_with(REQUESTS_PER_HOUR=1)
    form = app.test_client().fill_in()
    with clock.pretend(NOON):
        assert [send(app, form).status_code for _ in range(4)] == [303] * 4
    assert stored(app) == 1


def test_what_has_to_be_mended_first_is_not_counted(desk_with):
    app = desk_with(REQUESTS_PER_HOUR=1)
    with clock.pretend(NOON):
        assert [send(app, app.test_client().fill_in(email="walter")).status_code for _ in range(3)] == [422] * 3
        assert send(app, app.test_client().fill_in()).status_code == 303


def test_there_is_a_limit_for_the_day_too(desk_with):
    app = desk_with(REQUESTS_PER_HOUR=1, REQUESTS_PER_DAY=2)
    answers = []
    for hour in range(3):
        with clock.pretend(NOON - timedelta(hours=12) + timedelta(hours=hour)):
            answers.append(send(app, app.test_client().fill_in(subject=f"Number {hour}")).status_code)

    assert answers == [303, 303, 429]


def test_another_address_sends_as_ever(desk_with):
    app = desk_with(REQUESTS_PER_HOUR=1)
    with clock.pretend(NOON):
        send(app, app.test_client().fill_in())
        assert send(app, app.test_client().fill_in(), "198.51.100.8").status_code == 303


def test_looking_while_somebody_types_counts_as_a_search(three_a_minute):
    def look():
        asked = {"subject": "", "message": "I forgot my password", "topic": ""}
        return three_a_minute.test_client().post("/requests/check.json", json=asked).status_code

    with clock.pretend(NOON):
        assert [look() for _ in range(4)] == [200, 200, 200, 429]


# Comments on articles


def comment(app, words, address="198.51.100.7"):
    form = {"comment": words, "submission_key": f"key of {words}"}
    return app.test_client().post("/articles/cost/comment", data=form, environ_base={"REMOTE_ADDR": address})


def test_one_comment_too_many_is_not_sent_yet_and_every_word_stays(desk_with):
    app = desk_with(COMMENTS_PER_HOUR=2)
    with clock.pretend(NOON):
        answers = [comment(app, f"Zeppelin number {number}") for number in range(3)]
        neighbour = comment(app, "Another zeppelin", "198.51.100.8")

    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert answers[2].headers["Retry-After"] == "3600"
    assert "Please wait 60 minutes, then send it again" in answers[2].text
    assert "Zeppelin number 2" in answers[2].text
    assert neighbour.status_code == 303


def test_a_comment_that_has_to_be_mended_first_is_not_counted(desk_with):
    app = desk_with(COMMENTS_PER_HOUR=1)
    with clock.pretend(NOON):
        assert [comment(app, "").status_code for _ in range(3)] == [422] * 3
        assert comment(app, "Zeppelin").status_code == 303


# A requester’s own page


@pytest.mark.parametrize("path", ["open/" + "x" * 43, "code", "code/again", "new-link", "NC-7HK4-92QX/solved"])
def test_a_requesters_page_is_knocked_at_only_so_often(desk_with, path):
    patient = desk_with(OWN_PAGE_PER_MINUTE=2).test_client()
    with clock.pretend(NOON):
        answers = [patient.post(f"/requests/{path}") for _ in range(3)]

    assert 429 not in [answer.status_code for answer in answers[:2]]
    assert answers[2].status_code == 429
    assert answers[2].headers["Retry-After"] == "60"
    assert "Please wait a minute" in answers[2].text


def test_what_a_requester_writes_too_soon_comes_back_in_its_box(desk_with):
    patient = desk_with(OWN_PAGE_PER_MINUTE=1).test_client()
    with clock.pretend(NOON):
        patient.post("/requests/new-link")
        answer = patient.post("/requests/NC-7HK4-92QX/messages", data={"body": "My zeppelin is late"})

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert "My zeppelin is late" in answer.text
    assert "Please wait a minute" in answer.text


def test_reading_ones_page_is_not_limited(desk_with):
    patient = desk_with(OWN_PAGE_PER_MINUTE=1).test_client()
    with clock.pretend(NOON):
        assert {patient.get("/requests/new-link").status_code for _ in range(5)} == {200}
