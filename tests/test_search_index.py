"""The search index: what is found, what is shown of it, and what happens to it on disk."""

import gc
import hashlib
import io
import json
import logging
import math
import multiprocessing
import os
import shutil
import stat
import threading
import time
import weakref
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from whoosh.filedb.filestore import RamStorage
from whoosh.query import Or, Term
from whoosh.scoring import BM25F

from supportdesk.config import shipped
from supportdesk.faq.judging.judges import learned
from supportdesk.faq.library import Shelf, load
from supportdesk.faq.search import Searcher, SearchIndex, highlight, queries
from supportdesk.faq.search.analysis import stems
from supportdesk.faq.search.generations import save
from supportdesk.faq.search.index import build
from supportdesk.faq.search.ranking import Formula, Ranking
from supportdesk.faq.search.snippets import snippet
from tests.server import until
from tests.test_library import NOTICE, HelpCentre

CONTENT = Path(__file__).parent.parent / "content/faq"


@pytest.fixture
def centre(tmp_path):
    """A help centre of a few articles."""
    made = HelpCentre(tmp_path)
    made.article(
        "account/forgot-password.md",
        "Open the sign-in page. Choose **Forgot Password?** Then check your email.",
        title="I forgot my password",
        also_asked_as=["can't remember my passcode", "reset password"],
    )
    made.article(
        "account/sign-up.md",
        "Your clinic invites you by email.\n\nLook in the spam folder.",
        title="How do I sign up?",
        also_asked_as=["never got my invitation", "who are you"],
        order=2,
    )
    made.article(
        "clinic/billing.md",
        "We cannot help with a bill. Your clinic can.",
        title="A question about my bill",
        also_asked_as=["invoice", "résumé of charges", "how much do i owe"],
        handled_by="clinic",
        clinic=NOTICE,
        topics=["billing"],
    )
    return made


@pytest.fixture
def folder(tmp_path):
    """Where the indexes are kept."""
    return tmp_path / "index"


@pytest.fixture
def index(centre, folder):
    return SearchIndex.open(centre.load(), folder)


@pytest.fixture
def log(caplog):
    """What was said to the operator so far."""
    caplog.set_level(logging.WARNING, logger="supportdesk.faq")
    return caplog


@pytest.fixture(scope="module")
def help_centre(tmp_path_factory):
    """The real articles."""
    return SearchIndex.open(load(CONTENT, None, date(2026, 11, 22)), tmp_path_factory.mktemp("index"))


def found(index, query):
    return [hit.article.slug for hit in index.search(query).hits]


def suggested(index, typed):
    return [article.slug for article in index.suggest(typed)]


# What is found


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("forgot password", "forgot-password"),
        ("FORGOTTEN PASSWORDS", "forgot-password"),
        ("cant remember", "forgot-password"),
        ("can’t remember", "forgot-password"),
        ("resetting", "forgot-password"),
        ("spam", "sign-up"),
        ("invitations", "sign-up"),
        ("bills", "billing"),
        ("resume", "billing"),
        ("re\u0301sume\u0301", "billing"),
        ("password?", "forgot-password"),
        ("title:password", "forgot-password"),
        ("(password", "forgot-password"),
        ('"password" AND NOT', "forgot-password"),
        ("passwor\0d password~9^1e99", "forgot-password"),
    ],
)
def test_the_words_of_a_question_find_its_article(index, query, slug):
    assert found(index, query)[0] == slug


@pytest.mark.parametrize("query", ["", "   ", "?", "*", "zebra", "😀", "密码忘记", "שכחתי סיסמה", "\u202e"])
def test_what_no_article_says_finds_nothing(index, query):
    assert index.search(query).hits == ()


def test_a_question_of_small_words_finds_what_is_worded_so(index):
    assert found(index, "who are you") == ["sign-up"]
    assert found(index, "how do I")[0] == "sign-up"
    assert all(hit.score > 0 for hit in index.search("how do I").hits)


def test_the_query_comes_back_cleaned_and_nothing_is_corrected_yet(index):
    result = index.search("  forgot\0\n\tpass\ud800word ")

    assert (result.query, result.corrected) == ("forgot password", None)
    assert len(index.search("long " * 1000).query) <= queries.LONGEST


