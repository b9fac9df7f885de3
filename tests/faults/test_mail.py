"""Each way a mail server can fail, against the real delivery process: the rest goes on, and no mail is lost."""

import socket
from contextlib import contextmanager, nullcontext

import pytest
from sqlalchemy import text

from supportdesk.database import db
from tests.conftest import close, make_app
from tests.faults.clocks import MovedClock
from tests.people import hidden
from tests.post_office import DROP, HOLD, PLAIN, Authority, PostOffice, Trickle
from tests.server import Visitor, free_port, serving, until
from tests.test_work_the_queue import on

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

MANY = 500
VIEW = "/desk/?view=unreached"


class Hurt:
    """A desk whose clock can be moved; each test brings its own delivery and mail server."""

    def __init__(self, server, clock, app):
        self.server, self.clock, self.app, self.agents = server, clock, app, 0

    def mail_about(self, reference):
        """State and trouble of what the patient is told, in the order in which it was queued."""
        with self.app.app_context():
            asked = text("select state, trouble from outbox where about = :about order by id")
            found = [tuple(row) for row in db.session.execute(asked, {"about": reference})]
            db.session.remove()
        return found

    def in_trouble(self, reference):
        """What came of the first attempt, once there was one."""
        return until(lambda: self.mail_about(reference)[0][1], "a first attempt")

    def all_is_sent(self, *references):
        """Time passes until it is."""

        def sent():
            self.clock.move(minutes=5)
            return all(state == "sent" for reference in references for state, _ in self.mail_about(reference))

        until(sent, "all mail to go out")

    @contextmanager
    def delivery(self, port, **settings):
        """Sends to that port of this machine; afterwards it is still the one that was started, and told no secrets."""
        where = {"MAIL_MODE": "smtp", "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": port, "MAIL_TIMEOUT": 1}
        self.server.start_delivery(**(where | PLAIN | settings))
        try:
            yield
            assert self.server.delivery.poll() is None
        finally:
            self.server.stop(self.server.delivery)
        said = self.server.log("delivery.log")
        assert "Traceback" not in said
        assert "@example.com" not in said

    def dana(self):
        """An agent, signed in now."""
        self.agents += 1
        email, visitor = f"dana{self.agents}@example.org", Visitor(self.server)
        visitor.sign_in(email, self.server.add_agent(email, "Dana Kim"))
        return visitor


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(tmp_path_factory, request):
    folder, is_server = tmp_path_factory.mktemp("hurt"), request.param == "postgresql"
    settings = {"DATABASE_URL": request.getfixturevalue("cluster").create_database()} if is_server else {}
    clock = MovedClock(folder / "clock")
    with serving(folder / "desk", delivery=False, environment=clock.environment, **settings) as server:
        app = make_app(server.data, **settings)
        yield Hurt(server, clock, app)
        close(app)


def silence(port):
    """Takes calls, and says nothing."""
    return socket.create_server(("127.0.0.1", port))


def post_that_answers(command, answer):
    return lambda port: PostOffice(answers={command: {"": [answer] * MANY}}, port=port)


HUNG_UP = {"SMTPServerDisconnected", "TimeoutError"}
PASSING = {  # What a mail server does at its port -> what the outbox calls it.
    "nobody there": (lambda _port: nullcontext(), {"ConnectionRefusedError"}),
    "silent": (silence, HUNG_UP),
    "a letter at a time": (Trickle, HUNG_UP),
    "4xx for the recipient": (post_that_answers("RCPT", "450 Not now"), {"refused 450"}),
    "4xx for the mail": (post_that_answers("DATA", "451 Come back later"), {"refused 451"}),
    "dropped after the mail": (post_that_answers("DATA", DROP), {"SMTPServerDisconnected"}),
}


@pytest.mark.parametrize("fault", PASSING)
def test_while_a_mail_server_fails_patients_write_and_once_it_is_mended_each_mail_goes_out_once(desk, fault):
    failing, troubles = PASSING[fault]
    port = free_port()
    with desk.delivery(port):
        with failing(port):
            june = desk.server.send(email="june@example.com")
            assert desk.in_trouble(june) in troubles
            walter = desk.server.send(email="walter@example.com")
            assert {state for state, _ in desk.mail_about(june) + desk.mail_about(walter)} <= {"queued", "leased"}
            assert june not in desk.dana().ask("GET", VIEW).text
        with PostOffice(port=port) as mended:
            desk.all_is_sent(june, walter)

    for reference, email in ((june, "june@example.com"), (walter, "walter@example.com")):
        to_them = [mail for mail in mended.delivered if reference in mail.letter["Subject"]]
        assert [mail.recipients for mail in to_them if email in mail.recipients] == [[email]]


