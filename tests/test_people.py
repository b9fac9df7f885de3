"""People, for admins: each act asks first, wants the admin's own password, and leaves a line in the audit."""

from threading import Thread

import pytest

from supportdesk.access import Role
from tests.conftest import signed_in
from tests.people import Person, hidden

PASSWORD = "a long night of quiet seas"
ACTS = ["role", "password", "codes", "sign-ins", "deactivate"]  # About who is here.


def press(admin, path, code=303, password=PASSWORD, **answers):
    """Open the page that asks, and say yes."""
    token = hidden(admin.open(path).text, "csrf_token")
    answer = admin.browser.post(path, data={"csrf_token": token, "password": password} | answers)
    assert answer.status_code == code, answer.text
    return answer


def act(admin, person, name, code=303, **answers):
    return press(admin, f"/desk/people/{person.id}/{name}", code, **answers)


def add(admin, code=200, name="Sam Ortiz", email="sam@example.org", role="lead", **more):
    return press(admin, "/desk/people/", code, name=name, email=email, role=role, **more)


def shown_password(page):
    return page.split('<p class="key">')[1].split("<")[0]


def lines(rows, person):
    """What the audit says that this admin did, each with where from."""
    told = rows("select what, detail, place from audit where agent_id = :id order by id", id=person.id)
    assert all(place for _what, _detail, place in told)
    return [(what, detail) for what, detail, _place in told]


def test_everybody_and_every_sign_in_stands_there(dana, priya):
    page = dana.open("/desk/people/").text

    assert page.count("Dana Kim") > 1
    assert "priya@example.org" in page
    assert page.count("End…") == 2
    assert 'href="/desk/audit' in dana.open(f"/desk/people/{priya.id}").text


def test_a_colleague_who_is_added_gets_in_with_the_password_that_was_shown_once(app, dana, rows):
    page = add(dana).text
    assert "Sam Ortiz is added as lead" in page
    sam = Person(app.test_client(), 0, "sam@example.org", "Sam Ortiz")
    sam.sign_in(shown_password(page))
    sam.choose_password("another night of quiet seas")

    sam.open("/desk/reports")
    sam.open("/desk/people/", code=403)
    assert shown_password(page) not in dana.open("/desk/people/").text
    assert lines(rows, dana)[-1][0] == "agent added"


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"email": "dana@example.org"}, "There is an agent with this address already"),
        ({"email": "nobody"}, "Enter an email address in full"),
        ({"name": ""}, "Enter their name"),
        ({"role": "owner"}, "Not a valid choice"),
        ({"password": "not my password"}, "That is not your password"),
        ({"password": ""}, "Enter your password"),
    ],
)
def test_whoever_can_not_be_added_is_not_and_the_page_says_why(dana, rows, answers, says):
    assert says in add(dana, 422, **answers).text
    assert rows("select count(*) from agent") == [(1,)]


@pytest.mark.parametrize("name", ACTS)
def test_looking_at_the_question_changes_nothing_and_a_wrong_password_neither(dana, priya, rows, name):
    before = rows("select * from agent order by id"), rows("select ended_at from sign_in order by id")
    answer = act(dana, priya, name, 422, password="not my password", role="admin")
    after = rows("select * from agent order by id"), rows("select ended_at from sign_in order by id")

    assert "What this does" in answer.text
    assert "That is not your password" in answer.text
    assert after == before


def test_a_role_is_changed_from_the_next_click_on(dana, priya, rows):
    act(dana, priya, "role", role="lead")

    priya.open("/desk/reports")
    assert lines(rows, dana)[-1] == ("role changed", f"agent={priya.id},role=lead")


def test_who_is_deactivated_is_out_and_there_is_nothing_more_to_do_about_them(dana, priya, rows):
    act(dana, priya, "deactivate")

    assert priya.browser.get("/desk/").status_code == 303
    page = dana.open(f"/desk/people/{priya.id}").text
    assert "Deactivated" in page
    assert "What you can do" in page
    assert "Reset the second step…" not in page
    at = rows("select deactivated_at from agent where id = :id", id=priya.id)
    act(dana, priya, "deactivate")
    assert rows("select deactivated_at from agent where id = :id", id=priya.id) == at
    assert [what for what, _detail in lines(rows, dana)].count("agent deactivated") == 1


