"""Canned replies and articles in a reply: found, read beforehand, inserted with the draft kept, and counted."""

import html
import re
import shutil

import pytest

from supportdesk.tickets.replies import canned
from supportdesk.tickets.topics import Topic
from tests.conftest import ROOT, signed_in


@pytest.fixture
def reference(patient):
    return patient.send()


def press(agent, reference, pick, **more):
    """Press a button of the picker; returns the page."""
    return html.unescape(agent.act(reference, "reply", 200, pick=pick, **more))


def box(page):
    """What stands in the reply."""
    return (
        re.search(r'<textarea[^>]*id="reply-body"[^>]*>\s?(.*?)</textarea>', page, re.DOTALL)[1]
        .replace("\r", "")
        .lstrip("\n")
    )


def test_all_of_ours_can_be_used():
    replies, wrong = canned.read_all(ROOT / "content/replies")

    assert (len(replies), wrong) == (8, [])
    assert {topic for reply in replies for topic in reply.topics} <= set(Topic)


def test_it_is_inserted_below_the_draft_with_its_gaps_filled_and_nothing_is_sent(dana, reference, rows):
    page = press(dana, reference, "reply:reset-link-expired", body="Thank you for calling.", then="solved")

    assert box(page).startswith("Thank you for calling.\n\nHi Walter,\n\nI am sorry the link did not work.")
    assert f"your reference: {reference}" in box(page)
    assert "\n\nDana\nNavigating Care support" in box(page)
    assert "{" not in box(page)
    assert 'value="solved" selected' in page or 'selected value="solved"' in page
    assert rows("select count(*) from message where kind = 'reply'") == [(0,)]


def test_a_patients_name_is_never_read_as_a_gap(dana, patient):
    reference = patient.send(name="{agent} {reference}")

    assert box(press(dana, reference, "reply:call-us-together")).startswith("Hi {agent},")


def test_those_of_the_topic_come_first_and_every_one_can_be_read_beforehand(dana, reference):
    page = html.unescape(dana.ticket(reference))
    titles = re.findall(r'name="pick" value="reply:([a-z0-9-]+)"', page)

    assert len(titles) == 8
    assert set(titles[:3]) == {"check-spam-for-invitation", "reset-link-expired", "username-is-your-email"}
    assert 'Choose "Forgot Password?" It is under the Next button.' in page


def test_search_narrows_them_and_keeps_what_was_typed(dana, reference):
    page = press(dana, reference, "", words="  BROWSER device ", body="Half a sentence")

    assert re.findall(r'value="reply:([a-z0-9-]+)"', page) == ["try-another-browser"]
    assert box(page) == "Half a sentence"


def test_a_search_that_finds_nothing_says_so(dana, reference):
    page = press(dana, reference, "", words="xylophone", body="Half a sentence")

    assert "Nothing holds these words" in page
    assert box(page) == "Half a sentence"


def test_an_article_is_inserted_as_its_link_and_summary(dana, reference, app):
    page = press(dana, reference, "", words="forgot password")
    assert 'value="article:forgot-password"' in page

    text = box(press(dana, reference, "article:forgot-password", body="Hi Walter,"))
    assert text.startswith("Hi Walter,\n\nI forgot my password\n")
    assert text.endswith(f"{app.config['BASE_URL']}/articles/forgot-password")


@pytest.mark.parametrize("gone", ["reply:no-such-reply", "article:no-such-article", "nonsense", "reply:../../etc"])
def test_what_has_gone_meanwhile_costs_nothing(dana, reference, gone):
    assert box(press(dana, reference, gone, body="My draft")) == "My draft"


def test_it_counts_when_the_reply_is_sent_once_for_each(dana, reference, rows):
    page = press(dana, reference, "reply:call-us-together")
    page = press(dana, reference, "reply:call-us-together", used=re.search(r'name="used" value="([^"]*)"', page)[1])
    assert rows("select * from canned_use") == []

    used = re.search(r'name="used" value="([^"]*)"', page)[1]
    dana.reply(reference, box(page), used=f"{used} <script> " + "x" * 2000)
    assert rows("select name, uses from canned_use") == [("call-us-together", 1)]
    dana.reply(reference, "Once more.", used="call-us-together")
    assert "sent 2 times" in dana.ticket(reference)


def test_an_old_page_is_still_seen_as_old_after_inserting(dana, priya, reference):
    form = dana.form(reference)
    priya.act(reference, "note", body="I called him.")
    page = dana.act(reference, "reply", 200, form=form, pick="reply:call-us-together")

    assert f'name="version" value="{form["version"]}"' in page
    dana.act(reference, "reply", 409, form=form, body="Hello", then="open")


def test_a_broken_file_takes_no_other_along(desk_with, tmp_path):
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "content", folder)
    (folder / "replies/broken.md").write_text("---\ntitle: Broken\n---\nHi {patient_ssn}", encoding="utf-8")
    app = desk_with(CONTENT_FOLDER=str(folder))
    reference = app.test_client().send()

    page = signed_in(app, "dana@example.org", "Dana Kim").ticket(reference)
    assert page.count('value="reply:') == 8
    assert "Broken" not in page
