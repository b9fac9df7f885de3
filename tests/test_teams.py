"""A request is handed to a team and waits until one of them takes it; admins make teams and say who is in them."""

import html
import re

import pytest

from supportdesk.access import Role
from supportdesk.agents.teams import services as teams
from supportdesk.audit.services import OPERATOR
from tests.conftest import signed_in
from tests.people import hidden

TEAMS = "/desk/people/teams/"
HOLDS = "select assignee_id, team_id from ticket order by id"


@pytest.fixture
def sam(app, priya):
    return signed_in(app, "sam@example.org", "Sam Ortiz", Role.AGENT)


@pytest.fixture
def team(app, dana, priya):
    """Sign-in help: Priya is in it, Dana is not."""
    return made(app, "Sign-in help", priya)


def made(app, name, *members):
    with app.app_context():
        return teams.make_team(name, [person.id for person in members], OPERATOR).id


def press(admin, path, code=303, page=TEAMS, **answers):
    token = hidden(admin.open(page).text, "csrf_token")
    answer = admin.browser.post(path, data={"csrf_token": token} | answers)
    assert answer.status_code == code, answer.text
    return html.unescape(answer.text)


def change(admin, team_id, code=303, version=None, **answers):
    path = f"{TEAMS}{team_id}"
    version = version or hidden(admin.open(path).text, "version")
    return press(admin, path, code, path, version=version, **answers)


def members(*agent_ids):
    return {f"member_ids-{agent_id}": "y" for agent_id in agent_ids}


def hand(agent, reference, to, code=303, form=None):
    """By the form of the ticket's page, everything else as it is."""
    page = agent.ticket(reference)
    shown = {name: chosen(page, name) for name in ("status", "priority", "topic")}
    return html.unescape(agent.act(reference, "details", code, form, **shown, assignee=to))


def chosen(page, name):
    select = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.DOTALL)[0]
    return re.search(r'<option selected value="([^"]*)"', select)[1]


def count(agent, view="teams"):
    found = re.search(
        rf'href="/desk/\?view={view}".*?<span class="n">(\d+)</span>', agent.open("/desk/").text, re.DOTALL
    )
    return int(found[1]) if found else None


def words(page):
    return html.unescape(re.sub(r"<[^>]*>", "", page))


# A request, and those who may take it


def test_what_is_handed_to_a_team_waits_in_my_teams_until_one_takes_it_and_stays_the_teams(
    dana, priya, patient, team, rows
):
    handed, other = patient.send(), patient.send(subject="Another")
    assert count(priya) == 0
    hand(dana, handed, f"team-{team}")

    assert rows(HOLDS) == [(None, team), (None, None)]
    assert count(priya) == 1
    queue = priya.open("/desk/?view=teams").text
    assert handed in queue
    assert other not in queue
    page = priya.ticket(handed)
    assert "No one of the team Sign-in help has this request yet." in words(page)
    assert "Dana Kim handed this to the team Sign-in help" in page
    assert chosen(page, "assignee") == f"team-{team}"

    priya.act(handed, "take")
    assert rows(HOLDS) == [(priya.id, team), (None, None)]
    assert count(priya) == 1
    assert "Sign-in help" in words(priya.open("/desk/?view=mine").text)
    assert handed not in priya.open("/desk/?view=teams&assignee=none").text


def test_who_is_in_no_team_has_no_such_view_and_is_told_where_it_would_be(dana, team):
    assert count(dana) is None
    assert "You are in no team" in dana.open("/desk/?view=teams").text


def test_answering_takes_it_and_keeps_the_team(dana, priya, patient, team, rows):
    reference = patient.send()
    hand(dana, reference, f"team-{team}")
    priya.reply(reference, "Please try again now.")

    assert rows(HOLDS) == [(priya.id, team)]


def test_given_to_a_colleague_it_keeps_the_team_given_back_it_is_everybodys_of_it(dana, priya, patient, team, rows):
    reference = patient.send()
    hand(dana, reference, f"team-{team}")
    hand(dana, reference, str(priya.id))
    assert rows(HOLDS) == [(priya.id, team)]
    hand(dana, reference, f"team-{team}")
    assert rows(HOLDS) == [(None, team)]
    hand(dana, reference, "")

    assert rows(HOLDS) == [(None, None)]
    assert "Dana Kim unassigned this" in dana.ticket(reference)


