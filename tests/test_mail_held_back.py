"""Anybody can type anybody's address: a mailbox gets a few acknowledgements from us, and every request is kept."""

from datetime import timedelta

import pytest

from supportdesk import clock
from tests.conftest import signed_in
from tests.people import reference_on
from tests.requester import letters_of

VICTIM = "mabel@example.com"
HELD_BACK = "The acknowledgement was held back"


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request, desk_with):
    """Three acknowledgements an hour to one mailbox, four a day."""
    settings = {"ACKNOWLEDGEMENTS_PER_HOUR": 3, "ACKNOWLEDGEMENTS_PER_DAY": 4}
    if request.param == "postgresql":
        settings["DATABASE_URL"] = request.getfixturevalue("cluster").create_database()
    return desk_with(**settings)


def strangers_send(desk, number, email=VICTIM, **more):
    """From as many networks; returns the references, and the thank-you page of the last."""
    sent, page = [], ""
    for n in range(number):
        browser = desk.test_client()
        browser.environ_base["REMOTE_ADDR"] = f"198.51.{n}.7"
        page = browser.get(browser.send_form(email=email, subject=f"Number {n}", **more).location).text
        sent.append(reference_on(page))
    return sent, page


def to(desk, email=VICTIM):
    return [letter for letter in letters_of(desk)() if letter["To"] == email]


def test_a_mailbox_gets_only_so_many_and_each_request_is_kept(desk):
    dana = signed_in(desk, "dana@example.org", "Dana Kim")
    sent, _page = strangers_send(desk, 5)

    assert len(to(desk)) == 3
    assert [HELD_BACK in dana.ticket(reference) for reference in sent] == [False] * 3 + [True] * 2
    assert len(letters_of(desk)()) == 3 + 5


def test_whoever_sent_it_is_told_the_same_as_ever(desk):
    def said(number):
        sent, page = strangers_send(desk, number)
        return page.replace(sent[-1], "")

    assert said(1) == said(4)


def test_an_agents_reply_goes_out_all_the_same_and_brings_the_link(desk):
    dana = signed_in(desk, "dana@example.org", "Dana Kim")
    sent, _page = strangers_send(desk, 4)
    dana.reply(sent[-1], "Hello Mabel, did you write this?")

    [reply] = [letter for letter in to(desk) if sent[-1] in letter["Subject"]]
    assert "/requests/open/" in reply.get_content()


@pytest.mark.parametrize("spelled", ["MABEL@example.com", "mabel+news@example.com", "ma.bel@Example.com"])
def test_other_spellings_of_it_are_one_mailbox(desk, spelled):
    strangers_send(desk, 3)
    strangers_send(desk, 1, spelled, message="Another one.")

    assert len(letters_of(desk)()) == 3 + 4


def test_another_mailbox_does_not_notice(desk):
    strangers_send(desk, 5)
    desk.test_client().send(email="walter@example.com")

    assert len(to(desk, "walter@example.com")) == 1


def test_what_may_be_an_emergency_is_shown_and_told_to_the_desk_but_floods_nobody(desk):
    _sent, page = strangers_send(desk, 4, message="I want to die, I have the pills here.")

    assert "988" in page
    assert len(to(desk)) == 3
    assert len(letters_of(desk)()) == 3 + 4


def test_after_an_hour_some_more_go_and_a_day_has_its_own_limit(desk):
    strangers_send(desk, 3)
    with clock.pretend(clock.now() + timedelta(hours=1, seconds=1)):
        strangers_send(desk, 3, message="An hour later.")
        assert len(to(desk)) == 4
    with clock.pretend(clock.now() + timedelta(days=1, seconds=1)):
        strangers_send(desk, 1, message="A day later.")
        assert len(to(desk)) == 5


def test_new_links_to_requests_a_stranger_made_up_flood_nobody_either(desk):
    sent, _page = strangers_send(desk, 5)
    answers = [
        desk.test_client().post("/requests/new-link", data={"email": VICTIM, "reference": reference})
        for reference in sent
    ]

    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/requests/new-link/sent")}
    assert len(to(desk)) == 3 + 3


def test_what_was_held_for_review_and_let_in_by_an_agent_is_acknowledged(desk):
    dana = signed_in(desk, "dana@example.org", "Dana Kim")
    strangers_send(desk, 3)
    held = desk.test_client().send(email=VICTIM, website="https://example.com")
    dana.act(held, "let-in")

    assert held in to(desk)[-1]["Subject"]


def test_no_address_stands_where_they_are_counted(desk):
    strangers_send(desk, 1)

    for file in desk.config["DATA_FOLDER"].glob("limits.sqlite3*"):
        assert b"mabel" not in file.read_bytes()
