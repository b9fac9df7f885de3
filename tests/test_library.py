"""The help centre in memory: what may stand in a content folder, and what happens when it goes wrong."""

import logging
import os
import shutil
import stat
import threading
from contextlib import suppress
from datetime import date, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from supportdesk.faq import articles
from supportdesk.faq.articles import ArticleError
from supportdesk.faq.front_matter import decode
from supportdesk.faq.library import Shelf, load
from supportdesk.tickets import topics

CATEGORIES = """\
- folder: account
  title: Your account
  icon: key-round
- folder: clinic
  title: Your clinic
  icon: signpost
"""
NOTICE = {"short": "Bills", "heading": "Ask your clinic", "why": "They sent it.", "reply": "Please call them."}


class HelpCentre:
    """A content folder of a test's own, and the shelves that processes keep of it."""

    def __init__(self, root):
        self.folder = root / "content"
        self.last_good = root / "last-good"
        self.today = date(2026, 11, 22)
        self.moment = 0.0
        self.write("categories.yaml", CATEGORIES)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def article(self, name, body="Some words.", **keys):
        self.write(name, article_text(body, **{"title": f"About {name}"} | keys))

    def delete(self, name):
        (self.folder / name).unlink()

    def shelf(self):
        return Shelf(self.folder, self.last_good, today=lambda: self.today, seconds=lambda: self.moment, patience=60)

    def load(self):
        return load(self.folder, self.last_good, self.today)

    def a_minute_passes(self):
        self.moment += 60


def article_text(body="Some words.", **keys):
    """An article's file; a key given as ... is left out."""
    matter = {
        "title": "A question",
        "summary": "A short answer.",
        "order": 1,
        "reviewed": date(2026, 11, 20),
        "handled_by": "desk",
        "also_asked_as": [],
        "topics": [],
        "related": [],
        "aliases": [],
    } | keys
    matter = {key: value for key, value in matter.items() if value is not ...}
    return f"---\n{yaml.safe_dump(matter, sort_keys=False, allow_unicode=True)}---\n\n{body}\n"


@pytest.fixture
def centre(tmp_path):
    """A help centre of two articles: sign-up by the desk, billing by the clinic."""
    made = HelpCentre(tmp_path)
    made.article("account/sign-up.md", title="How do I sign up?", aliases=["register"])
    made.article("clinic/billing.md", title="My bill", handled_by="clinic", clinic=NOTICE, topics=["billing"])
    return made


@pytest.fixture
def log(caplog):
    """What was said to the operator so far."""
    caplog.set_level(logging.WARNING, logger="supportdesk.faq")
    return caplog


# One article


