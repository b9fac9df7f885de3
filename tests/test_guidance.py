"""What a person is told from their words alone: their clinic's part, what to do in an emergency, and who teaches it."""

import json
import logging
import re
import shutil
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportdesk.config import shipped
from supportdesk.faq.guidance import advise
from supportdesk.faq.judging import judges
from supportdesk.faq.library import Shelf
from supportdesk.faq.search import Searcher
from tests.conftest import make_app
from tests.desks import bring_what_was_learned
from tests.test_library import article_text

CONTENT = shipped("content")


def open_index(content, data):
    shelf = Shelf(content / "faq", data / "last-good", lambda: date(2026, 11, 22), content=content, seconds=lambda: 0.0)
    return Searcher(
        shelf, data / "index", judge=lambda library: judges.learned(library.lessons, data / "judges")
    ).current()


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    data = tmp_path_factory.mktemp("guidance")
    bring_what_was_learned(data)
    return open_index(CONTENT, data)


@pytest.fixture
def editor(tmp_path):
    """Somebody with a copy of our content, who changes it without code."""
    return Editor(tmp_path)


class Editor:
    def __init__(self, root):
        self.root, self.content, self.opened = root, root / "content", 0
        for part in ("faq", "safety", "guidance"):
            shutil.copytree(CONTENT / part, self.content / part)

    def change(self, name, old, new):
        path = self.content / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def open(self):
        """As the desk sees it after a restart."""
        return open_index(self.content, self.root / "data")

    def check(self, code):
        app = make_app(self.root / "checked", CONTENT_FOLDER=str(self.content))
        result = app.test_cli_runner().invoke(args=["faq", "check"])
        assert result.exit_code == code, result.output
        return result.output


# Whose question it is


@pytest.mark.parametrize(
    "words",
    [
        "the bill page gives an error",
        "I can't open my doctor's message",
        "appointment reminder e-mails keep coming",
        "where is the refill button",
        "This portal is killing me",
        "password",
        "no puedo entrar a mi cuenta",
    ],
)
def test_what_merely_mentions_the_clinic_is_for_the_desk(index, words):
    found = advise(index, words)

    assert (found.route, found.clinic_topic, found.emergency) == ("desk", None, None)


@pytest.mark.parametrize(
    ("words", "topic", "slug"),
    [
        ("refill", "refill", "prescription-refill"),
        ("bill", "billing", "billing"),
        ("I need to move my visit to next week", "appointment", "reschedule-appointment"),
        ("who can write me a referral to a heart doctor", "referral", "referral-or-medical-question"),
        ("is it normal to be tired after chemo", "medical", "referral-or-medical-question"),
        ("we can't afford the copays any more", "financial-aid", "financial-aid"),
        ("Necesito cambiar mi cita del lunes", "appointment", "reschedule-appointment"),
        ("NEED MY PERSCRIPTION REFILED", "refill", "prescription-refill"),
    ],
)
def test_what_only_the_clinic_can_do_leads_to_its_fallback(index, words, topic, slug):
    found = advise(index, words)

    assert (found.route, found.clinic_topic, found.clinic_article.slug) == ("clinic", topic, slug)


def test_with_something_for_the_desk_in_it_a_message_goes_to_the_desk_and_the_clinics_part_is_pointed_out(index):
    found = advise(index, "Hello. I can't sign in to the portal. And I need a refill of my lisinopril. Thanks, Bo")

    assert (found.route, found.clinic_topic) == ("desk", "refill")
    assert found.clinic_article.slug == "prescription-refill"


def test_a_chosen_clinic_topic_decides_where_the_words_leave_it_open(index):
    words = "Hello, I have a question about Tuesday"

    assert advise(index, words, "billing").clinic_topic == "billing"
    assert advise(index, words, "billing").route == "clinic"


def test_a_chosen_clinic_topic_yields_to_words_about_the_portal(index):
    found = advise(index, "The portal says my password is wrong and I can't log in", "appointment")

    assert found.route == "desk"


def test_there_are_at_most_three_articles_best_first(index):
    found = advise(index, "I forgot my password and can't sign in")

    assert [article.slug for article in found.articles][:1] == ["forgot-password"]
    assert len(found.articles) <= 3


@pytest.mark.parametrize("words", ["", "   ", "zeppelin pelicans", "?!", "漢字", "👍👍"])
def test_words_that_say_nothing_get_no_notice(index, words):
    found = advise(index, words)

    assert (found.route, found.clinic_topic, found.emergency) == ("desk", None, None)