def test_a_mail_that_was_taken_without_a_word_comes_again_under_the_same_message_id(desk):
    with PostOffice(answers={"DATA": {"june": [HOLD]}}) as post, desk.delivery(**at(post)):
        june = desk.server.send(email="june@example.com")
        assert desk.in_trouble(june) in HUNG_UP
        desk.all_is_sent(june)

    first, second = (mail.letter for mail in post.delivered if mail.recipients == ["june@example.com"])
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_content() == second.get_content()


def test_no_mail_is_said_to_a_server_whose_certificate_is_of_another(desk, tmp_path):
    authority, port = Authority(tmp_path), free_port()
    with desk.delivery(port, MAIL_TLS="starttls", MAIL_CA_FILE=authority.file):
        with PostOffice(authority, name="127.0.0.2", port=port) as impostor:
            june = desk.server.send(email="june@example.com")
            assert desk.in_trouble(june) == "SSLCertVerificationError"
            walter = desk.server.send(email="walter@example.com")
        with PostOffice(authority, port=port) as true:
            desk.all_is_sent(june, walter)

    assert impostor.said == []
    assert all(mail.is_encrypted for mail in true.delivered)


def test_one_bad_recipient_is_work_for_the_desk_and_everybody_else_gets_their_mail(desk):
    with PostOffice(answers={"RCPT": {"gone": ["550 No such user"]}}) as post, desk.delivery(**at(post)):
        gone = desk.server.send(email="gone@example.com")
        others = [desk.server.send(email=f"patient{number}@example.com") for number in range(3)]
        desk.all_is_sent(*others)
        until(lambda: desk.mail_about(gone) == [("failed", "refused 550")], "the first to be given up")
        dana = desk.dana()
        assert gone in on(dana.ask("GET", VIEW).text)
        assert not set(others) & set(on(dana.ask("GET", VIEW).text))
        try_again(dana, gone)
        desk.all_is_sent(gone)
        assert gone not in on(dana.ask("GET", VIEW).text)

    got = [mail.recipients[0] for mail in post.delivered if mail.recipients[0].endswith("@example.com")]
    assert sorted(got) == ["gone@example.com", *(f"patient{number}@example.com" for number in range(3))]


def test_what_a_server_refuses_for_good_is_work_for_the_desk_until_it_is_sent(desk):
    with PostOffice(answers={"DATA": {"": ["554 No"] * MANY}}) as post, desk.delivery(**at(post)):
        references = [desk.server.send(email=email) for email in ("june@example.com", "walter@example.com")]
        for reference in references:
            until(lambda: desk.mail_about(reference) == [("failed", "refused 554")], "it to be given up")  # noqa: B023
        dana = desk.dana()
        assert set(references) <= set(on(dana.ask("GET", VIEW).text))
        post.answers["DATA"][""].clear()
        for reference in references:
            try_again(dana, reference)
        desk.all_is_sent(*references)
        assert not set(references) & set(on(dana.ask("GET", VIEW).text))


def test_what_a_server_puts_off_for_three_days_is_work_for_the_desk(desk):
    with PostOffice(answers={"RCPT": {"june": ["450 Not now"] * MANY}}) as post, desk.delivery(**at(post)):
        june = desk.server.send(email="june@example.com")
        assert desk.in_trouble(june) == "refused 450"
        desk.clock.move(hours=73)
        until(lambda: desk.mail_about(june) == [("failed", "refused 450")], "it to be given up")
        walter = desk.server.send(email="walter@example.com")
        desk.all_is_sent(walter)
        assert june in on(desk.dana().ask("GET", VIEW).text)


def at(post):
    return {"port": post.settings["MAIL_PORT"]}


def try_again(agent, reference):
    page = agent.ask("GET", f"/desk/tickets/{reference}").text
    form = {name: hidden(page, name) for name in ("csrf_token", "version")}
    assert agent.ask("POST", f"/desk/tickets/{reference}/mail/retry", form).status == 303
