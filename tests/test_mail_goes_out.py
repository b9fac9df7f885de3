"""The outbox, delivered by real SMTP: over a way we can trust, once, later where it has to be, and never lost."""

import os
import re
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from aiosmtpd.smtp import AuthResult
from sqlalchemy import text

from supportdesk import clock
from supportdesk.database import db
from tests.conftest import ROOT
from tests.people import REQUEST
from tests.post_office import DROP, PLAIN, Authority, PostOffice, Silence, Trickle, deliver, desks_beside, listed, queue


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def post():
    """A mail server that takes everything, without encryption."""
    with PostOffice() as post:
        yield post


@pytest.fixture
def desk_for(app, tmp_path):
    """A desk, on each engine, that sends its mail by `desk_for(post, MAIL_TLS="none")`."""
    with desks_beside(app, tmp_path / "data") as make:
        yield make


def change(desk, statement, **values):
    with desk.app_context():
        db.session.execute(text(statement), values)
        db.session.commit()


def test_mail_goes_out_encrypted_to_a_server_whose_certificate_we_trust(desk_for, authority):
    with PostOffice(authority) as post:
        desk = desk_for(post, MAIL_CA_FILE=str(authority.file))
        desk.test_client().send()
        deliver(desk)

    assert [mail.is_encrypted for mail in post.delivered] == [True, True]
    assert [mail.recipients for mail in post.delivered] == [[REQUEST["email"]], ["support@navigatingcare.com"]]


@pytest.mark.parametrize(
    ("certificate", "trusted"),
    [({}, False), ({"days": -1}, True), ({"name": "127.0.0.2"}, True)],
    ids=["of an unknown authority", "run out", "of another server"],
)
def test_mail_is_held_where_the_certificate_is(desk_for, authority, rows, certificate, trusted):
    with PostOffice(authority, **certificate) as post:
        desk = desk_for(post, MAIL_CA_FILE=str(authority.file) if trusted else "")
        desk.test_client().send()
        deliver(desk)

    assert post.said == []
    assert rows("select state, trouble from outbox") == [("queued", "SSLCertVerificationError")] * 2


def test_mail_is_held_where_the_server_offers_no_encryption(desk_for, post, rows):
    desk = desk_for(post)
    desk.test_client().send()
    deliver(desk)

    assert post.said == []
    assert rows("select state, trouble, attempts from outbox") == [("queued", "SMTPNotSupportedError", 1)] * 2
    assert "SMTPNotSupportedError" in listed(desk)


def test_mail_that_was_held_goes_out_once_the_server_is_mended(desk_for, authority):
    with PostOffice() as open_way:
        desk_for(open_way).test_client().send()
        deliver(desk_for(open_way))
    with PostOffice(authority) as safe_way:
        deliver(desk_for(safe_way, MAIL_CA_FILE=str(authority.file)), minutes=2)

    assert open_way.delivered == []
    assert len(safe_way.delivered) == 2


def test_a_wrong_password_for_the_mail_server_is_told_once_and_all_the_mail_waits(desk_for, authority, rows):
    tried = []

    def nobody(_server, _session, _envelope, _mechanism, who):
        tried.append(who.login)
        return AuthResult(success=False, handled=False)

    with PostOffice(authority, authenticator=nobody, auth_required=True) as post:
        desk = desk_for(post, MAIL_CA_FILE=str(authority.file), MAIL_USERNAME="desk", MAIL_PASSWORD="plantedsecret")
        queue(desk, *(f"patient{number}@example.com" for number in range(5)))
        deliver(desk)
        for_each = len(tried) // 5  # By each way to sign in that the server offers.
        deliver(desk)  # Nothing is due again.
        told = desk.test_cli_runner().invoke(args=["doctor"]).output

    assert rows("select state, attempts, trouble from outbox") == [("queued", 1, "SMTPAuthenticationError")] * 5
    assert set(tried) == {b"desk"}
    assert (post.said, post.delivered) == ([], [])
    assert len(tried) == for_each * 6, "only the doctor tried once more"
    assert told.count("does not take our mail (SMTPAuthenticationError)") == 1
    assert "plantedsecret" not in told + listed(desk)


def test_mail_waits_where_no_server_answers(desk_for, rows):
    with PostOffice() as gone:
        pass
    desk = desk_for(gone, **PLAIN)
    desk.test_client().send()
    deliver(desk)

    assert rows("select state, trouble from outbox") == [("queued", "ConnectionRefusedError")] * 2


