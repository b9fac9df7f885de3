"""The help centre as agents see it: how articles fare, what editors would mend, and drafts that nobody else sees."""

import shutil
from datetime import timedelta

import flask_migrate
import pytest

from supportdesk import clock
from tests.conftest import ROOT, close, make_app, signed_in
from tests.desks import bring_what_was_learned
from tests.people import unpacked

DRAFT = """---
title: Zephyrine question
summary: A zephyrine summary.
order: 99
reviewed: {reviewed}
handled_by: desk
also_asked_as: [zephyrine phrase]
topics: [sign-in]
related: []
aliases: [zephyrine-alias]
status: {status}
---

We utilize a zephyrine word here. See [nothing](/articles/no-such-page).
"""
NEW = "sign-in-and-account/zephyrine-draft.md"


@pytest.fixture
def centre(tmp_path):
    """A desk with a copy of our articles and a draft among them; `centre.write(...)` changes that one."""
    content = tmp_path / "content"
    shutil.copytree(ROOT / "content", content)
    app = make_app(tmp_path / "data", CONTENT_FOLDER=content)
    bring_what_was_learned(tmp_path / "data")
    with app.app_context():
        flask_migrate.upgrade()
    app.write = lambda status="draft", reviewed="2026-11-20": (content / "faq" / NEW).write_text(
        DRAFT.format(status=status, reviewed=reviewed)
    )
    app.write()
    yield app
    close(app)


@pytest.fixture
def lee(centre):
    return signed_in(centre, "lee@example.org", "Lee Moreno")


def line(page, title):
    """One article's row of the table."""
    return next(row for row in page.split("<tr>") if f">{title}</a>" in row)


def test_all_articles_stand_there_with_views_votes_and_comments(app, dana, patient):
    patient.get("/articles/billing")
    patient.post("/articles/billing/helpful", data={"helpful": "yes"})
    app.extensions["search notebook"].write()
    row = line(dana.open("/desk/articles/").text, app.extensions["shelf"].current().find("billing").title)

    assert "1 of 1" in row
    assert "Shown" in row


def test_words_searched_in_vain_stand_there_once_five_visitors_asked_and_not_before(app, dana):
    for number in range(1, 6):
        assert "sunscreen for yoga" not in dana.open("/desk/articles/").text
        person = {"environ_overrides": {"REMOTE_ADDR": f"203.0.113.{number}"}}
        app.test_client().get("/search?q=sunscreen+for+yoga", **person)
        app.extensions["search notebook"].write()
    page = dana.open("/desk/articles/").text

    assert '<th scope="row">sunscreen for yoga</th><td class="num">5</td>' in page


def test_what_an_editor_would_mend_stands_beside_the_article(lee):
    page = lee.open("/desk/articles/").text
    assert "2 advice" in line(page, "Zephyrine question")  # The grade, and the word.
    assert "it links to /articles/no-such-page, which does not exist" in page
    page = lee.open("/desk/articles/zephyrine-draft").text
    assert "“utilize” is a hard word" in page


def test_an_article_is_due_for_review_a_year_after_the_last(centre, lee):
    a_year_ago = clock.now().date() - timedelta(days=370)
    centre.write(reviewed=a_year_ago.isoformat())
    centre.extensions["shelf"]._next_look = 0  # As a second later.
    row = line(lee.open("/desk/articles/").text, "Zephyrine question")

    assert (a_year_ago + timedelta(days=365)).isoformat() in row
    assert "Due" in row


def test_a_draft_can_be_previewed_by_agents_as_patients_would_see_it(centre, lee):
    answer = lee.open("/desk/articles/zephyrine-draft/preview")

    assert "We utilize a zephyrine word here." in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Was this helpful?" not in answer.text
    assert 'name="robots" content="noindex"' in answer.text
    assert centre.test_client().get("/desk/articles/zephyrine-draft/preview").status_code == 303
    lee.open("/desk/articles/no-such-article/preview", code=404)


PUBLIC = ["/", "/all", "/sitemap.xml", "/search?q=zephyrine", "/search.json?q=zephyrine+question", "/robots.txt"]
PUBLIC += ["/suggest.json?q=zephyrine", "/search?q=zephyrine+phrase", "/requests/new", "/opensearch.xml"]
GONE = ["/articles/zephyrine-draft", "/articles/zephyrine-alias", "/articles/zephyrine-draft/comment"]


def test_a_draft_is_nowhere_in_public_whether_or_not_agents_looked_at_it(centre, lee):
    visitor = centre.test_client()
    for _ in range(2):  # Before an agent's look, and after it, when every cache has had its chance.
        for path in PUBLIC:
            text = unpacked(visitor.get(path)).lower().replace('"query":"zephyrine question"', "")
            assert "zephyrine question" not in text.replace("zephyrine+question", ""), path
            assert "zephyrine summary" not in text, path
            assert "zephyrine-draft" not in text, path
        for path in GONE:
            assert visitor.get(path).status_code == 404, path
        lee.open("/desk/articles/")
        lee.open("/desk/articles/zephyrine-draft")
        lee.open("/desk/articles/zephyrine-draft/preview")
    told = visitor.post("/requests/check.json", json={"subject": "Zephyrine question", "message": "zephyrine phrase"})
    assert "zephyrine" not in told.text.lower()
    index = b"".join(
        path.read_bytes() for path in (centre.config["DATA_FOLDER"] / "index").rglob("*") if path.is_file()
    )
    assert b"zephyrine" not in index.lower()


def test_the_same_article_is_everywhere_once_it_is_published(centre, lee):
    """So that the test above can fail."""
    centre.write(status="published")
    visitor = centre.test_client()
    found = [path for path in (*PUBLIC, *GONE) if "zephyrine-draft" in unpacked(visitor.get(path)).lower()]

    assert {"/", "/all", "/sitemap.xml", "/suggest.json?q=zephyrine", "/articles/zephyrine-draft"} <= set(found)
