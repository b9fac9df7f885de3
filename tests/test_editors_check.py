"""`faq check`, `faq search --explain`: what an editor is told, about which line, and what to do."""

from datetime import UTC, date, datetime, time

import pytest

from supportdesk import clock
from supportdesk.faq import prose
from tests.conftest import make_app
from tests.test_library import NOTICE, HelpCentre

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
PLAIN = "# Shorter is better.\nutilize -> use\nin order to -> to\nprior to -> before  # In time.\n"
EVERY_YEAR = "You get a letter from us every year, and then you sign it, and then you send it back, and then we "
LONG = EVERY_YEAR + "look at it, and then we put it into a drawer, where it stays for ever."


class Editor(HelpCentre):
    """Somebody who writes articles, and checks them before they are published."""

    def __init__(self, root):
        super().__init__(root)
        (root / "house").mkdir()
        (root / "house" / "faq").symlink_to(self.folder)
        self.write("plain-words.txt", PLAIN)
        self.root, self.checks = root, 0

    def type(self, *words, code=0):
        """Type a command at a desk that has just been started; returns the lines it prints."""
        self.checks += 1
        app = make_app(self.root / f"data-{self.checks}", CONTENT_FOLDER=str(self.root / "house"))
        with clock.pretend(NOW):
            result = app.test_cli_runner().invoke(args=["faq", *words])
        assert result.exit_code == code, result.output
        return result.output.splitlines()

    def check(self, code=0):
        return self.type("check", code=code)[:-1]


@pytest.fixture
def editor(tmp_path):
    """With two articles that are as they should be."""
    editor = Editor(tmp_path)
    editor.article("account/sign-up.md", title="How do I sign up?", aliases=["register"], also_asked_as=["join you"])
    editor.article("clinic/billing.md", title="My bill", handled_by="clinic", clinic=NOTICE, topics=["billing"])
    return editor


def test_articles_that_are_as_they_should_be_get_no_word(editor):
    assert editor.type("check") == ["2 articles, 0 problems, 0 pieces of advice."]


def test_our_own_articles_have_nothing_to_mend(app):
    articles = app.extensions["shelf"].current().articles.values()
    newest = max(article.reviewed for article in articles)
    with clock.pretend(datetime.combine(newest, time(20), UTC)):
        result = app.test_cli_runner().invoke(args=["faq", "check"])

    assert result.output == f"{len(articles)} articles, 0 problems, 0 pieces of advice.\n"
    assert result.exit_code == 0


def test_what_the_library_refuses_is_said_as_before(editor):
    editor.article("account/broken.md", title=None)

    assert editor.check(code=1) == ["account/broken.md:2: title: write text here; put quotes around null"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("One.\n\n[Read](/articles/gone).", ": it links to /articles/gone, which does not exist; correct the link"),
        ("[Read](/articels/sign-up).", ":13: the link /articels/sign-up leads to no page of ours; correct it"),
        ("[Read](sign-up.md).", ":13: the link sign-up.md leads nowhere; write the whole address, like"),
        ("[Read](//evil.example).", ":13: the link //evil.example leads nowhere"),
        ("One.\n\nAnd [read](/articles/sign-up#steps).", ":15: the link /articles/sign-up#steps leads to a part of an"),
        ("One.\nTwo [read](/articles/soon).", ":14: the link /articles/soon leads to an article that is not shown;"),
        ("[Read](/articles/later).", ":13: the link /articles/later leads to an article that is not shown;"),
        ("[Sheet](/static/gone.pdf)", ":13: the link /static/gone.pdf leads to no page of ours"),
        ("![A map](/static/gone.png)", ":13: the picture /static/gone.png is not there; correct its address"),
        ("![](/static/favicon.svg)", ":13: a picture has no alt text, for those who can’t see it; write ![what it"),
        ("![A map](https://evil.example/map.png)", ":13: the picture “A map” is not from our own site; put it"),
    ],
)
def test_a_link_or_picture_that_leads_nowhere_is_wrong(editor, body, says):
    editor.article("account/soon.md", status="draft", aliases=["later"])
    editor.article("account/new.md", body, title="Something else")

    (line,) = editor.check(code=1)
    assert line.startswith(f"account/new.md{says}")