def test_a_silent_server_is_given_up_after_a_while(desk_for, rows):
    with socket.create_server(("127.0.0.1", 0)) as door:
        desk = desk_for(Silence(door), MAIL_TIMEOUT="1", **PLAIN)
        queue(desk, "walter@example.com")
        deliver(desk)

    [(state, trouble)] = rows("select state, trouble from outbox")
    assert state == "queued"
    assert trouble in {"TimeoutError", "SMTPServerDisconnected"}


def test_a_server_that_talks_a_letter_at_a_time_is_given_up_too(desk_for, rows):
    with Trickle() as slow:
        desk = desk_for(slow, MAIL_TIMEOUT="1", **PLAIN)
        queue(desk, "walter@example.com")
        deliver(desk)

    assert rows("select state, attempts, trouble from outbox") == [("queued", 1, "SMTPServerDisconnected")]


def test_a_line_that_breaks_after_the_mail_was_said_loses_nothing(desk_for, rows):
    with PostOffice(answers={"DATA": {"walter": [DROP]}}) as post:
        desk = desk_for(post, **PLAIN)
        queue(desk, "walter@example.com", "june@example.com")
        deliver(desk)
        assert rows("select state, trouble from outbox order by id")[0] == ("queued", "SMTPServerDisconnected")
        deliver(desk, minutes=2)

    assert [mail.recipients[0] for mail in post.delivered] == ["june@example.com", "walter@example.com"]
    twice = [mail.letter["Message-ID"] for mail in post.seen if mail.recipients == ["walter@example.com"]]
    assert len(twice) == 2
    assert len(set(twice)) == 1


def test_many_mails_go_over_one_line(desk_for, rows):
    with PostOffice() as post:
        desk = desk_for(post, **PLAIN)
        queue(desk, *(f"patient{number}@example.com" for number in range(20)))
        deliver(desk)
        queue(desk, "walter@example.com")
        deliver(desk)

    assert len(post.delivered) == 21
    assert post.lines == 2


def test_mails_that_wait_are_not_all_tried_again_at_the_same_moment(desk_for, rows):
    with PostOffice(answers={"RCPT": {"": ["451 Later"] * 20}}) as post:
        desk = desk_for(post, **PLAIN)
        queue(desk, *(f"patient{number}@example.com" for number in range(20)))
        deliver(desk)

    assert len(set(rows("select next_attempt_at from outbox"))) == 20


def test_mail_written_before_the_clock_was_set_back_goes_at_once(desk_for, post):
    desk = desk_for(post, **PLAIN)
    desk.test_client().send()
    with clock.pretend(clock.now() - timedelta(hours=1)):
        deliver(desk)

    assert len(post.delivered) == 2


def test_mail_that_has_to_wait_is_tried_once_after_the_clock_was_set_back_and_then_waits(desk_for, rows):
    with PostOffice(answers={"RCPT": {"": ["451 Later"] * 20}}) as post:
        desk = desk_for(post, **PLAIN)
        queue(desk, "walter@example.com")
        deliver(desk)
        with clock.pretend(clock.now() - timedelta(hours=1)):
            deliver(desk)
            deliver(desk)

    assert rows("select state, attempts from outbox") == [("queued", 2)]


def test_no_patient_waits_while_a_server_is_silent(desk_for, app):
    with socket.create_server(("127.0.0.1", 0)) as door:
        desk = desk_for(Silence(door), MAIL_TIMEOUT="20", **PLAIN)
        queue(desk, "walter@example.com")
        delivery = threading.Thread(target=deliver, args=(desk,))
        delivery.start()
        connection, _ = door.accept()
        try:
            answer = app.test_client().post("/requests/new", data=REQUEST)
        finally:
            connection.close()
            door.close()
            delivery.join()

    assert answer.status_code == 303


def test_a_server_that_asks_to_wait_gets_it_later_under_the_same_message_id(desk_for, rows):
    with PostOffice(answers={"DATA": {"": ["451 Come back later"]}}) as post:
        desk = desk_for(post, **PLAIN)
        queue(desk, "walter@example.com")
        deliver(desk)
        assert rows("select state, trouble from outbox") == [("queued", "refused 451")]
        deliver(desk)
        assert len(post.seen) == 1
        deliver(desk, minutes=2)

    first, second = post.seen
    assert post.delivered == [second]
    assert first.letter["Message-ID"] == second.letter["Message-ID"]
    assert rows("select state, attempts, trouble from outbox") == [("sent", 2, None)]


def test_a_server_that_hangs_up_without_a_goodbye_gets_it_once(desk_for, rows):
    with PostOffice(is_rude=True) as post:
        desk = desk_for(post, **PLAIN)
        queue(desk, "walter@example.com")
        deliver(desk)
        deliver(desk, hours=1)

    assert len(post.seen) == 1
    assert rows("select state from outbox") == [("sent",)]


