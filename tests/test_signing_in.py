"""Signing in and out: who gets in, who is out at once, and what a stranger can learn from it."""

from datetime import timedelta
from unicodedata import normalize
from urllib.parse import urlencode

import pytest

from supportdesk import clock
from supportdesk.agents import services
from tests.conftest import signed_in
from tests.people import Person, hidden, newcomer

PASSWORD = "a long night of quiet seas"


def test_the_password_an_agent_chose_opens_the_desk_and_the_one_time_one_does_not_any_more(app):
    with app.app_context():
        _agent, one_time = services.add_agent("dana@example.org", "Dana Kim")
    dana = Person(app.test_client(), None, "dana@example.org", "Dana Kim")
    dana.sign_in(one_time)
    dana.choose_password(PASSWORD)

    assert try_to_sign_in(app, "dana@example.org", one_time).status_code == 422
    assert try_to_sign_in(app, "dana@example.org", PASSWORD).status_code == 303


@pytest.mark.parametrize("password", ["short", "x" * 11, "x" * 257, ""])
def test_a_password_has_to_be_long_enough_and_not_a_book(app, password):
    priya = newcomer(app)
    token = hidden(priya.open("/desk/password").text, "csrf_token")
    answers = {"password": password, "again": password, "csrf_token": token}

    assert priya.browser.post("/desk/password", data=answers).status_code == 422


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "PasswordPassword",
        "q1w2e3r4t5y6",
        "123456789012",
        "P@ssw0rd2026",
        "aaaaaaaaaaaa",
        "summer 2026!",
        "Priya Nair 2026",
        "nair.priya.nair",
        "priya@example.org",
        "Navigating Care",
        "support-desk-1",
        "SUPPORTDESK2026",
    ],
)
def test_a_common_password_and_words_about_the_agent_or_the_desk_are_refused_and_said(app, password):
    priya = newcomer(app)
    token = hidden(priya.open("/desk/password").text, "csrf_token")
    answers = {"password": password, "again": password, "csrf_token": token}
    answer = priya.browser.post("/desk/password", data=answers)

    assert answer.status_code == 422
    assert "This can be guessed" in answer.text
    assert password not in answer.text or password == priya.email


@pytest.mark.parametrize(
    "password", ["correct horse battery", "мой секретный пароль", "k7qm-2x9d-hh4w-p3cz", "🌵 my 3 cacti 🌞"]
)
def test_any_other_password_of_twelve_characters_is_taken(app, password):
    priya = newcomer(app)
    priya.choose_password(password)

    assert try_to_sign_in(app, priya.email, password).status_code == 303


@pytest.mark.parametrize(("chosen", "typed"), [("NFD", "NFC"), ("NFC", "NFD"), ("NFC", "NFKD")])
def test_a_password_with_accents_opens_the_desk_from_every_keyboard(app, chosen, typed):
    password = "das Café im fünften Stock"
    priya = newcomer(app)
    priya.choose_password(normalize(chosen, password))

    assert try_to_sign_in(app, priya.email, normalize(typed, password)).status_code == 303
    assert try_to_sign_in(app, priya.email, password.replace("é", "e")).status_code == 422


@pytest.mark.parametrize(
    "password", ["ｐａｓｓｗｏｒｄ１２３４", normalize("NFD", "éèêéèê")], ids=["wide", "six letters"]
)
def test_another_spelling_makes_a_bad_password_no_better(app, password):
    priya = newcomer(app)
    token = hidden(priya.open("/desk/password").text, "csrf_token")
    answers = {"password": password, "again": password, "csrf_token": token}

    assert priya.browser.post("/desk/password", data=answers).status_code == 422


def test_a_nul_in_a_password_is_a_letter_like_any_other_and_ends_nothing(app):
    priya = newcomer(app)
    priya.choose_password("quiet\x00 seas at night")

    assert try_to_sign_in(app, priya.email, "quiet").status_code == 422
    assert try_to_sign_in(app, priya.email, "quiet\x00 storms at night").status_code == 422
    assert try_to_sign_in(app, priya.email, "quiet\x00 seas at night").status_code == 303


@pytest.mark.parametrize("spelling", ["NFC", "NFD"])
def test_a_sign_in_name_with_an_accent_is_found_however_it_is_spelled(app, spelling):
    jose = signed_in(app, normalize("NFD", "José@example.org"), "José Ruiz")

    assert try_to_sign_in(app, normalize(spelling, "josé@example.org"), PASSWORD).status_code == 303
    assert jose.open("/desk/")


def test_signing_out_ends_it_at_the_server_too(app, dana):
    cookie = dana.browser.get_cookie("desk").value
    token = hidden(dana.open("/desk/").text, "csrf_token")
    left = dana.browser.post("/desk/sign-out", data={"csrf_token": token})
    thief = app.test_client()
    thief.set_cookie("desk", cookie)

    assert left.location == "/desk/sign-in"
    assert thief.get("/desk/").location.startswith("/desk/sign-in")
    assert dana.browser.get("/desk/").location.startswith("/desk/sign-in")


def test_a_new_password_ends_every_other_stay(app, dana):
    elsewhere = Person(app.test_client(), dana.id, dana.email, dana.name)
    elsewhere.sign_in(PASSWORD)
    dana.choose_password("another night of quiet seas", current=PASSWORD)

    assert elsewhere.browser.get("/desk/").status_code == 303
    dana.open("/desk/")


@pytest.mark.parametrize("command", ["deactivate", "reset"])
def test_an_agent_who_was_put_out_is_out_at_once(dana, priya, run, command):
    priya.open("/desk/")
    run(f"agents {command} {priya.email}")

    assert priya.browser.get("/desk/").location.startswith("/desk/sign-in")