def test_saving_the_details_as_they_are_changes_nothing(dana, priya, patient, team, rows):
    reference = patient.send()
    hand(dana, reference, f"team-{team}")
    version = rows("select version from ticket")
    hand(dana, reference, f"team-{team}")
    assert rows("select version from ticket") == version
    priya.act(reference, "take")
    hand(dana, reference, str(priya.id))

    assert rows("select count(*) from event where act = 'assigned'") == [(1,)]


def test_a_stale_page_hands_nothing_over(dana, priya, patient, team, rows):
    reference = patient.send()
    form = dana.form(reference)
    priya.act(reference, "take")

    assert "Someone changed this request" in hand(dana, reference, f"team-{team}", 409, form)
    assert rows(HOLDS) == [(priya.id, None)]


@pytest.mark.parametrize("to", ["team-999", "999", "team-", "x", "team-99999999999999"])
def test_handed_to_nobody_it_is_refused_and_the_page_says_so(dana, patient, team, rows, to):
    assert "They are no longer here. Choose a colleague or a team" in hand(dana, patient.send(), to, 422)
    assert rows(HOLDS) == [(None, None)]


def test_a_team_that_was_retired_meanwhile_is_refused_too(dana, patient, team, rows):
    reference = patient.send()
    press(dana, f"{TEAMS}{team}/retire")

    assert "The details were not saved" in hand(dana, reference, f"team-{team}", 422)
    assert rows(HOLDS) == [(None, None)]


def test_what_another_team_has_is_not_the_next_one_to_do(dana, priya, patient, team):
    theirs, ours, first = (patient.send(subject=f"Question {number}") for number in range(3))
    dana.browser.post("/desk/bulk", data=tick(dana, theirs) | {"act": f"assign:team-{team}"})
    for person, onward in ((dana, ours), (priya, theirs)):
        words_of_it = {"body": "Hello", "then": "pending", "onward": "next"}
        answer = person.browser.post(f"/desk/tickets/{first}/reply", data=person.form(first) | words_of_it)
        assert answer.location == f"/desk/tickets/{onward}"


# Many at once


def tick(agent, *references):
    page = agent.open("/desk/?view=all").text
    boxes = re.findall(r'name="(tick-NC-[0-9A-Z-]{9})" value="(\d+)"', page)
    token = hidden(page, "csrf_token")
    return {"csrf_token": token} | {name: version for name, version in boxes if name[5:] in references}


def test_many_are_handed_to_a_team_at_once_told_for_each_and_put_back(dana, priya, patient, team, rows):
    sent = [patient.send(subject=f"Question {number}") for number in range(3)]
    hand(dana, sent[0], f"team-{team}")
    dana.act(sent[1], "take")
    before = rows(HOLDS)
    answer = dana.browser.post("/desk/bulk", data=tick(dana, *sent) | {"act": f"assign:team-{team}"})
    assert answer.status_code == 303, answer.text
    page = html.unescape(dana.open(answer.location).text)

    assert "Assign: Sign-in help" in page
    assert "2 of 3 done" in page
    assert "It was so already" in page
    assert rows(HOLDS) == [(None, team)] * 3
    token = hidden(page, "csrf_token")
    dana.browser.post(f"{answer.location}/undo", data={"csrf_token": token})
    assert rows(HOLDS) == before


def test_assigned_to_a_colleague_they_stay_the_teams_and_to_no_one_they_do_not(dana, priya, patient, team, rows):
    reference = patient.send()
    hand(dana, reference, f"team-{team}")
    dana.browser.post("/desk/bulk", data=tick(dana, reference) | {"act": f"assign:{priya.id}"})
    assert rows(HOLDS) == [(priya.id, team)]
    dana.browser.post("/desk/bulk", data=tick(dana, reference) | {"act": "assign:none"})
    assert rows(HOLDS) == [(None, None)]