def test_a_whole_message_is_searched_to_its_end(help_centre):
    story = "Good morning, my name is Ruth and I am writing to you because my daughter said that I should do so. " * 8

    result = help_centre.search(f"{story} How do I stop the emails? I want to unsubscirbe from all of them.")

    assert len(story) > 700
    assert result.hits[0].article.slug == "unsubscribe"


def test_words_after_a_mended_one_are_not_lost(help_centre):
    said = "my pasword " + "and then there was something else about it " * 6 + "unsubscribe"

    assert help_centre.search(said).corrected == said.replace("pasword", "password")


def test_weak_hits_are_left_out_and_the_rest_stands_in_order(help_centre):
    hits = help_centre.search("i forgot my password for the portal").hits

    scores = [hit.score for hit in hits]
    assert hits[0].article.slug == "forgot-password"
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] >= 0.15 * scores[0]
    assert len(help_centre.search("portal", limit=2).hits) == 2


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("cant log in", "cannot-sign-in"),
        ("I can't sign in", "cannot-sign-in"),
        ("forgot password", "forgot-password"),
        ("how do i reset my password", "forgot-password"),
        ("why did i get a bill", "billing"),
        ("question about an invoice", "billing"),
        ("is this free", "cost"),
        ("how much does it cost", "cost"),
        ("refill my meds", "prescription-refill"),
        ("I need a refill", "prescription-refill"),
        ("change my appointment", "reschedule-appointment"),
        ("help paying for treatment", "financial-aid"),
        ("referral to a specialist", "referral-or-medical-question"),
        ("how do I register", "sign-up"),
        ("what is my user name", "username"),
        ("stop sending me emails", "unsubscribe"),
        ("can I use it on my phone", "no-computer"),
        ("my daughter is 15", "under-18"),
        ("is my data private", "information-security"),
        ("what is Navigating Care?", "what-is-navigating-care"),
    ],
)
def test_what_patients_ask_finds_the_article_that_answers(help_centre, query, slug):
    assert found(help_centre, query)[0] == slug


def test_every_title_and_every_phrase_an_editor_collected_finds_its_article_first(help_centre):
    missed = [
        (phrase, slug)
        for slug, article in help_centre.library.articles.items()
        for phrase in (article.title, *article.also_asked_as)
        if found(help_centre, phrase)[:1] != [slug]
    ]

    assert missed == []


# Hostile questions


