"""What searches teach us: counts of all of them, words only of what many asked, and never who."""

import logging
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import create_engine

from supportdesk import clock
from supportdesk.database import db
from supportdesk.faq.learning import services
from supportdesk.faq.learning.models import Counted
from supportdesk.faq.learning.notebook import Asking, Notebook, Notes
from supportdesk.faq.learning.visitors import visitor
from supportdesk.faq.learning.words import keepable
from tests.crowd import COUNTED, NOON, Crowd
from tests.server import until

UNANSWERED = "sunscreen for yoga"


@pytest.fixture
def kept(rows):
    """The words that were kept, with how many visitors asked them."""
    return lambda: dict(rows("select words, sum(visitors) from search_words group by words"))


# Counting


def test_searches_are_counted_and_those_without_an_answer(crowd, counts):
    crowd.search("forgot my password")
    crowd.search("forgot my password")
    crowd.search(UNANSWERED)

    assert counts() == {("search", ""): 3, ("no_answer", ""): 1}


def test_a_search_is_counted_each_time_though_its_page_is_handed_out_again(crowd, counts):
    with crowd.on_day(0):
        pages = {crowd.search("forgot my password", by=number).data for number in range(1, 6)}
    crowd.write()

    assert len(pages) == 1
    assert counts() == {("search", ""): 5}


def test_each_day_has_its_own_counts_by_the_clock_of_the_desk(crowd, rows):
    for hours in (0, 1, 11, 12, 13):  # Midnight in Los Angeles comes twelve hours after noon.
        with clock.pretend(NOON + timedelta(hours=hours)):
            crowd.search("password")
    crowd.write()

    assert [(str(day), times) for day, times in rows("select day, times from search_count order by day")] == [
        ("2026-11-20", 3),
        ("2026-11-21", 2),
    ]


def test_what_is_asked_while_typing_or_by_programs_is_not_counted(crowd, patient, counts):
    patient.get("/search.json?q=password")
    patient.get("/suggest.json?q=passw")
    patient.get("/search")
    crowd.search("   ")

    assert counts() == {}


def test_clicks_are_counted_by_rank(crowd, patient, counts):
    for rank in ("1", "1", "3", "10"):
        assert patient.post("/search/clicked", data={"rank": rank}).status_code == 204

    assert counts() == {("click", "1"): 2, ("click", "3"): 1, ("click", "10"): 1}


@pytest.mark.parametrize("rank", ["0", "11", "-1", "1.5", "²", "x" * 1000, ""])
def test_a_rank_that_no_page_has_is_not_counted(crowd, patient, counts, rank):
    assert patient.post("/search/clicked", data={"rank": rank}).status_code == 204
    assert counts() == {}


