"""What every page keeps to: contrast, weight, plain words, and nothing that is not ours."""

import gzip
import html
import re
from html.parser import HTMLParser

import flask_migrate
import pytest

from supportdesk.access import ANYONE, Role, may
from supportdesk.agents.queries import agent_by_email
from supportdesk.agents.services import add_agent
from supportdesk.database import db
from supportdesk.tickets.services import reply_to_ticket
from tests.conftest import ROOT, make_app, signed_in
from tests.desks import bring_what_was_learned
from tests.people import reference_on
from tests.requester import Requester, letters_of

STATIC = ROOT / "static"
KILOBYTE = 1024
GREATEST = {  # Kilobytes, gzipped.
    "public page": 6,
    "/all": 10,  # It stands for fifteen pages.
    "style sheets": 8,
    "script": 6,
    "desk page": 30,
}
MOST_REQUESTS = 6
HARDEST = 8.0  # School years it takes to read a page.

TEXT = 4.5  # Contrast of words.
CONTROL = 3.0  # Contrast of edges and focus rings.
PAIRS = [  # What stands on what, in core.css.
    *((word, ground, TEXT) for word in ("ink", "ink-2", "action") for ground in ("paper", "surface", "sunken")),
    *((word, "action-tint", TEXT) for word in ("ink-2", "action")),
    *((word, "harbor", TEXT) for word in ("on-harbor", "on-harbor-2")),
    *(("on-action", ground, TEXT) for ground in ("action", "action-deep")),
    ("on-beam", "beam", TEXT),
    *((word, "clinic-tint", TEXT) for word in ("clinic", "ink")),
    ("clinic", "surface", TEXT),
    ("on-clinic", "clinic", TEXT),
    *(("stop", ground, TEXT) for ground in ("stop-tint", "surface", "paper")),
    ("on-stop", "stop", TEXT),
    *(("warn", ground, TEXT) for ground in ("warn-tint", "surface")),
    ("go", "go-tint", TEXT),
    *((word, "note", TEXT) for word in ("ink", "ink-2")),
    ("note-edge", "note", CONTROL),
    *(("edge", ground, CONTROL) for ground in ("surface", "paper", "sunken")),
    *(("ring", ground, CONTROL) for ground in ("surface", "paper")),
    ("beam", "harbor", CONTROL),
]

ARTICLES = sorted(path.stem for path in ROOT.glob("content/faq/*/*.md"))
WEIGHTY = {"topic": "billing", "subject": "My bill is wrong", "message": "I paid twice. My ssn is 123-45-6789."}
PUBLIC = {
    "home": lambda patient: patient.get("/"),
    **{slug: lambda patient, slug=slug: patient.get(f"/articles/{slug}") for slug in ARTICLES},
    "search with results": lambda patient: patient.get("/search?q=password email portal clinic"),
    "search without results": lambda patient: patient.get("/search?q=xylophone"),
    "search for nothing": lambda patient: patient.get("/search"),
    "all questions": lambda patient: patient.get("/all"),
    "form": lambda patient: patient.get("/requests/new"),
    "form with errors": lambda patient: patient.post("/requests/new", data={"name": ""}),
    "before sending": lambda patient: patient.post("/requests/new", data=patient.fill_in(**WEIGHTY)),
    "link": lambda patient: patient.get("/requests/open/x"),
    "link with errors": lambda patient: patient.post("/requests/open/x", data={"email": ""}),
    "code": lambda patient: patient.get("/requests/code") if knocked(patient) else None,
    "code with errors": lambda patient: patient.post("/requests/code", data={"code": "123456"}),
    "conversation": lambda patient: patient.get(came_in(patient).path),
    "conversation with errors": lambda patient: patient.post(f"{came_in(patient).path}/messages", data={"body": ""}),
    "error 403: message that came too late": lambda patient: patient.post("/requests/NC-2222-2222/messages", data=LATE),
    "error 403: page without a code": lambda patient: patient.get("/requests/NC-2222-2222"),
    "signed out": lambda patient: patient.get("/requests/signed-out?links=off"),
    "lost link": lambda patient: patient.get("/requests/new-link"),
    "lost link with errors": lambda patient: patient.post("/requests/new-link", data={"email": ""}),
    "lost link sent": lambda patient: patient.get("/requests/new-link/sent"),
    "thanks": lambda patient: patient.get(sent(patient)),
    "thanks, and ask your clinic": lambda patient: patient.get(sent(patient, topic="billing")),
    **{
        f"error {status}": lambda patient, status=status: patient.get(f"/wrong/{status}")
        for status in (400, 403, 404, 405, 413, 429, 500, 503)
    },
}
DESK = {
    "sign-in": lambda dana: dana.browser.application.test_client().get("/desk/sign-in"),
    "password": lambda dana: dana.open("/desk/password"),
    "queue": lambda dana: dana.open("/desk/"),
    "empty queue": lambda dana: dana.open("/desk/?view=solved"),
    "ticket": lambda dana: dana.open(f"/desk/tickets/{newest(dana)}"),
    "refused reply": lambda dana: dana.browser.post(
        f"/desk/tickets/{newest(dana)}/reply", data=dana.form(newest(dana))
    ),
    "clinic note": lambda dana: dana.open(f"/desk/tickets/{newest(dana)}/clinic"),
    "reports": lambda dana: dana.open("/desk/reports"),
    "account": lambda dana: dana.open("/desk/account/"),
    "audit": lambda dana: dana.open("/desk/audit"),
    "error 404": lambda dana: dana.open("/desk/tickets/NC-2222-2222", code=404),
}


