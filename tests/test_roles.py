"""Roles: who is given which, what each sees, and that somebody is always left who can give them."""

import pytest

from supportdesk.access import Role
from tests.conftest import signed_in


def test_the_first_of_all_is_an_admin_and_the_others_are_agents(run):
    assert "Added Dana, admin." in run("agents add dana@example.org Dana")
    assert "Added Priya, agent." in run("agents add priya@example.org Priya")
    assert "Added Sam, lead." in run("agents add sam@example.org Sam --role lead")
    assert [line.split()[1] for line in run("agents list").splitlines()] == ["admin", "agent", "lead"]


@pytest.mark.parametrize(("role", "sees"), [("agent", set()), ("lead", {"Reports"}), ("admin", {"Reports", "Audit"})])
def test_the_side_shows_what_one_may_open(app, dana, role, sees):
    page = signed_in(app, "lee@example.org", "Lee Moreno", Role(role)).open("/desk/").text

    assert {name for name in ("Reports", "Audit") if f"{name}</a>" in page} == sees


@pytest.mark.parametrize("command", ["agents role {} agent", "agents role {} lead", "agents deactivate {}"])
def test_the_last_admin_stays_one(dana, run, command):
    assert "is the only admin" in run(command.format(dana.email), code=1)
    dana.open("/desk/audit")


def test_of_two_admins_one_may_go(dana, priya, run):
    run(f"agents role {priya.email} admin")
    run(f"agents deactivate {dana.email}")

    assert "is the only admin" in run(f"agents deactivate {priya.email}", code=1)


def test_there_is_no_other_role(dana, run):
    run(f"agents role {dana.email} owner", code=2)
    assert "There is no agent" in run("agents role nobody@example.org lead", code=1)


def test_no_form_gives_its_sender_a_role(dana, priya, patient, rows):
    reference = patient.send()
    priya.act(reference, "take", role="admin", agent_id="1")
    token = priya.form(reference)["csrf_token"]
    priya.browser.post("/desk/account/still-here", data={"csrf_token": token, "role": "admin"})

    assert rows(f"select role from agent where id = {priya.id}") == [("agent",)]


def test_each_role_may_do_what_those_before_it_may():
    table = [[role.includes(other) for other in Role] for role in Role]

    assert table == [[True, False, False], [True, True, False], [True, True, True]]
