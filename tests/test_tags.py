"""Tags are words of the desk's own: leads make them, agents put them on requests, the queue narrows to one."""

import html
import re

import pytest

from supportdesk.access import Role
from tests.conftest import signed_in
from tests.people import hidden, ticked


@pytest.fixture
def lead(app, dana):
    return signed_in(app, "lee@example.org", "Lee Moreno", Role.LEAD)


def make(lead, name, code=303):
    token = hidden(lead.open("/desk/tags").text, "csrf_token")
    answer = lead.browser.post("/desk/tags", data={"csrf_token": token, "name": name})
    assert answer.status_code == code, answer.text
    return answer.text


def retire(lead, tag_id, code=303):
    token = hidden(lead.open("/desk/tags").text, "csrf_token")
    assert lead.browser.post(f"/desk/tags/{tag_id}/retire", data={"csrf_token": token}).status_code == code


@pytest.fixture
def tag(lead, rows):
    make(lead, "Browser Update")
    [(tag_id,)] = rows("select id from tag where name = 'browser-update'")
    return tag_id


def test_a_tag_is_made_put_on_a_request_seen_in_the_queue_and_narrows_it(dana, patient, tag, rows):
    tagged, other = patient.send(), patient.send(subject="Another")
    dana.act(tagged, "tags", **ticked(tag))
    queue = dana.open(f"/desk/?tag={tag}").text

    assert tagged in queue
    assert other not in queue
    assert 'class="chip chip-tag"' in queue
    assert "Dana Kim put the tag browser-update on this" in dana.ticket(tagged)
    assert rows("select count(*) from audit where detail = 'tags.put'") == [(1,)]


def test_a_request_carries_several_and_no_other_field_may_be_sent_twice(dana, lead, patient, tag, rows):
    make(lead, "outage")
    reference, both = patient.send(), ticked(*(tag_id for (tag_id,) in rows("select id from tag")))
    form = dana.form(reference)
    dana.act(reference, "tags", 400, form | {"version": ["1", "1"]}, **both)
    dana.act(reference, "tags", form=form, **both)

    assert "Dana Kim put the tags browser-update, outage on this" in dana.ticket(reference)
    assert rows("select count(*) from ticket_tag") == [(2,)]


def test_it_is_taken_off_again(dana, patient, tag, rows):
    reference = patient.send()
    dana.act(reference, "tags", **ticked(tag))
    dana.act(reference, "tags")

    assert rows("select count(*) from ticket_tag") == [(0,)]
    assert "Dana Kim took the tag browser-update off this" in dana.ticket(reference)


def test_two_are_put_on_at_once(dana, lead, patient, tag, rows):
    make(lead, "phone")
    both = [tag_id for (tag_id,) in rows("select id from tag order by id")]
    reference = patient.send()
    dana.act(reference, "tags", **ticked(*both))

    assert rows("select tag_id from ticket_tag order by tag_id") == [(tag_id,) for tag_id in both]
    assert all(f'name="tag_ids-{tag_id}" value="y" checked' in dana.ticket(reference) for tag_id in both)


def test_the_same_again_changes_nothing(dana, patient, tag, rows):
    reference = patient.send()
    dana.act(reference, "tags", **ticked(tag))
    dana.act(reference, "tags", **ticked(tag))

    assert rows("select version from ticket") == [(2,)]


def test_a_stale_page_changes_nothing_and_keeps_what_was_chosen(dana, priya, patient, tag, rows):
    reference = patient.send()
    form = dana.form(reference)
    priya.act(reference, "take")

    assert "Someone changed this request" in dana.act(reference, "tags", 409, form, **ticked(tag))
    assert rows("select count(*) from ticket_tag") == [(0,)]


def test_a_tag_that_nobody_made_is_refused(dana, patient, tag, rows):
    assert "Nothing was changed" in dana.act(patient.send(), "tags", 422, **ticked(999))
    assert rows("select count(*) from ticket_tag") == [(0,)]


def test_a_retired_tag_stays_and_is_not_offered(dana, lead, patient, tag, rows):
    tagged, other = patient.send(), patient.send(subject="Another")
    dana.act(tagged, "tags", **ticked(tag))
    retire(lead, tag)

    assert f'id="tag-{tag}"' in dana.ticket(tagged)
    assert f'id="tag-{tag}"' not in dana.ticket(other)
    assert ", retired" in lead.open("/desk/tags").text
    make(lead, "browser-update")
    assert f'id="tag-{tag}"' in dana.ticket(other)
    retire(lead, 999, 404)


@pytest.mark.parametrize("name", ["", "9lives", "a--b", "Walter & Co", "x" * 31, "<b>"])
def test_a_name_that_is_no_tag_says_so(lead, rows, name):
    assert "No tag was made" in make(lead, name, 422)
    assert rows("select count(*) from tag") == [(0,)]


@pytest.mark.parametrize("odd", ["x", "99999999999999", "-1", "%00", "1;drop"])
def test_an_odd_tag_in_an_address_shows_a_page(dana, patient, odd):
    patient.send()
    dana.open(f"/desk/?tag={odd}")


def test_a_saved_view_keeps_the_tag(dana, patient, tag):
    tagged, other = patient.send(), patient.send(subject="Another")
    dana.act(tagged, "tags", **ticked(tag))
    token = hidden(dana.open(f"/desk/views/?view=all&tag={tag}").text, "csrf_token")
    dana.browser.post(f"/desk/views/?view=all&tag={tag}", data={"csrf_token": token, "name": "Browser bug"})
    [address] = re.findall(r'href="(/desk/\?[^"]*)" data-saved', dana.open("/desk/").text)
    shown = dana.open(html.unescape(address)).text

    assert tagged in shown
    assert other not in shown