HOSTILE = [
    "",
    "the and of to",
    "title:x AND body:(y OR z)",
    "كلمة السر نسيت",
    "a long question " * 100_000,
    "x" * 10_000,
    "password " * 2_000,
    "(" * 5_000,
    "NOT " * 500,
    "*" * 300,
    "abcdefgh~9 " * 50,
    "a*b*c* ?*?*?",
    "date:[2010 to",
    "\0\x01\x7f",
    "\ud800\udfff",
    "e" + "\u0301" * 5_000,
    "\ufdfa" * 300,
    "😀" * 300,
    "密" * 5_000,
    "'" * 300,
    "a'" * 150,
    "<mark>&amp;</mark>",
    "{{ 7*7 }}",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_a_hostile_question_is_answered_at_once(help_centre, query):
    help_centre.search(query)
    began = time.thread_time()
    result = help_centre.search(query)
    help_centre.suggest(query)
    highlight("Some text", query)

    assert time.thread_time() - began < 0.1
    result.query.encode()
    assert len(result.query) <= queries.LONGEST


@pytest.mark.parametrize("path", ["/search", "/search.json", "/suggest.json"])
def test_a_hostile_question_gets_a_page_at_once_and_no_line_in_the_log(app, caplog, path):
    caplog.set_level(logging.DEBUG)
    visitor = app.test_client()
    visitor.get(path, query_string={"q": "password"})
    caplog.clear()
    for query in HOSTILE[:-1]:  # Our visitors refuse a page with braces on it, as the last question would have.
        asked = quote(query[:10_000], errors="surrogatepass")
        began = time.thread_time()
        answer = visitor.get(f"{path}?q={asked}")

        assert answer.status_code == 200
        assert time.thread_time() - began < 0.1
    assert [record for record in caplog.records if record.name != "supportdesk.requests"] == []
    assert set(caplog.messages) <= {"request"}  # A line without the question.


@settings(deadline=None)
@given(st.text())
def test_whatever_is_asked_there_is_an_answer(help_centre, query):
    assert all(hit.score > 0 for hit in help_centre.search(query).hits)
    assert len(help_centre.suggest(query)) <= 5


# Half-typed questions


@pytest.mark.parametrize(
    ("typed", "slugs"),
    [
        ("", []),
        ("zzz", []),
        ("passw", ["forgot-password"]),
        ("i forgot my pas", ["forgot-password"]),
        ("bill", ["billing"]),
        ("how do i si", ["sign-up"]),
        ("who ar", ["sign-up"]),
        ("CAN'T REM", ["forgot-password"]),
        ("résu", ["billing"]),
        ("invoi", ["billing"]),
        ("clinic", []),
        ("never got my invitation zzz", ["sign-up"]),
        ("never zzz yyy xxx", []),
    ],
)
def test_a_half_typed_question_is_matched_with_titles_and_phrases(index, typed, slugs):
    assert suggested(index, typed) == slugs


def test_titles_that_begin_so_come_first_then_titles_then_phrases(centre, folder):
    for order, (slug, title, phrase) in enumerate(
        [
            ("phrase", "Something else", "when will the refund come"),
            ("inside", "About a refund", "money"),
            ("begins", "Refunds and returns", "money back"),
        ]
    ):
        centre.article(f"clinic/{slug}.md", title=title, also_asked_as=[phrase], order=order)

    index = SearchIndex.open(centre.load(), folder)

    assert suggested(index, "refu") == ["begins", "inside", "phrase"]


def test_at_most_five_are_suggested(help_centre):
    assert len(help_centre.suggest("my")) == 5
    assert help_centre.suggest("my", limit=0) == []


# What is shown


def test_words_of_the_question_are_marked_and_everything_else_is_escaped():
    marked = highlight("Can’t pay <b>bills</b> & billing? My bill's here", "my cant BILL <script>")

    assert marked == Markup(
        "<mark>Can’t</mark> pay &lt;b&gt;<mark>bills</mark>&lt;/b&gt; &amp; "
        "<mark>billing</mark>? My <mark>bill&#39;s</mark> here"
    )


def test_a_snippet_is_the_passage_that_says_most_from_the_start_of_its_sentence():
    body = (
        "A long beginning about something else altogether. " * 10
        + "Then comes a password. "
        + "More of something else. " * 10
        + "Choose a new password and a username. "
        + "An ending. " * 30
    )

    shown = snippet(body, "Summary.", frozenset(stems("password username")))

    assert shown.startswith("Choose a new <mark>password</mark> and a <mark>username</mark>. An ending.")
    assert 150 < len(shown) < 260


def test_a_snippet_out_of_a_long_sentence_is_cut_between_words():
    body = "word " * 100 + "password " + "other " * 100

    shown = snippet(body.strip(), "Summary.", frozenset({"password"}))

    assert shown.startswith("… word ")
    assert shown.endswith(" other …")
    assert "<mark>password</mark>" in shown


def test_where_the_words_are_not_in_the_text_the_summary_is_shown(index):
    hit = index.search("invoice").hits[0]

    assert hit.snippet == "A short answer."


@given(st.text(max_size=600), st.text(max_size=40))
def test_no_snippet_holds_a_tag_that_is_not_ours(body, query):
    shown = snippet(body, body, frozenset(stems(query)))

    assert "<" not in shown.replace("<mark>", "").replace("</mark>", "")
    assert shown.count("<mark>") == shown.count("</mark>")


# The score


def whoosh_rarity(documents, holding):
    """Whoosh's own measure."""
    return math.log(documents / (holding + 1)) + 1


@pytest.mark.parametrize("query", ["forgot password", "how do i sign up for the portal", "my bill my bill", "clinic"])
def test_with_the_settings_of_whoosh_the_scores_are_those_of_whoosh(help_centre, query):
    storage = RamStorage()
    storage.files = build(help_centre.library)
    index = storage.open_index()
    weights = {"title": 2.0, "alt": 3.0, "summary": 1.5, "body": 1.0}
    words = dict.fromkeys(stems(query))
    terms = [Term(name, word, boost=weight) for word in words for name, weight in weights.items()]

    ours = Ranking(index.reader(), Formula(k1=1.2, b=0.75, rarity=whoosh_rarity, weights=weights))
    with index.searcher(weighting=BM25F()) as searcher:
        theirs = {hit["slug"]: hit.score for hit in searcher.search(Or(terms), limit=None)}

    assert theirs
    assert dict(ours.best(dict.fromkeys(words, 1.0), limit=100)) == pytest.approx(theirs, abs=1e-6)


def test_a_word_counts_most_in_a_phrase_then_in_the_title_then_in_the_summary(centre, folder):
    plain = "Nothing of it here at all."
    centre.article("account/body.md", "A walrus stands here now.", summary=plain)
    centre.article("account/summary.md", plain, summary="A walrus stands here now.")
    centre.article("account/title.md", plain, title="Walrus", summary=plain)
    centre.article("account/phrase.md", plain, also_asked_as=["walrus"], summary=plain)

    index = SearchIndex.open(centre.load(), folder)

    ranked = [slug for slug, _ in index.ranking.best({"walrus": 1.0}, limit=10)]
    assert ranked == ["phrase", "title", "summary", "body"]


# On disk


def generations(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != "english")  # That is of no content.


def test_the_index_is_kept_under_the_digest_of_its_content_and_is_private(index, folder):
    before = os.umask(0)
    try:
        SearchIndex.open(index.library, folder)
    finally:
        os.umask(before)

    kept = folder / index.library.digest
    assert generations(folder) == [index.library.digest]
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder, kept)} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept.iterdir()} == {0o600}


