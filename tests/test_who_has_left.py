"""The requests of a colleague who was deactivated: marked wherever they stand, and handed on with one button."""

import html
import re

import pytest

from supportdesk.agents.teams.services import make_team
from supportdesk.audit.services import OPERATOR
from tests.people import hidden
from tests.test_bulk import read, undo

STATE = "select reference, assignee_id, team_id, status, reply_due_at from ticket order by id"


@pytest.fixture
def left(priya, patient, run):
    """Priya's requests: an open one, one that waits on its patient, and one that is solved; then she left."""
    references = [patient.send(subject=f"Question {number}") for number in range(3)]
    for reference in references:
        priya.act(reference, "take")
    priya.reply(references[1], "Please try again.")
    priya.act(references[2], "solve", outcome="answered")
    run(f"agents deactivate {priya.email}")
    return references


def page_of(admin, person):
    return html.unescape(re.sub(r"\s+", " ", admin.open(f"/desk/people/{person.id}").text))


def hand_on(admin, person, act, code=303):
    form = {"csrf_token": hidden(admin.open(f"/desk/people/{person.id}").text, "csrf_token"), "act": act}
    answer = admin.browser.post(f"/desk/people/{person.id}/requests", data=form)
    assert answer.status_code == code
    return answer.location


def test_it_is_said_in_the_queue_and_on_the_page_of_a_request(dana, left):
    queue, ticket = dana.open("/desk/").text, dana.ticket(left[0])

    assert re.search(r"Priya</span> <span class=\"chip chip-closed\">.*?Deactivated</span>", queue, re.DOTALL)
    assert "Priya Nair (deactivated) still has this request." in ticket
    assert re.search(r"<option selected[^>]*>Priya Nair \(deactivated\)</option>", ticket)


def test_of_who_is_here_nothing_of_the_kind_is_said(dana, priya, patient):
    reference = patient.send()
    priya.act(reference, "take")

    assert "eactivated" not in dana.open("/desk/").text
    assert "Priya Nair has this request." in dana.ticket(reference)
    page = page_of(dana, priya)
    assert "1 open request is assigned to Priya Nair." in page
    assert "Hand on" not in page
    hand_on(dana, priya, "release")
    assert "Priya Nair has this request." in dana.ticket(reference)


def test_details_can_be_saved_while_it_stays_theirs(dana, priya, left, rows):
    form = dana.form(left[0])
    dana.act(left[0], "details", form=form, status="open", priority="high", topic="sign-in", assignee=str(priya.id))

    assert rows("select priority, assignee_id from ticket order by id")[0] == ("high", priya.id)


def test_their_page_counts_what_is_still_theirs(dana, priya, left):
    page = page_of(dana, priya)

    assert "1 open request is assigned to Priya Nair, and 1 that waits on the patient or for a day." in page
    assert f"view=waiting&assignee={priya.id}" in page


def test_they_are_put_back_to_no_one_and_with_undo_it_is_as_before(dana, priya, left, rows):
    before = rows(STATE)
    address = hand_on(dana, priya, "release")

    assert "2 of 2 done" in read(dana, address)
    assert [row[1] for row in rows(STATE)] == [None, None, priya.id]
    assert [row[3:] for row in rows(STATE)] == [row[3:] for row in before]
    assert "Dana Kim unassigned this" in dana.ticket(left[0])
    assert "No open requests are assigned to Priya Nair." in page_of(dana, priya)
    assert rows("select count(*) from audit where detail = 'bulk.release'") == [(2,)]
    assert "2 of 2 put back" in undo(dana, address)
    assert rows(STATE) == before


def test_a_colleague_is_given_all_of_them(dana, priya, left, rows):
    assert "2 of 2 done" in read(dana, hand_on(dana, priya, f"assign:{dana.id}"))
    assert [row[1] for row in rows(STATE)] == [dana.id, dana.id, priya.id]


def test_what_a_team_had_goes_back_to_the_team(app, dana, priya, patient, run, rows):
    with app.app_context():
        team = make_team("Sign-in help", [dana.id, priya.id], OPERATOR).id
    reference = patient.send()
    dana.act(reference, "details", status="new", priority="normal", topic="sign-in", assignee=f"team-{team}")
    priya.act(reference, "take")
    run(f"agents deactivate {priya.email}")
    hand_on(dana, priya, "release")

    assert [row[1:3] for row in rows(STATE)] == [(None, team)]
    assert reference in dana.open("/desk/?view=teams").text


@pytest.mark.parametrize("act", ["", "solve", "assign:", "assign:999999", "priority:high", "assign:none; drop"])
def test_what_the_form_does_not_offer_changes_nothing(dana, priya, left, rows, act):
    before = rows(STATE)
    assert hand_on(dana, priya, act) == f"/desk/people/{priya.id}"
    assert rows(STATE) == before
