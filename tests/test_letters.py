"""What a mail says, as it arrives: whom it is for, what comes next, and nothing that is nobody else's business."""

import re
import socket
from datetime import timedelta
from email.header import decode_header, make_header

import pytest
from sqlalchemy import func, select

from supportdesk import clock
from supportdesk.database import db
from supportdesk.tickets.clocks.services import tell_of_deadlines
from supportdesk.tickets.models import Ticket
from tests.conftest import ROOT, signed_in
from tests.people import REQUEST
from tests.post_office import PLAIN, PostOffice, deliver, desks_beside
from tests.requester import LINK, Requester, link_in

FILES = (ROOT / "templates" / "mail").iterdir()
TEMPLATES = {path.stem for path in FILES} - {"card", "due"}  # Which are parts of others.
PLANTED = {
    "name": "Quillon Plantedname",
    "email": "planted.address@example.com",
    "subject": "Plantedsubject about pelicans",
    "message": "Plantedmessage: my knee hurts since the zeppelin ride.",
}
OURS = "Plantedreply about a marzipan password."
THEIRS = "Plantedanswer: the kazoo is broken."
WORDS = re.compile(r"quillon|planted|pelican|knee|zeppelin|marzipan|kazoo|walrus|billing", re.IGNORECASE)
HEADERS = {
    *("Subject", "From", "To", "Date", "Message-ID", "References", "Auto-Submitted", "X-Auto-Response-Suppress"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
}
TO_PATIENTS = {"received", "clinic-received", "reply", "clinic", "code", "new-link"}


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


@pytest.fixture(scope="module")
def arrived():
    """What `every_mail` is on each engine: the tests only read it."""
    return {}


@pytest.fixture
def every_mail(arrived, engine_url, request):
    """Each template's mail, as it arrived, told of tickets full of planted words: by template."""
    if engine_url not in arrived:
        arrived[engine_url] = one_of_each(*map(request.getfixturevalue, ("desk", "post", "rows")))
    return arrived[engine_url]


def one_of_each(desk, post, rows):
    patient = desk.test_client()
    for_us = PLANTED | {"message": "Plantedmessage: the page shows an error and a zeppelin, I can not sign in."}
    for_911 = PLANTED | {"message": "I can not breathe and my chest hurts. " + PLANTED["message"]}
    patient.send(**for_911)
    reference, for_clinic = patient.send(**for_us), patient.send(**PLANTED | {"topic": "billing"})
    dana = signed_in(desk, "dana@example.org", "Dana Kim")
    dana.act(reference, "note", body="Plantednote: he is a walrus.")
    dana.reply(reference, OURS)
    dana.act(for_clinic, "clinic", topic="medical", body=OURS)

    def mailbox():
        deliver(desk)
        return [mail.letter for mail in post.delivered]

    requester = Requester(desk.test_client(), mailbox, reference, PLANTED["email"])
    requester.come_in()
    requester.write(THEIRS)
    requester.browser.post("/requests/new-link", data={"email": PLANTED["email"], "reference": reference})
    deliver(desk)
    with desk.app_context():
        due = db.session.scalar(select(func.max(Ticket.reply_due_at)))
    for minutes in (-1, 1):
        with clock.pretend(due + timedelta(minutes=minutes)):
            with desk.app_context():
                tell_of_deadlines(clock.now())
            deliver(desk)
    templates = [template for (template,) in rows("select template from outbox order by id")]
    return dict(zip(templates, post.delivered, strict=True))


def test_no_mail_holds_a_word_that_anybody_wrote(every_mail):
    assert every_mail.keys() == TEMPLATES, "every template is told of the planted words"

    for template, mail in every_mail.items():
        letter = mail.letter
        headers = [f"{name}: {make_header(decode_header(value))}" for name, value in letter.items() if name != "To"]
        assert not WORDS.search("\n".join(headers) + letter.get_content()), template
        assert set(letter.keys()) <= HEADERS, template
        assert letter["Subject"].isprintable()


def test_the_planted_words_would_be_found():
    assert all(WORDS.search(text) for text in (*PLANTED.values(), OURS, THEIRS))


def test_every_mail_to_a_patient_says_phone_hours_and_reference_and_leads_to_their_page(every_mail):
    for template in TO_PATIENTS:
        said = every_mail[template].letter.get_content()
        assert "1-800-925-4456" in said, template
        assert "911" in said, template
        assert re.search(r"NC-\w{4}-\w{4}", said), template
        assert LINK.search(said) or template == "code", template
        assert "7 AM to 5 PM Pacific" in said, template
    assert not LINK.search(
        every_mail["new-request"].letter.get_content() + every_mail["new-message"].letter.get_content()
    )


def test_each_mail_has_a_link_of_its_own_and_the_code_stands_only_in_the_body(every_mail):
    links = [link_in(every_mail[template].letter) for template in TO_PATIENTS - {"code"}]

    assert len(set(links)) == len(links)
    assert not re.search(r"\d{6}", every_mail["code"].letter["Subject"])


def test_every_mail_says_that_a_machine_sent_it_and_what_belongs_together(every_mail):
    for letter in (mail.letter for mail in every_mail.values()):
        assert letter["Auto-Submitted"] == "auto-generated"
        assert letter["X-Auto-Response-Suppress"] == "All"
        assert letter["References"].endswith("@navigatingcare.com>")


def test_the_desk_greets_by_the_name_of_its_address_and_not_of_its_machine(desk, post):
    desk.test_client().send()
    deliver(desk)

    assert post.greeted_by == {"navigatingcare.com"}


def test_where_the_setting_says_so_what_an_agent_writes_arrives_as_it_was_written(app, tmp_path, post):
    with desks_beside(app, tmp_path / "data") as make:
        what_an_agent_writes_arrives(make(post, **PLAIN, MAIL_REPLY_TEXT="yes"), post)


def what_an_agent_writes_arrives(desk, post):
    reference = desk.test_client().send()
    body = "Hi Zoë,\n.\nMAIL FROM:<evil@example.com>\nFrom here on: 👩🏽‍⚕️ שלום\n" + "a long line " * 200 + "\n..\nDana"
    signed_in(desk, "dana@example.org", "Dana Kim").reply(reference, body)
    deliver(desk)
    reply = post.delivered[-1]

    assert body in reply.letter.get_content().replace("\r\n", "\n")
    assert LINK.search(reply.letter.get_content())
    assert reply.raw.isascii(), "not every server takes more"
    assert max(len(line) for line in reply.raw.splitlines()) <= 998
    assert [said for said in post.said if "evil" in said] == []
    assert len(post.delivered) == 3


def test_an_address_with_an_umlaut_in_its_domain_is_spelled_as_servers_do(desk, post):
    desk.test_client().send(email="ada@bücher.example")
    deliver(desk)

    assert post.delivered[0].recipients == ["ada@xn--bcher-kva.example"]