def test_no_other_site_can_count_clicks(crowd, patient, counts):
    answer = patient.post("/search/clicked", data={"rank": "1"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert counts() == {}


def test_the_page_says_where_its_clicks_are_counted(crowd):
    assert '<ol class="results" data-clicked="/search/clicked">' in crowd.search("password").text


def test_who_goes_on_from_a_search_to_the_form_is_counted(crowd, patient, counts):
    for referrer in ("http://localhost/search?q=anything", "http://LOCALHOST/search"):
        patient.get("/requests/new", headers={"Referer": referrer})

    assert counts() == {("form", ""): 2}


@pytest.mark.parametrize(
    "referrer",
    [
        "",
        "http://localhost/",
        "http://localhost/articles/billing",
        "https://evil.example/search",
        "http://[",
        "/search",
    ],
)
def test_who_comes_to_the_form_from_elsewhere_is_not(crowd, patient, counts, referrer):
    assert patient.get("/requests/new", headers={"Referer": referrer}).status_code == 200
    assert counts() == {}


# Words


def test_what_four_visitors_asked_is_not_kept(crowd, kept):
    crowd.ask(UNANSWERED, visitors=4)

    assert kept() == {}


def test_what_five_visitors_asked_is_kept_and_counted_from_then_on(crowd, kept):
    crowd.ask(UNANSWERED, visitors=5)
    assert kept() == {UNANSWERED: 5}

    crowd.ask(UNANSWERED, visitors=3, first=6)
    assert kept() == {UNANSWERED: 8}


def test_until_then_their_words_stand_nowhere(crowd, rows):
    crowd.ask(UNANSWERED, visitors=4)
    stored = repr([rows(f"select * from {table}") for table in COUNTED])

    assert rows("select count(*) from search_asker") == [(4,)]
    assert not [word for word in (*UNANSWERED.split(), "203.0.113", "Firefox") if word in stored]


def test_the_same_words_are_the_same_however_they_are_typed(crowd, kept):
    for number, words in enumerate(["Sunscreen for yoga?", "SUNSCREEN FOR YOGA", "sunscreen  for yoga!", "…Sunscreen"]):
        crowd.search(words, by=number)
    crowd.ask(UNANSWERED, visitors=1, first=10)
    assert kept() == {}
    crowd.ask(UNANSWERED, visitors=1, first=11)

    assert kept() == {UNANSWERED: 5}


def test_one_visitor_is_one_however_often_they_ask(crowd, rows, kept):
    for _ in range(6):
        crowd.search(UNANSWERED)
        crowd.write()

    assert rows("select count(*) from search_asker") == [(1,)]
    assert kept() == {}


def test_what_an_article_answers_is_never_kept(crowd, rows, kept):
    crowd.ask("forgot my password", visitors=9)

    assert rows("select count(*) from search_asker") == [(0,)]
    assert kept() == {}


@pytest.mark.parametrize(
    "words",
    [
        "sunscreen 12",
        "sunscreen ①",
        "sunscreen ٣",
        "yoga rose@example.com",
        "yoga rose＠example",
        "yoga smith",
        "walter briggs",
        "yoga with Hope",
        "o’malley",
        "j smith yoga",
        "yoga patel_r",
        "Ναταλία",
        "sunscreen " * 11,
    ],
)
def test_what_may_say_who_somebody_is_is_not_even_compared(crowd, rows, kept, counts, words):
    crowd.ask(words, visitors=6)

    assert rows("select count(*) from search_asker") == [(0,)]
    assert kept() == {}
    assert counts()["search", ""] == 6


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Can I bring my dog?", "can i bring my dog"),
        ("Where’s the MRI", "wheres the mri"),
        ("DOGS WELCOME", "dogs welcome"),
        ("dogs Welcome", None),
        ("dogs  ½", None),
        ("dogs 12", None),
        ("dogs@home", None),
        ("dogs＠home", None),
        ("?", None),
        ("", None),
    ],
)
def test_which_words_may_be_kept(query, words):
    assert keepable(query, lambda _word: True) == words


def test_one_word_that_is_not_ordinary_is_enough_to_keep_nothing():
    assert keepable("dogs of quillon", {"dogs", "of"}.__contains__) is None


def test_without_the_list_of_ordinary_words_less_is_kept_and_nothing_breaks(desk_with, tmp_path):
    (tmp_path / "content/faq").mkdir(parents=True)
    (tmp_path / "content/faq/categories.yaml").write_text("- {folder: a, title: A, icon: info}\n")
    (tmp_path / "content/faq/a").mkdir()
    (tmp_path / "content/faq/a/b.md").write_text(
        "---\ntitle: B\nsummary: B.\nreviewed: 2026-11-20\norder: 1\nhandled_by: desk\nalso_asked_as: []\n"
        "topics: []\nrelated: []\naliases: []\n---\n\nB.\n"
    )
    app = desk_with(CONTENT_FOLDER=str(tmp_path / "content"))
    Crowd(app).ask(UNANSWERED, visitors=6)

    assert tables(app, "search_words") == []
    assert tables(app, "search_count") == [("no_answer", 6), ("search", 6)]


def tables(app, name):
    column = "words, visitors" if name == "search_words" else "what, times"
    with app.app_context():
        return [tuple(row) for row in db.session.execute(db.text(f"select {column} from {name} order by 1"))]


# Days and keys


def test_visitors_within_thirty_days_are_added_up(crowd, kept):
    for number, day in enumerate((0, 7, 14, 21, 29)):
        with crowd.on_day(day):
            crowd.ask(UNANSWERED, visitors=1, first=number)

    assert kept() == {UNANSWERED: 5}


def test_a_visitor_of_longer_ago_does_not_count(crowd, kept):
    for number, day in enumerate((0, 7, 14, 21, 30)):
        with crowd.on_day(day):
            crowd.ask(UNANSWERED, visitors=1, first=number)

    assert kept() == {}