def test_the_index_on_disk_is_used_and_not_built_again(index, folder):
    kept = folder / index.library.digest
    written = {path.name: path.stat().st_mtime_ns for path in kept.iterdir()}

    again = SearchIndex.open(index.library, folder)

    assert found(again, "forgot password") == found(index, "forgot password")
    assert {path.name: path.stat().st_mtime_ns for path in kept.iterdir()} == written


def assert_is_whole(kept):
    assert stat.S_IMODE(kept.lstat().st_mode) == 0o700
    hashes = json.loads((kept / "manifest.json").read_bytes())
    files = {path.name: path.read_bytes() for path in kept.iterdir() if path.name != "manifest.json"}
    assert {Path(name).suffix for name in files} == {".toc", ".trm", ".pst", ".col"}
    assert {name: hashlib.sha256(content).hexdigest() for name, content in files.items()} == hashes


def cut_short(kept):
    victim = max(kept.iterdir(), key=lambda path: path.stat().st_size)
    victim.write_bytes(victim.read_bytes()[:100])


def change_a_byte(kept):
    victim = max(kept.iterdir(), key=lambda path: path.stat().st_size)
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 255
    victim.write_bytes(content)


def lose_a_file(kept):
    next(kept.glob("*.trm")).unlink()


def lose_the_manifest(kept):
    (kept / "manifest.json").unlink()


def name_files_outside(kept):
    (kept / "manifest.json").write_text(json.dumps({"../../secret": "0" * 64}))


def empty_manifest(kept):
    (kept / "manifest.json").write_text("{}")


def odd_manifest(kept):
    (kept / "manifest.json").write_text("[1, [2]]")


def become_a_file(kept):
    shutil.rmtree(kept)
    kept.write_text("not a folder")


def lead_elsewhere(kept):
    elsewhere = kept.parent.parent / "elsewhere"
    kept.rename(elsewhere)
    kept.symlink_to(elsewhere)


def let_others_write(kept):
    kept.chmod(0o777)


