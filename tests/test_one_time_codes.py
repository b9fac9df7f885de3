"""One-time codes: set up once, asked for at each sign-in, taken once; and what opens the desk without the phone."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from supportdesk import clock
from supportdesk.agents import codes, services
from tests.people import Person, hidden
from tests.phone import Phone, recovery_codes_on, set_up, type_code

PASSWORD = "a long night of quiet seas"


@pytest.fixture
def desk(session_app, app):
    """A desk that asks for codes, on each engine."""
    session_app.config["ONE_TIME_CODES"] = "required"
    yield app
    session_app.config["ONE_TIME_CODES"] = "off"


def arriving(desk, email="dana@example.org", name="Dana Kim"):
    """Somebody who has a password of their own, and no codes yet."""
    with desk.app_context():
        agent, one_time = services.add_agent(email, name)
        person = Person(desk.test_client(), agent.id, agent.email, agent.name)
    person.sign_in(one_time)
    person.choose_password(PASSWORD)
    return person


def elsewhere(desk, person):
    """The same person at another browser, with the password typed."""
    other = Person(desk.test_client(), person.id, person.email, person.name)
    other.sign_in(PASSWORD)
    return other


def later(seconds=60):
    """A minute on, the phone shows another code."""
    return clock.pretend(clock.now() + timedelta(seconds=seconds))


def is_in(person):
    return person.browser.get("/desk/").status_code == 200


def test_after_the_password_codes_are_set_up_before_anything_else_opens(desk):
    dana = arriving(desk)

    assert dana.browser.get("/desk/").location == "/desk/codes/"
    assert dana.browser.get("/desk/account/").location == "/desk/codes/"
    set_up(dana)
    dana.open("/desk/")


def test_the_picture_says_what_an_app_wants_to_know_and_is_not_shown_again(desk):
    dana = arriving(desk)
    page = dana.open("/desk/codes/").text
    assert '<svg class="qr"' in page
    assert "data:" not in page
    set_up(dana)

    assert dana.browser.get("/desk/codes/").location == "/desk/account/"


def test_the_picture_can_be_read_by_a_phone(desk):
    """Draws the path as a phone would see it, and compares it with what another program makes of the same words."""
    address = codes.address_of("JBSWY3DPEHPK3PXP", "dana@example.org", "Support desk")
    size, path = codes.drawn(address)
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path)}

    assert address == (
        "otpauth://totp/Support%20desk%3Adana%40example.org?secret=JBSWY3DPEHPK3PXP&issuer=Support%20desk"
    )
    assert {(4 + x, 4) for x in range(7)} <= dark  # The top of the corner that phones look for,
    assert all(4 <= x < size - 4 and 4 <= y < size - 4 for x, y in dark)  # and the quiet around it.


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "94287082"), (1111111109, "07081804"), (1234567890, "89005924"), (20000000000, "65353130")],
)
def test_codes_are_those_of_the_standard(seconds, code):
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # “12345678901234567890”, as RFC 6238 has it.
    at = datetime.fromtimestamp(seconds, UTC)
    with clock.pretend(at):
        assert Phone(secret).shows(digits=8) == code
    assert codes.code_at(secret, at) == code[2:]


def test_a_wrong_code_sets_nothing_up_and_the_picture_stays_the_same(desk, rows):
    dana = arriving(desk)
    page = dana.open("/desk/codes/").text
    form = {name: hidden(page, name) for name in ("csrf_token", "secret")}
    answer = dana.browser.post("/desk/codes/", data=form | {"code": "000000"})

    assert answer.status_code == 422
    assert Phone.scanning(answer.text).key == Phone.scanning(page).key
    assert rows("select sealed_code_secret from agent") == [(None,)]


def test_nobody_sets_up_a_phone_of_their_own_for_somebody_else(desk):
    """The key travels sealed through the form; one of another sign-in, or made up, is not taken."""
    dana, priya = arriving(desk), arriving(desk, "priya@example.org", "Priya Nair")
    page = priya.open("/desk/codes/").text
    phone = Phone.scanning(page)
    token = hidden(dana.open("/desk/codes/").text, "csrf_token")
    for secret in (hidden(page, "secret"), "", "00", "zz", "a" * 400):
        form = {"csrf_token": token, "secret": secret, "code": phone.shows()}
        assert dana.browser.post("/desk/codes/", data=form).status_code == 422


def test_a_password_alone_opens_nothing(desk, patient):
    reference = patient.send()
    dana = arriving(desk)
    set_up(dana)
    thief = elsewhere(desk, dana)

    for path in ("/desk/", f"/desk/tickets/{reference}", "/desk/account/", "/desk/password", "/desk/codes/"):
        assert thief.browser.get(path).location.startswith("/desk/code")
    token = hidden(thief.open("/desk/code").text, "csrf_token")
    new = {"password": "someone else's choice", "again": "someone else's choice", "csrf_token": token}
    assert thief.browser.post("/desk/password", data=new).location == "/desk/code"
    with later():
        assert elsewhere(desk, dana).browser.get("/desk/").location.startswith("/desk/code")


def test_password_and_code_open_the_desk_where_one_wanted_to_be(desk, patient):
    reference = patient.send()
    dana = arriving(desk)
    phone, _codes = set_up(dana)
    other = elsewhere(desk, dana)
    path = other.browser.get(f"/desk/tickets/{reference}").location
    with later():
        token = hidden(other.open(path).text, "csrf_token")
        answer = other.browser.post(path, data={"code": phone.shows(), "csrf_token": token})

        assert answer.location == f"/desk/tickets/{reference}"
        other.open(answer.location)


def test_the_cookie_from_before_the_code_is_worth_nothing_after_it(desk):
    dana = arriving(desk)
    phone, _codes = set_up(dana)
    other = elsewhere(desk, dana)
    before = other.browser.get_cookie("desk").value
    with later():
        type_code(other, phone.shows())
        thief = desk.test_client()
        thief.set_cookie("desk", before)

        assert is_in(other)
        assert thief.get("/desk/").location.startswith("/desk/sign-in")


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_clock_that_is_a_little_off_does_no_harm(desk, seconds):
    dana = arriving(desk)
    phone, _codes = set_up(dana)
    with later(120):
        other = elsewhere(desk, dana)
        assert type_code(other, phone.shows(seconds)).status_code == 303


@pytest.mark.parametrize("seconds", [-300, -90, 90, 300])
def test_a_code_of_another_time_opens_nothing(desk, seconds):
    dana = arriving(desk)
    phone, _codes = set_up(dana)
    with later(600):
        assert type_code(elsewhere(desk, dana), phone.shows(seconds)).status_code == 422


def test_a_code_opens_once(desk):
    dana = arriving(desk)
    phone, _codes = set_up(dana)
    with later():
        code = phone.shows()
        assert type_code(elsewhere(desk, dana), code).status_code == 303
        again = type_code(elsewhere(desk, dana), code)

    assert again.status_code == 422
    assert "Each code works once" in again.text


def test_an_older_code_that_was_never_used_opens_nothing_after_a_newer_one(desk):
    dana = arriving(desk)
    phone, _codes = set_up(dana)
    with later(120):
        seen_over_the_shoulder, newest = phone.shows(-30), phone.shows()
        assert type_code(elsewhere(desk, dana), newest).status_code == 303
        assert type_code(elsewhere(desk, dana), seen_over_the_shoulder).status_code == 422


def test_the_code_that_set_it_up_signs_nobody_in(desk):
    dana = arriving(desk)
    phone, _codes = set_up(dana)

    assert type_code(elsewhere(desk, dana), phone.shows()).status_code == 422


def test_a_colleagues_code_opens_nothing(desk):
    dana, priya = arriving(desk), arriving(desk, "priya@example.org", "Priya Nair")
    phone, _codes = set_up(dana)
    set_up(priya)
    with later():
        assert type_code(elsewhere(desk, priya), phone.shows()).status_code == 422


@pytest.mark.parametrize("typed", ["{} ", "{:.3} {:.3}", "\u2003{}"])
def test_spaces_in_a_code_are_passed_over(desk, typed):
    dana = arriving(desk)
    phone, _codes = set_up(dana)
    with later():
        code = phone.shows()
        spaced = f"{code[:3]} {code[3:]}" if ".3" in typed else typed.format(code)
        assert type_code(elsewhere(desk, dana), spaced).status_code == 303


@pytest.mark.parametrize("typed", ["", "٠١٢٣٤٥", "12345", "1234567", "x" * 5_000, "' or 1=1", "\x00", "<b>", "-1"])
def test_what_is_no_code_gets_a_calm_page(desk, typed):
    dana = arriving(desk)
    set_up(dana)

    assert type_code(elsewhere(desk, dana), typed).status_code == 422


def test_five_wrong_codes_and_the_password_is_asked_again(desk):
    dana = arriving(desk)
    phone, _codes = set_up(dana)
    other = elsewhere(desk, dana)
    for _ in range(4):
        assert "fifth" not in type_code(other, "000000").text
    assert "That was the fifth wrong code" in type_code(other, "000000").text

    with later():
        assert other.browser.get("/desk/code").location.startswith("/desk/sign-in")
        assert type_code(elsewhere(desk, dana), phone.shows()).status_code == 303


def test_ten_minutes_after_the_password_a_code_comes_too_late(desk):
    dana = arriving(desk)
    set_up(dana)
    other = elsewhere(desk, dana)
    with later(9 * 60):
        other.open("/desk/code")
    with later(10 * 60):
        assert other.browser.get("/desk/code").location.startswith("/desk/sign-in")


def test_whoever_knows_the_password_cannot_guess_codes_for_long(desk, rows):
    dana = arriving(desk)
    phone, _codes = set_up(dana)
    answers = []
    for number in range(6):
        thief = Person(desk.test_client(), dana.id, dana.email, dana.name)
        thief.browser.environ_base["REMOTE_ADDR"] = f"198.51.100.{number}"
        thief.sign_in(PASSWORD)
        for _ in range(5):
            answers.append(type_code(thief, "000000").status_code)
            if answers[-1] == 429:
                break

    assert answers.count(422) == 20
    assert answers.count(429) == 2
    assert rows("select detail, count(*) from audit where what = 'sign-in refused' group by detail order by 1") == [
        ("code", 20),
        ("code,wait", 1),
    ]
    with later():  # Where she was signed in before, she is let in all the same.
        dana.sign_in(PASSWORD)
        assert type_code(dana, phone.shows()).status_code == 303


def test_there_are_ten_recovery_codes_and_each_opens_once_however_it_is_typed(desk):
    dana = arriving(desk)
    _phone, recovery = set_up(dana)

    assert len(set(recovery)) == 10
    for typed in (recovery[0], recovery[1].upper(), recovery[2].replace("-", " ")):
        assert type_code(elsewhere(desk, dana), typed).status_code == 303
    assert type_code(elsewhere(desk, dana), recovery[0]).status_code == 422
    assert "7 of your recovery codes are left" in dana.open("/desk/account/").text


def test_new_recovery_codes_replace_the_old_and_ask_for_the_password(desk):
    dana = arriving(desk)
    _phone, old = set_up(dana)
    token = hidden(dana.open("/desk/account/").text, "csrf_token")
    wrong = dana.browser.post("/desk/codes/again", data={"csrf_token": token, "password": "x", "recovery": "yes"})
    right = dana.browser.post("/desk/codes/again", data={"csrf_token": token, "password": PASSWORD, "recovery": "yes"})
    fresh = recovery_codes_on(right.text)

    assert wrong.location.endswith("wrong=password")
    assert len(fresh) == 10
    assert type_code(elsewhere(desk, dana), old[0]).status_code == 422
    assert type_code(elsewhere(desk, dana), fresh[0]).status_code == 303


def test_another_phone_takes_the_place_of_the_first(desk):
    dana = arriving(desk)
    old, _codes = set_up(dana)
    other = elsewhere(desk, dana)
    with later():
        type_code(other, old.shows())
    token = hidden(dana.open("/desk/account/").text, "csrf_token")
    page = dana.browser.post("/desk/codes/again", data={"csrf_token": token, "password": PASSWORD, "phone": "yes"}).text
    phone = Phone.scanning(page)
    form = {name: hidden(page, name) for name in ("csrf_token", "secret")}
    with later(120):
        assert dana.browser.post("/desk/codes/confirm", data=form | {"code": phone.shows()}).status_code == 200
        assert not is_in(other)
    with later(240):
        assert type_code(elsewhere(desk, dana), old.shows()).status_code == 422
        assert type_code(elsewhere(desk, dana), phone.shows()).status_code == 303


@pytest.mark.parametrize("secret", ["", "00", "zz", "a" * 400])
def test_a_stolen_cookie_sets_up_no_phone_without_the_password(desk, secret):
    dana = arriving(desk)
    set_up(dana)
    token = hidden(dana.open("/desk/account/").text, "csrf_token")
    answer = dana.browser.post("/desk/codes/confirm", data={"csrf_token": token, "secret": secret, "code": "000000"})

    assert answer.location == "/desk/account/"
    assert "<svg" not in answer.text


def test_a_lost_phone_is_helped_by_an_admin(desk, run):
    dana = arriving(desk)
    set_up(dana)
    one_time = run(f"agents reset {dana.email} --codes").split()[-1]
    other = Person(desk.test_client(), dana.id, dana.email, dana.name)
    other.sign_in(one_time)

    assert not is_in(dana)
    assert other.browser.get("/desk/").location == "/desk/password"
    other.choose_password(PASSWORD)
    set_up(other)
    assert is_in(other)


def test_a_reset_of_the_password_alone_keeps_the_codes(desk, run):
    dana = arriving(desk)
    phone, _codes = set_up(dana)
    other = Person(desk.test_client(), dana.id, dana.email, dana.name)
    other.sign_in(run(f"agents reset {dana.email}").split()[-1])

    assert other.browser.get("/desk/password").location.startswith("/desk/code")
    with later():
        assert type_code(other, phone.shows()).location == "/desk/"
        assert other.browser.get("/desk/").location == "/desk/password"


def test_the_key_and_the_recovery_codes_stand_nowhere_in_clear(desk, engine_url, rows):
    dana = arriving(desk)
    phone, recovery = set_up(dana)
    stored = repr(rows("select * from agent") + rows("select * from recovery_code"))
    if engine_url.startswith("sqlite"):
        with closing(sqlite3.connect(engine_url.removeprefix("sqlite:///"))) as database:
            stored += "\n".join(database.iterdump())

    assert phone.key not in stored
    assert not [code for code in recovery if code in stored]


def test_switched_off_for_a_demo_nobody_is_asked(desk):
    dana = arriving(desk)
    set_up(dana)
    desk.config["ONE_TIME_CODES"] = "off"

    assert is_in(elsewhere(desk, dana))
    assert "One-time codes" not in dana.open("/desk/account/").text
    assert dana.browser.get("/desk/codes/").status_code == 404
