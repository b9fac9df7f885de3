"""Two agents at one ticket see each other, before either has sent anything; and what arrived meanwhile."""

import html
from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import clock

MONDAY = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)  # 10 AM Pacific.


def after(seconds):
    return clock.pretend(MONDAY + timedelta(seconds=seconds))


@pytest.fixture
def reference(patient):
    with after(-60):
        return patient.send()


def ask(agent, reference, doing="looking"):
    token = agent.form(reference)["csrf_token"]
    answer = agent.browser.post(f"/desk/tickets/{reference}/here.json", data={"csrf_token": token, "doing": doing})
    assert answer.status_code == 200
    return answer.json


def test_who_opens_a_ticket_sees_who_looks_at_it(dana, priya, reference):
    with after(0):
        assert "is looking" not in priya.ticket(reference)
    with after(60):
        assert "Priya Nair is looking at this too." in dana.ticket(reference)
    with after(121):
        assert "Priya Nair is" not in dana.ticket(reference)


def test_a_script_says_who_writes_and_asks_again(dana, priya, reference):
    with after(0):
        assert ask(priya, reference, "writing")["others"] == ""
        assert ask(dana, reference)["others"] == "Priya Nair is writing."
    with after(41):
        assert ask(dana, reference)["others"] == "Priya Nair is looking at this too."


def test_who_leaves_is_gone(dana, priya, reference):
    with after(0):
        token = priya.form(reference)["csrf_token"]
        gone = {"csrf_token": token, "doing": "gone"}
        assert priya.browser.post(f"/desk/tickets/{reference}/here.json", data=gone).status_code == 200
        assert ask(dana, reference)["others"] == ""


def test_it_tells_that_the_ticket_has_changed(dana, priya, reference):
    before = ask(dana, reference)["version"]
    priya.act(reference, "take")
    assert ask(dana, reference)["version"] == before + 1


def test_of_a_ticket_that_is_not_there_it_knows_nothing(dana, reference):
    token = dana.form(reference)["csrf_token"]
    answer = dana.browser.post("/desk/tickets/NC-2222-2222/here.json", data={"csrf_token": token})
    assert answer.json == {"others": "", "version": None}


def test_what_a_script_asks_keeps_nobody_signed_in(dana, reference):
    begun, token = clock.now(), dana.form(reference)["csrf_token"]
    for minutes in range(5, 36, 5):
        with clock.pretend(begun + timedelta(minutes=minutes)):
            answer = dana.browser.post(f"/desk/tickets/{reference}/here.json", data={"csrf_token": token})
    assert answer.status_code == 303
    assert answer.location.startswith("/desk/sign-in")


def test_a_reply_to_what_has_moved_on_shows_first_what_arrived(dana, priya, reference):
    form = dana.form(reference)
    form["newest"] = html.unescape(dana.ticket(reference)).partition('name="newest" value="')[2].partition('"')[0]
    priya.reply(reference, "I have called him already.")
    page = dana.reply(reference, "Hi Walter, we will call you.", code=409, form=form)

    assert "This arrived since you opened the page" in page
    assert "I have called him already." in page
    assert "Hi Walter, we will call you." in page
    assert "I asked for a new password three times" not in page


@pytest.mark.parametrize("newest", ["", "nonsense", "-1", "9" * 40, "²"])
def test_a_mark_that_cannot_be_read_shows_what_changed_and_nothing_breaks(dana, priya, reference, newest):
    form = dana.form(reference) | {"newest": newest}
    priya.act(reference, "note", body="I am on it.")
    assert "Priya Nair wrote a note" in dana.reply(reference, "Hi.", code=409, form=form)
