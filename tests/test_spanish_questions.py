"""Questions in Spanish find the articles that answer them, though the articles are in English."""

from pathlib import Path

import pytest

from supportdesk.config import shipped
from supportdesk.faq.search.spanish import Spanish, spanish_phrases

PHRASES = spanish_phrases(shipped("content") / "faq")


@pytest.mark.parametrize(
    ("asked", "slug"),
    [
        ("¿Por qué me cobraron dos veces?", "billing"),
        ("No entiendo mi factura", "billing"),
        ("olvidé mi contraseña", "forgot-password"),
        ("no puedo entrar a mi cuenta", "cannot-sign-in"),
        ("quiero crear una cuenta nueva", "sign-up"),
        ("necesito cambiar mi cita del martes", "reschedule-appointment"),
        ("se me acabaron las pastillas, necesito otra receta", "prescription-refill"),
        ("no quiero recibir más correos", "unsubscribe"),
        ("no tengo dinero para pagar el tratamiento", "financial-aid"),
    ],
)
def test_a_search_in_spanish_finds_the_article_first(patient, asked, slug):
    found = patient.get("/search.json", query_string={"q": asked}).json

    assert found["results"][0]["slug"] == slug
    assert found["corrected"] is None, "it was not misspelt"


def test_a_message_in_spanish_about_a_bill_gets_the_article_about_bills(patient):
    bill = {"subject": "Factura", "message": "Me llegó una factura y creo que me cobraron de más. ¿Qué hago?"}

    found = patient.post("/requests/check.json", json=bill).json

    assert found["topic"] == "billing"
    assert found["articles"][0]["slug"] == "billing"


@pytest.mark.parametrize("asked", ["no me", "son of a gun", "portal error", "my card was charged twice", "sin"])
def test_a_search_in_english_stays_as_it_was(asked):
    english = {"no", "me", "son", "portal", "error", "sin", "a", "of", "my", "card"}

    assert Spanish(PHRASES, english.__contains__).in_english(asked.split()) is None


@pytest.mark.parametrize(
    ("asked", "meant", "slug"),
    [
        ("i have no pasword", "i have no password", "forgot-password"),
        ("can my son have acces", "can my son have access", "under-18"),
        ("no emal from you", "no email from you", None),
        ("mama has no computr", "mama has no computer", "no-computer"),
    ],
)
def test_a_word_that_both_languages_have_is_taken_for_english_and_the_rest_is_mended(patient, asked, meant, slug):
    found = patient.get("/search.json", query_string={"q": asked}).json

    assert found["corrected"] == meant
    assert found["results"]
    assert slug in (None, found["results"][0]["slug"])


def test_a_slip_in_a_spanish_question_is_mended_too(patient):
    found = patient.get("/search.json", query_string={"q": "olvidé mi contraseña del porttal"}).json

    assert found["results"][0]["slug"] == "forgot-password"


def test_one_spanish_word_in_an_english_search_is_understood(patient):
    found = patient.get("/search.json", query_string={"q": "I forgot my contraseña"}).json

    assert found["results"][0]["slug"] == "forgot-password"


def test_without_the_list_spanish_words_are_unknown_words_and_nothing_breaks(tmp_path):
    assert spanish_phrases(Path(tmp_path)) == {}
