"""Two agents at the same ticket: the second learns what changed, and keeps every word."""

import threading

import pytest

from tests.people import hidden


@pytest.fixture
def reference(patient):
    return patient.send()


def test_the_second_reply_comes_back_with_its_text_and_what_changed(dana, priya, reference, rows):
    seen_by_priya = priya.form(reference)
    dana.reply(reference, "Hi Walter, I have called you.")
    page = priya.reply(reference, "Hi Walter, please try again.", code=409, form=seen_by_priya)

    assert "Someone changed this request" in page
    assert "Hi Walter, please try again." in page
    assert "Dana Kim replied" in page
    assert rows("select count(*) from message where kind = 'reply'") == [(1,)]


def test_the_second_can_send_it_anyway(dana, priya, reference, rows):
    seen_by_priya = priya.form(reference)
    dana.reply(reference, "Hi Walter, I have called you.")
    page = priya.reply(reference, "Hi Walter, please try again.", code=409, form=seen_by_priya)
    version = hidden(page, "version")
    priya.reply(reference, "Hi Walter, please try again.", form=seen_by_priya | {"version": version})

    assert rows("select count(*) from message where kind = 'reply'") == [(2,)]


@pytest.mark.parametrize(
    ("act", "answers"),
    [
        ("take", {}),
        ("note", {"body": "Call him."}),
        ("solve", {"outcome": "answered"}),
        ("reopen", {}),
        ("details", {"status": "open", "priority": "high", "topic": "sign-in", "assignee": ""}),
        ("clinic", {"topic": "billing", "body": "Please call your clinic."}),
    ],
)
def test_every_act_notices(dana, priya, reference, rows, act, answers):
    seen_by_priya = priya.form(reference)
    dana.act(reference, "note", body="I am on it.")
    page = priya.act(reference, act, 409, form=seen_by_priya, **answers)

    assert "Someone changed this request" in page
    assert "Dana Kim wrote a note" in page
    assert answers.get("body", "") in page
    assert rows("select count(*) from event where act != 'received'") == [(1,)]


def test_of_two_at_the_very_same_moment_one_wins(dana, priya, reference, rows):
    forms = {agent: agent.form(reference) for agent in (dana, priya)}
    start, codes = threading.Barrier(2), []

    def take(agent):
        start.wait()
        codes.append(agent.browser.post(f"/desk/tickets/{reference}/take", data=forms[agent]).status_code)

    both = [threading.Thread(target=take, args=(agent,)) for agent in (dana, priya)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    assert sorted(codes) == [303, 409]
    assert rows("select count(*) from event where act = 'taken'") == [(1,)]


def test_a_reply_to_a_ticket_that_was_closed_meanwhile_comes_back(dana, priya, reference, rows):
    seen_by_priya = priya.form(reference)
    dana.act(reference, "details", status="closed", priority="normal", topic="sign-in", assignee="")
    page = priya.reply(reference, "Hi Walter, please try again.", code=409, form=seen_by_priya)

    assert "Hi Walter, please try again." in page
    assert rows("select count(*) from message where kind = 'reply'") == [(0,)]
