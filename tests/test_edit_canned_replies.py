"""Canned replies that leads change in the desk: files are the defaults, and come back when asked for."""

import html

import pytest

from tests.people import hidden

NAME = "reset-link-expired"
TEXT = "Hi {first_name},\n\nPlease try the pelican button.\n\n{agent}"


def press(lead, path, at=None, code=303, **answers):
    """Open a page, fill in its form, send it."""
    page = lead.open(path).text
    form = {"csrf_token": hidden(page, "csrf_token"), "version": hidden(page, "version")}
    answer = lead.browser.post(at or path, data=form | answers)
    assert answer.status_code == code, answer.text
    return html.unescape(answer.text)


def change(lead, code=303, **answers):
    return press(lead, f"/desk/replies/{NAME}", code=code, **{"title": "Link too old", "body": TEXT} | answers)


def inserted(agent, reference, name=NAME):
    return html.unescape(agent.act(reference, "reply", 200, pick=f"reply:{name}"))


def test_what_a_lead_writes_is_what_agents_insert(dana, priya, patient, rows):
    reference = patient.send()
    change(dana, topic_sign_in="y")

    assert "Hi Walter,\n\nPlease try the pelican button.\n\nPriya" in inserted(priya, reference).replace("\r", "")
    assert "Changed here" in dana.open("/desk/replies/").text
    assert rows("select detail, agent_id from audit where what = 'acted'") == [(f"canned={NAME},edited", dana.id)]


def test_the_file_comes_back_after_a_question(dana, patient):
    reference = patient.send()
    change(dana)
    assert "I am sorry the link did not work" in dana.open(f"/desk/replies/{NAME}/put-back").text
    press(dana, f"/desk/replies/{NAME}/put-back")

    assert "I am sorry the link did not work" in inserted(dana, reference)
    assert "pelican" not in inserted(dana, reference)
    assert "Changed here" not in dana.open("/desk/replies/").text
    assert dana.browser.get(f"/desk/replies/{NAME}/put-back").status_code == 303


def test_a_new_one_can_be_written_and_deleted(dana, patient):
    reference = patient.send()
    press(dana, "/desk/replies/new", at="/desk/replies/", title="Use the Pelican!", body=TEXT)
    assert "pelican button" in inserted(dana, reference, "use-the-pelican")
    press(dana, "/desk/replies/use-the-pelican/put-back")

    dana.open("/desk/replies/use-the-pelican", code=404)


def test_a_title_that_is_taken_is_refused_and_the_text_stays(dana):
    page = press(dana, "/desk/replies/new", at="/desk/replies/", code=422, title="Reset Link: expired", body=TEXT)

    assert "already" in page
    assert "pelican button" in page


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"body": "Hi {surname}"}, "We can’t fill {surname}"),
        ({"body": ""}, "Enter the text"),
        ({"title": ""}, "Enter a title"),
        ({"title": "!!!"}, "Write the title with letters or digits"),
        ({"body": "x" * 20_001}, "Make this shorter"),
    ],
)
def test_what_can_not_be_used_is_not_saved_and_says_why(dana, rows, answers, says):
    assert says in change(dana, 422, **answers)
    assert rows("select count(*) from canned_text") == [(0,)]


def test_two_leads_at_once_lose_no_word(dana, rows):
    page = dana.open(f"/desk/replies/{NAME}").text
    stale = {"csrf_token": hidden(page, "csrf_token"), "version": hidden(page, "version"), "title": "Mine"}
    change(dana)
    answer = dana.browser.post(f"/desk/replies/{NAME}", data=stale | {"body": "My zeppelin text"})

    assert answer.status_code == 409
    assert "My zeppelin text" in answer.text
    assert "pelican button" in answer.text
    assert rows("select title from canned_text") == [("Link too old",)]
    again = stale | {"body": "My zeppelin text", "version": hidden(answer.text, "version")}
    assert dana.browser.post(f"/desk/replies/{NAME}", data=again).status_code == 303
    assert rows("select title, version from canned_text") == [("Mine", 2)]


def test_a_preview_fills_the_gaps_and_saves_nothing(dana, rows):
    page = change(dana, 200, then="preview")

    assert "Hi Walter,\n\nPlease try the pelican button.\n\nDana" in page
    assert rows("select count(*) from canned_text") == [(0,)]


def test_it_is_for_leads(dana, priya):
    priya.open("/desk/replies/", code=403)
    assert "Canned replies</a>" not in priya.open("/desk/").text
