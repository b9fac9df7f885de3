"""What browsers and caches may keep of a page, and how small it is on its way to them."""

import gzip
import os
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, request, request_started, template_rendered
from markupsafe import escape

from supportdesk import assets, clock
from supportdesk.faq.search import Searcher
from supportdesk.kept import kept
from tests.conftest import ROOT
from tests.people import hidden, unpacked
from tests.test_library import NOTICE, HelpCentre

KEPT = ("/", "/all", "/articles/sign-up", "/articles/billing", "/sitemap.xml", "/robots.txt", "/opensearch.xml")
NEVER_KEPT = (
    "/search?q=password",
    "/search.json?q=password",
    "/suggest.json?q=pass",
    "/healthz",
    "/readyz",
    "/articles/register",  # An alias.
    "/articles/nothing",
    "/desk/",
    "/desk/sign-in",
)
PACKED = {"Accept-Encoding": "gzip"}
OPEN = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("America/Los_Angeles"))  # A Friday.


@pytest.fixture
def centre(tmp_path):
    """A help centre of two articles: sign-up by the desk, billing by the clinic."""
    made = HelpCentre(tmp_path)
    made.article("account/sign-up.md", title="How do I sign up?", aliases=["register"])
    made.article("clinic/billing.md", title="My bill", handled_by="clinic", clinic=NOTICE, topics=["billing"])
    return made


@pytest.fixture
def site(desk_with, centre, tmp_path):
    """The app of a help centre with those articles."""
    app = desk_with()
    shelf = centre.shelf()
    app.extensions |= {"shelf": shelf, "searcher": Searcher(shelf, tmp_path / "index")}
    return app


@pytest.fixture
def visitor(site):
    return site.test_client()


# Kept, and asked for again


@pytest.mark.parametrize("path", KEPT)
def test_a_page_that_is_the_same_for_everyone_may_be_kept_and_is_asked_for_again(visitor, path):
    page = visitor.get(path)

    assert page.headers["Cache-Control"] == "public, no-cache"
    assert page.headers["Vary"] == "Accept-Encoding"
    assert re.fullmatch('W/"[0-9a-f]{32}"', page.headers["ETag"])


@pytest.mark.parametrize("path", NEVER_KEPT)
@pytest.mark.parametrize("headers", [{}, PACKED], ids=["plain", "packed"])
def test_every_other_page_is_kept_by_nobody_and_never_packed(visitor, path, headers):
    page = visitor.get(path, headers=headers)

    assert page.headers["Cache-Control"] == "no-store"
    assert "ETag" not in page.headers
    assert "Content-Encoding" not in page.headers


def test_a_page_with_a_secret_on_it_is_never_packed(dana, patient):
    reference = patient.send()
    form = patient.get("/requests/new", headers=PACKED)
    sent = patient.get(patient.post("/requests/new", data=patient.fill_in()).location, headers=PACKED)
    ticket = dana.browser.get(f"/desk/tickets/{reference}", headers=PACKED)

    assert hidden(form.text, "submission_key")
    assert hidden(ticket.text, "csrf_token")
    assert form.headers["Cache-Control"] == "private, no-cache"
    for page in (sent, ticket):
        assert page.headers["Cache-Control"] == "no-store"
    for page in (form, sent, ticket):
        assert "Content-Encoding" not in page.headers


def test_no_page_that_may_be_kept_holds_a_secret_or_sets_a_cookie(patient):
    for path in ("/", "/all", "/articles/cost", "/articles/billing"):
        page = patient.get(path)
        assert "Set-Cookie" not in page.headers
        assert "csrf_token" not in page.text
        assert "submission_key" not in page.text


@pytest.mark.parametrize("path", KEPT)
def test_a_browser_that_has_the_page_is_not_sent_it_again(visitor, path):
    first = visitor.get(path)

    for known in (
        first.headers["ETag"],
        first.headers["ETag"].removeprefix("W/"),
        f'"x", {first.headers["ETag"]}',
        "*",
    ):
        for again in (visitor.get(path, headers={"If-None-Match": known}), visitor.head(path, headers=tag_of(first))):
            assert (again.status_code, again.data) == (304, b"")
            assert "Content-Type" not in again.headers
            for name in ("ETag", "Cache-Control", "Vary"):
                assert again.headers[name] == first.headers[name]
    for other in ('"x"', "x", 'W/"', "", "\x7f" * 4000):
        assert visitor.get(path, headers={"If-None-Match": other}).data == first.data