def test_an_article_is_what_its_file_says():
    text = article_text("The *body*.", also_asked_as=["cant log in"], expires=date(2027, 1, 1), order=3)

    article = articles.parse("account/sign-in.md", text)

    assert (article.slug, article.category, article.order) == ("sign-in", "account", 3)
    assert article.also_asked_as == ("cant log in",)
    assert article.expires == date(2027, 1, 1)
    assert (article.status, article.clinic, article.body) == ("published", None, "The *body*.")


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ({"titel": "A question"}, "11: unknown key “titel”; the keys are aliases, also_asked_as,"),
        ({"title": ...}, "2: “title” is missing; add it"),
        ({"title": None}, "2: title: write text here"),
        ({"title": 2026}, "2: title: write text here; put quotes around 2026"),
        ({"title": ["a"]}, "3: title: write text here"),
        ({"summary": "  "}, "3: summary: write some plain text"),
        ({"order": "first"}, "4: order: write a whole number here"),
        ({"order": 1.5}, "4: order: write a whole number here"),
        ({"order": True}, "4: order: write a whole number here"),
        ({"reviewed": "yesterday"}, "5: reviewed: write a day like 2026-11-22, without quotes"),
        ({"handled_by": "nurse"}, "6: handled_by: write desk or clinic, not “nurse”"),
        ({"handled_by": "clinic"}, "2: “clinic” is missing; add it"),
        ({"clinic": NOTICE}, "clinic: only for 'handled_by: clinic'"),
        ({"also_asked_as": "cant log in"}, "7: also_asked_as: write a list"),
        ({"also_asked_as": [False]}, "also_asked_as: write text here; put quotes around false"),
        ({"also_asked_as": ["a", "a"]}, "also_asked_as: one of these stands here twice"),
        ({"topics": [["sign-in"]]}, "topics: write text here"),
        ({"topics": ["billing"]}, "topics: “billing” is not one of sign-in, account"),
        ({"related": ["Sign Up"]}, "related: “Sign Up” is not a slug"),
        ({"aliases": ["../etc/passwd"]}, "is not a slug"),
        ({"status": "hidden"}, "status: write published or draft, not “hidden”"),
        ({"expires": "soon"}, "expires: write a day"),
        ({"handled_by": "clinic", "clinic": NOTICE | {"phone": "1"}}, "unknown key “phone”"),
        ({"handled_by": "clinic", "clinic": NOTICE, "topics": ["account"]}, "“account” is not one of appointment"),
    ],
)
def test_front_matter_that_is_not_right_names_the_line_and_what_to_do(keys, complaint):
    with pytest.raises(ArticleError) as refused:
        articles.parse("account/sign-in.md", article_text(**keys))

    assert str(refused.value).startswith("account/sign-in.md:")
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("topics", "[no]", "8: topics: write text here; put quotes around no"),
        ("title", "1.10", "2: title: write text here; put quotes around 1.10"),
        ("title", "!!python/object/apply:os.system [ls]", "2: title: write text here"),
        ("title", '"\\ud800"', "2: title: write some plain text"),
        ("title", '"\\Uffffffff"', "this is not YAML we can read"),
        ("title", "[" * 5000, "this is not YAML we can read"),
        ("title", "[a", "3: this is not YAML: expected ',' or ']'"),
        ("reviewed", "2026-02-30", "5: reviewed: write a day like 2026-11-22"),
        ("order", "1:30", "4: order: write a whole number"),
    ],
)
def test_a_value_with_a_trap_of_yaml_in_it_is_refused(key, value, complaint):
    text = article_text(**{key: "@"}).replace("'@'", value)

    with pytest.raises(ArticleError) as refused:
        articles.parse("account/sign-in.md", text)

    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("matter", "complaint"),
    [
        ("title: a\ntitle: b", "3: “title” stands here twice; keep one"),
        ("title: a\n? [a]\n: b", "3: unknown key “?”"),
        ("<<: {title: a}", "2: unknown key “<<”"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", "2: unknown key “a”"),
        ("- a list", "2: write 'key: value' lines here"),
        ("", "2: there is nothing to read here"),
    ],
)
def test_front_matter_of_another_shape_is_refused(matter, complaint):
    with pytest.raises(ArticleError) as refused:
        articles.parse("account/sign-in.md", f"---\n{matter}\n---\n\nWords.\n")

    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Only words.", "1: start the file with a '---' block"),
        ("---\ntitle: a\n", "1: start the file with a '---' block"),
        (article_text(""), "the article has no text"),
        (article_text("word " * 13_000), "over 60000 characters; split the article"),
        (article_text("[" * 501), "more than 500 square brackets"),
        (article_text("# a\n" * 600), "over 200 lines without an empty one"),
    ],
)
def test_a_text_that_is_missing_or_would_cost_too_much_is_refused(text, complaint):
    with pytest.raises(ArticleError, match=complaint):
        articles.parse("account/sign-in.md", text)


@pytest.mark.parametrize("name", ["Sign-Up.md", "sign up.md", "-a.md", "a--b.md", ".md", "ñ.md", "a" * 81 + ".md"])
def test_a_file_name_that_makes_no_address_is_refused(name):
    with pytest.raises(ArticleError, match="name the file in small letters"):
        articles.parse(f"account/{name}", article_text())


def test_a_file_from_windows_reads_like_any_other():
    raw = b"\xef\xbb\xbf" + article_text("One.\n\nTwo.").replace("\n", "\r\n").encode()

    article = articles.parse("account/sign-in.md", decode("account/sign-in.md", raw))

    assert article.body == "One.\n\nTwo."


@given(st.one_of(st.binary(), st.text().map(str.encode), st.text().map(lambda body: article_text(body).encode())))
def test_whatever_a_file_holds_it_is_an_article_or_an_article_error(raw):
    with suppress(ArticleError):
        assert articles.parse("account/sign-in.md", decode("account/sign-in.md", raw)).title == "A question"


# Files


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"", "account/bad.md: the file is empty"),
        (b"\n\n", "account/bad.md: the file is empty"),
        (b"---\ntitle: caf\xe9\n---\n", "account/bad.md:2: a letter here is not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "account/bad.md: this is not UTF-8 text"),
        (article_text().encode("utf-16"), "account/bad.md: this is not UTF-8 text"),
        (b"---\ntitle: a\x08b\n---\n", "account/bad.md:2: a control character (0x08) stands here"),
        (b"x" * 200_001, "account/bad.md: larger than 200 kB"),
    ],
)
def test_a_file_that_is_no_article_is_named_and_the_others_are_served(centre, raw, complaint):
    centre.write("account/bad.md", raw)

    library = centre.load()

    assert any(problem.startswith(complaint) for problem in library.problems)
    assert list(library.articles) == ["sign-up", "billing"]


