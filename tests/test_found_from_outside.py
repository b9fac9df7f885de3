"""Found from outside: what search engines and browsers are told, and the page of all questions."""

import json
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from supportdesk.faq.search import Searcher
from tests.conftest import ROOT
from tests.people import Page
from tests.test_library import NOTICE, HelpCentre

HERE = "https://help.example.org"
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
SEARCHES = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
SEARCHED = ("/search?q=zephyrine", "/search.json?q=zephyrine", "/suggest.json?q=zephyrine")
KEPT = ("/", "/all", "/articles/sign-up", "/articles/billing", "/sitemap.xml", "/robots.txt", "/opensearch.xml")


@pytest.fixture
def centre(tmp_path):
    """Two articles to be read, a draft, one that is no longer shown, and one that is shown today for the last time."""
    made = HelpCentre(tmp_path)
    made.article(
        "account/sign-up.md",
        "Ask *your clinic*.\n\n1. Open it.\n\n## Still stuck?\n\n[My bill](/articles/bills), [that](/articles/gone).",
        title="How do I sign up?",
        summary="Your clinic invites you.",
        aliases=["register"],
        related=["billing"],
    )
    made.article(
        "clinic/billing.md",
        "Call them.",
        title="My bill",
        summary="They sent it.",
        reviewed=date(2026, 11, 21),
        handled_by="clinic",
        clinic=NOTICE,
        topics=["billing"],
        aliases=["bills"],
    )
    made.article("account/secret-draft.md", "Zephyrine draft.", title="Zephyrine draft", status="draft")
    made.article("account/bygone.md", "Zephyrine bygone.", title="Zephyrine bygone", expires=date(2026, 11, 21))
    made.article("account/last-day.md", "Zephyrine today.", title="Zephyrine today", expires=date(2026, 11, 22))
    return made


@pytest.fixture
def site(desk_with, centre, tmp_path):
    """The app of a help centre with those articles."""
    app = desk_with(BASE_URL=f"{HERE}/")
    shelf = centre.shelf()
    app.extensions |= {"shelf": shelf, "searcher": Searcher(shelf, tmp_path / "index")}
    return app


@pytest.fixture
def visitor(site):
    return site.test_client()


# The sitemap, and what robots are asked to leave


def test_the_sitemap_names_every_page_and_the_day_it_was_reviewed(visitor):
    assert days_in(visitor.get("/sitemap.xml")) == {
        f"{HERE}/": "2026-11-21",
        f"{HERE}/all": "2026-11-21",
        f"{HERE}/articles/last-day": "2026-11-20",
        f"{HERE}/articles/sign-up": "2026-11-20",
        f"{HERE}/articles/billing": "2026-11-21",
    }


def test_every_page_of_the_sitemap_is_there(patient):
    pages = days_in(patient.get("/sitemap.xml"))

    assert len(pages) == 2 + len(list(ROOT.glob("content/faq/*/*.md")))
    for page in pages:
        path = page.removeprefix("http://127.0.0.1:8000")
        answer = patient.get(path)
        assert answer.status_code == 200
        assert head(answer)["canonical"] == page


def test_the_sitemap_of_a_help_centre_without_articles_is_well_formed(centre, visitor):
    for name in ("account/sign-up", "clinic/billing", "account/bygone", "account/last-day"):
        centre.delete(f"{name}.md")

    assert days_in(visitor.get("/sitemap.xml")) == {f"{HERE}/": None, f"{HERE}/all": None}


def test_robots_may_read_the_help_and_nothing_else(visitor):
    answer = visitor.get("/robots.txt")

    assert answer.mimetype == "text/plain"
    assert {"Disallow: /desk", "Disallow: /requests/", "Disallow: /search"} <= set(answer.text.splitlines())
    assert f"Sitemap: {HERE}/sitemap.xml" in answer.text


# One address for each page, and what is said of it


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/", "Find an answer about your Navigating Care account."),
        ("/all", "Every question about your Navigating Care account with its answer"),
        ("/articles/sign-up", "Your clinic invites you."),
        ("/articles/billing", "They sent it."),
    ],
)
def test_a_page_says_in_a_sentence_what_it_holds_and_where_it_belongs(visitor, path, says):
    for page in (visitor.get(path), visitor.get(f"{path}?from=mail", base_url="http://10.0.0.7:8000")):
        assert head(page)["description"].startswith(says)
        assert head(page)["canonical"] == HERE + path