def test_a_page_keeps_its_tag_until_it_says_something_else(visitor):
    with clock.pretend(OPEN):
        first = visitor.get("/")
    with clock.pretend(OPEN + timedelta(hours=1)):
        later = visitor.get("/", headers=tag_of(first))
    with clock.pretend(OPEN + timedelta(hours=7)):
        closed = visitor.get("/", headers=tag_of(first))

    assert "Open now, until 5 PM" in first.text
    assert later.status_code == 304
    assert closed.status_code == 200
    assert "Closed now." in closed.text


def test_an_article_that_was_edited_has_another_tag(centre, visitor):
    first = visitor.get("/articles/billing")
    centre.article("clinic/billing.md", "Write to them.", handled_by="clinic", clinic=NOTICE, topics=["billing"])
    centre.moment += 1
    edited = visitor.get("/articles/billing", headers=tag_of(first))

    assert edited.status_code == 200
    assert "Write to them." in edited.text


def test_every_process_gives_a_page_the_same_tag(desk_with):
    tags = {desk_with(folder).test_client().get("/articles/cost").headers["ETag"] for folder in ("one", "other")}

    assert len(tags) == 1


def test_a_flood_of_pages_does_not_fill_the_memory(desk_with):
    app = desk_with()
    with app.test_request_context():
        pages = [kept(f"/{number}", app, lambda: "a page") for number in range(600)]

    assert all(page.data == b"a page" for page in pages)
    assert len(app.extensions["kept"]["pages"].made) == 100


# Handed out again


@pytest.fixture
def asked_inside(site, time_machine):
    """The addresses that were answered by making them, not by handing out what was ready; within one minute."""
    time_machine.move_to(OPEN, tick=False)
    paths = []
    with request_started.connected_to(lambda *_args, **_more: paths.append(request.full_path), site):
        yield paths


@pytest.mark.parametrize("path", ["/", "/articles/sign-up", "/articles/billing", "/search?q=how+do+i+sign+up"])
@pytest.mark.parametrize("headers", [{}, PACKED], ids=["plain", "packed"])
def test_a_page_handed_out_again_is_what_it_was_to_the_last_header(visitor, asked_inside, path, headers):
    first, again = (visitor.get(path, headers=headers) for _ in range(2))

    assert (again.status, again.data, list(again.headers)) == (first.status, first.data, list(first.headers))
    assert len(asked_inside) == 1


def test_whoever_asks_in_another_way_gets_an_answer_of_their_own(site, visitor, asked_inside):
    visitor.get("/")
    visitor.get("/", headers=PACKED)
    visitor.get("/", headers={"If-None-Match": '"x"'})
    visitor.get("/?from=check")
    visitor.get("/", headers={"Host": "help.example.org"})
    assert "Strict-Transport-Security" in visitor.get("/", base_url="https://localhost").headers
    visitor.head("/")
    assert visitor.post("/").status_code == 405
    known = site.test_client()
    known.set_cookie("anything", "at all")
    known.get("/")

    assert len(asked_inside) == 9


def test_a_page_that_no_longer_holds_is_not_handed_out(centre, visitor, time_machine):
    time_machine.move_to(OPEN, tick=False)
    assert "Open now" in visitor.get("/").text
    assert "Some words." in visitor.get("/articles/billing").text

    time_machine.move_to(OPEN + timedelta(hours=8), tick=False)
    assert "Closed now." in visitor.get("/").text

    centre.article("clinic/billing.md", "Write to them.", handled_by="clinic", clinic=NOTICE, topics=["billing"])
    centre.moment += 1
    assert "Write to them." in visitor.get("/articles/billing").text
    centre.delete("clinic/billing.md")
    centre.moment += 60
    assert visitor.get("/articles/billing").status_code == 404


@pytest.mark.parametrize("query", ["call Rose to sign up", "sign up 555 0143", "zyxwvut"])
def test_a_search_that_may_name_somebody_or_finds_nothing_is_answered_each_time(visitor, asked_inside, query):
    for _ in range(2):
        visitor.get("/search", query_string={"q": query})

    assert len(asked_inside) == 2


