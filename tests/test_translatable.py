"""Every sentence that a patient reads can be translated: in a language of brackets, none is left outside them.

The catalog is made here, from what Babel finds in the sources: each sentence in ⟦brackets⟧.  The articles are in Greek,
so that a Latin letter outside of brackets is a word that no translator will ever see.
"""

import re
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser

import flask_migrate
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo

from supportdesk.access import ANYONE, may
from supportdesk.agents.queries import agent_by_email
from supportdesk.agents.services import add_agent
from supportdesk.database import db
from supportdesk.tickets.models import Priority, Status
from supportdesk.tickets.services import change_details, reply_to_ticket
from supportdesk.tickets.topics import Topic
from tests.conftest import ROOT, make_app, signed_in
from tests.requester import Requester, letters_of

SOURCES = {
    "templates": [("**.html", "jinja2"), ("**.txt", "jinja2"), ("**.xml", "jinja2")],
    "supportdesk": [("**.py", "python")],
}
NAMES = re.compile(
    r"Navigating Care(?= ⟦)"  # The name of the product, before what we call this part of it.
    r"|Mountain|Central|Eastern"  # Time zones.
    r"|[^\s⟦⟧]+@[^\s⟦⟧]+|https?://[^\s⟦⟧]+"  # Addresses.
    r"|NC-[0-9A-Z]{4}-[0-9A-Z]{4}"  # References.
)
LATIN = re.compile(r"[A-Za-z]+")
SPOKEN = ("aria-label", "alt", "placeholder", "title", "data-busy", "data-one", "data-many", "data-none", "data-all")

CATEGORIES = """
- {folder: sign-in-and-account, title: Είσοδος, icon: key-round}
- {folder: other-common-questions, title: Ερωτήσεις, icon: signpost}
"""
ARTICLE = """---
title: Ξέχασα τον κωδικό
summary: Ζητήστε νέο κωδικό.
reviewed: 2026-11-20
order: 1
handled_by: desk
also_asked_as: [κωδικός]
topics: [sign-in]
related: [billing]
aliases: []
---

Πατήστε το κουμπί.
"""
CLINIC_ARTICLE = """---
title: Ο λογαριασμός μου
summary: Ρωτήστε την κλινική σας.
reviewed: 2026-11-20
order: 1
handled_by: clinic
also_asked_as: [χρέωση]
topics: [billing]
related: []
aliases: []
clinic:
  short: Λογαριασμοί
  heading: Ρωτήστε την κλινική
  why: Δεν βλέπουμε λογαριασμούς.
  reply: Ρωτήστε την κλινική σας.
---

Η κλινική ξέρει.
"""
WORDS = {"name": "Μαρία", "subject": "Κωδικός", "message": "Βοήθεια"}