@pytest.mark.parametrize("act", ["assign:team-999", "assign:team-RETIRED", "assign:team-"])
def test_many_are_not_handed_to_a_team_that_is_not_there(dana, patient, team, rows, act):
    reference = patient.send()
    press(dana, f"{TEAMS}{team}/retire")
    form = tick(dana, reference) | {"act": act.replace("RETIRED", str(team))}
    answer = dana.browser.post("/desk/bulk", data=form)

    assert answer.status_code == 422
    assert "That team is no longer in use" in answer.text or "Choose what to do" in answer.text
    assert rows("select count(*) from bulk_act") == [(0,)]


# Looking for them


def test_the_queue_narrows_to_a_team_to_mine_and_to_none(app, dana, priya, patient, team):
    other = made(app, "Clinics", dana)
    theirs, ours, nobodys = patient.send(), patient.send(subject="B"), patient.send(subject="C")
    hand(dana, theirs, f"team-{team}")
    hand(dana, ours, f"team-{other}")

    def on(query):
        page = dana.open(f"/desk/?view=all&{query}").text
        return {reference for reference in (theirs, ours, nobodys) if f"tick-{reference}" in page}

    assert on(f"team={team}") == {theirs}
    assert on("team=mine") == {ours}
    assert on("team=none") == {nobodys}
    assert on("team=") == {theirs, ours, nobodys}


@pytest.mark.parametrize("odd", ["999", "x", "99999999999999", "-1", "%00", "1;drop", "MINE"])
def test_an_old_address_that_names_no_team_says_so_and_shows_nobodys_requests(dana, patient, odd):
    reference = patient.send()
    page = dana.open(f"/desk/?view=all&team={odd}").text

    assert "This link asks for a team that is not known here." in page
    assert f"tick-{reference}" not in page
    assert dana.open(f"/desk/queue.csv?view=all&team={odd}").text.count("\n") == 1


def test_a_view_that_was_saved_with_a_team_finds_what_a_retired_one_has(dana, priya, patient, team):
    reference = patient.send()
    hand(dana, reference, f"team-{team}")
    query = f"view=all&team={team}"
    token = hidden(dana.open(f"/desk/views/?{query}").text, "csrf_token")
    saved = dana.browser.post(f"/desk/views/?{query}", data={"csrf_token": token, "name": "Theirs"})
    assert saved.location == f"/desk/?{query}"
    page = press(dana, f"{TEAMS}{team}/retire", page=f"{TEAMS}{team}")
    page = dana.open(saved.location).text

    assert "The team <bdi>Sign-in help</bdi> was retired" in page
    assert reference in page
    assert "Sign-in help (retired)" in page
    assert count(priya) == 1


def test_the_file_of_a_view_names_the_team(dana, patient, team):
    hand(dana, patient.send(), f"team-{team}")
    head, line = dana.open("/desk/queue.csv?view=all").text.splitlines()

    assert dict(zip(head.split(","), line.split(","), strict=True))["team"] == "Sign-in help"


# The admins' pages


def test_an_admin_makes_a_team_chooses_its_members_and_renames_it(dana, priya, sam, rows):
    press(dana, TEAMS, name="Billing", **members(priya.id, dana.id))
    [(team_id,)] = rows("select id from team")
    page = dana.open(f"{TEAMS}{team_id}").text
    assert re.findall(r'name="member_ids-(\d+)" value="y" checked', page) == [str(dana.id), str(priya.id)]
    change(dana, team_id, name="Bills", **members(sam.id, priya.id))

    assert "Priya Nair, Sam Ortiz" in words(dana.open(TEAMS).text)
    assert rows("select name from team") == [("Bills",)]
    assert rows("select agent_id from team_member order by agent_id") == [(priya.id,), (sam.id,)]
    assert rows("select detail from audit where what = 'team changed' order by id") == [
        (f"team={team_id},made",),
        (f"team={team_id},agent-{dana.id}-joins",),
        (f"team={team_id},agent-{priya.id}-joins",),
        (f"team={team_id},renamed",),
        (f"team={team_id},agent-{dana.id}-leaves",),
        (f"team={team_id},agent-{sam.id}-joins",),
    ]