def test_what_was_asked_is_forgotten_with_its_minute(site, visitor, time_machine):
    time_machine.move_to(OPEN, tick=False)
    visitor.get("/search?q=how do i sign up")
    assert words_in(site) == 1
    time_machine.move_to(OPEN + timedelta(minutes=1), tick=False)
    visitor.get("/")

    assert words_in(site) == 0
    assert len(site.extensions["front"].ready) == 1


def words_in(app):
    """In how many of the pages that are ready the words of that search stand; in no name and no `repr` of any."""
    assert "how do i" not in repr(app.extensions["front"].ready)
    return sum(b"how do i" in page.body for page in app.extensions["front"].ready.values())


def test_a_page_that_was_finished_after_its_minute_is_not_handed_out_in_the_next(site, visitor, time_machine):
    last_minute = OPEN.replace(hour=16, minute=59, second=59)
    time_machine.move_to(last_minute, tick=False)

    def the_minute_ends(*_args, **_more):
        time_machine.move_to(last_minute + timedelta(seconds=1), tick=False)

    with template_rendered.connected_to(the_minute_ends, site):
        first = visitor.get("/").text

    assert "Open now" in first
    assert "Closed now." in visitor.get("/").text


def test_whoever_asks_in_ever_other_ways_does_not_fill_the_memory(site, visitor):
    with clock.pretend(OPEN):
        for number in range(600):
            visitor.get("/", headers={"Host": f"{number}.example.org"})

    assert len(site.extensions["front"].ready) == 100


# Searches


def remembered(app):
    batch = app.extensions["kept"].get("answers")
    return list(batch.made.values()) if batch else []


def test_a_search_in_ordinary_words_is_answered_once(site, visitor):
    first, again = (visitor.get("/search?q=forgot my password").text for _ in range(2))

    assert first == again
    assert len(remembered(site)) == 1
    assert visitor.get("/search?q=forgot my password&exactly=yes").text != ""
    assert len(remembered(site)) == 2


def test_what_was_typed_is_not_remembered_with_its_answer(desk_with):
    app, typed = desk_with(), "Forgott my pasword??"
    visitor = app.test_client()
    page, again = (visitor.get("/search", query_string={"q": typed}).text for _ in range(2))
    ((name, _language),) = app.extensions["kept"]["answers"].made

    assert page == again
    assert escape(typed) in page
    assert "q=Forgott+my+pasword%3F%3F" in page
    assert re.fullmatch("[0-9a-f]{32}", name)
    assert not re.search("forgott|pasword", remembered(app)[0].html, re.IGNORECASE)


def test_an_answer_lasts_until_the_articles_change_and_its_page_for_a_minute(centre, site, visitor, time_machine):
    time_machine.move_to(OPEN, tick=False)
    assert "Open now" in visitor.get("/search?q=sign up").text
    time_machine.move_to(OPEN + timedelta(hours=12), tick=False)
    assert "Open now" not in visitor.get("/search?q=sign up").text
    assert len(remembered(site)) == 1

    centre.article("account/sign-up.md", title="How do I make an account?", also_asked_as=["sign up"])
    centre.a_minute_passes()
    assert "How do I make an account?" in visitor.get("/search?q=sign up").text


@pytest.mark.parametrize(
    "query",
    [
        "Walter Briggs",
        "i am walter",
        "walter.briggs@example.com",
        "call 555 0143",
        "zyxwvut",
        "walter forgot pasword",
        "call Rose pasword",
    ],
)
def test_a_search_that_may_name_somebody_is_not_remembered(site, visitor, query):
    visitor.get("/search", query_string={"q": query})

    assert remembered(site) == []


def test_suggestions_are_remembered_for_whoever_types_the_same_without_what_was_typed(site, visitor):
    first, again = (visitor.get("/suggest.json?q=how do i sign walter") for _ in range(2))

    assert first.json == again.json
    assert visitor.get("/suggest.json?q=how do i sign").json["suggestions"][0]["slug"] == "sign-up"
    assert len(site.extensions["kept"]["suggestions"].made) == 2
    assert "walter" not in repr(site.extensions["kept"])


# Smaller on the way