def test_a_file_of_fifty_megabytes_is_not_read(centre):
    with (centre.folder / "account/huge.md").open("wb") as file:
        file.truncate(50_000_000)

    assert centre.load().problems == ("account/huge.md: larger than 200 kB; split the article",)


def test_nothing_outside_the_content_folder_is_read(centre, tmp_path):
    secret = tmp_path / "secret.md"
    secret.write_text(article_text(title="Secret"))
    (centre.folder / "account/secret.md").symlink_to(secret)
    (centre.folder / "clinic/passwd.md").symlink_to("/etc/passwd")

    library = centre.load()

    assert list(library.articles) == ["sign-up", "billing"]
    assert all("a link that leads out of the content folder" in problem for problem in library.problems)
    assert len(library.problems) == 2


def test_what_is_not_a_file_is_named_and_nobody_waits_for_it(centre):
    os.mkfifo(centre.folder / "account/pipe.md")
    (centre.folder / "account/folder.md").mkdir()
    (centre.folder / "account/loop.md").symlink_to("loop.md")
    (centre.folder / "account/nowhere.md").symlink_to("gone.md")

    problems = centre.load().problems

    assert [problem.split(":")[0] for problem in problems] == [
        "account/folder.md",
        "account/loop.md",
        "account/nowhere.md",
        "account/pipe.md",
    ]


def test_files_of_editors_and_systems_are_nobodys_articles(centre):
    for name in ("account/.sign-up.md.swp", "account/.#sign-up.md", ".git/x.md", "README.md", "account/notes.txt"):
        centre.write(name, "anything")

    assert centre.load().problems == ()


def test_an_article_outside_the_categories_is_named(centre):
    centre.article("stray.md")
    centre.article("elsewhere/lost.md")

    assert centre.load().problems == (
        "stray.md: put it into a folder that categories.yaml names",
        "elsewhere/lost.md: put it into a folder that categories.yaml names",
    )


# The library


def test_categories_and_articles_stand_in_their_order(centre):
    centre.article("account/zebra.md", order=0)
    centre.article("account/apple.md", order=1)

    library = centre.load()

    assert [category.title for category in library.categories] == ["Your account", "Your clinic"]
    assert list(library.articles) == ["zebra", "apple", "sign-up", "billing"]
    assert [article.slug for article in library.categories[0].articles] == ["zebra", "apple", "sign-up"]


def test_an_article_is_found_by_its_name_its_former_name_and_its_topic(centre):
    library = centre.load()

    assert library.find("sign-up").title == "How do I sign up?"
    assert library.find("register") is None
    assert library.resolve_alias("register") == "sign-up"
    assert library.resolve_alias("sign-up") is None
    assert library.for_topic("billing").slug == "billing"
    assert library.for_topic("account") is None
    assert library.category_of(library.find("billing")).title == "Your clinic"


def test_a_page_is_rendered_once_with_its_words_beside_it(centre):
    centre.article("account/steps.md", "1. Click **Next**.\n2. Wait.")
    library = centre.load()

    steps = library.find("steps")

    assert '<ol class="route">' in library.html(steps)
    assert library.html(steps) is library.html(steps)
    assert library.text(steps) == "Click Next.\nWait."


def test_drafts_and_expired_articles_are_not_there(centre):
    centre.article("account/draft.md", status="draft", aliases=["soon"])
    centre.article("account/over.md", expires=centre.today - timedelta(days=1))
    centre.article("account/last-day.md", expires=centre.today)
    centre.article("account/other.md", related=["draft", "over", "last-day"])

    library = centre.load()

    assert library.problems == ()
    assert set(library.articles) == {"sign-up", "billing", "last-day", "other"}
    assert library.resolve_alias("soon") is None
    assert [article.slug for article in library.related(library.find("other"))] == ["last-day"]