PAGES = {
    "home": lambda patient: patient.get("/"),
    "article": lambda patient: patient.get("/articles/forgot-password"),
    "clinic article": lambda patient: patient.get("/articles/billing"),
    "search with results": lambda patient: patient.get("/search?q=κωδικό"),
    "search without results": lambda patient: patient.get("/search?q=ωμέγα"),
    "search for nothing": lambda patient: patient.get("/search"),
    "all questions": lambda patient: patient.get("/all"),
    "form": lambda patient: patient.get("/requests/new"),
    "empty form": lambda patient: patient.post("/requests/new", data={"name": ""}),
    "form full of mistakes": lambda patient: patient.post("/requests/new", data=mistakes(patient)),
    "form that is too long": lambda patient: patient.post("/requests/new", data=too_long(patient)),
    "before sending": lambda patient: asked_first(patient, topic="billing", message="123-45-6789, Βοήθεια"),
    "link": lambda patient: patient.get("/requests/open/x"),
    "link without an address": lambda patient: patient.post("/requests/open/x", data={"email": ""}),
    "code": lambda patient: patient.get(knocked(patient)),
    "too many codes": lambda patient: [patient.post("/requests/open/y", data=HERS) for _ in range(6)][-1],
    "too many codes again": lambda patient: [knocked(patient), patient.post("/requests/code/again")][-1],
    "wrong code": lambda patient: patient.post("/requests/code", data={"code": "123456"}),
    "no code": lambda patient: patient.post("/requests/code", data={"code": ""}),
    "door": lambda patient: patient.get("/requests/NC-2222-2222"),
    "door, and back": lambda patient: patient.get("/requests/NC-2222-2222") if knocked(patient) else None,
    "too late": lambda patient: patient.post("/requests/NC-2222-2222/messages", data={"body": "Βοήθεια"}),
    "signed out": lambda patient: patient.get("/requests/signed-out?links=off"),
    "lost link": lambda patient: patient.get("/requests/new-link"),
    "lost link, without a word": lambda patient: patient.post("/requests/new-link", data={"email": ""}),
    "too many links": lambda patient: [patient.post("/requests/new-link", data=LOST) for _ in range(4)][-1],
    "lost link sent": lambda patient: patient.get("/requests/new-link/sent"),
    **{
        f"conversation {status}": lambda patient, status=status: patient.get(came_in(patient, status).path)
        for status in ("new", "open", "pending", "solved", "closed")
    },
    "conversation with a mistake": lambda patient: patient.post(
        f"{came_in(patient, 'new').path}/messages", data={"body": ""}
    ),
    "message to a closed one": lambda patient: patient.post(
        f"{came_in(patient, 'closed').path}/messages", data={"body": "Βοήθεια"}
    ),
    "thanks": lambda patient: patient.get(sent(patient)),
    "thanks, and ask your clinic": lambda patient: patient.get(sent(patient, topic="billing")),
    **{
        f"error {status}": lambda patient, status=status: patient.get(f"/wrong/{status}")
        for status in (400, 403, 404, 405, 413, 429, 500, 503)
    },
}


def sent(patient, **answers):
    return patient.send_form(**WORDS | answers).location


def asked_first(patient, **answers):
    return patient.post("/requests/new", data=patient.fill_in(**WORDS | answers))


HERS = {"email": "maria@example.com"}
LOST = HERS | {"reference": "NC-2222-2222"}


def knocked(patient):
    """Asks for a code; returns where it is typed."""
    return patient.post("/requests/open/y", data=HERS).location or "/requests/code"


def came_in(patient, status):
    """Maria at her page, with an answer of ours on it."""
    app = patient.application
    reference = app.test_client().send(**WORDS, **HERS)
    with app.app_context():
        dana = agent_by_email("danae@example.org") or add_agent("danae@example.org", "Δανάη")[0]
        if status != "new":
            reply_to_ticket(reference, 1, dana, "Καλημέρα")
            shown = {"priority": Priority.NORMAL, "topic": Topic.SIGN_IN, "assignee_id": None, "team_id": None}
            change_details(reference, 2, dana, status=Status(status), **shown)
    requester = Requester(patient, letters_of(app), reference, HERS["email"])
    requester.come_in()
    return requester


def mistakes(patient):
    return patient.fill_in(name="Μαρία\nΜ", email="μαρία", topic="", subject="\x07", message="\u200b")


def too_long(patient):
    return patient.fill_in(name="Μ" * 101, subject="Κ" * 151, message="Β" * 20_001)