@pytest.mark.parametrize("path", ["/", "/all", "/articles/sign-up", "/articles/billing"])
def test_a_page_for_everyone_is_packed_for_whoever_can_unpack_it(visitor, path):
    plain = visitor.get(path)

    for asked in ("gzip", "br, gzip;q=0.5", "*", "identity;q=0.1, GZIP"):
        packed = visitor.get(path, headers={"Accept-Encoding": asked})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["ETag"] == plain.headers["ETag"]
        assert unpacked(packed) == plain.text
        assert len(packed.data) == int(packed.headers["Content-Length"]) < len(plain.data) / 2
    for asked in ("", "br", "gzip;q=0", "*;q=0", "gzip;q=0, *", "identity", "\x7f" * 4000):
        assert visitor.get(path, headers={"Accept-Encoding": asked}).data == plain.data


def test_a_page_is_packed_once_and_not_for_each_visitor(site, visitor):
    visitor.get("/", headers=PACKED)
    (first,) = site.extensions["kept"]["pages"].made.values()
    visitor.get("/", headers=PACKED)

    assert list(site.extensions["kept"]["pages"].made.values()) == [first]
    assert site.extensions["kept"]["pages"].made["/", "en-US"].packed is first.packed


def test_a_page_that_fits_into_one_packet_is_sent_as_it_is(visitor):
    assert "Content-Encoding" not in visitor.get("/robots.txt", headers=PACKED).headers


@pytest.mark.parametrize("name", ["core.css", "help.css", "desk.css", "site.js", "bearings.svg"])
def test_style_sheets_scripts_and_drawings_are_packed_and_kept_for_a_year(visitor, name):
    plain = visitor.get(f"/static/{name}?v=1")
    packed = visitor.get(f"/static/{name}?v=1", headers=PACKED)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == (ROOT / "static" / name).read_bytes()
    assert packed.mimetype == plain.mimetype
    for answer in (plain, packed):
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        again = visitor.get(f"/static/{name}?v=1", headers=PACKED | tag_of(packed))
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["../wsgi.py", "%2e%2e/wsgi.py", "nothing.css", "x" * 3000 + ".css", ""])
def test_nothing_else_is_found_among_the_files(visitor, name):
    assert visitor.get(f"/static/{name}?v=1", headers=PACKED).status_code == 404


@pytest.fixture
def shop(tmp_path):
    """A style sheet and a picture of another app's, in a folder that a test may change."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files/sheet.css").write_text("p { color: red }")
    (tmp_path / "files/picture.png").write_bytes(b"\x89PNG")
    app = Flask("shop", static_folder=str(tmp_path / "files"), static_url_path="/static")
    assets.init_app(app)
    return app.test_client()


def test_a_file_that_changed_is_packed_anew(shop, tmp_path):
    first = shop.get("/static/sheet.css", headers=PACKED)
    (tmp_path / "files/sheet.css").write_text("p { color: blue }")
    second = shop.get("/static/sheet.css", headers=PACKED | tag_of(first))

    assert gzip.decompress(second.data) == b"p { color: blue }"


def test_brotli_is_sent_where_somebody_put_it_beside_the_file(shop, tmp_path):
    both = {"Accept-Encoding": "gzip, deflate, br"}
    (tmp_path / "files/sheet.css.br").write_bytes(b"brotli")

    assert shop.get("/static/sheet.css", headers=both).headers["Content-Encoding"] == "br"
    assert shop.get("/static/sheet.css", headers=both).data == b"brotli"
    assert shop.get("/static/sheet.css", headers=PACKED).headers["Content-Encoding"] == "gzip"
    assert shop.get("/static/sheet.css").data == b"p { color: red }"


def test_brotli_of_an_older_file_is_left_alone(shop, tmp_path):
    (tmp_path / "files/sheet.css.br").write_bytes(b"brotli")
    stamp_later(tmp_path / "files/sheet.css", than=tmp_path / "files/sheet.css.br")

    answer = shop.get("/static/sheet.css", headers={"Accept-Encoding": "gzip, br"})

    assert answer.headers["Content-Encoding"] == "gzip"


def test_a_picture_is_sent_as_it_is(shop):
    with shop.get("/static/picture.png", headers=PACKED) as answer:
        assert "Content-Encoding" not in answer.headers
        assert "Vary" not in answer.headers


def tag_of(page):
    """What a browser that has `page` sends along."""
    return {"If-None-Match": page.headers.get("ETag", "")}


def stamp_later(path, than):
    later = than.stat().st_mtime_ns + 1_000_000_000
    os.utime(path, ns=(later, later))
