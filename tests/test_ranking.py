"""What is left out on the way to the best articles changes nothing: neither the early ends, nor numpy, nor history."""

import heapq
import sys
from datetime import date
from importlib import reload

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.faq.library import load
from supportdesk.faq.search import ranking as ranking_module
from supportdesk.faq.search import sums
from supportdesk.faq.search.index import build, change, open_reader
from supportdesk.faq.search.ranking import Ranking
from supportdesk.faq.search.spelling import Filing, Speller
from tests.test_library import HelpCentre

COUNT = 40
WAYS = [sums]
if ranking_module.sums_numpy:
    WAYS.append(ranking_module.sums_numpy)

gains = st.dictionaries(
    st.integers(0, COUNT - 1), st.one_of(st.sampled_from([0.1, 0.5, 1.0, 3.0]), st.floats(1e-6, 20.0)), min_size=1
)
questions = st.lists(st.tuples(gains, st.sampled_from([1.0, 0.3])), min_size=1, max_size=8)


def every_total(words):
    """The plainest way: each article of each word, added up in their order."""
    totals = {}
    for gained, weight in words:
        for number, gain in gained.items():
            totals[number] = totals.get(number, 0.0) + weight * gain
    return totals


@pytest.mark.parametrize("adding", WAYS, ids=lambda way: way.__name__.rpartition(".")[2])
@given(words=questions, limit=st.integers(1, 15))
def test_the_best_are_those_of_adding_up_everything(adding, words, limit):
    expected = heapq.nsmallest(limit, every_total(words).items(), key=lambda scored: (-scored[1], scored[0]))

    found = adding.best([(adding.Gains(gained, COUNT), weight) for gained, weight in words], limit)

    assert found == expected


@pytest.mark.parametrize("adding", WAYS, ids=lambda way: way.__name__.rpartition(".")[2])
def test_a_word_knows_which_articles_hold_it(adding):
    word = adding.Gains({3: 1.0, 7: 2.0}, COUNT)

    assert (3 in word, 7 in word, 4 in word, 39 in word, len(word)) == (True, True, False, False, 2)
    assert not adding.Gains({}, COUNT)
    assert adding.best([], 10) == []


def test_without_numpy_plain_python_adds_up(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "numpy", None)
        patch.delitem(sys.modules, "supportdesk.faq.search.sums_numpy", raising=False)
        patch.delattr("supportdesk.faq.search.sums_numpy", raising=False)
        assert reload(ranking_module).sums_numpy is None
    reload(ranking_module)


# An index that was changed


def article(centre, number, body):
    centre.article(f"account/number-{number}.md", body, title=f"Question {number}", order=number)


@pytest.fixture
def centre(tmp_path):
    made = HelpCentre(tmp_path)
    for number in range(60):
        article(made, number, f"Word{number % 7} and word{number % 3}. Rain falls on {'a roof ' * (number % 5)}.")
    return made


def scores(reader, library):
    ranking = Ranking(reader, order=tuple(library.articles))
    asked = ["word0", "word2", "roof", "rain", "question", "sun"]
    return {word: ranking.best({word: 1.0, "roof": 0.3}, 100) for word in asked}, ranking.vocabulary()


def test_an_index_changed_article_by_article_ranks_as_one_built_anew(centre, tmp_path):
    folder = tmp_path / "index"
    open_reader(centre.load(), folder)
    for number, body in ((3, "Sun and rain."), (4, "A roof, a roof, word0."), (3, "Word0 again."), (60, "The sun.")):
        article(centre, number, body)
        library = centre.load()
        changed = open_reader(library, folder)
    (centre.folder / "account" / "number-9.md").unlink()
    library = centre.load()
    changed = open_reader(library, folder)
    anew = open_reader(library, tmp_path / "another")

    assert not changed.is_atomic()  # Several segments, with deleted articles in them.
    assert changed.has_deletions()
    assert anew.is_atomic()
    assert scores(changed, library) == scores(anew, library)


def test_a_changed_index_holds_only_the_changed_articles_anew(centre):
    before = build(centre.load())
    article(centre, 3, "Sun and rain.")

    after = change(before, centre.load())

    kept = {name: content for name, content in before.items() if not name.endswith(".toc")}
    assert {name: after[name] for name in kept} == kept
    assert sum(name.endswith(".trm") for name in after) == 2


def test_where_much_was_changed_the_index_is_built_anew(centre):
    before = build(centre.load())
    for number in range(20):
        article(centre, number, "Everything is new.")

    assert change(before, centre.load()) is None


def test_an_index_of_an_older_desk_is_no_help_and_no_harm(centre, tmp_path):
    folder = tmp_path / "index"
    open_reader(centre.load(), folder)
    kept = next(folder.iterdir())
    (kept / "manifest.json").write_text("{}")
    article(centre, 3, "Sun and rain.")

    assert Ranking(open_reader(centre.load(), folder)).knows("sun")


def test_a_file_that_did_not_change_is_not_read_again(centre):
    first = centre.load()
    article(centre, 3, "Sun and rain.")

    second = load(centre.folder, centre.last_good, date(2026, 11, 22), first)

    same = [name for name in first.read if second.read[name] is first.read[name]]
    assert len(same) == 59
    assert "Sun and rain." in second.text(second.articles["number-3"])


# Spelling


def test_a_speller_that_took_over_the_filing_of_another_corrects_as_a_new_one():
    old = Speller({"password": 3, "appointment": 2, "invoice": 1}, lambda _: False)
    words = {"password": 3, "appointment": 2, "refill": 2}
    after, anew = Speller(words, lambda _: False, filing=old.filing), Speller(words, lambda _: False)

    for slip in ("pasword", "apointment", "invioce", "refil", "passwrod", "xyzzy"):
        assert after.correct([slip]) == anew.correct([slip])
    assert after.correct(["refil", "invioce"]) == ["refill", "invioce"]
    assert list(Filing().under("password")) == []