def test_a_new_key_for_words_every_thirty_days_loses_no_visitor_of_the_window(crowd, rows, kept):
    with crowd.on_day(0):
        crowd.ask("yoga lotion", visitors=1)
        before = rows("select salt from search_salt where purpose = 'words'")
    with crowd.on_day(25):
        crowd.ask(UNANSWERED, visitors=3)
    with crowd.on_day(35):
        crowd.ask(UNANSWERED, visitors=2, first=4)

        assert kept() == {UNANSWERED: 5}
        assert len(rows("select distinct words_hash from search_asker")) == 2
    assert len(rows("select salt from search_salt where purpose = 'words'")) == 2
    with crowd.on_day(60):
        crowd.ask(UNANSWERED, visitors=1)
    assert before[0] not in rows("select salt from search_salt where purpose = 'words'")


def test_the_key_of_visitors_is_another_each_day_and_the_old_one_is_gone(crowd, rows):
    with crowd.on_day(0):
        crowd.ask(UNANSWERED, visitors=1)
        first = rows("select salt from search_salt where purpose = 'visitor'")
    with crowd.on_day(1):
        crowd.ask(UNANSWERED, visitors=1)
        second = rows("select salt from search_salt where purpose = 'visitor'")

    assert len(first) == len(second) == 1
    assert first != second
    assert len(rows("select distinct visitor_hash from search_asker")) == 2


def test_the_key_of_visitors_is_gone_the_next_day_even_if_nobody_searches(crowd, rows):
    with crowd.on_day(0):
        crowd.ask(UNANSWERED, visitors=1)
    with crowd.on_day(1):
        crowd.write()

    assert rows("select count(*) from search_salt where purpose = 'visitor'") == [(0,)]


def test_what_a_visitor_asked_besides_cannot_be_seen(crowd, rows):
    crowd.search(UNANSWERED)
    crowd.ask("yoga lotion", visitors=1)

    assert len(rows("select distinct visitor_hash from search_asker")) == 2


def test_what_is_over_is_deleted(crowd, rows, kept):
    with crowd.on_day(0):
        crowd.ask(UNANSWERED, visitors=5)
    with crowd.on_day(30):
        crowd.ask("password", visitors=1)
        assert rows("select count(*) from search_asker") == [(0,)]
        assert kept() == {UNANSWERED: 5}
    with crowd.on_day(365):
        crowd.ask("password", visitors=1)

    assert kept() == {}


def test_a_visitor_is_an_address_and_a_browser():
    assert visitor("203.0.113.7", "Firefox") == visitor("203.0.113.7", "Firefox")
    assert visitor("203.0.113.7", "Firefox") != visitor("203.0.113.8", "Firefox")
    assert visitor("203.0.113.7", "Firefox") != visitor("203.0.113.7", "Safari")
    assert visitor("2001:db8:1:2::3", "x") == visitor("2001:db8:1:2:ffff::4", "x")  # One home.
    assert visitor("2001:db8:1:2::3", "x") != visitor("2001:db8:1:3::3", "x")
    assert visitor("::ffff:203.0.113.7", "x") == visitor("203.0.113.7", "x")
    assert visitor(None, "x") == visitor("", "x") != visitor("unix:", "x")


# Several processes


def test_two_processes_know_the_same_visitor(desk_with):
    one, other = Crowd(desk_with()), Crowd(desk_with())
    for process in (one, other, one, other):
        process.ask(UNANSWERED, visitors=4)
    assert tables(one.app, "search_words") == []
    other.ask(UNANSWERED, visitors=1, first=5)

    assert tables(one.app, "search_words") == [(UNANSWERED, 5)]


def test_the_public_role_counts_too(desk_with):
    whole, public = desk_with(), desk_with(ROLE="public")
    Crowd(public).ask(UNANSWERED, visitors=5)

    assert tables(whole, "search_words") == [(UNANSWERED, 5)]