@pytest.mark.parametrize(
    "body",
    [
        "[Read](/articles/sign-up), [search](/search?q=x), [write](/requests/new?topic=other), [start](/#faq).",
        "[Call](tel:+18009254456), [mail](mailto:a@example.org), [there](https://www.navigatingcare.com/).",
        "![Our sign](/static/favicon.svg)",
        "[Not one](javascript:alert(1)) [nor](http://[)",
    ],
)
def test_a_link_or_picture_that_works_gets_no_word(editor, body):
    editor.article("account/new.md", body, title="Something else")

    assert [line for line in editor.check() if "http://[" not in line] == []


def test_a_link_that_works_by_a_detour_is_advised_against(editor):
    editor.article("account/new.md", "[a](/articles/register) [b](http://example.org/)", title="Something else")

    assert editor.check() == [
        "account/new.md:13: advice: the link /articles/register is an old address; link to /articles/sign-up",
        "account/new.md:13: advice: the link http://example.org/ is not encrypted; begin it with https:",
    ]


def test_titles_and_phrases_that_are_the_same_to_a_patient_are_wrong(editor):
    editor.article(
        "account/zebra.md", title="How do I sign-up", also_asked_as=["Striped horse!", "striped horse", "my bill?"]
    )

    assert editor.check(code=1) == [
        "account/zebra.md:2: account/sign-up.md has the title “How do I sign up?” too; change one of them",
        "account/zebra.md:2: “How do I sign-up” finds sign-up first; word it otherwise, or move it there",
        "account/zebra.md:9: “striped horse” stands here twice; keep one",
        "account/zebra.md:10: “my bill?” stands in clinic/billing.md too; keep it where it is answered",
        "clinic/billing.md:2: “My bill” finds zebra first; word it otherwise, or move it there",
    ]


def test_a_phrase_has_to_find_its_own_article_first(editor):
    editor.article("account/zebra.md", title="Striped horses", also_asked_as=["join you", "???", "horses"])

    assert editor.check(code=1) == [
        "account/zebra.md:8: “join you” finds sign-up first; word it otherwise, or move it there",
        "account/zebra.md:8: “join you” stands in account/sign-up.md too; keep it where it is answered",
        "account/zebra.md:9: “???” has no word in it; remove it",
    ]


def test_a_draft_is_read_too_but_need_not_be_found(editor):
    editor.article("account/draft.md", "We utilize it.", title="Later", status="draft", also_asked_as=["much later"])

    assert editor.check() == ["account/draft.md:15: advice: “utilize” is a hard word; write: use"]


def test_hard_words_get_plain_ones(editor):
    body = "One.\n\nWe *utilized* it, and Utilize it,\nin order\nto win, prior to noon. No one is utilizing it."
    editor.article("account/new.md", body, title="Something else")

    assert editor.check() == [
        "account/new.md:15: advice: “utilized” is a hard word; write: use",
        "account/new.md:16: advice: “in order to” is a hard word; write: to",
        "account/new.md:17: advice: “prior to” is a hard word; write: before",
    ]


def test_a_list_of_plain_words_that_cannot_be_read_names_its_line(editor):
    editor.write("plain-words.txt", "utilize -> use\nutilise use\n\n-> use\n")

    assert editor.check(code=1) == [
        "plain-words.txt:2: write “hard word -> plain word”",
        "plain-words.txt:4: write “hard word -> plain word”",
    ]


def test_without_that_list_nothing_is_missing(editor):
    editor.delete("plain-words.txt")

    assert editor.check() == []


def test_a_long_sentence_is_two(editor):
    editor.article("account/new.md", f"Short.\n\nShort too. {LONG}", title="Something else")

    (line,) = editor.check()
    assert line == "account/new.md:15: advice: the sentence “You get a letter from …” has 38 words; make two of it"


def test_a_text_for_professors_gets_its_grade(editor):
    body = "Institutional representatives systematically administer comprehensive authorization documentation."
    editor.article("account/new.md", body, title="Something else")

    (line,) = editor.check()
    assert line.startswith("account/new.md: advice: it takes grade ")
    assert line.endswith("to read; 8 is the most: shorten sentences and words")


