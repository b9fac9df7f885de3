"""What the queue was narrowed to is kept under a name, for oneself or for everybody here."""

import html
import re

import pytest

from tests.people import hidden

QUERY = "view=all&topic=sign-in&sort=-updated"


def save(agent, name, query=QUERY, code=303, **more):
    token = hidden(agent.open(f"/desk/views/?{query}").text, "csrf_token")
    answer = agent.browser.post(f"/desk/views/?{query}", data={"csrf_token": token, "name": name} | more)
    assert answer.status_code == code, answer.text
    return answer


def side(agent):
    """The saved views at the left: name -> address."""
    page = agent.open("/desk/").text.partition("<main")[0]
    found = re.findall(r'<a href="([^"]*)"[^>]*data-saved[^>]*>.*?<bdi>([^<]*)</bdi>', page, re.DOTALL)
    return {html.unescape(name): html.unescape(address) for address, name in found}


def test_a_view_is_saved_stands_at_the_left_and_leads_back(dana, priya, patient, rows):
    reference = patient.send()
    answer = save(dana, "Sign-in, newest")

    assert answer.location == f"/desk/?{QUERY}"
    assert f'href="/desk/views/?{QUERY.replace("&", "&amp;")}"' in dana.open(f"/desk/?{QUERY}").text
    assert side(dana) == {"Sign-in, newest": f"/desk/?{QUERY}"}
    assert reference in dana.open(side(dana)["Sign-in, newest"]).text
    assert side(priya) == {}
    assert "Sign-in, newest" not in priya.open("/desk/views/").text
    assert rows("select count(*) from audit where detail like 'views_saved.save,view=%'") == [(1,)]


def test_a_shared_one_is_everybodys_and_its_owner_or_a_lead_removes_it(dana, priya, rows):
    save(priya, "Bills <i>", "view=open&topic=billing", shared="y")
    assert list(side(dana)) == ["Bills <i>"]
    [(view_id,)] = rows("select id from saved_view")
    save(dana, "Theirs", shared="y")
    [(danas,)] = rows("select id from saved_view where name = 'Theirs'")
    token = hidden(priya.open("/desk/views/").text, "csrf_token")

    assert priya.browser.post(f"/desk/views/{danas}/remove", data={"csrf_token": token}).status_code == 404
    token = hidden(dana.open("/desk/views/").text, "csrf_token")
    assert dana.browser.post(f"/desk/views/{view_id}/remove", data={"csrf_token": token}).status_code == 303
    assert list(side(priya)) == ["Theirs"]


def test_the_same_name_takes_the_place_of_the_old_one(dana, rows):
    save(dana, "Mine")
    save(dana, "mine", "view=solved")

    assert side(dana) == {"mine": "/desk/?view=solved"}


def test_one_persons_requests_are_no_view(dana, rows):
    save(dana, "One", f"view=all&person={'a' * 64}")

    assert side(dana) == {"One": "/desk/?view=all"}
    assert "aaaa" not in repr(rows("select filters from saved_view"))


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "two\nlines"])
def test_a_name_that_is_none_is_asked_for_again(dana, rows, name):
    assert "The view was not saved" in save(dana, name, code=422).text
    assert rows("select count(*) from saved_view") == [(0,)]


def test_twenty_are_enough(dana, rows):
    for number in range(20):
        save(dana, f"View {number}")
    refused = save(dana, "One more", code=422).text
    assert "You have 20 saved views, and that is the most one can have. Remove one of yours below" in refused
    save(dana, "view 3", "view=solved")


def test_after_removing_one_of_twenty_the_view_to_save_is_still_asked_for(dana):
    for number in range(20):
        save(dana, f"View {number}")
    refused = save(dana, "One more", "view=solved", code=422).text
    remove = re.search(r'action="(/desk/views/\d+/remove\?view=solved)"', refused)[1]
    answer = dana.browser.post(remove, data={"csrf_token": hidden(refused, "csrf_token")})

    assert 'action="/desk/views/?view=solved"' in dana.open(answer.location).text


def test_what_an_old_view_asks_for_that_is_no_more_shows_a_page(dana):
    save(dana, "Odd", "view=gone&sort=-moon&tag=99&status=blue")
    dana.open(side(dana)["Odd"])


def test_it_takes_one_question_however_many_there_are(dana, statements):
    save(dana, "One")
    with statements() as few:
        dana.open("/desk/")
    for number in range(5):
        save(dana, f"View {number}")
    with statements() as many:
        dana.open("/desk/")

    assert len(many) == len(few)