# Emergencies


@pytest.mark.parametrize(
    ("words", "card"),
    [
        ("chest feels tight since morning, who do I ask", "medical"),
        ("chest pain", "medical"),
        ("cant brethe rite and my chset hurts", "medical"),
        ("me duele mucho el pecho y no puedo respirar", "medical"),
        ("fever of 101 and I had chemo on Tuesday", "fever"),
        ("suicide", "crisis"),
        ("I don't want to live any more", "crisis"),
        ("my toddler swallowed my pills", "poison"),
        ("my husband hits me and I am afraid to go home", "danger"),
        ("988", "crisis"),
    ],
)
def test_an_emergency_gets_its_card(index, words, card):
    assert advise(index, words).emergency.name == card


def test_small_talk_around_a_question_is_neither_for_the_clinic_nor_an_emergency(index):
    before = "Good morning. I am 81 and my late husband always did the computer. Nobody picked up when I called. "
    after = " I had a stroke years ago, so I type slowly. My grandson is at work now and can't talk. God bless you all."

    found = advise(index, f"{before}I forgot my password and the link never comes.{after}")

    assert (found.route, found.emergency) == ("desk", None)


def test_one_sentence_of_a_long_message_is_enough(index):
    before = "Hello, I hope you are all well. I have been a patient since 2019 and like the new page. " * 8
    after = " Please say hello to the team. With kind regards, Walter Meyer, Springfield. " * 8

    found = advise(index, f"{before}Since an hour I have crushing chest pain and can't breathe.{after}")

    assert found.emergency.name == "medical"


@pytest.mark.parametrize(
    "words",
    [
        "I'm dying to know when my account will work",
        "I had a stroke last year and can't type well, is there voice input?",
        "How do I change my emergency contact?",
        "why was I billed twice for the emergency room",
        "My reference number is 911-2044, any news about my login?",
        "please stop the reminders for my depression appointment",
        "I need my pain medication refilled",
    ],
)
def test_what_only_sounds_like_an_emergency_is_none(index, words):
    assert advise(index, words).emergency is None


def test_each_card_says_whom_to_call(index):
    cards = {card.emergency.name: card.emergency for card in index.library.lessons.cards}

    assert [call.url for call in cards["medical"].calls] == ["tel:911"]
    assert {"tel:988", "sms:988", "tel:911"} == {call.url for call in cards["crisis"].calls}
    assert cards["poison"].calls[0].url == "tel:+18002221222"
    assert all(card.text and card.spanish for card in cards.values())


# In the search


def test_a_search_about_what_the_clinic_does_gets_the_notice_first(patient):
    page = patient.get("/search?q=I+owe+them+for+the+mri").text

    assert page.index("Your bill comes from your clinic") < page.index('class="results"')


def test_the_notice_stands_also_where_no_article_matches(patient):
    page = patient.get("/search?q=factura").text

    assert "Your bill comes from your clinic" in page
    assert "No article matches <" not in page


def test_an_emergency_shows_the_card_above_the_results(patient):
    page = patient.get("/search?q=i+want+to+die,+unsubscribe+me").text

    assert page.index('href="tel:911">') < page.index("You do not have to carry this alone")
    assert page.index("You do not have to carry this alone") < page.index('class="results"')


def test_a_search_about_the_portal_shows_neither(patient):
    page = patient.get("/search?q=forgot+password").text

    assert "board-clinic" not in page
    assert "card-now" not in page


# Whatever is typed


HOSTILE = [
    "My chest hurts and I can't breathe. " * 1000,
    "a!" * 10_000,
    ". " * 10_000,
    "\n" * 20_000,
    "😀" * 20_000,
    "漢" * 20_000,
    "á" * 20_000,
    "a" * 20_000,
    "'" * 20_000,
    "1.1" * 7_000,
    "<script>" * 2_500,
    "\ud800 \x00 \u202e",
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_message_is_judged_at_once(index, words):
    words = words[:20_000]
    took = []
    for _try in range(3):
        began = time.thread_time()
        index.judge.verdict(words)
        took.append(time.thread_time() - began)

    assert min(took) < 0.05  # 20 ms on a quiet machine; tests share theirs.


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300), st.one_of(st.none(), st.text(max_size=20)))
def test_anything_at_all_gets_an_answer(index, words, topic):
    verdict = index.judge.verdict(words, topic)

    assert verdict.is_for_desk in {True, False}