@pytest.mark.parametrize(
    ("reviewed", "says"),
    [
        (date(2025, 11, 22), None),
        (
            date(2025, 11, 21),
            "last reviewed on 2025-11-21; check that all of it is still true, then write today’s date",
        ),
        (date(2026, 11, 22), None),
        (date(2026, 11, 23), "it was reviewed on 2026-11-23, which is yet to come; correct the date"),
    ],
)
def test_an_article_is_reviewed_once_a_year(editor, reviewed, says):
    editor.article("account/new.md", title="Something else", reviewed=reviewed)

    assert editor.check() == ([f"account/new.md:5: advice: {says}"] if says else [])


def test_a_missing_review_date_is_wrong(editor):
    editor.article("account/new.md", title="Something else", reviewed=...)

    assert editor.check(code=1) == ["account/new.md:2: “reviewed” is missing; add it"]


def test_all_is_counted_at_the_end(editor):
    editor.article("account/new.md", "[Read](sign-up) and utilize.", title="Something else")

    assert editor.type("check", code=1)[-1] == "3 articles, 1 problems, 1 pieces of advice."


def test_a_content_folder_that_is_gone_is_said_in_a_line(editor):
    editor.delete("categories.yaml")

    assert editor.type("check", code=1) == [
        f"Error: {editor.root}/house/faq: the articles are gone; put the content folder back"
    ]


# How hard a text is to read


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("the", 1),
        ("care", 1),
        ("clinic", 2),
        ("password", 2),
        ("table", 2),
        ("asked", 1),
        ("wanted", 2),
        ("don’t", 1),
        ("invitation", 4),
        ("emergency", 4),
        ("yes", 1),
        ("rhythms", 1),
        ("I", 1),
        ("pages", 1),
    ],
)
def test_syllables_are_counted_as_they_are_said(word, syllables):
    assert prose.syllables(word) == syllables


def test_a_known_text_has_its_known_grade():
    easy = "The cat sat on the mat. It was warm."
    hard = "Comprehensive documentation facilitates organizational understanding considerably."

    assert prose.grade(easy) < 1
    assert prose.grade(hard) > 20
    assert prose.grade("") == prose.grade("12 — 13") == 0


def test_an_address_a_number_or_a_time_makes_no_text_harder():
    plain = "Call it, or write to it. Be there at 7."
    real = "Call 1-800-925-4456, or write to support@navigatingcare.com. Be there at 7."

    assert prose.grade(real) == prose.grade(plain)
    assert len(prose.sentences(real)) == 2


# Why it ranks so


def test_an_explanation_adds_up_to_the_score(editor):
    editor.article(
        "account/zebra.md", "Zebra, zebra.", title="Zebra stripes", summary="Horse.", also_asked_as=["a horse"]
    )
    lines = editor.type("search", "zebra stripes on horses", "--explain")

    score, slug, *_title = lines[0].split()
    added = [line.split() for line in lines[1:4]]
    assert slug == "zebra"
    assert {words[1] for words in added} == {"zebra:", "stripe:", "hors:"}
    assert sum(float(words[0]) for words in added) == pytest.approx(float(score), abs=0.002)
    assert "also asked as" in "".join(lines)
    for words in added:
        parts = [float(word) for word in words[2:] if word[0].isdigit()]
        assert sum(parts) == pytest.approx(float(words[0]), abs=0.002)


def test_an_explanation_says_what_was_mended_collected_and_only_means_the_same(editor):
    editor.write("synonyms.txt", "horse, pony\n")
    editor.article("account/zebra.md", "A horse.", title="Striped horse", also_asked_as=["pony express"])
    mended = editor.type("search", "stripd horse", "--explain")

    assert mended[0] == "Searched as: striped horse"
    assert any("times 0.3 as it only means the same" in line for line in mended)
    assert any("first, whatever the sum" in line for line in mended)
    assert not any("by meaning" in line for line in mended)


def test_an_explanation_says_when_patients_are_told_that_nothing_fits(editor):
    said = editor.type("search", "join quantum chromodynamics weekly", "--explain")

    assert said[0] == "Patients are told first that we may not have an answer to this."


def test_without_asking_nothing_is_explained(editor):
    assert len(editor.type("search", "sign up")) == 1