def hold_the_wrong_pickle(kept):
    """Whole, says the manifest, but nothing that Whoosh can open: as another version would leave it."""
    (kept / "_MAIN_1.toc").write_bytes(b"junk")
    manifest = json.loads((kept / "manifest.json").read_bytes())
    manifest["_MAIN_1.toc"] = hashlib.sha256(b"junk").hexdigest()
    (kept / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    "damage",
    [
        cut_short,
        change_a_byte,
        lose_a_file,
        lose_the_manifest,
        name_files_outside,
        empty_manifest,
        odd_manifest,
        become_a_file,
        lead_elsewhere,
        let_others_write,
        hold_the_wrong_pickle,
    ],
)
def test_a_damaged_index_is_replaced_by_a_whole_one(index, folder, log, damage):
    kept = folder / index.library.digest
    damage(kept)

    again = SearchIndex.open(index.library, folder)

    assert found(again, "forgot password") == ["forgot-password"]
    assert generations(folder) == [index.library.digest]
    assert_is_whole(kept)
    log.clear()
    SearchIndex.open(index.library, folder)
    assert log.records == []


def test_who_comes_second_leaves_the_index_of_the_first(index, folder):
    kept = folder / index.library.digest
    first = set(kept.iterdir())

    save(folder, index.library.digest, build(index.library))

    assert set(kept.iterdir()) == first
    assert generations(folder) == [index.library.digest]


def test_losing_the_index_on_disk_does_not_disturb_a_search_that_has_it_open(index, folder):
    shutil.rmtree(folder)

    assert found(index, "invitation never password") == ["sign-up", "forgot-password"]


def test_a_folder_that_takes_no_index_leaves_it_in_memory_with_one_warning(centre, tmp_path, log):
    place = tmp_path / "a-file"
    place.write_text("not a folder")

    index = SearchIndex.open(centre.load(), place / "index")

    assert found(index, "forgot password") == ["forgot-password"]
    assert [record.getMessage().split(";")[0] for record in log.records] == ["The search index stays in memory"]


def test_building_needs_no_folder_for_temporary_files(centre, folder, tmp_path, monkeypatch):
    nowhere = tmp_path / "a-file"
    nowhere.write_text("not a folder")
    monkeypatch.setattr("tempfile.tempdir", str(nowhere))

    assert found(SearchIndex.open(centre.load(), folder), "forgot password") == ["forgot-password"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("place", "is_shown"), [(Terminal, True), (io.StringIO, False)])
def test_a_large_index_shows_on_a_terminal_how_far_it_is(centre, monkeypatch, place, is_shown):
    small = centre.load()
    for number in range(200):
        centre.article(f"account/number-{number}.md")
    large = centre.load()
    shown = place()
    monkeypatch.setattr("sys.stderr", shown)

    build(small)
    assert shown.getvalue() == ""
    build(large)
    assert ("100%" in shown.getvalue()) == is_shown


def test_a_former_index_is_gone_as_soon_as_nobody_holds_it(centre, folder):
    gc.disable()  # Which may come late: of ten thousand articles two indexes are a hundred megabytes.
    try:
        index = SearchIndex.open(centre.load(), folder)
        index.search("forgt password")
        former = weakref.ref(index)
        del index
        assert former() is None
    finally:
        gc.enable()


def test_three_generations_are_kept_and_what_a_dead_builder_left_is_removed(centre, folder):
    folder.mkdir(mode=0o700)
    (folder / ".building-dead").mkdir()
    os.utime(folder / ".building-dead", (0, 0))
    (folder / ".building-alive").mkdir()
    digests = []
    for turn in range(5):
        centre.article("account/sign-up.md", body=f"Turn {turn}.")
        digests.append(SearchIndex.open(centre.load(), folder).library.digest)
        os.utime(folder / digests[-1], (turn, turn))

    assert set(generations(folder)) == {".building-alive", *digests[-3:]}


def open_once_all_are_ready(content, folder, ready):
    ready.wait(timeout=60)
    index = SearchIndex.open(load(content, None, date(2026, 11, 22)), folder)
    assert found(index, "forgot password") == ["forgot-password"]