@pytest.mark.parametrize(
    ("keys", "complaint"),
    [
        ({"related": ["no-such"]}, "“no-such” is not another article; correct it under related"),
        ({"related": ["new"]}, "“new” is not another article; correct it under related"),
        ({"aliases": ["billing"]}, "the alias “billing” is the name of clinic/billing.md; remove the alias"),
        ({"aliases": ["register"]}, "account/sign-up.md has the alias “register” too; remove one of them"),
        ({"title": "how do I SIGN up?"}, "account/sign-up.md has the same title; change one of them"),
        ({"body": "See [this](/articles/gone#top)."}, "it links to /articles/gone, which does not exist"),
    ],
)
def test_articles_that_do_not_agree_are_served_and_named(centre, keys, complaint):
    centre.article("account/new.md", order=9, **keys)

    library = centre.load()

    assert any(problem.startswith(f"account/new.md: {complaint}") for problem in library.problems)
    assert "new" in library.articles
    assert library.resolve_alias("register") == "sign-up"
    assert library.resolve_alias("billing") is None


def test_of_two_articles_with_one_name_the_first_is_served(centre):
    centre.article("clinic/sign-up.md", title="Another")

    library = centre.load()

    assert library.find("sign-up").category == "account"
    assert library.problems == ("clinic/sign-up.md: account/sign-up.md has the same name; rename one of them",)


def test_a_topic_has_one_clinic_article(centre):
    centre.article("clinic/money.md", handled_by="clinic", clinic=NOTICE, topics=["billing"], order=2)

    library = centre.load()

    assert library.for_topic("billing").slug == "billing"
    assert "clinic/billing.md answers the topic “billing” already" in library.problems[0]


def test_the_digest_changes_with_what_is_searched_and_with_nothing_else(centre):
    before = centre.load().digest
    centre.article("account/sign-up.md", title="How do I sign up?", reviewed=date(2026, 11, 21))
    after_a_review = centre.load().digest
    centre.article("account/sign-up.md", title="How do I sign up?", body="Other words.")

    assert after_a_review == before
    assert centre.load().digest != before


# What was good stays


def test_a_broken_file_keeps_its_last_good_version_even_in_a_new_process(centre):
    centre.shelf().current()
    centre.write("account/sign-up.md", "---\ntitle: half a fi")

    library = centre.shelf().current()

    assert library.find("sign-up").title == "How do I sign up?"
    assert library.problems[0].startswith("account/sign-up.md:1: ")


def test_a_repaired_file_is_served_again(centre):
    shelf = centre.shelf()
    shelf.current()
    centre.write("account/sign-up.md", b"\0")
    centre.a_minute_passes()
    assert shelf.current().problems

    centre.article("account/sign-up.md", title="Signing up")
    centre.a_minute_passes()

    assert shelf.current().find("sign-up").title == "Signing up"
    assert shelf.current().problems == ()


def test_an_article_deleted_on_purpose_is_gone_with_its_copy(centre):
    shelf = centre.shelf()
    shelf.current()
    assert (centre.last_good / "account/sign-up.md").exists()

    centre.delete("account/sign-up.md")
    centre.a_minute_passes()

    assert shelf.current().find("sign-up") is None
    assert not (centre.last_good / "account/sign-up.md").exists()


def test_a_broken_file_without_a_copy_is_left_out_and_links_to_it_are_not_blamed(centre):
    centre.write("account/new.md", "nothing yet")
    centre.article("account/other.md", "See [it](/articles/new).", related=["new"])

    library = centre.load()

    assert "new" not in library.articles
    assert len(library.problems) == 1


def test_a_content_folder_that_vanishes_leaves_everything_as_it_was(centre):
    shelf = centre.shelf()
    shelf.current()
    shutil.rmtree(centre.folder)
    centre.a_minute_passes()

    for library in (shelf.current(), centre.shelf().current()):
        assert list(library.articles) == ["sign-up", "billing"]
        assert "cannot be read" in library.problems[0]
    assert (centre.last_good / "clinic/billing.md").exists()


@pytest.mark.parametrize("left", [[], ["categories.yaml"], ["account"]])
def test_a_content_folder_that_suddenly_lacks_its_articles_or_categories_is_an_accident_too(centre, left):
    centre.shelf().current()
    for path in list(centre.folder.iterdir()):
        if path.name not in left:
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    library = centre.shelf().current()

    assert list(library.articles) == ["sign-up", "billing"]
    assert "the articles are gone; put the content folder back" in library.problems[0]


def test_broken_categories_stay_as_they_were_while_articles_go_on(centre):
    centre.shelf().current()
    centre.write("categories.yaml", "- folder: account\n  titel: Your account\n  icon: key\n")
    centre.article("account/sign-up.md", title="Signing up")

    library = centre.shelf().current()

    assert [category.title for category in library.categories] == ["Your account", "Your clinic"]
    assert library.find("sign-up").title == "Signing up"
    assert library.problems[0].startswith("categories.yaml:2: unknown key “titel”")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "the file is empty"),
        ("folder: account", "write a list"),
        ("- folder: Your Account\n  title: a\n  icon: b", "1: folder: write it in small letters"),
        ("- folder: account\n  title: a\n  icon: <svg>", "3: icon: write the name of a lucide icon"),
        (CATEGORIES + CATEGORIES, "7: “account” stands here twice"),
    ],
)
def test_without_categories_and_without_a_copy_there_is_no_help_centre(centre, text, complaint):
    centre.write("categories.yaml", text)

    with pytest.raises(ArticleError, match=complaint):
        centre.shelf().current()