def test_each_wait_is_longer_and_after_three_days_a_person_has_to_see_to_it(desk_for, rows):
    with PostOffice(answers={"RCPT": {"": ["450 Not now"] * 200}}) as post:
        desk = desk_for(post, **PLAIN)
        queue(desk, "walter@example.com")
        hours = [0, 1, 2, 4, 8, 16, 32, 64]
        for hour in hours:
            deliver(desk, hours=hour)
        assert rows("select state, attempts from outbox") == [("queued", len(hours))]
        deliver(desk, hours=73)

    assert rows("select state, trouble from outbox") == [("failed", "refused 450")]


def test_a_recipient_nobody_has_is_shown_to_the_operator_and_can_be_tried_again(desk_for, rows):
    with PostOffice(answers={"RCPT": {"walter": ["550 No such user"]}}) as post:
        desk = desk_for(post, **PLAIN)
        queue(desk, "walter@example.com", "june@example.com")
        deliver(desk)
        assert [mail.recipients for mail in post.delivered] == [["june@example.com"]]
        assert re.search(r"failed +reply +1 attempts  refused 550", listed(desk))
        assert "walter" not in listed(desk)

        again = desk.test_cli_runner().invoke(args=["outbox", "retry"])
        deliver(desk)

    assert again.output == "Queued 1 again.\n"
    assert [mail.recipients for mail in post.delivered] == [["june@example.com"], ["walter@example.com"]]
    assert rows("select state from outbox") == [("sent",)] * 2


@pytest.mark.parametrize(
    "poison",
    [
        "template = 'no-such-template'",
        "sealed_context = sealed_recipient",
        "sealed_key = message_id",
        "key_id = 'of nobody'",
        "template = 'received'",
    ],
)
def test_a_poisoned_row_does_not_hold_up_the_others(desk_for, post, rows, engine_url, poison):
    desk = desk_for(post, **PLAIN)
    queue(desk, "walter@example.com", "june@example.com", "ray@example.com")
    if "message_id" in poison and engine_url.startswith("postgresql"):
        poison = "sealed_key = message_id::bytea"
    change(desk, f"update outbox set {poison} where id = (select min(id) from outbox)")
    deliver(desk)

    assert [mail.recipients[0] for mail in post.delivered] == ["june@example.com", "ray@example.com"]
    assert rows("select state from outbox order by id") == [("failed",), ("sent",), ("sent",)]


def test_four_delivery_processes_deliver_each_mail_once(desk_for, post):
    desks = [desk_for(post, **PLAIN) for _ in range(4)]
    recipients = [f"patient{number}@example.com" for number in range(40)]
    queue(desks[0], *recipients)
    together = threading.Barrier(4)

    def work(desk):
        together.wait()
        deliver(desk)

    with ThreadPoolExecutor(4) as crew:
        list(crew.map(work, desks))

    assert sorted(mail.recipients[0] for mail in post.delivered) == sorted(recipients)


def test_a_mail_in_the_hands_of_a_process_that_was_killed_goes_out_after_a_while(desk_for, post, engine_url, rows):
    with socket.create_server(("127.0.0.1", 0)) as door:
        desk = desk_for(Silence(door), **PLAIN)
        queue(desk, "walter@example.com")
        names = {"KEYS_FOLDER": desk.config["KEYS_FOLDER"], "DATA_FOLDER": desk.config["DATA_FOLDER"]}
        names |= {"DATABASE_URL": engine_url, **PLAIN, **Silence(door).settings}
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "outbox", "deliver"],
            cwd=ROOT,
            env=os.environ | {f"SUPPORTDESK_{name}": str(value) for name, value in names.items()},
        )
        with door.accept()[0]:  # It has taken the mail in hand, and waits for us to speak.
            process.kill()
            process.wait()

    mended = desk_for(post, **PLAIN)
    deliver(mended)
    assert rows("select state from outbox") == [("leased",)]
    deliver(mended, minutes=6)
    assert [mail.recipients for mail in post.delivered] == [["walter@example.com"]]


def test_the_public_role_leaves_the_mail_alone(desk_for, post, rows):
    desk_for(post, **PLAIN).test_client().send()
    public = desk_for(post, ROLE="public", **PLAIN)
    result = public.test_cli_runner().invoke(args=["outbox", "deliver"])

    assert result.exit_code == 1
    assert "private key" in result.output
    assert rows("select state, attempts from outbox") == [("queued", 0)] * 2
