"""Where no word tells, how people word a question leads to what answers it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.faq.search import SearchIndex
from supportdesk.faq.search.wordings import Wordings
from tests.test_library import HelpCentre

WHO = ["who runs this", "who is behind this", "what company makes this"]
HOW = ["how does this work for me", "how do i use this", "show me how this goes"]


@pytest.fixture
def centre(tmp_path):
    return HelpCentre(tmp_path)


@pytest.fixture
def first(centre, tmp_path):
    """Which article comes first for a question, among one on who and one on how."""

    def find(question, who=(), how=()):
        centre.article("account/who.md", "This is run.", title="About us", also_asked_as=who)
        centre.article("account/how.md", "This is run. Run this, and run it.", title="First steps", also_asked_as=how)
        index = SearchIndex.open(centre.load(), tmp_path / "index")
        return index.search(question).hits[0].article.slug

    return find


def test_small_words_tell_who_from_how_once_it_is_known_how_people_ask(first):
    assert first("who is it that runs it") == "how"
    assert first("who is it that runs it", WHO, HOW) == "who"


def test_small_words_and_who_stands_next_to_whom_tell_where_the_same_word_is_asked_for_both(first, centre):
    for number in range(2):
        centre.article(f"account/other-{number}.md", "Rain.", title=f"Rain {number}")
    will_you = ["will you see this", "will you see us", "will you see it"]
    can_we = ["can we see you", "may we see us", "can we see", "we see"]

    assert first("will you see everything", will_you, can_we) == "who"


@given(st.lists(st.sampled_from(["who", "how", "runs", "use", "this", "zebra", "me"]), max_size=12))
def test_the_shares_of_a_question_are_one_together_or_none(question):
    shares = Wordings({"who": WHO, "how": HOW, "bare": ["Bare"]}).shares(question)

    assert not shares or sum(shares.values()) == pytest.approx(1)
    assert all(share > 0 for share in shares.values())


def test_of_titles_alone_nothing_is_learned():
    assert not Wordings({"who": ["Who we are"], "how": ["How it works"]}).shares(["who"])


@pytest.mark.parametrize(
    ("query", "slug"),
    [("who runs this", "what-is-navigating-care"), ("is my stuff private on here", "information-security")],
)
def test_the_desks_own_articles_are_found_so(patient, query, slug):
    assert patient.get("/search.json", query_string={"q": query}).json["results"][0]["slug"] == slug
