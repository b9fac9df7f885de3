"""Two requests of one person become one, and two again: nothing is moved, so nothing is lost."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import clock
from supportdesk.access import Role
from tests.conftest import signed_in
from tests.people import REQUEST
from tests.requester import Requester

MONDAY = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)  # 10 AM Pacific.
STATE = "select status, outcome, priority, emergency, assignee_id, reply_due_at, solved_at from ticket order by id"


@pytest.fixture
def lead(app, dana):
    return signed_in(app, "lee@example.org", "Lee Moreno", Role.LEAD)


@pytest.fixture
def two(patient):
    return send_two(patient, MONDAY)


@pytest.fixture
def two_of_now(patient):
    """Two whose links in our mail still open."""
    return send_two(patient, clock.now() - timedelta(hours=1))


def send_two(patient, moment):
    with clock.pretend(moment):
        first = patient.send()
    with clock.pretend(moment + timedelta(hours=1)):
        return first, patient.send(subject="Still locked out", message="The zeppelin page again.")


def merge_form(agent, reference, other):
    page = agent.ticket(reference)
    version = re.search(rf'name="other" value="{other}"><input type="hidden" name="other_version" value="(\d+)"', page)
    return agent.form(reference) | {"other": other, "other_version": version[1]}


def merge(agent, into, other, code=303, form=None):
    return agent.act(into, "merge", code, form or merge_form(agent, into, other))


def take_apart(agent, reference, other, code=303):
    return agent.act(reference, "merge/undo", code, other=other)


def test_one_conversation_and_both_references_lead_to_it(lead, dana, two, rows):
    first, second = two
    dana.reply(second, "Which page is it?")
    merge(lead, first, second)
    page = lead.ticket(first)

    assert REQUEST["message"] in page
    assert "The zeppelin page again." in page
    assert "Which page is it?" in page
    assert f'From <span class="ref">{second}</span>, merged into this.' in page
    assert f"Lee Moreno merged {second} into this" in page
    assert lead.open(f"/desk/tickets/{second}", 302).location == f"/desk/tickets/{first}"
    assert lead.find(second) == f"/desk/tickets/{second}"
    assert second in lead.look_for("zeppelin").text
    assert rows("select status, outcome, reply_due_at from ticket order by id")[1] == ("closed", "duplicate", None)
    assert second not in dana.open("/desk/").text


def test_taken_apart_both_are_as_they_were(lead, two, rows):
    first, second = two
    before = rows(STATE)
    merge(lead, first, second)
    take_apart(lead, first, second)

    assert rows(STATE) == before
    assert "The zeppelin page again." not in lead.ticket(first)
    assert "The zeppelin page again." in lead.ticket(second)
    assert f"Lee Moreno took {first} and this apart again" in lead.ticket(second)
    assert rows("select count(*) from merged") == [(0,)]
    merge(lead, second, first)  # And the other way round.


def test_taken_apart_after_somebody_went_on_what_they_did_stays(lead, dana, two, rows):
    first, second = two
    merge(lead, first, second)
    dana.reply(first, "Both are the same fault.")
    take_apart(lead, first, second)

    assert [status for (status,) in rows("select status from ticket order by id")] == ["pending", "new"]
    assert "Both are the same fault." in lead.ticket(first)


def test_what_waits_on_us_still_does_by_the_earlier_deadline(lead, dana, two, rows):
    first, second = two
    dana.reply(first, "Done.", then="solved")
    [_, (second_due,)] = rows("select reply_due_at from ticket order by id")
    merge(lead, first, second)

    assert rows("select status, reply_due_at from ticket order by id")[0] == ("open", second_due)


def test_an_emergency_is_not_hidden_by_merging(lead, patient, two, rows):
    urgent = patient.send(subject="Help", message="I have chest pain and can not breathe.")
    merge(lead, two[0], urgent)

    assert "Possible emergency" in lead.ticket(two[0])
    take_apart(lead, two[0], urgent)
    assert rows("select emergency, priority from ticket order by id")[0] == (None, "normal")


def test_both_links_of_the_patient_lead_to_the_whole_conversation(app, lead, dana, letters, two_of_now, rows):
    first, second = (Requester(app.test_client(), letters, reference) for reference in two_of_now)
    merge(lead, *two_of_now)
    dana.reply(two_of_now[0], "One answer to both.")
    for walter in (first, second):
        page = walter.come_in()
        for words in (REQUEST["message"], "The zeppelin page again.", "One answer to both."):
            assert words in page
    second.write("Thank you, it works.")

    assert "Thank you, it works." in lead.ticket(two_of_now[0])
    assert "Thank you, it works." in first.read()
    assert rows("select status from ticket order by id") == [("open",), ("closed",)]
    first.press("links/off")
    second.read(403)


def test_after_the_address_of_one_was_corrected_the_others_link_shows_only_its_own(
    app, lead, letters, two_of_now, rows, run
):
    second = Requester(app.test_client(), letters, two_of_now[1])
    merge(lead, *two_of_now)
    second.come_in()
    with app.app_context():
        from supportdesk.database import db
        from supportdesk.tickets.queries import email_hash, ticket_for_agent

        ticket = ticket_for_agent(two_of_now[0])
        ticket.email_hash = email_hash("walter@right.example")
        db.session.commit()
    page = second.read()

    assert "The zeppelin page again." in page
    assert REQUEST["message"] not in page


def test_two_leads_merge_crosswise_and_the_second_is_told(app, lead, priya, two, rows, run):
    run(f"agents role {priya.email} lead")
    first, second = two
    theirs = merge_form(priya, second, first)
    merge(lead, first, second)
    page = merge(priya, second, first, 409, theirs)

    assert "Someone changed this request" in page
    assert f"Lee Moreno merged this into {first}" in page
    assert rows("select count(*) from merged") == [(1,)]
    assert [status for (status,) in rows("select status from ticket order by id")] == ["new", "closed"]


def test_what_changed_meanwhile_is_looked_at_first(lead, dana, two, rows):
    form = merge_form(lead, *two)
    dana.act(two[1], "take")
    page = merge(lead, *two, 409, form)

    assert f"Someone changed {two[1]} meanwhile. Look at it, then merge it." in page
    assert rows("select count(*) from merged") == [(0,)]


def test_a_third_person_who_was_faster_is_named_by_what_they_did(lead, patient, two, rows):
    first, second = two
    third = patient.send(subject="A third time")
    old = merge_form(lead, third, second)
    merge(lead, first, second)
    assert f"Someone merged {second} into {first} meanwhile." in merge(lead, third, second, 409, old)

    chain = {"other": first, "other_version": "1"}
    page = merge(lead, third, first, 409, lead.form(third) | chain)
    assert f"Someone merged another request into {first}. Merge this one into it instead." in page
    merge(lead, first, third)
    assert rows("select count(*) from merged") == [(2,)]


def test_requests_of_two_people_stay_two(lead, patient, two, rows):
    other = patient.send(email="ada@example.com")
    page = merge(lead, two[0], other, 409, lead.form(two[0]) | {"other": other, "other_version": "1"})

    assert "Only requests from one email address can be merged." in page
    assert other not in re.findall(r'name="other" value="([^"]*)"', lead.ticket(two[0]))


@pytest.mark.parametrize(("other", "version"), [("", "1"), ("x", "1"), ("NC-7HK4-92QX", "x"), ("NC-7HK4-92QX", "")])
def test_a_crooked_form_merges_nothing(lead, two, rows, other, version):
    merge(lead, two[0], "", 422, lead.form(two[0]) | {"other": other, "other_version": version})
    assert rows("select count(*) from merged") == [(0,)]


def test_itself_and_what_is_not_there(lead, two):
    form = lead.form(two[0])
    assert "This is the same request." in merge(lead, two[0], "", 409, form | {"other": two[0], "other_version": "1"})
    merge(lead, two[0], "", 404, form | {"other": "NC-2222-2222", "other_version": "1"})
    take_apart(lead, two[0], two[1], 404)


def test_a_message_of_a_part_is_split_off_into_a_request_of_its_own(lead, two, rows):
    first, second = two
    merge(lead, first, second)
    [(theirs,)] = rows("select message.id from message join ticket on ticket.id = ticket_id where reference = :it",
                       it=second)  # fmt: skip
    lead.act(first, "split", message_id=str(theirs), subject="The zeppelin page", topic="technical")
    new = rows("select reference from ticket order by id desc")[0][0]

    assert "The zeppelin page again." in lead.ticket(new)
    assert f'<a href="/desk/tickets/{new}"><bdi>The zeppelin page</bdi></a>' in lead.ticket(first)


def test_agents_see_what_was_merged_and_only_leads_merge(lead, priya, two):
    merge(lead, *two)
    page = priya.ticket(two[0])

    assert "Merged into this request" in page
    assert "/merge" not in page
    priya.act(two[0], "merge", 403, other=two[1], other_version="1")


def test_a_mention_in_a_part_is_seen_on_the_whole(lead, dana, priya, two):
    dana.act(two[1], "note", body="@priya look")
    merge(lead, *two)
    assert two[1] in priya.open("/desk/?view=mentions").text
    priya.act(two[0], "mentions/seen")
    assert two[1] not in priya.open("/desk/?view=mentions").text


def test_a_passage_is_removed_from_the_parts_too(lead, two, rows):
    merge(lead, *two)
    lead.act(two[0], "redact", passage="zeppelin", kind="other")

    page = lead.ticket(two[0])
    assert "zeppelin" not in page
    assert "The [private passage removed] page again." in page


def test_erasing_the_whole_erases_its_parts(lead, two, rows, run):
    merge(lead, *two)
    said = run(f"tickets erase {two[0]}")

    assert two[1] in said
    assert rows("select count(*) from message where length(sealed_body) > 0") == [(0,)]


def test_a_part_is_kept_as_long_as_the_whole(app, lead, dana, two, rows):
    from supportdesk.agents.models import Agent
    from supportdesk.database import db
    from supportdesk.tickets.keeping.services import anonymise_old_tickets
    from supportdesk.tickets.services import solve_ticket

    with clock.pretend(MONDAY + timedelta(days=1)):
        merge(lead, *two)
    [(version,)] = rows("select version from ticket where reference = :it", it=two[0])
    with app.app_context(), clock.pretend(MONDAY + timedelta(days=300)):
        solve_ticket(two[0], version, db.session.get(Agent, dana.id))
    with app.app_context():
        assert anonymise_old_tickets(MONDAY + timedelta(days=750)) == 0
        assert anonymise_old_tickets(MONDAY + timedelta(days=1100)) == 2
