"""What a mail says, as it arrives: whom it is for, what comes next, and nothing that is nobody else's business."""

import re
import socket

import pytest

from tests.conftest import signed_in
from tests.people import REQUEST
from tests.post_office import PLAIN, PostOffice, deliver, desks_beside


@pytest.fixture
def post():
    with PostOffice() as post:
        yield post


@pytest.fixture
def desk(app, tmp_path, post):
    """A desk, on each engine, that sends its mail through `post`."""
    with desks_beside(app, tmp_path / "data") as make:
        yield make(post, **PLAIN)


def test_a_mail_says_whom_it_is_for_once_and_nothing_of_the_machine_it_comes_from(desk, post):
    desk.test_client().send()
    deliver(desk)

    for mail, recipient in zip(post.delivered, [REQUEST["email"], "support@navigatingcare.com"], strict=True):
        letter = mail.letter
        assert (mail.sender, mail.recipients) == ("support@navigatingcare.com", [recipient])
        assert letter.get_all("To") == [recipient]
        assert letter.get_all("From") == ["Navigating Care support <support@navigatingcare.com>"]
        assert letter.get_all("Auto-Submitted") == ["auto-generated"]
        assert len(letter.get_all("Message-ID")) == len(letter.get_all("Date")) == 1
        assert letter["Message-ID"].endswith("@navigatingcare.com>")
        assert not {"Cc", "Bcc", "Received", "X-Mailer", "Sender"} & set(letter.keys())
        for name in {socket.gethostname(), socket.getfqdn()} - {"localhost"}:
            assert not re.search(rf"\b{re.escape(name)}\b", mail.raw.decode())


def test_the_acknowledgement_carries_reference_phone_and_when_and_no_word_of_theirs(desk, post):
    reference = desk.test_client().send(name="Quillon", subject="Pelicans", message="A zeppelin ride.")
    deliver(desk)
    letter = post.delivered[0].letter
    said = letter["Subject"] + letter.get_content()

    assert reference in letter["Subject"]
    assert reference in letter.get_content()
    assert "1-800-925-4456" in said
    assert re.search(r"by \w+day, \w+ \d+, \d+(:\d\d)? [AP]M Pacific", said)
    assert not re.search("quillon|pelican|zeppelin", said, re.IGNORECASE)


def test_what_an_agent_writes_arrives_as_it_was_written(desk, post):
    reference = desk.test_client().send()
    body = "Hi Zoë,\n.\nMAIL FROM:<evil@example.com>\nFrom here on: 👩🏽‍⚕️ שלום\n" + "a long line " * 200 + "\n..\nDana"
    signed_in(desk, "dana@example.org", "Dana Kim").reply(reference, body)
    deliver(desk)
    reply = post.delivered[-1]

    assert body in reply.letter.get_content().replace("\r\n", "\n")
    assert reply.raw.isascii(), "not every server takes more"
    assert max(len(line) for line in reply.raw.splitlines()) <= 998
    assert [said for said in post.said if "evil" in said] == []
    assert len(post.delivered) == 3


def test_an_address_with_an_umlaut_in_its_domain_is_spelled_as_servers_do(desk, post):
    desk.test_client().send(email="ada@bücher.example")
    deliver(desk)

    assert post.delivered[0].recipients == ["ada@xn--bcher-kva.example"]