# Editors teach it without code


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """After an editor added a phrase, a counter phrase and a sign: all of them at once, as learning takes seconds."""
    editor = Editor(tmp_path_factory.mktemp("taught"))
    editor.change("faq/other-common-questions/billing.md", "  - bill\n", "  - bill\n  - the blue slip from upstairs\n")
    editor.change(
        "faq/other-common-questions/prescription-refill.md", "topics: [", "not_asked_as:\n  - green ink\ntopics: ["
    )
    editor.change("safety/medical.md", "signs:\n", 'signs:\n  - "zorble fits"\n')
    return editor.open()


def test_a_phrase_an_editor_adds_takes_effect(taught):
    found = advise(taught, "The blue slip from upstairs")

    assert (found.route, found.clinic_topic) == ("clinic", "billing")


def test_a_counter_phrase_an_editor_adds_takes_effect(index, taught):
    words = "I need a refill of the green ink"

    assert advise(index, words).route == "clinic"
    assert advise(taught, words).route == "desk"


def test_a_sign_an_editor_adds_takes_effect(taught):
    assert advise(taught, "he has zorble fits").emergency.name == "medical"


def test_a_card_that_breaks_stays_as_it_was_and_is_named(editor):
    editor.open()
    editor.change("safety/crisis.md", "heading: You", "haeding: You")

    index = editor.open()

    assert advise(index, "I want to kill myself").emergency.heading == "You do not have to carry this alone"
    assert any(problem.startswith("safety/crisis.md:2: unknown key “haeding”") for problem in index.library.problems)


def test_cards_that_are_gone_stay_as_they_were(editor):
    editor.open()
    for card in (editor.content / "safety").iterdir():
        card.unlink()

    index = editor.open()

    assert advise(index, "chest pain").emergency.name == "medical"
    assert "safety: the safety cards are gone; put them back" in index.library.problems


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("not json", "write one example a line, like"),
        ("[" * 10_000, "write one example a line, like"),
        ('{"says": "x", "for": "nobody"}', "for: write desk, one of appointment,"),
        ('{"says": "", "for": "desk"}', "says: write what a person might write"),
        ('{"says": "x", "for": "desk", "emergency": "flood"}', "emergency: write the name of a safety card"),
        ('{"says": "x", "to": "desk"}', "the keys are says, for, and emergency"),
    ],
)
def test_a_broken_example_is_named_with_its_line_and_the_others_count(editor, line, says):
    lines = (editor.content / "guidance/examples.jsonl").read_text(encoding="utf-8").splitlines()
    (editor.content / "guidance/examples.jsonl").write_text("\n".join([line, *lines[:20]]), encoding="utf-8")

    library = Shelf(editor.content / "faq", None, content=editor.content, today=lambda: date(2026, 11, 22)).current()

    assert any(problem.startswith(f"guidance/examples.jsonl:1: {says}") for problem in library.problems)
    assert sum(not example.is_phrase for example in library.lessons.examples) == 20


def test_faq_check_names_what_is_wrong_with_what_guidance_learns_from(editor):
    editor.change("safety/fever.md", "signs:\n", 'signs:\n  - "{feever} high"\n')
    editor.change("guidance/words.txt", "portal:", "portal")
    editor.change("safety/poison.md", "  - Call 911\n", "  - Call somebody\n")

    said = editor.check(code=1)

    assert "safety/fever.md: the sign “{feever} high” names {feever}, which is no kind of words" in said
    assert "guidance/words.txt:5: write “kind: word, word”" in said
    assert "safety/poison.md:5: calls: “Call somebody” has no number in it" in said


def test_counter_phrases_are_for_clinic_fallbacks_only(editor):
    path = editor.content / "faq/general/cost.md"
    path.write_text(article_text(handled_by="desk", topics=["other"], not_asked_as=["x"]), encoding="utf-8")

    assert "not_asked_as: only for 'handled_by: clinic'" in editor.check(code=1)


def test_content_of_ones_own_without_cards_shows_ours(tmp_path):
    (tmp_path / "content").mkdir()
    shutil.copytree(CONTENT / "faq", tmp_path / "content" / "faq")

    index = open_index(tmp_path / "content", tmp_path / "data")

    assert advise(index, "chest pain").emergency.name == "medical"


# What was learned is kept