def test_what_is_no_name_for_a_team_says_so_and_keeps_what_was_ticked(dana, priya, team, rows):
    for name, says in (
        ("", "Enter a name for the team"),
        ("x" * 41, "40 characters at most"),
        ("SIGN-IN help", "There is a team Sign-in help already"),
    ):
        page = press(dana, TEAMS, 422, name=name, **members(dana.id))
        assert says in page
        assert f'name="member_ids-{dana.id}" value="y" checked' in page
    assert rows("select count(*) from team") == [(1,)]
    press(dana, TEAMS, name="Odd", **members(999, dana.id))
    assert rows("select count(*) from team_member") == [(2,)]


def test_a_name_of_markup_is_a_name(app, dana, team):
    made(app, "<b>Bills</b>", dana)
    assert "<b>Bills" not in dana.open(TEAMS).text
    assert "<b>Bills" not in dana.open("/desk/").text


def test_two_admins_at_one_team_the_second_is_told_and_nothing_is_lost(app, dana, priya, team, rows):
    lee = signed_in(app, "lee@example.org", "Lee Moreno", Role.ADMIN)
    version = hidden(dana.open(f"{TEAMS}{team}").text, "version")
    change(lee, team, name="Sign-in", **members(priya.id, lee.id))
    page = change(dana, team, 422, version, name="Sign-in help")

    assert "Somebody changed this team after you opened the page. It is called Sign-in now" in page
    assert rows("select count(*) from team_member") == [(2,)]
    change(dana, team, version=hidden(page, "version"), name="Sign-in help")
    assert rows("select name from team") == [("Sign-in help",)]


def test_retiring_says_how_many_requests_it_has_and_can_be_taken_back(dana, priya, patient, team, rows):
    first, second, over = (patient.send(subject=f"Question {number}") for number in range(3))
    for reference in (first, second, over):
        hand(dana, reference, f"team-{team}")
    priya.act(first, "take")
    dana.act(over, "solve", outcome="answered")
    page = words(dana.open(f"{TEAMS}{team}").text)
    assert "2 requests of it are not over." in page
    assert "2 requests not over, 1 not taken yet." in page
    press(dana, f"{TEAMS}{team}/retire")
    press(dana, f"{TEAMS}{team}/retire")

    assert chosen(dana.ticket(over), "assignee") == f"team-{team}"
    assert count(priya) == 2
    assert "It is retired; use it again" in press(dana, TEAMS, 422, name="Sign-in help")
    press(dana, f"{TEAMS}{team}/use-again")
    assert rows("select retired_at from team") == [(None,)]
    told = [detail for (detail,) in rows("select detail from audit where what = 'team changed' order by id")]
    assert told[-2:] == [f"team={team},retired", f"team={team},used-again"]


def test_a_team_that_is_not_there_is_not_there(dana, team):
    dana.open(f"{TEAMS}999", 404)
    for act in ("", "/retire", "/use-again"):
        press(dana, f"{TEAMS}999{act}", 404)


def test_only_admins_choose(dana, priya, team):
    priya.open(TEAMS, 403)
    priya.open(f"{TEAMS}{team}", 403)


def test_somebody_deactivated_stays_on_the_list_and_the_page_says_where_nobody_is_left(
    dana, priya, patient, team, rows
):
    hand(dana, patient.send(), f"team-{team}")
    token = hidden(dana.open(f"/desk/people/{priya.id}/deactivate").text, "csrf_token")
    answers = {"csrf_token": token, "password": "a long night of quiet seas"}
    assert dana.browser.post(f"/desk/people/{priya.id}/deactivate", data=answers).status_code == 303
    page = dana.open(f"{TEAMS}{team}").text

    assert "Nobody of this team is here" in page
    assert "Priya Nair (deactivated)" in page
    change(dana, team, name="Sign-in help", **members(priya.id, dana.id))
    assert rows("select agent_id from team_member order by agent_id") == [(dana.id,), (priya.id,)]
    assert "Nobody of this team is here" not in dana.open(f"{TEAMS}{team}").text
    change(dana, team, name="Sign-in help", **members(dana.id))
    change(dana, team, name="Sign-in help", **members(priya.id))  # Nobody joins who can’t sign in.
    assert rows("select agent_id from team_member") == []