@pytest.mark.parametrize("path", ["/search?q=bill", "/requests/new", "/articles/nothing"])
def test_a_page_for_one_person_belongs_nowhere(visitor, path):
    assert "canonical" not in head(visitor.get(path))


# What is asked and answered, for machines


def test_an_article_tells_its_question_and_the_whole_answer(visitor):
    told = linked_data(visitor.get("/articles/sign-up"))

    assert (told["@type"], told["inLanguage"]) == ("FAQPage", "en-US")
    (question,) = told["mainEntity"]
    assert question["name"] == "How do I sign up?"
    assert question["@id"] == f"{HERE}/articles/sign-up"
    assert question["acceptedAnswer"]["text"] == (
        "Your clinic invites you.\nAsk your clinic.\nOpen it.\nStill stuck?\nMy bill, that."
    )


def test_an_article_of_the_clinic_tells_so_first(visitor):
    (question,) = linked_data(visitor.get("/articles/billing"))["mainEntity"]

    assert question["acceptedAnswer"]["text"] == f"{NOTICE['heading']}\n{NOTICE['why']}\nCall them."


def test_the_page_of_all_questions_tells_the_same_as_each_article(visitor):
    told = linked_data(visitor.get("/all"))["mainEntity"]

    assert [question["name"] for question in told] == ["Zephyrine today", "How do I sign up?", "My bill"]
    for question in told:
        assert [question] == linked_data(visitor.get(question["@id"].removeprefix(HERE)))["mainEntity"]


def test_no_word_of_an_article_ends_its_data_or_begins_a_script(centre, visitor):
    trap = "</script><script>alert(1)</script><!-- & ' \" \u2028"
    centre.article("account/trap.md", f"Body {trap}", title=f"Title {trap}", summary=f"Summary {trap}")

    for path in ("/articles/trap", "/all"):  # The browser of the test would refuse a script.
        page = visitor.get(path)
        assert "<script>alert" not in page.text
        told = linked_data(page)["mainEntity"]
        assert "</script><script>alert(1)</script><!-- & ' \"" in " ".join(question["name"] for question in told)


def test_a_block_of_data_is_let_pass_and_a_script_without_an_address_is_not():
    page = '<html lang="en-US"><h1>x</h1><script type="{}">{{}}</script>'

    Page(page.format("application/ld+json")).check()
    for kind in ("text/javascript", "module", "importmap", "speculationrules", ""):
        with pytest.raises(AssertionError, match="refuses"):
            Page(page.format(kind)).check()


# A browser offers to search here


def test_a_browser_learns_how_to_search_here(visitor):
    answer = visitor.get("/opensearch.xml")
    told = ET.fromstring(answer.data)
    name = told.findtext("o:ShortName", namespaces=SEARCHES)
    address = told.find("o:Url[@type='text/html']", SEARCHES).get("template")

    assert answer.mimetype == "application/opensearchdescription+xml"
    assert 0 < len(name) <= 16  # More is not shown.
    assert address == f"{HERE}/search?q={{searchTerms}}"
    found = visitor.get(address.removeprefix(HERE).replace("{searchTerms}", "my+bill"))
    assert "/articles/billing" in Outline(found.text).links


@pytest.mark.parametrize("path", ["/", "/all", "/articles/sign-up", "/search", "/requests/new", "/articles/nothing"])
def test_every_page_for_patients_leads_a_browser_there(visitor, path):
    assert head(visitor.get(path))["search"] == "/opensearch.xml"


# All questions on one page


def test_every_article_stands_on_one_page_with_its_notice(visitor):
    page = Outline(visitor.get("/all").text)

    assert page.headings[:2] == [(1, "All questions"), (2, "Is this an emergency?")]
    assert page.headings[5:12] == [
        (2, "Your account"),
        (3, "Zephyrine today"),
        (3, "How do I sign up?"),
        (4, "Still stuck?"),
        (2, "Your clinic"),
        (3, "My bill"),
        (4, NOTICE["heading"]),
    ]
    levels = [level for level, _text in page.headings]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_what_is_on_the_page_is_reached_within_it(visitor):
    page = Outline(visitor.get("/all").text)
    within = {link for link in page.links if link.startswith("#")}

    assert {"#question-sign-up", "#question-billing", "#question-last-day", "#list"} <= within
    assert {link.removeprefix("#") for link in within} <= page.ids
    assert "/articles/gone" in page.links
    assert "/articles/bills" not in page.links