def sent(patient, **answers):
    return patient.send_form(**answers).location


LATE = {"body": "Please help.", "submission_key": "k"}


def knocked(patient):
    return patient.post("/requests/open/x", data={"email": "walter@example.com"}).status_code == 303


def came_in(patient):
    """A requester at their page, which has something of everything on it."""
    app = patient.application
    reference = app.test_client().send()
    with app.app_context():
        dana = agent_by_email("looks@example.org") or add_agent("looks@example.org", "Dana Kim")[0]
        reply_to_ticket(reference, 1, dana, "Hi Walter, please open the newest link.")
    requester = Requester(patient, letters_of(app), reference)
    requester.come_in()
    return requester


def newest(dana):
    return reference_on(dana.open("/desk/").text)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk with a full page of tickets, and an address for every error page."""
    data = tmp_path_factory.mktemp("looks")
    bring_what_was_learned(data)
    app = make_app(data)
    app.add_url_rule("/wrong/<int:code>", "wrong", may(ANYONE)(app.aborter))
    with app.app_context():
        flask_migrate.upgrade()
    patient = app.test_client()
    for _ in range(app.config["QUEUE_PAGE_SIZE"]):
        patient.send()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def dana(desk):
    return signed_in(desk, "dana@example.org", "Dana Kim", Role.ADMIN)


@pytest.fixture(params=PUBLIC)
def public_page(desk, request):
    """Each page that patients see, in turn."""
    return meant(request.param, PUBLIC[request.param](desk.test_client()))


@pytest.fixture(params=DESK)
def desk_page(dana, request):
    """Each page that agents see, in turn."""
    return meant(request.param, DESK[request.param](dana))


def meant(name, page):
    """The page of that name, and not one that says it can't be shown."""
    said = re.search(r"error (\d+)", name)
    assert page.status_code == (int(said[1]) if said else 422 if re.search("errors|refused", name) else 200)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_stands_out_from_its_ground(scheme):
    tokens = colors()[scheme]

    faint = [
        f"{above} on {below}: {contrast(tokens[above], tokens[below]):.1f}"
        for above, below, least in PAIRS
        if contrast(tokens[above], tokens[below]) < least
    ]

    assert not faint


def test_the_contrast_of_black_on_white_is_21_to_1():
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_a_public_page_is_light(public_page):
    assert weight(public_page.data) <= GREATEST.get(public_page.request.path, GREATEST["public page"])
    assert len({"the page itself", "a picture of its style sheet", *Fetches(public_page.text).urls}) <= MOST_REQUESTS


