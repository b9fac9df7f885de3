"""A mail server of the tests' own: real SMTP on loopback, in a thread, with certificates made on the spot."""

import asyncio
import ipaddress
import re
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from supportdesk import clock
from supportdesk.database import db
from supportdesk.mail.compose import queue_mail
from tests.desks import bring_what_was_learned, make_app

DROP, HOLD = "drop", "hold"
PLAIN = {"MAIL_TLS": "none"}


@dataclass
class Delivered:
    """One mail as it arrived: from and to as said on the envelope, and whether the way was encrypted."""

    sender: str
    recipients: list[str]
    raw: bytes
    is_encrypted: bool

    @property
    def letter(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=default)


class PostOffice(Controller):
    """Takes mail in: `with PostOffice() as post: ...; post.delivered`.

    `answers` are given instead of “250 OK”, one for each recipient (RCPT) or content (DATA), until they run out;
    whatever comes while one is given is kept in `seen`.  A rude one hangs up without an answer to QUIT; the answer
    DROP is none: the line is cut.  HOLD is none either: it has the mail, and says nothing while the line is up.
    """

    def __init__(self, authority=None, days=1, name="127.0.0.1", answers=None, *, port=0, is_rude=False, **options):
        self.delivered, self.seen, self.said, self.greeted_by = [], [], [], set()
        self.transports = []  # Of everybody who said hello, hung up or not.
        self.held = 0  # So many mails were taken without a word.
        self.lines = 0  # So often somebody said hello.
        self.answers, self.is_rude = answers or {}, is_rude
        self.door = socket.create_server(("127.0.0.1", port))
        self.settings = settings_for(self.door)
        if authority:
            options |= {"tls_context": authority.server_context(name, days), "require_starttls": True}
        port = self.door.getsockname()[1]
        super().__init__(self, hostname="127.0.0.1", port=port, server_hostname="mail.example.org", **options)

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self.door)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        for transport in self.transports:
            self.loop.call_soon_threadsafe(transport.abort)
        self.stop()

    def _answer(self, command, address=""):
        for pattern, answers in self.answers.get(command, {}).items():
            if re.search(pattern, address) and answers:
                return answers.pop(0)
        return None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.greeted_by.add(hostname)
        self.transports.append(server.transport)
        self.lines += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        self.said.append(f"MAIL {address}")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        refused = self._answer("RCPT", address)
        if not refused:
            envelope.rcpt_tos.append(address)
        return refused or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = Delivered(envelope.mail_from, envelope.rcpt_tos, envelope.original_content, session.ssl is not None)
        self.seen.append(mail)
        refused = self._answer("DATA", envelope.rcpt_tos[0])
        if refused == DROP:
            server.transport.abort()
        if refused in {None, HOLD}:
            self.delivered.append(mail)
        if refused == HOLD:
            self.held += 1
            await asyncio.Event().wait()  # Whoever hangs up ends it.
        return refused or "250 OK"

    async def handle_QUIT(self, server, session, envelope):
        if self.is_rude:
            server.transport.abort()
        return "221 Bye"


class Trickle(threading.Thread):
    """A server that greets a letter at a time, and is never done: `with Trickle() as slow:`."""

    def __init__(self, port=0):
        super().__init__(daemon=True)
        self.door = socket.create_server(("127.0.0.1", port))
        self.settings, self.over = settings_for(self.door), threading.Event()

    def run(self):
        with suppress(OSError):
            connection, _ = self.door.accept()
            with connection:
                connection.sendall(b"220-")
                while not self.over.wait(0.2):
                    connection.sendall(b"x")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        self.door.close()
        self.join()


class Silence:
    """A server that takes calls and says nothing; `door` is where it listens."""

    def __init__(self, door):
        self.settings = settings_for(door)


def settings_for(door):
    """How a desk is told to send its mail there."""
    return {"MAIL_MODE": "smtp", "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(door.getsockname()[1])}


@contextmanager
def desks_beside(app, folder):
    """Desks with the database and keys of `app`, that send their mail: `make(post, MAIL_TLS="none")`."""
    made = []

    def make(post, **settings):
        bring_what_was_learned(folder)
        same = {name: app.config[name] for name in ("DATABASE_URL", "KEYS_FOLDER")}
        made.append(make_app(folder, **same, **post.settings, **settings))
        return made[-1]

    yield make
    for desk in made:
        with desk.app_context():
            db.session.remove()
            db.engine.dispose()


def queue(desk, *recipients):
    """Put a mail for each into the outbox."""
    with desk.app_context():
        for recipient in recipients:
            queue_mail("reply", recipient, clock.now(), reference="NC-7HK4-92QX", link_token="x" * 43)
        db.session.commit()


def deliver(desk, **later):
    """Deliver what is due, `later` than now if told so, as the operator's command does."""
    with clock.pretend(clock.now() + timedelta(**later)):
        result = desk.test_cli_runner().invoke(args=["outbox", "deliver"])
    assert result.exit_code == 0, result.output


def listed(desk):
    return desk.test_cli_runner().invoke(args=["outbox", "list"]).output


class Authority:
    """Who signs certificates; `file` is what a desk that trusts it names in MAIL_CA_FILE."""

    def __init__(self, folder):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority of the tests")])
        signs = x509.KeyUsage(
            *(False,) * 5, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False
        )
        certificate = (
            self._builder(self.name, self.key.public_key(), days=1)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(signs, critical=True)
            .sign(self.key, hashes.SHA256())
        )
        self.file = folder / "authority.pem"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def server_context(self, address, days):
        """A server's TLS with a certificate for `address`; with negative `days` it ran out that long ago."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
        certificate = (
            self._builder(subject, key.public_key(), days)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        both = self.folder / "server.pem"
        both.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(both)
        return context

    def _builder(self, subject, public_key, days):
        end = datetime.now(UTC) + timedelta(days=days)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(end - timedelta(days=abs(days) + 2))
            .not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        )