def test_a_link_in_the_words_of_an_article_stays_as_it_is(centre, visitor):
    centre.article("account/code.md", 'Write `<a href="/articles/billing">` and <h2>no heading</h2>.', title="Code")

    page = visitor.get("/all").text

    assert '&lt;a href="/articles/billing"&gt;' in page
    assert "&lt;h2&gt;no heading&lt;/h2&gt;" in page


def test_all_our_own_articles_stand_on_the_page(patient):
    page = Outline(patient.get("/all").text)

    for file in ROOT.glob("content/faq/*/*.md"):
        assert f"question-{file.stem}" in page.ids
    assert not [link for link in page.links if link.startswith("/articles/")]


@pytest.mark.parametrize("path", ["/", "/articles/sign-up", "/search", "/requests/new"])
def test_the_page_of_all_questions_is_one_step_away(visitor, path):
    assert "/all" in Outline(visitor.get(path).text).links


# Drafts, and what is no longer shown


@pytest.mark.parametrize("path", [*KEPT, *SEARCHED])
def test_a_draft_and_what_has_expired_are_nowhere(visitor, path):
    page = visitor.get(path)

    assert page.status_code == 200
    for word in ("draft", "bygone"):
        assert f"Zephyrine {word}" not in page.text
        assert f"articles/{word}" not in page.text
        assert f"secret-{word}" not in page.text


@pytest.mark.parametrize("slug", ["secret-draft", "bygone"])
def test_the_address_of_a_draft_or_of_what_has_expired_leads_nowhere(visitor, slug):
    assert visitor.get(f"/articles/{slug}").status_code == 404


def test_what_expires_overnight_is_gone_in_the_morning_from_every_page_that_was_kept(centre, site, visitor):
    paths = ("/", "/all", "/sitemap.xml", "/search.json?q=zephyrine", "/suggest.json?q=zephyrine", "/articles/last-day")
    before = {path: visitor.get(path) for path in paths}
    centre.today += timedelta(days=1)
    centre.a_minute_passes()
    after = {path: visitor.get(path, headers=tag_of(page)) for path, page in before.items()}

    for path in paths:
        assert "last-day" in before[path].text
        assert "Zephyrine today" not in after[path].text
        assert "last-day" not in after[path].text
        assert after[path].status_code == (404 if path == "/articles/last-day" else 200)
    assert not any(b"last-day" in page.body for page in site.extensions["kept"]["pages"].made.values())


def test_an_article_taken_back_to_draft_is_gone_within_a_second(centre, visitor):
    visitor.get("/articles/sign-up")
    centre.article("account/sign-up.md", title="How do I sign up?", status="draft")
    centre.moment += 1

    assert visitor.get("/articles/sign-up").status_code == 404
    assert "sign-up" not in visitor.get("/sitemap.xml").text
    assert "question-sign-up" not in visitor.get("/all").text


class Outline(HTMLParser):
    """The headings of a page by level, its links, and its ids."""

    def __init__(self, text):
        super().__init__()
        self.headings, self.links, self.ids, self._level = [], set(), set(), 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if re.fullmatch("h[1-6]", tag):
            self._level = int(tag[1])
            self.headings.append((self._level, ""))
        if tag == "a":
            self.links.add(attributes["href"])
        self.ids.add(attributes.get("id"))

    def handle_endtag(self, tag):
        self._level = 0 if re.fullmatch("h[1-6]", tag) else self._level

    def handle_data(self, data):
        if self._level:
            self.headings[-1] = (self._level, (self.headings[-1][1] + data).strip())


def head(page):
    """What a page's head says of it: description, and the addresses of links by kind."""
    said = dict(re.findall(r'<meta name="(\w+)" content="([^"]*)"', page.text))
    return said | dict(re.findall(r'<link rel="(\w+)" href="([^"]*)"', page.text))


def linked_data(page):
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    return json.loads(block)


def days_in(sitemap):
    """Each address of a sitemap with its day."""
    assert sitemap.mimetype == "application/xml"
    return {
        entry.findtext("s:loc", namespaces=SITEMAP): entry.findtext("s:lastmod", namespaces=SITEMAP)
        for entry in ET.fromstring(sitemap.data).findall("s:url", SITEMAP)
    }


def tag_of(page):
    """What a browser that has `page` sends along."""
    return {"If-None-Match": page.headers.get("ETag", "")}