def test_without_content_and_without_a_copy_there_is_no_help_centre(tmp_path):
    shelf = Shelf(tmp_path / "nowhere", None, lambda: date(2026, 11, 22))

    with pytest.raises(ArticleError, match="cannot be read"):
        shelf.current()


def test_the_copies_are_private_whatever_the_umask(centre):
    before = os.umask(0)
    try:
        centre.shelf().current()
    finally:
        os.umask(before)

    modes = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in centre.last_good.rglob("*")}
    assert modes == {True: 0o700, False: 0o600}
    assert stat.S_IMODE(centre.last_good.stat().st_mode) == 0o700


def test_a_place_that_takes_no_copies_costs_only_the_copies(centre, log):
    centre.last_good.write_text("a file where the folder should be")

    assert list(centre.shelf().current().articles) == ["sign-up", "billing"]
    assert "No copies of the articles" in log.text


# The shelf of a process


def test_an_edit_is_seen_within_a_second_and_not_looked_for_more_often(centre):
    shelf = centre.shelf()
    first = shelf.current()
    centre.article("account/sign-up.md", title="Signing up")

    centre.moment = 0.9
    assert shelf.current() is first

    centre.moment = 1.0
    assert shelf.current().find("sign-up").title == "Signing up"


def test_nothing_is_read_again_while_nothing_changes(centre):
    shelf = centre.shelf()
    first = shelf.current()

    centre.a_minute_passes()

    assert shelf.current() is first


def test_an_article_expires_at_the_end_of_its_last_day_without_a_restart(centre):
    centre.article("account/closed.md", expires=centre.today)
    shelf = centre.shelf()
    assert shelf.current().find("closed")

    centre.today += timedelta(days=1)
    centre.a_minute_passes()

    assert shelf.current().find("closed") is None


def test_a_problem_is_logged_once_and_without_what_the_file_says(centre, log):
    shelf = centre.shelf()
    shelf.current()
    centre.write("account/sign-up.md", article_text("Words nobody should log.", titel="Nor these"))

    for _ in range(5):
        centre.a_minute_passes()
        shelf.current()

    assert [record.getMessage().split(";")[0] for record in log.records] == [
        "account/sign-up.md:11: unknown key “titel”"
    ]


def test_while_one_thread_looks_the_others_go_on_with_what_they_have(centre):
    looking, may_go_on = threading.Event(), threading.Event()
    may_go_on.set()

    def slow_calendar():
        looking.set()
        assert may_go_on.wait(timeout=10)
        return centre.today

    shelf = Shelf(centre.folder, centre.last_good, today=slow_calendar, seconds=lambda: centre.moment, patience=60)
    before = shelf.current()
    centre.article("account/new.md")
    centre.a_minute_passes()
    looking.clear()
    may_go_on.clear()
    looker = threading.Thread(target=shelf.current)
    looker.start()
    assert looking.wait(timeout=10)
    centre.a_minute_passes()
    meanwhile = shelf.current()
    may_go_on.set()
    looker.join(timeout=10)

    assert meanwhile is before
    assert "new" in shelf.current().articles


def test_many_threads_read_while_an_editor_writes(centre):
    shelf = Shelf(
        centre.folder, centre.last_good, today=lambda: centre.today, seconds=iter(range(10**9)).__next__, patience=60
    )
    failures = []

    def read():
        try:
            for _ in range(30):
                library = shelf.current()
                for article in library.articles.values():
                    assert library.html(article)
        except Exception as error:  # noqa: BLE001  # Whatever it is, the test shall tell.
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(6)]
    for reader in readers:
        reader.start()
    for turn in range(20):
        centre.article("account/sign-up.md", body=f"Turn {turn}.")
    for reader in readers:
        reader.join(timeout=60)

    assert failures == []
    assert shelf.current().find("sign-up")


def test_articles_and_the_message_form_know_the_same_topics():
    assert set(articles.DESK_TOPICS) == {topic.value for topic in topics.DESK_TOPICS}
    assert set(articles.CLINIC_TOPICS) == {topic.value for topic in topics.CLINIC_TOPICS}