def test_a_restart_learns_nothing_anew_and_judges_the_same(index, tmp_path):
    lessons = index.library.lessons
    first = judges.learned(lessons, tmp_path)
    kept = next(tmp_path.iterdir())
    began = time.thread_time()

    again = judges.learned(lessons, tmp_path)

    assert time.thread_time() - began < 1
    assert sum(file.stat().st_size for file in kept.iterdir()) < 5_000_000
    words = "I need a refill and my chest hurts"
    assert again.verdict(words).scores == first.verdict(words).scores


@pytest.mark.parametrize("content", [b"", b"[]", b'[["desk"], ["x"]]'])
def test_what_was_kept_and_is_damaged_is_learned_anew(index, tmp_path, content, caplog):
    caplog.set_level(logging.WARNING)
    judges.learned(index.library.lessons, tmp_path)
    kept = tmp_path / index.library.lessons.digest
    (kept / "features.json").write_bytes(content)

    assert judges.learned(index.library.lessons, tmp_path).verdict("chest pain").card == "medical"


# Of each set at least these shares; of false alarms at most so much.  docs/guidance.md has the goals and the figures.
SETS = {
    "messages": {"route": 0.95, "clinic": 0.95, "topic": 0.93, "found": 0.97, "alarms": 0.02},
    "messages-2": {"route": 0.93, "clinic": 0.91, "topic": 0.90, "found": 0.95, "alarms": 0.02},
    "messages-3": {"route": 0.95, "clinic": 0.96, "topic": 0.93, "found": 0.95, "alarms": 0.02},
    "messages-4": {"route": 0.96, "clinic": 0.96, "topic": 0.87, "found": 0.95, "alarms": 0.04},
    "messages-5": {"route": 0.93, "clinic": 0.92, "topic": 0.85, "found": 0.90, "alarms": 0.03},
    "messages-6": {"route": 0.96, "clinic": 0.95, "topic": 0.89, "found": 0.92, "alarms": 0.02},
    "messages-7": {"route": 0.93, "clinic": 0.91, "topic": 0.88, "found": 0.95, "alarms": 0.02},
    "messages-8": {"route": 0.91, "clinic": 0.90, "topic": 0.80, "found": 0.82, "alarms": 0.02},
    "messages-9": {"route": 0.93, "clinic": 0.91, "topic": 0.88, "found": 0.95, "alarms": 0.02},
    "messages-10": {"route": 0.92, "clinic": 0.91, "topic": 0.83, "found": 0.95, "alarms": 0.02},
    "messages-11": {"route": 0.92, "clinic": 0.92, "topic": 0.89, "found": 0.95, "alarms": 0.025},
    "letters": {"route": 0.88, "clinic": 0.94, "topic": 0.70, "found": 1.00, "alarms": 0.06},
}


def read_set(name):
    lines = (shipped("content").parent / f"bench/{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_messages_nothing_was_learned_from_are_judged_about_as_well_as_the_goals_ask(index):
    figures = {name: figures_of(index.judge, read_set(name)) for name in SETS}
    missed = [
        (name, what, round(figures[name][what], 3))
        for name, wanted in SETS.items()
        for what, least in wanted.items()
        if (figures[name][what] > least if what == "alarms" else figures[name][what] < least)
    ]

    assert missed == []


def figures_of(judge, messages):
    judged = [(message, judge.verdict(message["says"])) for message in messages]
    ordinary = [(message["for"], verdict) for message, verdict in judged if "emergency" not in message]
    clinics = [(asks, verdict) for asks, verdict in ordinary if "desk" not in asks]
    return {
        "route": share(("desk" in asks) == verdict.is_for_desk for asks, verdict in ordinary),
        "clinic": share(not verdict.is_for_desk for _asks, verdict in clinics),
        "topic": share(verdict.clinic_topic == asks for asks, verdict in clinics),
        "found": share(verdict.card is not None for message, verdict in judged if "emergency" in message),
        "alarms": share(verdict.card is not None for _asks, verdict in ordinary),
    }


def test_no_message_of_the_unseen_sets_is_learned():
    lines = (CONTENT / "guidance/examples.jsonl").read_text(encoding="utf-8").splitlines()
    learned = {bare(json.loads(line)["says"]) for line in lines}
    both = [message["says"] for name in SETS for message in read_set(name) if bare(message["says"]) in learned]

    assert [says for says in both if len(says.split()) > 6] == []  # “I want to die” is what anybody would write.


def bare(says):
    return " ".join(re.findall(r"\w+", says.lower()))


def share(answers):
    answers = list(answers)
    return sum(answers) / len(answers)
