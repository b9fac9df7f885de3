"""“Was this helpful?”: votes that say nothing of who gave them, and comments that only agents read."""

from datetime import timedelta

import pytest

from supportdesk import clock
from supportdesk.faq.helpful.services import drop_old
from supportdesk.faq.learning.notebook import Notebook, Vote
from tests.crowd import COUNTED, NOON
from tests.people import hidden, unpacked

ARTICLE = "/articles/forgot-password"
COMMENT = "Plantedcomment: the pelican button is not where you say"


def comment(patient, words=COMMENT, article=ARTICLE, key=None):
    key = key or hidden(patient.get(f"{article}/comment").text, "submission_key")
    return patient.post(f"{article}/comment", data={"comment": words, "submission_key": key})


def test_every_article_asks_with_two_buttons_and_no_script(patient):
    for slug in ("forgot-password", "billing"):
        page = unpacked(patient.get(f"/articles/{slug}"))
        assert "Was this helpful?" in page
        assert page.count('name="helpful"') == 2


def test_yes_is_thanked_for_and_no_is_asked_what_was_missing_and_offered_the_form(crowd, patient):
    assert "Thank you" in patient.get(crowd.vote("yes").location).text
    answer = crowd.vote("no", by=2)
    page = patient.get(answer.location).text

    assert answer.status_code == 303
    assert "What was missing or not clear?" in page
    assert 'href="/requests/new"' in page


def test_views_and_votes_are_counted_by_article(crowd, patient, counts):
    patient.get(ARTICLE)
    patient.get(ARTICLE)
    crowd.vote("yes", by=1)
    crowd.vote("yes", by=2)
    crowd.vote("no", by=3)

    slug = "forgot-password"
    assert counts() == {("view", slug): 2, ("helped", slug): 2, ("not_helped", slug): 1}


def test_a_visitor_counts_once_a_day_for_each_article_whatever_they_press(crowd, counts):
    for said in ("yes", "no", "yes"):
        crowd.vote(said)
        crowd.write()
    crowd.vote("no")
    crowd.vote("no", article="/articles/billing")

    assert counts() == {("helped", "forgot-password"): 1, ("not_helped", "billing"): 1}
    with clock.pretend(clock.now() + timedelta(days=1)):
        crowd.vote("no")
        assert counts()["not_helped", "forgot-password"] == 1


def test_nothing_that_is_kept_says_who_voted_and_the_hash_goes_with_the_day(crowd, rows):
    with clock.pretend(NOON):
        crowd.vote("yes")
        crowd.write()
        kept = repr([rows(f"select * from {table}") for table in COUNTED])
        assert rows("select count(*) from article_voter") == [(1,)]
    with clock.pretend(NOON + timedelta(days=1)):
        crowd.write()
        assert rows("select count(*) from article_voter") == [(0,)]

    assert not [word for word in ("203.0.113", "Firefox") if word in kept]


def test_no_flood_of_votes_fills_the_memory():
    written = []
    notebook = Notebook(3600, NOON.date, lambda notes, _today: written.append(notes))
    for number in range(700):
        notebook.note_vote(Vote("sign-up", f"visitor {number}"), helped=True)
    notebook.write()

    assert len(written[0].votes) == 500


@pytest.mark.parametrize("said", ["", "maybe", "YES"])
def test_anything_but_yes_and_no_is_refused(crowd, counts, said):
    assert crowd.vote(said).status_code == 400
    assert counts() == {}


@pytest.mark.parametrize("path", ["helpful", "comment"])
def test_an_article_that_is_not_there_takes_nothing(patient, path):
    assert patient.post(f"/articles/no-such-article/{path}", data={"helpful": "yes"}).status_code == 404


def test_a_vote_from_another_site_is_refused(crowd, app, counts):
    answer = app.test_client().post(
        f"{ARTICLE}/helpful", data={"helpful": "no"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403
    assert counts() == {}


def test_a_comment_is_sealed_and_only_agents_read_it(crowd, patient, dana, rows):
    answer = comment(patient)
    stored = repr(rows("select * from article_comment"))

    assert patient.get(answer.location).status_code == 200
    assert "pelican" not in stored
    assert COMMENT in dana.open("/desk/articles/forgot-password").text
    assert patient.get("/desk/articles/forgot-password").status_code == 303
    assert rows("select detail from audit where what = 'looked'") == [("comments=forgot-password",)]


def test_the_same_comment_sent_twice_is_one_and_another_is_another(crowd, patient, rows):
    key = hidden(patient.get(f"{ARTICLE}/comment").text, "submission_key")
    for words in (COMMENT, COMMENT, "Another thing"):
        assert comment(patient, words, key=key).status_code == 303

    assert rows("select count(*) from article_comment") == [(2,)]


@pytest.mark.parametrize(("words", "says"), [("", "Enter your comment"), ("x" * 501, "500 characters at most")])
def test_a_comment_that_can_not_be_taken_says_why_and_stays_in_its_box(crowd, patient, rows, words, says):
    answer = comment(patient, words)

    assert answer.status_code == 422
    assert says in answer.text
    assert words in answer.text
    assert rows("select count(*) from article_comment") == [(0,)]


def test_a_comment_with_markup_is_shown_as_it_was_typed(crowd, patient, dana):
    comment(patient, "<script>alert(1)</script>")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in dana.open("/desk/articles/forgot-password").text


def test_an_agent_removes_a_comment_and_it_is_audited(crowd, patient, dana, rows):
    comment(patient)
    page = dana.open("/desk/articles/forgot-password").text
    number = rows("select id from article_comment")[0][0]
    answer = dana.browser.post(
        f"/desk/articles/comments/{number}/remove", data={"csrf_token": hidden(page, "csrf_token")}
    )

    assert answer.status_code == 303
    assert rows("select count(*) from article_comment") == [(0,)]
    assert rows("select agent_id, detail from audit where what = 'acted'") == [(dana.id, f"comment={number},removed")]


def test_a_comment_is_kept_for_a_year(crowd, app, patient, rows):
    with clock.pretend(NOON):
        comment(patient)
    with app.app_context():
        drop_old(NOON + timedelta(days=364))
        assert rows("select count(*) from article_comment") == [(1,)]
        drop_old(NOON + timedelta(days=366))
        assert rows("select count(*) from article_comment") == [(0,)]
