"""A misspelt search finds what was meant, says so, and lets the patient insist."""

import pytest

from supportdesk.faq.search.english import English
from supportdesk.faq.search.spelling import Speller

WORDS = {
    "password": 5,
    "account": 6,
    "refill": 2,
    "prescription": 3,
    "appointment": 4,
    "forgot": 2,
    "clinic": 9,
    "bill": 3,
}


@pytest.fixture
def speller():
    return Speller(WORDS, is_known=lambda word: word in {"the", "is", "refills"})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pasword", "password"),
        ("passwrod", "password"),
        ("paswrd", "password"),
        ("acount", "account"),
        ("refil", "refill"),
        ("perscription", "prescription"),
        ("apointment", "appointment"),
        ("appoinment", "appointment"),
        ("forgott", "forgot"),
        ("clinc", "clinic"),
        ("tefill", "refill"),
        ("bil", "bill"),
    ],
)
def test_a_slip_is_mended(speller, typed, meant):
    assert speller.correct([typed]) == [meant]


@pytest.mark.parametrize(
    "word",
    ["password", "refills", "the", "ill", "bol", "2026", "covid19", "weather", "befell", "zzzzzzzz", "contraseña", ""],
)
def test_what_is_known_short_or_far_off_stays(speller, word):
    assert speller.correct([word]) == [word]


@pytest.mark.parametrize(
    "query",
    [
        "i feel so weak",
        "my feet hurt",
        "passport",
        "donate",
        "parking at the clinic",
        "poison",
        "she fainted",
        "stroke",
        "kill myself",
        "two factor code",
    ],
)
def test_a_word_that_is_spelled_rightly_is_left_alone(patient, query):
    assert patient.get("/search.json", query_string={"q": query}).json["corrected"] is None


def test_words_run_together_are_parted_and_parted_words_joined(speller):
    assert speller.correct(["forgotpassword"]) == ["forgot", "password"]
    assert speller.correct(["pass", "word"]) == ["password"]


def test_words_of_english_are_read_once_and_whole_or_anew(tmp_path):
    folder = tmp_path / "english"
    English.open(folder)
    (kept,) = folder.iterdir()
    (kept / "words").write_bytes(b"cut short")

    again = English.open(folder)

    assert "wheelchair" in again
    assert "wheelchiar" not in again
    assert (kept / "words").stat().st_size > 100_000


def test_the_page_says_what_it_shows_and_offers_what_was_typed(patient):
    page = patient.get("/search?q=pasword").text

    assert "Showing results for" in page
    assert ">password</" in page
    assert "Search instead for" in page
    assert "I forgot my" in page


def test_the_patient_may_insist(patient):
    page = patient.get("/search?q=pasword&exactly=yes").text

    assert "Showing results for" not in page
    assert "No article matches" in page


def test_the_json_says_what_was_meant(patient):
    assert patient.get("/search.json?q=forgott+my+pasword").json["corrected"] == "forgot my password"
    assert patient.get("/search.json?q=prescription+refill").json["corrected"] is None


def test_suggestions_forgive_a_slip(patient):
    suggested = patient.get("/suggest.json?q=forgto+passw").json["suggestions"]

    assert suggested[0]["slug"] == "forgot-password"


@pytest.mark.parametrize("query", ["best pizza in town", "cheap flights to denver"])
def test_where_nothing_fits_the_page_says_so_first(patient, query):
    page = patient.get("/search", query_string={"q": query}).text

    assert "We may not have an answer to this" in page or "No article matches" in page
    assert "1-800-925-4456" in page
    assert "/requests/new" in page


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("cant log in", "cannot-sign-in"),
        ("refil my meds", "prescription-refill"),
        ("why did i get a bill", "billing"),
        ("is this free", "cost"),
        ("move my appt", "reschedule-appointment"),
        ("what is my user id", "username"),
    ],
)
def test_the_article_that_answers_comes_first(patient, query, slug):
    assert patient.get("/search.json", query_string={"q": query}).json["results"][0]["slug"] == slug


def test_a_word_that_means_the_same_helps_to_find(patient):
    found = [hit["slug"] for hit in patient.get("/search.json?q=physician+copay+invoice").json["results"]]

    assert "billing" in found