def test_style_sheets_and_script_are_light():
    assert sum(weight((STATIC / name).read_bytes()) for name in ("core.css", "help.css")) <= GREATEST["style sheets"]
    assert weight((STATIC / "site.js").read_bytes()) <= GREATEST["script"]


def test_a_desk_page_is_light(desk_page):
    rest = sum(weight((STATIC / name).read_bytes()) for name in ("core.css", "desk.css", "site.js", "favicon.svg"))

    assert weight(desk_page.data) + rest <= GREATEST["desk page"]


def test_a_public_page_reads_easily(public_page):
    grade = reading_grade(public_page.text)

    assert grade <= HARDEST, f"it takes {grade:.1f} school years"


def test_hard_words_are_noticed():
    easy = "<main><p>We can help you. Call us now.</p></main>"
    hard = (
        "<main><p>Notwithstanding organizational considerations, authentication necessitates verification.</p></main>"
    )

    assert reading_grade(easy) < 2
    assert reading_grade(hard) > 20


def test_a_public_page_fetches_only_what_is_ours(public_page):
    check_own(public_page.text)


def test_a_desk_page_fetches_only_what_is_ours(desk_page):
    check_own(desk_page.text)


@pytest.mark.parametrize("sheet", ["core.css", "help.css", "desk.css"])
def test_a_style_sheet_fetches_only_what_is_ours(sheet):
    text = without_comments(sheet)

    assert "@import" not in text
    assert "@font-face" not in text
    for name in referred(sheet):
        assert (STATIC / name).is_file()


def check_own(text):
    assert " style=" not in text
    for url in Fetches(text).urls:
        name = url.removeprefix("/static/").partition("?")[0]
        assert (STATIC / name).is_file(), f"{url} is not a file of ours"


class Fetches(HTMLParser):
    """What a browser fetches along with a page."""

    AT_ONCE = ("stylesheet", "icon", "preload", "modulepreload", "manifest")

    def __init__(self, text):
        super().__init__()
        self.urls = set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "src" in attributes or attributes.get("rel") in self.AT_ONCE:
            self.urls.add(attributes.get("src") or attributes["href"])


def without_comments(sheet):
    return re.sub(r"/\*.*?\*/", "", (STATIC / sheet).read_text(encoding="utf-8"), flags=re.DOTALL)


def referred(sheet):
    return {name.strip("\"'") for name in re.findall(r"url\(([^)]+)\)", without_comments(sheet))}


def weight(data):
    """Kilobytes on the way to the browser."""
    return len(gzip.compress(data, 6)) / KILOBYTE


def colors():
    """The color tokens of core.css, light and dark."""
    blocks = re.findall(r":root\s*\{(.*?)\}", without_comments("core.css"), re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block)) for block in blocks[:2])
    return {"light": light, "dark": light | dark}


def contrast(one, other):
    """As WCAG 2 counts it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color):
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def reading_grade(text):
    """Flesch and Kincaid's grade of the words in <main>; numbers, addresses and references read as “it”."""
    shown = re.sub(r"<(script|style|svg|head|select)\b.*?</\1>", " ", text, flags=re.DOTALL)
    main = re.search(r"<main.*</main>", shown, re.DOTALL)[0]
    ended = re.sub(r"</(p|li|h\d|dt|dd|label|button|td|th)>", ". ", main)
    words = html.unescape(re.sub(r"<[^>]+>", " ", ended))
    words = re.sub(r"\b1-800-925-4456\b|\S+@\S+|\S*navigatingcare\.com\S*|NC-\S+", "it", words)
    sentences = [part for part in re.split(r"[.?!:]+", words) if re.search("[a-z]", part)]
    words = re.findall(r"[A-Za-z’']+", words)
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word):
    letters = re.sub("[^a-z]", "", word.lower())
    if len(letters) <= 3:
        return 1
    spoken = re.sub(r"(?:[^laeiouy]es|[^dt]ed|[^l]e)$", lambda end: end[0][0], letters)
    return max(1, len(re.findall("[aeiouy]+", spoken)))
