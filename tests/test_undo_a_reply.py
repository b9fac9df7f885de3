"""Ten seconds after “Send”: the reply can be taken back until its mail leaves, and no patient saw it."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import clock
from tests.conftest import signed_in
from tests.people import ticked

MONDAY = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)  # 10 AM Pacific.
WORDS = "Hi Walter, please open only the newest marmalade."


def after(seconds):
    return clock.pretend(MONDAY + timedelta(seconds=seconds))


@pytest.fixture
def app(app):
    app.config["UNDO_SECONDS"] = 10
    yield app
    app.config["UNDO_SECONDS"] = 0


@pytest.fixture
def reference(patient):
    with after(-60):
        return patient.send()


def undo_on(page):
    return re.search(r'action="(/desk/tickets/[^"]*/undo/\d+)"', page)


def undo(agent, page, code=303):
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)[1]
    answer = agent.browser.post(undo_on(page)[1], data={"csrf_token": token})
    assert answer.status_code == code, answer.text
    return answer.text


STATE = "select status, outcome, assignee_id, reply_due_at, first_replied_at, solved_at, topic from ticket"


@pytest.mark.parametrize("then", ["pending", "open", "solved"])
def test_taken_back_everything_is_as_before_and_the_words_are_in_the_box(dana, reference, rows, run, then):
    before = rows(STATE)
    with after(0):
        dana.reply(reference, WORDS, then=then)
    with after(9):
        run("outbox deliver")
        page = dana.ticket(reference)
        assert f'Your reply to <span class="ref">{reference}</span>' in page
        undo(dana, page)
        page = html.unescape(dana.ticket(reference))

    assert rows(STATE) == before
    assert WORDS in re.search(r'id="reply-body"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1]
    assert "Dana Kim took the reply back before it went out" in page
    assert not undo_on(page)
    assert rows("select count(*) from message where kind = 'reply'") == [(0,)]
    assert rows("select count(*) from outbox where template = 'reply'") == [(0,)]
    assert rows("select count(*) from own_link") == [(1,)]  # Of the first mail; the reply's is gone.
    assert "No request holds" in dana.look_for("marmalade").text


def test_nothing_leaves_before_the_time_is_over_and_then_it_does(dana, reference, run, rows):
    with after(0):
        dana.reply(reference, WORDS)
    with after(9.9):
        run("outbox deliver")
    assert rows("select state from outbox where template = 'reply'") == [("queued",)]
    with after(10):
        run("outbox deliver")
    assert rows("select state from outbox where template = 'reply'") == [("sent",)]


def test_afterwards_it_is_too_late_and_nothing_is_changed(dana, reference, rows):
    with after(0):
        dana.reply(reference, WORDS)
        page = dana.ticket(reference)
    with after(10):
        assert "It was too late to undo" in undo(dana, page, 409)
        assert not undo_on(dana.ticket(reference))
    assert rows("select count(*) from message where kind = 'reply'") == [(1,)]


def test_pressed_twice_the_second_says_so(dana, reference):
    with after(0):
        dana.reply(reference, WORDS)
        page = dana.ticket(reference)
        undo(dana, page)
        undo(dana, page, 409)


def test_nobody_takes_back_what_a_colleague_sent(dana, priya, reference, rows):
    with after(0):
        dana.reply(reference, WORDS)
        theirs = dana.ticket(reference)
        assert not undo_on(priya.ticket(reference))
        token = priya.form(reference)["csrf_token"]
        assert priya.browser.post(undo_on(theirs)[1], data={"csrf_token": token}).status_code == 404
    assert rows("select count(*) from message where kind = 'reply'") == [(1,)]


def test_what_somebody_changed_meanwhile_stays_changed(dana, priya, reference, rows):
    with after(0):
        dana.reply(reference, WORDS)
        page = dana.ticket(reference)
        priya.act(reference, "details", status="open", priority="high", topic="account", assignee=str(priya.id))
        undo(dana, page)

    assert rows("select status, priority, topic, assignee_id from ticket") == [("open", "high", "account", priya.id)]
    assert rows("select count(*) from message where kind = 'reply'") == [(0,)]


TURN = "select status, outcome, reply_due_at, reply_since, first_replied_at, solved_at, waits_until from ticket"


def tag(agent, reference, rows):
    agent.act(reference, "tags", **ticked(*(number for (number,) in rows("select id from tag"))))


CHANGES = {
    "a tag": tag,
    "a note": lambda agent, reference, _rows: agent.act(reference, "note", body="I called him."),
    "a watcher": lambda agent, reference, _rows: agent.act(reference, "watch"),
    "an assignment": lambda agent, reference, _rows: agent.act(reference, "take"),
}


@pytest.mark.parametrize("then", ["pending", "open", "solved"])
@pytest.mark.parametrize("change", CHANGES)
def test_whatever_else_was_done_meanwhile_it_is_our_turn_again_by_the_same_deadline(
    dana, priya, reference, rows, then, change
):
    dana.browser.post("/desk/tags", data={"csrf_token": dana.form(reference)["csrf_token"], "name": "login"})
    before = rows(TURN)
    with after(0):
        dana.reply(reference, WORDS, then=then)
    with after(3):
        CHANGES[change](priya, reference, rows)
    with after(5):
        undo(dana, dana.ticket(reference))

    assert rows(TURN) == before
    assert rows("select assignee_id from ticket") == [(priya.id if change == "an assignment" else None,)]


def test_a_deadline_that_comes_back_is_that_of_the_new_priority(desk_with):
    app = desk_with(REPLY_TARGETS="high 60/30", UNDO_SECONDS=10)
    with after(0):
        dana = signed_in(app, "dana@example.org", "Dana Kim")
        reference = app.test_client().send()
        dana.reply(reference, WORDS)
        dana.act(reference, "details", status="pending", priority="high", topic="sign-in", assignee=str(dana.id))
        undo(dana, dana.ticket(reference))
        page = dana.open(f"/desk/tickets/{reference}/deadline").text

    assert "60 minutes are the target for a first reply, by the rule “high”." in page
    assert "So the reply is due by <strong>Monday, November 16, 11 AM Pacific</strong>." in page


def test_what_a_colleague_opened_or_let_rest_meanwhile_stays_so_and_the_patient_waits_no_longer(
    dana, priya, reference, rows
):
    [(due,)] = rows("select reply_due_at from ticket")
    with after(0):
        dana.reply(reference, WORDS)
    with after(2):
        priya.act(reference, "details", status="open", priority="normal", topic="sign-in", assignee=str(priya.id))
    with after(3):
        undo(dana, dana.ticket(reference))
    assert rows("select status, reply_due_at from ticket") == [("open", due)]

    with after(20):
        dana.reply(reference, WORDS)
        priya.act(reference, "wait", day="2026-11-18")
        [(rests,)] = rows("select waits_until from ticket")
        undo(dana, dana.ticket(reference))
    assert rows("select status, reply_due_at, waits_until from ticket") == [("open", due, rests)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_replies_one_stands_until_both_are_taken_back(dana, priya, reference, rows, order):
    before = rows(STATE)
    with after(0):
        dana.reply(reference, WORDS)
    with after(1):
        priya.reply(reference, "And reload the page.", then="solved")
    with after(2):
        pages = [dana.ticket(reference), priya.ticket(reference)]
        undo([dana, priya][order[0]], pages[order[0]])
        stands = rows("select status, reply_due_at from ticket")
        undo([dana, priya][order[1]], pages[order[1]])

    assert stands == [("pending" if order[0] else "solved", None)]
    assert rows(STATE) == before


@pytest.mark.parametrize("colleague_looks_in", [False, True])
def test_what_was_held_for_review_is_held_again(patient, dana, priya, rows, colleague_looks_in):
    reference = patient.send(website="https://pills.example")
    before = rows("select status, held_because, rank from ticket")
    with after(0):
        dana.reply(reference, WORDS)
        assert rows("select held_because from ticket") == [(None,)]
        if colleague_looks_in:
            priya.act(reference, "note", body="Do you know him?")
        undo(dana, dana.ticket(reference))

    assert [row[:2] for row in rows("select status, held_because from ticket")] == [row[:2] for row in before]
    assert reference in dana.open("/desk/?view=held").text


def test_a_canned_reply_counts_as_used_only_where_the_reply_stands(dana, reference, rows):
    with after(0):
        dana.reply(reference, WORDS, used="call-us-together")
    with after(20):
        dana.reply(reference, WORDS, used="call-us-together reset-link-expired")
        undo(dana, dana.ticket(reference))

    assert rows("select name, uses from canned_use") == [("call-us-together", 1)]
    assert "sent once" in dana.ticket(reference)


def test_nothing_is_merged_while_a_reply_can_still_be_taken_back(patient, dana, reference, rows):
    with after(-30):
        other = patient.send(subject="Again")
    with after(0):
        dana.reply(other, WORDS)
        answers = {"other": other, "other_version": str(*rows("select max(version) from ticket")[0])}
        assert "can still be taken back" in html.unescape(dana.act(reference, "merge", 409, **answers))
    with after(10):
        dana.act(reference, "merge", **answers)


def test_a_note_to_ask_the_clinic_can_be_taken_back_too(dana, reference, rows):
    before = rows(STATE)
    with after(0):
        dana.act(reference, "clinic", topic="billing", body=WORDS)
        undo(dana, dana.open("/desk/").text)
    assert rows(STATE) == before


def test_the_patients_page_shows_it_only_when_it_is_out(app, reference, dana, letters, rows):
    from supportdesk.tickets.own_page import queries
    from supportdesk.tickets.undoing.queries import still_held_back

    with after(0):
        dana.reply(reference, WORDS)
    [(ticket_id, message_id)] = rows("select ticket_id, id from message where kind = 'reply'")
    with app.app_context():
        assert still_held_back(ticket_id, MONDAY + timedelta(seconds=9)) == {message_id}
        assert still_held_back(ticket_id, MONDAY + timedelta(seconds=10)) == set()
    assert queries.still_held_back is still_held_back


def test_where_the_setting_says_so_there_is_nothing_to_undo(app, dana, reference, run, rows):
    app.config["UNDO_SECONDS"] = 0
    with after(0):
        dana.reply(reference, WORDS)
        assert not undo_on(dana.ticket(reference))
        run("outbox deliver")
    assert rows("select state from outbox where template = 'reply'") == [("sent",)]


def test_sent_and_solved_in_one_click(dana, reference, rows):
    dana.reply(reference, WORDS, onward="solve")

    assert rows("select status, outcome from ticket") == [("solved", "answered")]


def test_sent_and_on_to_the_next_which_is_nobody_elses_and_where_nobody_is(app, patient, dana, priya):
    first, theirs, looked_at, last = [patient.send(subject=f"Question {number}") for number in range(4)]
    priya.act(theirs, "take")
    priya.ticket(looked_at)
    answers = dana.form(first) | {"body": "Hi.", "then": "pending", "onward": "next"}
    answer = dana.browser.post(f"/desk/tickets/{first}/reply", data=answers)
    assert (answer.status_code, answer.location) == (303, f"/desk/tickets/{last}")

    answers = dana.form(last) | {"body": "Hi.", "then": "pending", "onward": "next"}
    answer = dana.browser.post(f"/desk/tickets/{last}/reply", data=answers)
    assert answer.location == "/desk/?view=mine"


def test_a_reply_that_was_refused_goes_nowhere(dana, reference):
    assert "Enter your reply" in dana.reply(reference, "", onward="next", code=422)