@pytest.fixture(scope="module")
def languages(tmp_path_factory):
    """A folder of translations, in which our English is in brackets."""
    catalog = Catalog(locale="en_US")
    for folder, methods in SOURCES.items():
        for _file, _line, found, _comments, context in extract_from_dir(ROOT / folder, methods):
            texts = found if isinstance(found, tuple) else (found,)
            marked = tuple(f"⟦{text}⟧" for text in texts)
            catalog.add(found, marked if len(marked) > 1 else marked[0], context=context)
    folder = tmp_path_factory.mktemp("languages")
    (folder / "en_US/LC_MESSAGES").mkdir(parents=True)
    with (folder / "en_US/LC_MESSAGES/messages.mo").open("wb") as file:
        write_mo(file, catalog)
    return folder


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """Articles in Greek."""
    folder = tmp_path_factory.mktemp("content")
    files = {
        "categories.yaml": CATEGORIES,
        "sign-in-and-account/forgot-password.md": ARTICLE,
        "other-common-questions/billing.md": CLINIC_ARTICLE,
    }
    for name, text in files.items():
        (folder / "faq" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "faq" / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def desk_in(tmp_path_factory, languages, content):
    """A desk whose English is in brackets: `desk_in(DATABASE_URL=...)`."""
    made = []

    def make(**settings):
        app = make_app(
            tmp_path_factory.mktemp("desk"),
            BABEL_TRANSLATION_DIRECTORIES=str(languages),
            CONTENT_FOLDER=str(content),
            TIMEZONE_NAME="Ειρηνικός",
            **settings,
        )
        app.add_url_rule("/wrong/<int:code>", "wrong", may(ANYONE)(app.aborter))
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="module")
def desk(desk_in):
    app = desk_in()
    with app.app_context():
        flask_migrate.upgrade()
    return app


@pytest.mark.parametrize("name", PAGES)
def test_no_sentence_of_a_page_escapes_the_translator(desk, name):
    page = PAGES[name](desk.test_client())

    assert "⟦" in page.text
    assert escaped(Shown(page.text).text) == []


def test_no_sentence_escapes_when_the_desk_fails(desk_in, tmp_path):
    patient = desk_in(DATABASE_URL=f"sqlite:///{tmp_path / 'not-there' / 'desk.sqlite3'}").test_client()

    page = patient.post("/requests/new", data=patient.fill_in(**WORDS))

    assert page.status_code == 503
    assert "⟦Your message was not sent⟧" in page.text
    assert escaped(Shown(page.text).text) == []


def test_no_sentence_of_a_mail_escapes_the_translator(desk):
    patient = desk.test_client()
    assert patient.get(sent(patient, topic="billing")).status_code == 200
    reference = patient.send(**WORDS | {"message": "I can not sign in. The page shows an error."})
    signed_in(desk, "dana@example.org", "Δανάη").reply(reference, "Καλημέρα")
    requester = Requester(desk.test_client(), letters_of(desk), reference)
    requester.come_in()
    requester.browser.post("/requests/new-link", data={"email": requester.email, "reference": reference})
    desk.test_cli_runner().invoke(args=["outbox", "deliver"])

    for template in ("received", "clinic-received", "reply", "code", "new-link"):
        mail, *_others = (desk.config["DATA_FOLDER"] / "outbox").glob(f"*[0-9]-{template}.eml")
        assert "⟦" in words_of(mail)
        assert escaped(words_of(mail)) == []


def test_a_sentence_outside_of_brackets_is_noticed():
    page = '<p>⟦Call <a href="tel:911">911</a> now⟧ or wait</p><img alt="A ship" src="x"><p>Κύμα NC-7HK4-92QX</p>'

    assert escaped(Shown(page).text) == ["or", "wait", "A", "ship"]


class Shown(HTMLParser):
    """All that a page says: what can be seen and what is read aloud, but for dates and what a patient typed."""

    QUIET = ("script", "style", "time", "textarea")
    INLINE = ("a", "b", "bdi", "em", "mark", "span", "strong", "wbr")

    def __init__(self, page):
        super().__init__()
        self.text = ""
        self._quiet = 0
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self._quiet += tag in self.QUIET
        self.text += "" if tag in self.INLINE else " "
        self.text += "".join(f"{value} " for name, value in attributes if name in SPOKEN)

    def handle_endtag(self, tag):
        self._quiet -= tag in self.QUIET

    def handle_data(self, data):
        if not self._quiet:
            self.text += data


def words_of(mail):
    """The subject and the body of an .eml file."""
    message = message_from_bytes(mail.read_bytes(), policy=default)
    return f"{message['Subject']} {message.get_content()}"


def escaped(text):
    """The words outside of brackets that are neither Greek nor a name."""
    text = NAMES.sub("", " ".join(text.split()))
    while (shorter := re.sub("⟦[^⟦⟧]*⟧", "", text)) != text:
        text = shorter
    return LATIN.findall(text)