def test_who_comes_back_gets_in_with_a_new_password_in_the_role_and_with_the_phone_they_had(app, dana, priya, rows):
    act(dana, priya, "role", role="lead")
    act(dana, priya, "deactivate")
    old = rows("select password_hash from agent where id = :id", id=priya.id)
    page = act(dana, priya, "activate", 200)

    assert "can sign in again" in page.text
    assert rows("select password_hash from agent where id = :id", id=priya.id) != old
    back = Person(app.test_client(), priya.id, priya.email, priya.name)
    back.sign_in(shown_password(page.text))
    back.choose_password("another night of quiet seas")
    back.open("/desk/reports")
    assert lines(rows, dana)[-1] == ("agent activated", f"agent={priya.id},role=lead")
    assert "Activate…" not in dana.open(f"/desk/people/{priya.id}").text


def test_who_is_here_can_not_come_back(dana, priya, rows):
    before = rows("select password_hash from agent order by id")
    act(dana, priya, "activate")

    assert rows("select password_hash from agent order by id") == before
    priya.open("/desk/")


def test_the_command_lets_them_back_in_too(app, dana, priya, run):
    run(f"agents deactivate {priya.email}")
    password = run(f"agents activate {priya.email}").split()[-1]
    Person(app.test_client(), priya.id, priya.email, priya.name).sign_in(password)

    assert "is active already" in run(f"agents activate {priya.email}", 1)
    assert "There is no agent" in run("agents activate nobody@example.org", 1)


@pytest.mark.parametrize(("name", "detail"), [("password", ""), ("codes", ",codes")])
def test_a_new_one_time_password_is_shown_once_and_the_old_sign_ins_are_over(app, dana, priya, rows, name, detail):
    page = act(dana, priya, name, 200).text

    assert priya.browser.get("/desk/").status_code == 303
    Person(app.test_client(), priya.id, priya.email, priya.name).sign_in(shown_password(page))
    assert lines(rows, dana)[-1] == ("agent reset", f"agent={priya.id}{detail}")


def test_all_sign_ins_of_somebody_end_or_one(app, dana, priya, rows):
    other = Person(app.test_client(), priya.id, priya.email, priya.name)
    other.sign_in(PASSWORD)
    number = rows("select max(id) from sign_in")[0][0]
    press(dana, f"/desk/people/sign-ins/{number}/end")
    assert other.browser.get("/desk/").status_code == 303
    priya.open("/desk/")
    act(dana, priya, "sign-ins")

    assert priya.browser.get("/desk/").status_code == 303
    assert lines(rows, dana)[-1] == ("sign-in ended", f"agent={priya.id},all")
    priya.sign_in(PASSWORD)


@pytest.mark.parametrize(("name", "answers"), [("deactivate", {}), ("role", {"role": "lead"})])
def test_the_last_admin_stays_one(dana, name, answers):
    assert "is the only admin" in act(dana, dana, name, 422, **answers).text
    dana.open("/desk/people/")


def test_two_admins_who_remove_each_other_at_once_are_not_both_gone(app, dana, rows):
    lee = signed_in(app, "lee@example.org", "Lee Moreno", Role.ADMIN)
    tokens = {
        p: hidden(p.open(f"/desk/people/{o.id}/deactivate").text, "csrf_token") for p, o in ((dana, lee), (lee, dana))
    }

    def remove(admin, other):
        answers = {"csrf_token": tokens[admin], "password": PASSWORD}
        admin.browser.post(f"/desk/people/{other.id}/deactivate", data=answers)

    both = [Thread(target=remove, args=pair) for pair in ((dana, lee), (lee, dana))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    assert rows("select count(*) from agent where deactivated_at is null and role = 'admin'") == [(1,)]


@pytest.mark.parametrize("path", ["/desk/people/999", "/desk/people/999/role", "/desk/people/sign-ins/999/end"])
def test_who_is_not_there_is_not_found(dana, path):
    dana.open(path, code=404)


def test_there_is_no_other_act(dana, priya):
    dana.open(f"/desk/people/{priya.id}/erase", code=404)


def test_only_admins_see_it(dana, priya):
    priya.open("/desk/people/", code=403)
    assert "People</a>" not in priya.open("/desk/").text
    assert "People</a>" in dana.open("/desk/").text