def test_processes_that_build_at_once_leave_one_whole_generation(centre, folder):
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(3)
    workers = [spawn.Process(target=open_once_all_are_ready, args=(centre.folder, folder, ready)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)

    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert generations(folder) == [centre.load().digest]
    assert_is_whole(folder / centre.load().digest)


# The search of a process


def test_an_edited_article_is_found_by_its_new_words(centre, folder):
    searcher = Searcher(centre.shelf(), folder)
    before = searcher.current()
    centre.article("account/sign-up.md", body="Bring a wheelchair.", title="How do I sign up?")
    centre.a_minute_passes()

    assert found(searcher.current(), "wheelchair") == ["sign-up"]
    assert found(before, "wheelchair") == []
    assert len(generations(folder)) == 2


@pytest.fixture
def few_lessons(tmp_path):
    """A content folder with twenty of our examples for guidance, as it takes seconds to learn from all of them."""
    ours, few = shipped("content"), tmp_path / "few-lessons"
    shutil.copytree(ours / "safety", few / "safety")
    (few / "guidance").mkdir()
    shutil.copy(ours / "guidance/words.txt", few / "guidance")
    lines = (ours / "guidance/examples.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (few / "guidance/examples.jsonl").write_text("".join(lines[:20]), encoding="utf-8")
    return few


def test_an_edit_is_found_before_guidance_has_learned_of_it(centre, folder, few_lessons):
    shelf = Shelf(centre.folder, None, lambda: centre.today, content=few_lessons, seconds=iter(range(10**9)).__next__)
    may_learn, learning = threading.Event(), threading.Event()
    may_learn.set()

    def learn(library):
        learning.set()
        assert may_learn.wait(60)
        return learned(library.lessons)

    searcher = Searcher(shelf, folder, judge=learn)
    before = searcher.current().judge
    may_learn.clear()
    learning.clear()
    centre.article("account/sign-up.md", title="How do I sign up?", also_asked_as=["where is the wheelchair"])
    try:
        until(lambda: found(searcher.current(), "wheelchair") == ["sign-up"], "the edited article")
        assert learning.wait(60)
        meanwhile = searcher.current()
        assert meanwhile.judge is before
    finally:
        may_learn.set()

    until(lambda: searcher.current().judge is not before, "guidance to learn")
    assert searcher.current() is not meanwhile, "pages made with what it knew before are made anew"


def test_an_edit_that_changes_no_searched_word_builds_nothing(centre, folder):
    searcher = Searcher(centre.shelf(), folder)
    before = searcher.current()
    centre.article("account/sign-up.md", title="Draft", status="draft")
    centre.a_minute_passes()
    without = searcher.current()
    centre.article("clinic/billing.md", title="A question about my bill", order=7)
    centre.a_minute_passes()
    searcher.current()
    centre.article("clinic/billing.md", title="A question about my bill", order=7, reviewed=date(2026, 11, 21))
    centre.a_minute_passes()

    after = searcher.current()

    assert before.library is not without.library
    assert after.library.find("billing").reviewed == date(2026, 11, 21)
    assert len(generations(folder)) == 3


def test_nothing_is_opened_again_while_nothing_changes(centre, folder):
    searcher = Searcher(centre.shelf(), folder)
    first = searcher.current()

    centre.a_minute_passes()

    assert searcher.current() is first


def test_many_threads_search_while_an_editor_writes(centre, folder):
    shelf = Shelf(centre.folder, None, lambda: centre.today, seconds=iter(range(10**9)).__next__, patience=60)
    searcher = Searcher(shelf, folder)
    failures = []

    def ask():
        try:
            for _ in range(20):
                index = searcher.current()
                assert "forgot-password" in found(index, "i forgot my password")
                assert index.suggest("forg")
        except Exception as error:  # noqa: BLE001  # Whatever it is, the test shall tell.
            failures.append(error)

    patients = [threading.Thread(target=ask) for _ in range(6)]
    for patient in patients:
        patient.start()
    for turn in range(10):
        centre.article("account/sign-up.md", body=f"Turn {turn}.", title="How do I sign up?")
    for patient in patients:
        patient.join(timeout=60)

    assert failures == []
    assert found(searcher.current(), "turn 9") == ["sign-up"]
