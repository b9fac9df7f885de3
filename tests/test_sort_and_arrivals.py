"""The queue's columns sort by links; what comes in meanwhile is told by a link, and moves nothing."""

import html
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from supportdesk import clock
from tests.requester import Requester
from tests.test_work_the_queue import follow, more_like

MONDAY = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)  # 10 AM Pacific.


def on(page):
    return list(dict.fromkeys(re.findall(r'id="tick-(NC-[0-9A-Z-]{9})"', page)))


def asked_by(agent, query):
    """What the queue's script asks of now on."""
    return html.unescape(re.search(r'data-arrived="([^"]*)"', agent.open(f"/desk/?{query}").text)[1])


@pytest.fixture
def three(patient):
    sent = []
    for hours, topic in ((0, "technical"), (1, "account"), (2, "sign-in")):
        with clock.pretend(MONDAY + timedelta(hours=hours)):
            sent.append(patient.send(subject=f"Question {hours}", topic=topic))
    return sent


def test_a_column_sorts_one_way_and_then_the_other(dana, three):
    technical, account, sign_in = three

    assert on(dana.open("/desk/?sort=topic").text) == [account, sign_in, technical]
    page = dana.open("/desk/?sort=-topic").text
    assert on(page) == [technical, sign_in, account]
    assert 'aria-sort="descending"' in page
    assert on(dana.open("/desk/?sort=-created").text) == three[::-1]


def test_an_emergency_comes_first_in_any_order(dana, three, patient):
    emergency = patient.send(topic="technical", message="Chest pain and my left arm is numb, what should I do?")

    for sort in ("topic", "-topic", "created", "updated"):
        assert on(dana.open(f"/desk/?sort={sort}").text)[0] == emergency


@pytest.mark.parametrize("sort", ["topic", "-created"])
def test_the_pages_of_an_order_leave_nobody_out_and_show_nobody_twice(dana, patient, app, sort):
    urgent = [patient.send(topic="technical", message=f"Chest pain and my left arm is numb, {n}") for n in "ab"]
    more_like(app, patient.send(topic="account"), 60)

    page = dana.open(f"/desk/?sort={sort}").text
    first, second, third = (on(follow(dana, page, "next", times)) for times in range(3))

    assert set(first[:2]) == set(urgent)
    assert [len(first), len(second), len(third)] == [25, 25, 13]
    assert len({*first, *second, *third}) == 63


def test_a_sorted_list_ends_after_a_thousand_and_says_so_on_its_last_page(dana, patient, app):
    more_like(app, patient.send(topic="account"), 1000)
    says = "Narrow it down to see more."
    before, last = (dana.open(f"/desk/?sort=created&beside={number}").text for number in (39, 40))

    assert says not in before
    assert 'rel="next"' in before
    assert says in last
    assert 'rel="next"' not in last
    assert len(on(last)) == 25
    assert says not in dana.open("/desk/").text


@pytest.mark.parametrize("sort", ["purple", "-", "--topic", "reply_due_at; drop table ticket", "é"])
def test_an_order_that_there_is_not_is_the_usual_one(dana, three, sort):
    assert on(dana.open(f"/desk/?sort={quote(sort)}").text) == three


def test_the_order_stays_with_filters_and_the_other_way_round(dana, three):
    page = html.unescape(dana.open("/desk/?view=all&topic=account&sort=updated").text)

    assert '<input type="hidden" name="sort" value="updated">' in page
    assert "/desk/?view=all&topic=account&sort=-updated" in page


def test_what_comes_in_is_counted_as_the_page_is_filtered(dana, patient):
    asks = asked_by(dana, "topic=account")
    assert dana.browser.get(asks).json == {"says": "", "is_urgent": False}
    patient.send(topic="account")
    patient.send(topic="sign-in")
    assert dana.browser.get(asks).json == {"says": "1 new request", "is_urgent": False}


def says(agent, asks):
    return agent.browser.get(asks).json["says"]


def test_who_writes_again_is_announced_beside_new_requests(app, dana, patient, letters):
    walter = Requester(app.test_client(), letters, patient.send(topic="account"))
    walter.come_in()
    everywhere, bills = asked_by(dana, "view=open"), asked_by(dana, "topic=billing")
    walter.write("One more thing.")
    assert says(dana, everywhere) == "1 new answer"
    walter.write("And another one.")
    patient.send(subject="Another")
    patient.send(subject="And one more", topic="billing")

    assert says(dana, everywhere) == "2 new requests, 1 new answer"
    assert says(dana, bills) == "1 new request"


def test_what_an_agent_did_and_what_was_written_before_is_no_news(app, dana, priya, patient, letters):
    walter = Requester(app.test_client(), letters, patient.send(topic="account"))
    walter.come_in()
    walter.write("One more thing.")
    asks = asked_by(dana, "view=open")
    priya.act(walter.reference, "note", body="I am on it.")

    assert says(dana, asks) == ""


def test_an_emergency_is_announced_as_one_until_an_agent_knows_better(app, dana, priya, patient, letters):
    walter = Requester(app.test_client(), letters, patient.send(topic="account"))
    walter.come_in()
    asks = asked_by(dana, "view=open")
    walter.write("Now I have crushing chest pain and cannot breathe.")
    assert dana.browser.get(asks).json == {"says": "1 new answer; 1 may be an emergency", "is_urgent": True}
    patient.send(subject="Help", message="Chest pain and my left arm is numb, what should I do?")
    assert says(dana, asks) == "1 new request, 1 new answer; 2 may be emergencies"
    again = asked_by(dana, "view=open")
    walter.write("Are you there?")
    assert says(dana, again) == "1 new answer"  # That it may be one was said before.

    priya.act(walter.reference, "details", status="open", priority="normal", topic="account", assignee="")
    assert says(dana, asks) == "1 new request, 1 new answer; 1 may be an emergency"


def test_what_is_announced_is_one_question_and_no_words(app, dana, patient, letters, statements):
    walter = Requester(app.test_client(), letters, patient.send(topic="account"))
    walter.come_in()
    asks = asked_by(dana, "view=all&sort=-updated")
    walter.write("One more thing about my umbrella.")
    with statements() as asked:
        answer = dana.browser.get(asks)

    assert len([one for one in asked if "FROM ticket" in one]) == 1
    assert "umbrella" not in answer.text


@pytest.mark.parametrize("since", ["", "nonsense", "2026-11-16", "9999-99-99T00:00:00"])
def test_a_moment_that_cannot_be_read_breaks_nothing(dana, since):
    assert dana.browser.get(f"/desk/arrived.json?since={since}").json == {"says": "", "is_urgent": False}


def test_shortcuts_are_listed_and_can_be_switched_off_for_oneself(dana, priya):
    assert "data-shortcuts" in dana.open("/desk/").text
    page = dana.open("/desk/shortcuts/").text
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)[1]
    answer = dana.browser.post("/desk/shortcuts/", data={"csrf_token": token, "shortcuts": "off"})

    assert answer.status_code == 303
    assert "data-shortcuts" not in dana.open("/desk/").text
    assert "Keyboard shortcuts are off" not in priya.open("/desk/").text
    assert "data-shortcuts" in priya.open("/desk/").text