def test_processes_that_write_at_once_lose_nothing(crowd, app, rows, kept):
    day = NOON.date()
    barrier = threading.Barrier(4)

    def process(number):
        notes = Notes()
        notes.counts[day, Counted.SEARCH, ""] = 10
        notes.askings = {Asking(f"words {word}", f"visitor {number * 3 + n}") for word in range(5) for n in range(3)}
        barrier.wait()
        with app.app_context():
            services.write_down(notes, day)

    threads = [threading.Thread(target=process, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert rows("select times from search_count") == [(40,)]
    assert rows("select count(*) from search_asker") == [(60,)]
    assert rows("select purpose, count(*) from search_salt group by purpose order by purpose") == [
        ("visitor", 1),
        ("words", 1),
    ]
    assert set(kept()) <= {f"words {word}" for word in range(5)}


# Never in the way


@pytest.fixture
def locking(engine_url):
    """`with locking():` somebody else has the tables locked, for as long as it takes."""

    @contextmanager
    def lock():
        if engine_url.startswith("sqlite"):
            with closing(sqlite3.connect(engine_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
                other.execute("begin immediate")
                yield
        else:
            other = create_engine(engine_url)
            with other.connect() as connection:
                connection.exec_driver_sql(f"lock table {', '.join(COUNTED)} in access exclusive mode")
                yield
            other.dispose()

    return lock


def test_a_locked_database_neither_slows_nor_breaks_a_search(crowd, counts, locking):
    crowd.search("password")  # The first one opens the index.
    with locking():
        begun = time.monotonic()
        for number in range(10):
            crowd.search(UNANSWERED, by=number)
        taken = time.monotonic() - begun

    assert taken < 2  # One wait for the lock would be five seconds.
    assert counts() == {("search", ""): 11, ("no_answer", ""): 10}


def test_a_search_asks_the_database_nothing(crowd, statements):
    with statements() as asked:
        crowd.search(UNANSWERED)
        crowd.search("password")

    assert asked == []


def test_a_dead_database_loses_counts_and_no_page(desk_with, caplog):
    app = desk_with()
    crowd = Crowd(app)
    with app.app_context():
        db.session.execute(db.text("drop table search_asker"))
        db.session.commit()
    crowd.ask(UNANSWERED, visitors=6)

    assert "Searches were not counted: OperationalError" in caplog.text
    assert tables(app, "search_count") == []
    crowd.search("password")


def test_no_log_line_holds_words_or_visitors(crowd, caplog):
    caplog.set_level(logging.DEBUG)
    crowd.ask(UNANSWERED, visitors=6)
    crowd.ask("walter briggs", visitors=6)

    assert not [word for word in ("sunscreen", "briggs", "203.0.113", "Firefox") if word in caplog.text]


def test_notes_are_written_by_themselves(desk_with):
    app = desk_with(SEARCH_COUNT_SECONDS=0.05)
    Crowd(app).search("password")

    assert until(lambda: tables(app, "search_count"), "the count") == [("search", 1)]


def test_where_counting_is_off_nothing_is(desk_with):
    app = desk_with(SEARCH_COUNT_SECONDS="0")
    patient = app.test_client()
    patient.get(f"/search?q={UNANSWERED}")
    patient.get("/requests/new", headers={"Referer": "http://localhost/search"})

    assert patient.post("/search/clicked", data={"rank": "1"}).status_code == 204
    assert tables(app, "search_count") == []


def test_a_flood_of_searches_fills_no_memory():
    written = []
    notebook = Notebook(3600, date.today, lambda notes, _today: written.append(notes))
    for number in range(2000):
        notebook.note(Counted.NO_ANSWER, asking=Asking(f"words {number}", "somebody"))
    notebook.write()

    assert len(written[0].askings) == 500
    assert sum(written[0].counts.values()) == 2000


# The report


def test_the_report_says_how_searches_went_and_what_was_not_found(crowd, patient, run):
    crowd.ask(UNANSWERED, visitors=6)
    for words in ("password", "bill", "walter briggs", "yoga lotion"):
        crowd.search(words)
    for rank in ("1", "1", "1", "2"):
        patient.post("/search/clicked", data={"rank": rank})
    patient.get("/requests/new", headers={"Referer": "http://localhost/search?q=yoga"})
    crowd.write()

    lines = [" ".join(line.split()) for line in run("faq report").splitlines()[1:]]

    assert lines == [
        "10 searches",
        "8 had no answer, 80.0%",
        "1 went on to the message form, 10.0%",
        "4 results were opened",
        "3 at rank 1, 75.0%",
        "1 at rank 2, 25.0%",
        "Searched and not found by 5 visitors or more:",
        "6 sunscreen for yoga",
    ]


def test_the_report_covers_the_days_it_is_asked_for(crowd, run):
    for day in (0, 5, 9):
        with crowd.on_day(day):
            crowd.ask("password", visitors=1)
    with crowd.on_day(9):
        week, month = run("faq report --days 7"), run("faq report")

    assert week.startswith("November 23, 2026 to November 29, 2026\n       2  searches\n")
    assert month.startswith("October 31, 2026 to November 29, 2026\n       3  searches\n")


def test_a_report_of_nothing_is_calm(crowd, run):
    assert "0  had no answer\n" in run("faq report")
    assert "Searched and not found by 5 visitors or more: nothing\n" in run("faq report")