def test_a_stay_ends_after_a_long_working_day(app, dana):
    begun, day = clock.now(), app.config["SIGN_IN_HOURS"] * 60
    for minutes in (*range(0, day, 29), day - 1):
        with clock.pretend(begun + timedelta(minutes=minutes)):
            dana.open("/desk/")
    with clock.pretend(begun + timedelta(minutes=day)):
        assert dana.browser.get("/desk/").status_code == 303


def test_a_cookie_that_was_changed_or_made_up_opens_nothing(app, dana):
    good = dana.browser.get_cookie("desk").value

    for bad in (good[:-1], good[:-2] + "xx", "x" + good, "", "..", good.split(".")[0], "\x7f" * 900):
        thief = app.test_client()
        thief.set_cookie("desk", bad)
        assert thief.get("/desk/").location.startswith("/desk/sign-in")


def test_what_was_in_a_session_before_the_sign_in_is_gone_after_it(app, dana):
    with dana.browser.session_transaction() as session:
        session["planted"] = "by someone else"
    dana.sign_in(PASSWORD)

    with dana.browser.session_transaction() as session:
        assert "planted" not in session


def try_to_sign_in(app, email, password, path="/desk/sign-in", place="127.0.0.1", **more):
    browser = app.test_client()
    browser.environ_base["REMOTE_ADDR"] = place
    token = hidden(browser.get(path).text, "csrf_token")
    return browser.post(path, data={"email": email, "password": password, "csrf_token": token} | more)


def test_an_unknown_a_wrong_and_a_deactivated_name_look_the_same(app, dana, run):
    signed_in(app, "sam@example.org", "Sam Ortiz")
    run("agents deactivate sam@example.org")
    pages = []
    for email, password in [
        ("dana@example.org", "not her password"),
        ("nobody@example.org", "not her password"),
        ("sam@example.org", PASSWORD),
        ("sam@example.org", "not his password"),
    ]:
        answer = try_to_sign_in(app, email, password)
        page = answer.text.replace(email, "EMAIL").replace(hidden(answer.text, "csrf_token"), "TOKEN")
        pages.append((answer.status_code, page))

    assert len(set(pages)) == 1
    assert pages[0][0] == 422


def test_an_unknown_name_is_the_same_work_for_the_database_as_a_wrong_password(app, dana, statements):
    work = []
    for number, email in enumerate(("dana@example.org", "nobody@example.org")):
        with statements() as asked:
            try_to_sign_in(app, email, "not her password", place=f"198.51.100.{number}")
        work.append(asked)

    assert work[0] == work[1]


@pytest.mark.parametrize("email", ["dana@example.org\x00", "a" * 300, "", "${7*7}", "' or 1=1 --", "\x1c"], ids=repr)
def test_whatever_stands_in_the_box_for_the_address_the_answer_is_a_calm_page(app, dana, email):
    assert try_to_sign_in(app, email, PASSWORD).status_code in {400, 422}


def test_the_address_is_found_whatever_its_case(app, dana):
    assert try_to_sign_in(app, " DANA@Example.org ", PASSWORD).status_code == 303


def test_nobody_is_signed_in_or_out_without_a_token(app, dana):
    signing_in = {"email": dana.email, "password": PASSWORD}
    stranger = app.test_client()

    assert stranger.post("/desk/sign-in", data=signing_in).status_code == 422
    assert stranger.get("/desk/").status_code == 303
    assert dana.browser.post("/desk/sign-out").status_code == 400
    new = {"password": "someone else's choice", "again": "someone else's choice"}
    assert dana.browser.post("/desk/password", data=new).status_code == 422
    dana.open("/desk/")
    assert try_to_sign_in(app, dana.email, PASSWORD).status_code == 303


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example/",
        "///evil.example",
        "https://evil.example/desk/",
        "https:evil.example",
        "javascript:alert(1)",
        "/\\evil.example",
        "/desk/\\\\evil.example",
        "\t//evil.example",
        "/\t/evil.example",
        "//[",
        "/requests/new",
        "/desk/../requests/new",
        "/desk/%2e%2e/requests/new",
        "desk/",
        "",
    ],
)
def test_after_signing_in_nobody_is_led_out_of_the_desk(app, dana, wanted):
    answer = try_to_sign_in(app, dana.email, PASSWORD, f"/desk/sign-in?{urlencode({'next': wanted})}")

    assert (answer.status_code, answer.location) == (303, "/desk/")


def test_a_line_break_in_where_to_go_makes_no_header(app, dana):
    wanted = urlencode({"next": "/desk/\r\nSet-Cookie: evil=1"})
    answer = try_to_sign_in(app, dana.email, PASSWORD, f"/desk/sign-in?{wanted}")

    assert answer.location == "/desk/"
    assert not [cookie for cookie in answer.headers.getlist("Set-Cookie") if cookie.startswith("evil")]


def test_after_signing_in_an_agent_is_where_they_wanted_to_be(app, dana, patient):
    reference = patient.send()
    to_the_door = app.test_client().get(f"/desk/tickets/{reference}?from=mail").location
    answer = try_to_sign_in(app, dana.email, PASSWORD, to_the_door)

    assert answer.location == f"/desk/tickets/{reference}?from=mail"


@pytest.mark.parametrize(
    "given", [["", "Dana Kim"], ["dana@example.org", "  "], ["dana", "Dana"], ["a@b.example", "x" * 101]]
)
def test_an_agent_has_an_address_and_a_name(app, rows, given):
    result = app.test_cli_runner().invoke(args=["agents", "add", *given])

    assert result.exit_code == 1
    assert "Give an e-mail address and a name" in result.output
    assert rows("select count(*) from agent") == [(0,)]
