"""Being signed in: how long, where, what ends it, what is kept of what was being typed; and who is made to wait."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from supportdesk import clock
from supportdesk.agents import services
from supportdesk.agents.door import browser_name
from tests.conftest import signed_in
from tests.people import Person, hidden

PASSWORD = "a long night of quiet seas"
TYPED = "Dear Walter, I have looked into it and"


def at(**later):
    return clock.pretend(clock.now() + timedelta(**later))


def elsewhere(app, person, address="127.0.0.1", **more):
    other = Person(app.test_client(), person.id, person.email, person.name)
    other.browser.environ_base |= {"REMOTE_ADDR": address} | more
    return other


def tries(person, password, **more):
    """Types a password at the door; returns the answer."""
    token = hidden(person.browser.get("/desk/sign-in").text, "csrf_token")
    answers = {"email": person.email, "password": password, "csrf_token": token} | more
    return person.browser.post("/desk/sign-in", data=answers)


# How long


def test_half_an_hour_without_a_click_and_one_is_signed_out(dana):
    with at(minutes=29):
        dana.open("/desk/")
    with at(minutes=58):
        dana.open("/desk/")
    with at(minutes=88):
        assert dana.browser.get("/desk/").location.startswith("/desk/sign-in")
        assert "You were away for a while" in dana.browser.get("/desk/sign-in").text


def test_somebody_who_was_never_signed_in_is_not_told_that_they_were_away(patient):
    assert "You were away" not in patient.get("/desk/sign-in").text


def test_a_page_says_before_it_happens_and_a_button_keeps_one_signed_in(dana):
    page = dana.open("/desk/").text
    assert 'data-idle="1800"' in page
    with at(minutes=29):
        token = hidden(page, "csrf_token")
        assert dana.browser.post("/desk/account/still-here", data={"csrf_token": token}).status_code == 204
    with at(minutes=50):
        dana.open("/desk/")


def test_a_stay_is_noted_once_a_minute_and_not_with_each_click(dana, statements):
    with at(minutes=5), statements() as asked:
        for _ in range(3):
            dana.open("/desk/account/")

    assert len([text for text in asked if text.startswith("UPDATE sign_in")]) == 1


# What was being typed


@pytest.mark.parametrize("form", ["reply", "note"])
def test_what_was_sent_too_late_is_there_after_signing_in_again(app, dana, patient, form):
    reference = patient.send()
    answers = dana.form(reference) | {"body": TYPED, "then": "pending"}
    page = f"/desk/tickets/{reference}"
    with at(minutes=31):
        sent = dana.browser.post(f"{page}/{form}", data=answers, headers={"Referer": f"http://localhost{page}"})
        assert sent.location == f"/desk/sign-in?next={page}"
        dana.sign_in(PASSWORD)
        shown = dana.open(page).text

    assert TYPED in shown
    assert "Not sent yet. We kept what you typed" in shown


def test_a_draft_is_kept_while_one_types_and_gone_once_it_is_sent(dana, patient, rows):
    reference = patient.send()
    form = dana.form(reference)
    address = f"/desk/tickets/{reference}/reply"
    kept = dana.browser.post("/desk/account/draft", data=form | {"address": address, "body": TYPED})
    assert kept.status_code == 204
    assert TYPED in dana.ticket(reference)

    dana.reply(reference, f"{TYPED} it works.")
    assert rows("select count(*) from draft") == [(0,)]
    assert "Not sent yet" not in dana.ticket(reference)


def test_a_note_to_ask_the_clinic_is_kept_for_each_topic_and_gone_once_one_is_sent(dana, patient, rows):
    reference = patient.send(topic="billing")
    page = f"/desk/tickets/{reference}/clinic"
    for topic, words in (("billing", "Plantednote of bills"), ("refill", "Plantednote of pills")):
        shown = dana.open(f"{page}?topic={topic}").text
        address = html.unescape(re.search(r'<form method="post" action="([^"]*)"[^>]*data-draft="([^"]*)"', shown)[1])
        assert address == f"{page}?topic={topic}"
        with at(minutes=1 if topic == "refill" else 0):
            dana.browser.post("/desk/account/draft", data=dana.form(reference) | {"address": address, "body": words})

    assert "Plantednote of bills" in dana.open(f"{page}?topic=billing").text
    newest = dana.open(page).text
    assert "Plantednote of pills" in newest
    assert "Not sent yet. We kept what you typed" in newest
    assert 'name="topic" value="refill"' in newest
    assert "Plantednote" not in dana.open(f"{page}?topic=referral").text
    assert "Plantednote" not in repr(rows("select * from draft"))

    dana.act(reference, "clinic", topic="refill", body="Plantednote of pills")
    assert rows("select count(*) from draft") == [(0,)]


def test_a_note_to_ask_the_clinic_that_was_sent_too_late_is_there_after_signing_in_again(dana, patient):
    reference = patient.send(topic="billing")
    page = f"/desk/tickets/{reference}/clinic?topic=billing"
    answers = dana.form(reference) | {"body": TYPED, "topic": "billing"}
    with at(minutes=31):
        dana.browser.post(page, data=answers)
        dana.sign_in(PASSWORD)
        assert TYPED in dana.open(page).text


def test_a_draft_that_was_emptied_is_gone(dana, patient, rows):
    reference = patient.send()
    form = dana.form(reference) | {"address": f"/desk/tickets/{reference}/note"}
    for body in (TYPED, "  "):
        dana.browser.post("/desk/account/draft", data=form | {"body": body})

    assert rows("select count(*) from draft") == [(0,)]


def test_a_draft_is_sealed_and_nobody_elses(dana, priya, patient, rows):
    reference = patient.send()
    form = dana.form(reference) | {"address": f"/desk/tickets/{reference}/reply", "body": TYPED}
    dana.browser.post("/desk/account/draft", data=form)

    assert TYPED.encode() not in b"".join(bytes(sealed) for (sealed,) in rows("select sealed_body from draft"))
    assert TYPED not in priya.ticket(reference)


@pytest.mark.parametrize("address", ["", "/requests/new", "https://evil.example/", "/desk/" + "x" * 200])
def test_a_draft_of_something_else_is_not_kept(dana, rows, address):
    token = hidden(dana.open("/desk/").text, "csrf_token")
    dana.browser.post("/desk/account/draft", data={"csrf_token": token, "address": address, "body": TYPED})

    assert rows("select count(*) from draft") == [(0,)]


def test_a_form_of_somebody_else_keeps_no_draft(dana, patient, rows):
    reference = patient.send()
    with at(minutes=31):
        forged = {"body": TYPED, "then": "pending", "version": 1, "csrf_token": "made up"}
        assert dana.browser.post(f"/desk/tickets/{reference}/reply", data=forged).status_code == 400

    assert rows("select count(*) from draft") == [(0,)]


def test_drafts_are_kept_for_a_week(dana, patient, rows):
    reference = patient.send()
    form = dana.form(reference) | {"address": f"/desk/tickets/{reference}/reply", "body": TYPED}
    dana.browser.post("/desk/account/draft", data=form)
    with at(days=8):
        dana.sign_in(PASSWORD)

    assert rows("select count(*) from draft") == [(0,)]


# Where, and what ends it


def test_ones_own_page_lists_where_one_is_signed_in(app, dana):
    other = elsewhere(app, dana, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0")
    other.sign_in(PASSWORD)
    page = dana.open("/desk/account/").text

    assert "Firefox on Windows" in page
    assert page.count("This one") == 1


def test_a_sign_in_elsewhere_is_ended_at_once(app, dana, rows):
    other = elsewhere(app, dana)
    other.sign_in(PASSWORD)
    ((number,),) = rows("select max(id) from sign_in")
    token = hidden(dana.open("/desk/account/").text, "csrf_token")
    dana.browser.post(f"/desk/account/sign-ins/{number}/end", data={"csrf_token": token})

    assert other.browser.get("/desk/").status_code == 303
    dana.open("/desk/")


def test_nobody_ends_a_colleagues_sign_in(dana, priya, rows):
    ((number,),) = rows(f"select id from sign_in where agent_id = {dana.id} and ended_at is null")
    token = hidden(priya.open("/desk/account/").text, "csrf_token")

    assert priya.browser.post(f"/desk/account/sign-ins/{number}/end", data={"csrf_token": token}).status_code == 404
    dana.open("/desk/")


def test_all_the_others_are_ended_with_one_button(app, dana):
    others = [elsewhere(app, dana) for _ in range(3)]
    for other in others:
        other.sign_in(PASSWORD)
    token = hidden(dana.open("/desk/account/").text, "csrf_token")
    dana.browser.post("/desk/account/sign-ins/end-others", data={"csrf_token": token})

    assert [other.browser.get("/desk/").status_code for other in others] == [303] * 3
    dana.open("/desk/")


def test_a_password_is_changed_by_whoever_knows_the_one_before(app, dana):
    token = hidden(dana.open("/desk/password").text, "csrf_token")
    new = {"password": "another night of quiet seas", "again": "another night of quiet seas", "csrf_token": token}
    answer = dana.browser.post("/desk/password", data=new | {"current": "a guess"})

    assert answer.status_code == 422
    assert "This is not the password you have now" in answer.text
    assert tries(elsewhere(app, dana), PASSWORD).status_code == 303


def test_what_a_browser_calls_itself_is_kept_in_two_words_at_most():
    chrome = "Mozilla/5.0 (Linux; Android 16; SM-S931) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36"
    safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Safari/604.1"

    assert browser_name(chrome) == "Chrome on Android"
    assert browser_name(safari) == "Safari on iOS"
    assert browser_name("<script>" * 100) == "A browser"


def test_cookies_are_for_the_desk_alone(desk_with):
    for secure, prefix in (("no", ""), ("yes", "__Host-")):
        app = desk_with(f"data-{secure}", SECURE_COOKIES=secure)
        browser = app.test_client()
        scheme = "https" if secure == "yes" else "http"
        with app.app_context():
            _agent, one_time = services.add_agent("dana@example.org", "Dana Kim")
        where = {"base_url": f"{scheme}://localhost"}
        token = hidden(browser.get("/desk/sign-in", **where).text, "csrf_token")
        form = {"email": "dana@example.org", "password": one_time, "csrf_token": token}
        cookies = browser.post("/desk/sign-in", data=form, **where).headers.getlist("Set-Cookie")

        assert {cookie.partition("=")[0] for cookie in cookies} == {f"{prefix}desk", f"{prefix}desk-device"}
        for cookie in cookies:
            assert ("Secure" in cookie) == (secure == "yes")
            assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
            assert "Domain" not in cookie


def test_signing_out_tells_the_browser_to_forget_what_it_showed(dana):
    token = hidden(dana.open("/desk/").text, "csrf_token")
    answer = dana.browser.post("/desk/sign-out", data={"csrf_token": token})

    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert dana.browser.get_cookie("desk") is None


# Who is made to wait


def test_after_five_wrong_passwords_from_one_place_the_next_are_not_looked_at(app, dana):
    stranger = elsewhere(app, dana, "198.51.100.7")
    answers = [tries(stranger, "a guess") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert answers[-1].headers["Retry-After"]
    assert "Please wait 1 minute" in answers[-1].text
    assert tries(stranger, PASSWORD).status_code == 429


def test_each_further_failure_doubles_the_wait_up_to_an_hour(app, dana):
    stranger = elsewhere(app, dana, "198.51.100.7")
    waits, now = [], clock.now()
    for _ in range(5):
        tries(stranger, "a guess")
    for _ in range(9):
        with clock.pretend(now):
            refused = tries(stranger, "a guess")
            waits.append(int(refused.headers["Retry-After"]) - 1)
        now += timedelta(seconds=waits[-1] + 1)
        with clock.pretend(now):
            assert tries(stranger, "a guess").status_code == 422

    assert waits[:4] == pytest.approx([30, 60, 120, 240], abs=2)
    assert max(waits) == pytest.approx(3600, abs=2)


def test_a_stranger_who_guesses_makes_nobody_wait_but_themselves(app, dana):
    stranger = elsewhere(app, dana, "198.51.100.7")
    for _ in range(20):
        tries(stranger, "a guess")

    assert tries(elsewhere(app, dana, "203.0.113.5"), PASSWORD).status_code == 303


def test_where_one_was_signed_in_before_one_is_let_in_whatever_others_do_at_the_same_place(app, dana):
    for _ in range(7):
        tries(elsewhere(app, dana), "a guess")

    assert tries(elsewhere(app, dana), PASSWORD).status_code == 429
    assert tries(dana, PASSWORD).status_code == 303


def test_a_known_browser_does_not_guess_for_ever_either(app, dana):
    assert [tries(dana, "a guess").status_code for _ in range(6)] == [422] * 5 + [429]


def test_a_browser_known_to_one_agent_is_a_stranger_to_another(app, dana, priya):
    dana.email = priya.email
    for _ in range(6):
        answer = tries(dana, "a guess")

    assert answer.status_code == 429
    assert tries(elsewhere(app, priya), PASSWORD).status_code == 429


def test_one_place_does_not_try_every_name(app, dana):
    stranger = elsewhere(app, dana, "198.51.100.7")
    for number in range(30):
        stranger.email = f"agent{number}@example.org"
        assert tries(stranger, "a guess").status_code == 422
    stranger.email = "agent31@example.org"

    assert tries(stranger, "a guess").status_code == 429
    with at(minutes=6):
        assert tries(stranger, "a guess").status_code == 422


def test_the_half_of_an_ipv6_address_that_a_household_shares_is_one_place(app, dana):
    for number in range(5):
        tries(elsewhere(app, dana, f"2001:db8:1:2::{number}"), "a guess")

    assert tries(elsewhere(app, dana, "2001:db8:1:2:ffff::9"), "a guess").status_code == 429
    assert tries(elsewhere(app, dana, "2001:db8:1:3::9"), "a guess").status_code == 422


def test_a_name_nobody_has_waits_as_long_as_one_that_somebody_has(app, dana):
    pages = []
    for name in (dana.email, "nobody@example.org"):
        stranger = elsewhere(app, dana, "198.51.100.7" if name == dana.email else "198.51.100.8")
        stranger.email = name
        answers = [tries(stranger, "a guess") for _ in range(6)]
        token = hidden(answers[-1].text, "csrf_token")
        pages.append(([a.status_code for a in answers], answers[-1].text.replace(name, "NAME").replace(token, "")))

    assert pages[0] == pages[1]


def test_a_good_sign_in_forgets_the_slips_before_it(app, dana):
    person = elsewhere(app, dana, "203.0.113.5")
    for _ in range(4):
        assert tries(person, "a slip").status_code == 422
    assert tries(person, PASSWORD).status_code == 303
    assert [tries(elsewhere(app, dana, "203.0.113.5"), "a slip").status_code for _ in range(5)] == [422] * 5


def test_forty_tries_at_once_are_five(app, dana):
    browsers = [elsewhere(app, dana, "198.51.100.7") for _ in range(40)]
    tokens = [hidden(person.browser.get("/desk/sign-in").text, "csrf_token") for person in browsers]

    def guess(pair):
        person, token = pair
        form = {"email": dana.email, "password": "a guess", "csrf_token": token}
        return person.browser.post("/desk/sign-in", data=form).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, zip(browsers, tokens, strict=True)))

    assert answers.count(422) == 5
    assert answers.count(429) == 35


def test_neither_name_nor_address_stands_in_the_record_of_tries(app, dana, rows):
    tries(elsewhere(app, dana, "198.51.100.7"), "a guess")

    stored = repr(rows("select * from sign_in_try"))
    assert "198.51" not in stored
    assert "dana" not in stored


def test_a_deactivated_agents_drafts_are_gone(app, dana, run, patient, rows):
    lee = signed_in(app, "lee@example.org", "Lee Moreno")
    reference = patient.send()
    form = lee.form(reference) | {"address": f"/desk/tickets/{reference}/reply", "body": TYPED}
    lee.browser.post("/desk/account/draft", data=form)
    run("agents deactivate lee@example.org")

    assert rows("select count(*) from draft") == [(0,)]
