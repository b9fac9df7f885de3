"""The requester's own page: who has the link and the mailbox reads and answers; nobody else learns a thing."""

import re
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from supportdesk import clock
from supportdesk.database import db
from supportdesk.keys import keyring
from supportdesk.mail.models import OutboxMail
from tests.conftest import signed_in
from tests.people import REQUEST, Browser
from tests.post_office import desks_beside
from tests.requester import Requester, letters_of, link_in

UNKNOWN = "/requests/open/" + "x" * 43


@pytest.fixture
def walter(app, patient, letters):
    """Walter Briggs, who has sent a message and got our acknowledgement."""
    return Requester(app.test_client(), letters, patient.send())


def later(**much):
    return clock.pretend(clock.now() + timedelta(**much))


def state(rows, reference):
    [found] = rows("select status, outcome, reply_due_at from ticket where reference = :it", it=reference)
    return found


def acts(rows):
    return [act for (act,) in rows("select act from event order by id")]


def everything(rows):
    tables = ("ticket", "message", "event", "outbox", "own_link", "own_visit")
    return {table: sorted(map(repr, rows(f"select * from {table}"))) for table in tables}


# Coming in, reading, answering.


def test_link_and_code_lead_to_what_was_sent_and_what_was_answered(walter, dana):
    dana.act(walter.reference, "note", body="He called twice. Be quick.")
    dana.reply(walter.reference, "Hi Walter, open only the newest link.")
    page = walter.come_in()

    for words in (REQUEST["subject"], REQUEST["message"], "open only the newest link", "Dana", "We replied to you"):
        assert words in page
    assert "Be quick" not in page
    assert "Kim" not in page


def test_the_promise_names_the_holiday_and_the_moment_in_every_zone(app, patient, letters):
    with time_machine.travel(datetime(2026, 11, 24, 17, 40, tzinfo=UTC), tick=False):
        walter = Requester(app.test_client(), letters, patient.send())
        page = walter.come_in()
        sent = walter.browser.get(walter.write("One thing more.").location).text

    promise = (
        r'We will reply by <strong><time datetime="2026-11-25T17:40:00\+00:00" data-zone="America/Los_Angeles"[^>]*>'
        r"Wednesday, November 25, 9:40 AM Pacific</time></strong>; we are closed Thursday for Thanksgiving\."
    )
    assert re.search(promise, page)
    assert re.search(rf"We got your message\. {promise}", sent)


def test_opening_the_link_changes_nothing_as_programs_that_scan_mail_do_it(walter, rows):
    link = walter.link()
    before = everything(rows)

    for method in ("GET", "HEAD"):
        assert walter.browser.open(link, method=method).status_code == 200
    assert everything(rows) == before


def test_what_the_patient_adds_makes_it_our_turn_with_a_new_deadline(walter, dana, rows, letters):
    dana.reply(walter.reference, "Does it work now?")
    walter.come_in()
    walter.write("No, it says “wrong”.")
    page = walter.read()

    assert state(rows, walter.reference)[0] == "open"
    assert state(rows, walter.reference)[2] is not None
    assert "No, it says “wrong”." in page
    assert "It is our turn" in page
    assert "We will reply by" in page
    assert acts(rows) == ["received", "replied", "opened", "wrote"]
    notice = letters()[-1]
    assert (notice["To"], walter.reference in notice["Subject"]) == ("support@navigatingcare.com", True)
    ticket = dana.ticket(walter.reference)
    assert "No, it says “wrong”." in ticket
    assert "The patient wrote again" in ticket
    assert "The patient opened their page" in ticket


def test_what_was_sent_is_said_to_have_come_with_when_we_reply_and_not_of_an_emergency(walter):
    walter.come_in()
    sent = walter.browser.get(walter.write("And one more thing.").location).text
    last = sent[sent.index('id="latest"') : sent.index("</ol>")]

    assert re.search(r'role="status".*We got your message. We will reply by', last, re.DOTALL)
    assert "We got your message" not in walter.read()
    urgent = walter.browser.get(walter.write("I have chest pain right now and can not breathe.").location).text
    assert "We got your message" not in urgent


def test_what_was_forgotten_is_added_before_anyone_looked(walter, rows):
    due = state(rows, walter.reference)[2]
    walter.come_in()
    walter.write("I use an iPad.")

    assert state(rows, walter.reference) == ("new", None, due)


def test_a_clock_that_runs_keeps_its_deadline(walter, dana, rows):
    dana.act(walter.reference, "take")
    due = state(rows, walter.reference)[2]
    walter.come_in()
    with later(minutes=5):
        walter.write("One more thing.")

    assert state(rows, walter.reference) == ("open", None, due)


def test_this_solved_it_solves_it_once(walter, dana, rows):
    dana.reply(walter.reference, "Try the newest link.")
    walter.come_in()
    walter.press("solved")
    walter.press("solved")

    assert state(rows, walter.reference) == ("solved", "answered", None)
    assert acts(rows) == ["received", "replied", "opened", "solved"]
    assert "This is solved" in walter.read()
    assert "The patient solved this as answered" in dana.ticket(walter.reference)


def test_a_solved_one_opens_again_when_the_patient_writes(walter, dana, rows):
    dana.act(walter.reference, "solve", outcome="answered")
    walter.come_in()
    walter.write("It came back.")

    assert state(rows, walter.reference)[:2] == ("open", None)


def test_someone_sent_to_their_clinic_is_not_told_that_it_is_solved(walter, dana):
    dana.act(walter.reference, "clinic", topic="billing", body="Please call your clinic about the bill.")
    page = walter.come_in()

    assert "Ask your clinic" in page
    assert "Please call your clinic about the bill." in page
    assert "This is solved" not in page


def test_a_reply_that_is_overdue_is_not_promised_again(walter):
    with later(days=7):
        page = walter.come_in()

    assert "We are late" in page
    assert "We will reply by" not in page


def test_a_double_click_is_one_message_and_other_words_are_another(walter, rows):
    walter.come_in()
    form = walter.form("Still the same.")
    walter.write("", form=form)
    walter.write("", form=form)
    walter.write("", form=form | {"body": "Still the same. And slow."})

    assert rows("select count(*) from message") == [(3,)]
    assert acts(rows).count("wrote") == 2


def test_two_clicks_at_once_are_one_message(walter, rows):
    walter.come_in()
    form = walter.form("At once.")
    cookie = walter.browser.get_cookie("requester", path="/requests").value

    def send(_number):
        browser = Browser(walter.browser.application, walter.browser.response_wrapper)
        browser.set_cookie("requester", cookie, path="/requests")
        return browser.post(f"{walter.path}/messages", data=form).status_code

    with ThreadPoolExecutor(4) as clicks:
        answers = set(clicks.map(send, range(4)))

    assert answers == {303}
    assert rows("select count(*) from message") == [(2,)]
    assert acts(rows).count("wrote") == 1


def test_an_empty_message_says_what_to_do_and_shows_the_conversation(walter, rows):
    walter.come_in()
    page = walter.write("", 422, form={"body": "  ", "submission_key": "k"}).text

    assert "Enter your message" in page
    assert REQUEST["message"] in page
    assert rows("select count(*) from message") == [(1,)]


def test_what_the_patient_opens_does_not_get_in_the_way_of_an_agent_who_is_typing(walter, dana, rows):
    form = dana.form(walter.reference)
    walter.come_in()
    dana.reply(walter.reference, "Here you are.", form=form)

    assert acts(rows) == ["received", "opened", "replied"]


def test_an_agent_who_is_typing_sees_that_the_patient_wrote_meanwhile(walter, dana):
    form = dana.form(walter.reference)
    walter.come_in()
    walter.write("Never mind, it works.")

    assert "Someone changed this request" in dana.reply(walter.reference, "Have you tried…", form=form, code=409)


def test_what_people_write_is_text_never_markup(walter, dana):
    walter.come_in()
    walter.write("<script>alert(1)</script> {% 7*7 %}")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in walter.read()


# Nothing typed is lost.


def test_time_that_runs_out_while_typing_costs_no_word(walter, rows):
    walter.come_in()
    form = walter.form("A long story, typed slowly.")
    with later(minutes=31):
        assert walter.write("", form=form).location == "/requests/code"
        assert "We kept what you wrote" in walter.browser.get("/requests/code").text
        assert rows("select count(*) from message") == [(1,)]
        assert walter.type_code(walter.newest_code()).location == walter.path
        page = walter.read()
        assert "A long story, typed slowly.</textarea>" in page
        walter.write("A long story, typed slowly.")
        assert "</textarea>" in walter.read()
        assert "typed slowly.</textarea>" not in walter.read()

    assert rows("select count(*) from message") == [(2,)]


@pytest.mark.parametrize("way", ["another code", "the link once more", "two codes"])
def test_what_is_kept_for_later_comes_along_by_every_way_in(walter, way):
    link = walter.link()
    walter.come_in()
    form = walter.form("A long story, typed slowly.")
    with later(minutes=31):
        walter.write("", form=form)
        if way == "the link once more":
            walter.ask(link)
        else:
            walter.browser.post("/requests/code/again")
        if way == "two codes":
            walter.browser.post("/requests/code/again")
        assert "We kept what you wrote" in walter.browser.get("/requests/code").text
        walter.type_code(walter.newest_code())

        assert "A long story, typed slowly.</textarea>" in walter.read()


def test_what_one_person_was_typing_is_not_shown_to_the_next_at_this_browser(patient, walter, letters):
    mabel = Requester(walter.browser, letters, patient.send(email="mabel@example.com"), "mabel@example.com")
    link = mabel.link()
    walter.come_in()
    form = walter.form("A secret of Walter’s.")
    with later(minutes=31):
        walter.write("", form=form)

        assert "A secret of Walter’s." not in mabel.come_in(link)


def test_what_is_kept_for_later_is_sealed(walter, rows):
    walter.come_in()
    form = walter.form("A zeppelin of a story.")
    with later(minutes=31):
        walter.write("", form=form)

    assert b"zeppelin" not in rows("select sealed_draft from own_visit where sealed_draft is not null")[0][0]


def test_the_check_of_the_keys_opens_it_too(app, walter):
    walter.come_in()
    form = walter.form("A zeppelin of a story.")
    with later(minutes=31):
        walter.write("", form=form)
    check = app.test_cli_runner().invoke
    whole = check(args=["keys", "check"])
    with app.app_context():
        db.session.execute(db.text("update own_visit set seal_id = 'elsewhere' where sealed_draft is not null"))
        db.session.commit()
    damaged = check(args=["keys", "check"])

    assert whole.exit_code == 0, whole.output
    assert damaged.exit_code == 1
    assert "does not open: <Visit " in damaged.output


def test_a_page_whose_link_is_off_gives_the_words_back(walter, dana):
    walter.come_in()
    form = walter.form("Typed in vain?")
    dana.act(walter.reference, "links/off")
    page = walter.write("", 403, form=form).text

    assert "Your message was not sent" in page
    assert "Typed in vain?</textarea>" in page


def test_a_browser_that_forgot_who_it_is_gets_the_words_back_whatever_the_reference(app, walter):
    stranger = app.test_client()
    pages = [
        stranger.post(f"/requests/{reference}/messages", data={"body": "Typed in vain?", "submission_key": "k"})
        for reference in (walter.reference, "NC-2222-2222")
    ]

    assert {page.status_code for page in pages} == {403}
    assert "Typed in vain?</textarea>" in pages[0].text
    assert pages[0].text.replace(walter.reference, "NC-2222-2222") == pages[1].text


def test_a_conversation_that_was_closed_meanwhile_gives_the_words_back(walter, dana, rows):
    walter.come_in()
    form = walter.form("One more thing.")
    dana.act(walter.reference, "details", status="closed", priority="normal", topic="sign-in", assignee="")
    page = walter.write("", 409, form=form).text

    assert "One more thing.</textarea>" in page
    assert "/requests/new" in page
    assert "This conversation is closed" in walter.read()
    assert rows("select count(*) from message") == [(1,)]


def test_a_desk_that_fails_gives_the_words_back(desk_with):
    app = desk_with()
    walter = Requester(app.test_client(), letters_of(app), app.test_client().send())
    walter.come_in()
    form = walter.form("Is anybody there?")
    with app.app_context():
        db.session.execute(db.text("alter table outbox rename to elsewhere"))
        db.session.commit()
    page = walter.write("", 503, form=form)

    assert "Is anybody there?</textarea>" in page.text
    assert page.headers["Retry-After"]
    assert REQUEST["message"] in walter.read()


# Who does not get in.


def test_the_link_alone_opens_nothing(app, walter):
    finder = app.test_client()
    link = walter.link()

    assert REQUEST["message"] not in finder.get(link).text
    assert finder.get(walter.path).status_code == 403
    assert finder.get("/requests/code").status_code == 403
    assert finder.post("/requests/code", data={"code": "123456"}).status_code == 422
    assert finder.post(f"{walter.path}/solved").status_code == 403
    assert finder.post(f"{walter.path}/links/off").status_code == 403


def test_a_code_is_good_only_in_the_browser_that_asked_for_it(app, walter):
    finder = Requester(app.test_client(), walter.letters, walter.reference)
    finder.ask()
    code = walter.ask()

    assert finder.type_code(code).status_code == 422
    assert walter.type_code(code).status_code == 303


def test_a_code_is_taken_as_people_type_it(walter):
    code = walter.ask()

    assert walter.type_code(f" {code[:3]}-{code[3:]} ").status_code == 303


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "0"])
def test_what_is_no_code_is_said_to_be_none_and_costs_no_try(walter, rows, typed):
    walter.ask()

    assert "Enter the 6 digits" in walter.type_code(typed).text
    assert rows("select tries from own_visit") == [(0,)]


def test_after_five_wrong_tries_the_right_code_is_wrong_too(walter):
    code = walter.ask()
    for _ in range(5):
        assert walter.type_code(other_than(code)).status_code == 422

    assert walter.type_code(code).status_code == 422
    assert walter.type_code(walter.ask()).status_code == 303


def test_the_fifth_try_may_be_right(walter):
    code = walter.ask()
    for _ in range(4):
        walter.type_code(other_than(code))

    assert walter.type_code(code).status_code == 303


def test_many_tries_at_once_are_counted_one_by_one(walter, rows):
    code = walter.ask()
    cookie = walter.browser.get_cookie("requester", path="/requests").value

    def guess(_number):
        browser = Browser(walter.browser.application, walter.browser.response_wrapper)
        browser.set_cookie("requester", cookie, path="/requests")
        return browser.post("/requests/code", data={"code": other_than(code)}).status_code

    with ThreadPoolExecutor(4) as guesses:
        assert set(guesses.map(guess, range(8))) == {422}
    assert rows("select tries from own_visit") == [(8,)]
    assert walter.type_code(code).status_code == 422


def test_a_code_works_for_ten_minutes_and_once(walter):
    code = walter.ask()
    with later(minutes=10):
        assert walter.type_code(code).status_code == 422
    code = walter.ask()
    with later(minutes=9):
        assert walter.type_code(code).status_code == 303
        assert walter.type_code(code).status_code == 422


def test_a_new_code_can_be_asked_for_and_ends_the_old_one(walter):
    old = walter.ask()
    assert walter.browser.post("/requests/code/again").location == "/requests/code"
    new = walter.newest_code()

    assert old == new or walter.type_code(old).status_code == 422
    assert walter.type_code(new).status_code == 303


def test_a_link_works_for_fourteen_days_and_each_reply_brings_another(app, walter):
    first = walter.link()
    with later(days=13):
        signed_in(app, "dana@example.org", "Dana Kim").reply(walter.reference, "A late reply.")
        second = walter.link()
        walter.come_in(first)
    with later(days=15):
        walter.come_in(second)
        assert_opens_nothing(walter, first)


def test_the_page_closes_after_half_an_hour(walter):
    walter.come_in()
    with later(minutes=29):
        walter.read()
    with later(minutes=30):
        assert REQUEST["message"] not in walter.read(403)
        walter.press("solved", 403)
        walter.browser.post("/requests/code/again")
        assert walter.type_code(walter.newest_code()).status_code == 303
        walter.read()


def test_a_visit_opens_that_one_page_only(app, patient, walter, letters, rows):
    mabel = Requester(app.test_client(), letters, patient.send(email="mabel@example.com"), "mabel@example.com")
    walter.come_in()
    mabel.come_in()
    before = everything(rows)
    form = mabel.form("Mabel’s words.")

    assert walter.browser.get(mabel.path).status_code == 403
    assert walter.browser.post(f"{mabel.path}/solved").status_code == 403
    answer = walter.browser.post(f"{mabel.path}/messages", data=form)
    assert answer.status_code == 403
    assert "Mabel’s words.</textarea>" in answer.text
    assert everything(rows) == before


def test_someone_who_knows_an_address_that_only_looks_alike_gets_no_mail(walter):
    alike = walter.email.replace("k", "\u212a")  # A Kelvin sign: small, it is a k.
    walter.browser.post(walter.link(), data={"email": alike})

    assert {letter["To"] for letter in walter.letters()} == {walter.email, "support@navigatingcare.com"}


@pytest.mark.parametrize("typed", ["", "walter", "a@b@c", "x" * 300 + "@example.com"])
def test_an_address_that_is_none_is_said_to_be_none(walter, typed):
    answer = walter.browser.post(walter.link(), data={"email": typed})

    assert answer.status_code == 422
    assert "No code was sent yet" in answer.text


def test_signing_out_ends_the_visit_and_clears_the_browser(app, walter):
    walter.come_in()
    cookie = walter.browser.get_cookie("requester", path="/requests").value
    answer = walter.browser.post("/requests/sign-out")

    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert walter.browser.get_cookie("requester", path="/requests") is None
    assert "You are signed out" in walter.browser.get(answer.location).text
    thief = app.test_client()
    thief.set_cookie("requester", cookie, path="/requests")
    assert thief.get(walter.path).status_code == 403


def test_signing_out_forgets_what_was_kept_for_later(walter, rows):
    walter.come_in()
    form = walter.form("Not sent.")
    with later(minutes=31):
        walter.write("", form=form)
        walter.browser.post("/requests/sign-out")

    assert rows("select count(*) from own_visit where sealed_draft is not null") == [(0,)]


def test_the_patient_turns_every_link_off(app, walter, dana):
    link, elsewhere = walter.link(), Requester(app.test_client(), walter.letters, walter.reference)
    elsewhere.come_in()
    walter.come_in()
    walter.press("links/off")

    walter.read(403)
    elsewhere.read(403)
    assert_opens_nothing(walter, link)
    ticket = dana.ticket(walter.reference)
    assert "No link is active" in ticket
    assert "The patient turned off the links" in ticket
    dana.reply(walter.reference, "A fresh one.")
    walter.come_in()


def test_an_agent_turns_every_link_off_whatever_they_had_open(walter, dana, rows):
    link = walter.link()
    assert "Link active until" in dana.ticket(walter.reference)
    form = dana.form(walter.reference)
    walter.come_in()
    walter.write("Someone reads my mail.")
    dana.act(walter.reference, "links/off", form=form)

    walter.read(403)
    assert_opens_nothing(walter, link)
    assert "Dana Kim turned off the links" in dana.ticket(walter.reference)
    assert acts(rows)[-1] == "links_ended"


# Nobody learns what is ours.


def test_unknown_expired_revoked_and_wrong_look_alike_and_take_the_same_work(app, patient, letters, dana, statements):
    links = links_of_every_kind(app, patient, letters, dana)
    walter, right = links.pop("right")
    told = {kind: knock(app, statements, walter, link, email) for kind, (link, email) in links.items()}
    # Codes of the right link look the same too, as long as they are wrong.
    told["right, with a wrong code"] = knock(app, statements, walter, right, walter.email)

    looks = {kind: look for kind, (look, _work) in told.items()}
    works = {kind: work for kind, (_look, work) in told.items()}
    assert len(told) == 6
    assert {kind for kind, look in looks.items() if look != looks["unknown"]} == set()
    assert {kind for kind, work in works.items() if work != works["unknown"]} == set()
    assert works["unknown"][1]["encrypt"] >= 3, "the work is counted"


def test_a_lost_link_gets_the_same_answer_and_work_whether_it_exists_or_not(app, patient, walter, statements):
    others = patient.send(email="mabel@example.com")
    told = {}
    for kind, reference, email in (
        ("right", walter.reference, walter.email),
        ("wrong address", others, walter.email),
        ("unknown", "NC-2222-2222", walter.email),
    ):
        browser = app.test_client()
        with statements() as asked, Work() as work:
            answer = browser.post("/requests/new-link", data={"email": email, "reference": reference})
        page = browser.get(answer.location).text
        told[kind] = ((answer.status_code, answer.location, answer.text, page), (like(asked), work.done))

    assert told["right"] == told["wrong address"] == told["unknown"]
    assert [letter["Subject"] for letter in walter.mail()][-1] == f"Your new link ({walter.reference})"
    assert sum("new link" in letter["Subject"] for letter in walter.letters()) == 1
    walter.come_in()


def test_a_lost_link_is_found_however_reference_and_address_are_typed(walter):
    typed = {"email": f" {walter.email.upper()} ", "reference": walter.reference.lower().replace("-", " ")}
    walter.browser.post("/requests/new-link", data=typed)

    assert "new link" in walter.mail()[-1]["Subject"]


def test_a_reference_that_can_be_none_is_said_to_be_none(walter):
    answer = walter.browser.post("/requests/new-link", data={"email": walter.email, "reference": "NC-1"})

    assert answer.status_code == 422
    assert "Enter the whole reference number" in answer.text


@pytest.mark.parametrize("reference", ["right", "NC-2222-2222"])
def test_after_three_links_in_an_hour_no_more_are_sent_whether_it_exists_or_not(walter, reference):
    form = {"email": walter.email, "reference": walter.reference if reference == "right" else reference}
    answers = [walter.browser.post("/requests/new-link", data=form).status_code for _ in range(4)]

    assert answers == [303, 303, 303, 429]
    with later(hours=1):
        assert walter.browser.post("/requests/new-link", data=form).status_code == 303


@pytest.mark.parametrize("link", ["right", UNKNOWN])
def test_after_five_codes_in_an_hour_no_more_are_sent_whether_it_is_ours_or_not(walter, link):
    link = walter.link() if link == "right" else link
    answers = [walter.browser.post(link, data={"email": walter.email}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert "No new code was sent" in answers[-1].text
    assert walter.browser.post("/requests/code/again").status_code == 429
    with later(hours=1):
        assert walter.browser.post(link, data={"email": walter.email}).status_code == 303


def test_after_twenty_five_tries_a_link_is_spent_and_a_new_one_is_not(walter):
    link = walter.link()
    for hour in range(5):
        with later(hours=hour):
            code = walter.ask(link)
            for _ in range(5):
                walter.type_code(other_than(code))
    with later(days=3):
        assert walter.browser.post(link, data={"email": walter.email}).status_code == 429
        walter.browser.post("/requests/new-link", data={"email": walter.email, "reference": walter.reference})
        walter.come_in()


def test_neither_link_nor_code_nor_cookie_stands_in_the_database(app, walter, rows):
    link = walter.link()
    code = walter.ask(link)
    asked = walter.browser.get_cookie("requester", path="/requests").value
    walter.type_code(code)
    reading = walter.browser.get_cookie("requester", path="/requests").value
    stored = repr(everything(rows))

    assert asked != reading, "what was there before the code is worth nothing after it"
    for secret in (link.rpartition("/")[2], asked, reading, f"'{code}'"):
        assert secret not in stored


def test_what_is_sent_is_forgotten(app, walter, rows):
    walter.ask()

    with app.app_context():
        mails = db.session.scalars(db.select(OutboxMail)).all()
        for mail in mails:
            mail.unlock(keyring())
        assert {mail.context for mail in mails if mail.state == "sent"} == {""}
        assert len(mails) == 3


def test_old_links_and_visits_are_forgotten(walter, rows):
    walter.come_in()
    with later(days=30):
        walter.browser.post("/requests/new-link", data={"email": walter.email, "reference": walter.reference})

    assert rows("select count(*) from own_link") == [(1,)]
    assert rows("select count(*) from own_visit") == [(0,)]


# The browser.


def test_the_cookie_is_for_these_pages_only_and_no_script_reads_it(walter):
    code = walter.ask()
    for answer in (walter.browser.post(walter.link(), data={"email": walter.email}), walter.type_code(code)):
        for cookie in answer.headers.getlist("Set-Cookie"):
            assert {"HttpOnly", "SameSite=Strict", "Path=/requests"} <= set(cookie.split("; "))
            assert "Expires" not in cookie
            assert "Max-Age" not in cookie


def test_behind_https_the_cookie_is_bound_to_host_and_https(desk_with):
    browser = desk_with(SECURE_COOKIES="yes").test_client()
    answer = browser.post(UNKNOWN, data={"email": REQUEST["email"]}, base_url="https://localhost")
    [cookie] = answer.headers.getlist("Set-Cookie")

    assert cookie.startswith("__Host-requester=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))


def test_nothing_of_it_is_kept_by_a_browser_or_found_by_a_search_engine(walter):
    walter.come_in()
    for path in (walter.path, walter.link(), "/requests/new-link", "/requests/signed-out"):
        answer = walter.browser.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert '<meta name="robots" content="noindex">' in answer.text


def test_neither_title_nor_address_says_what_it_is_about(walter):
    title = walter.come_in().partition("</title>")[0]

    assert REQUEST["subject"] not in title
    assert walter.reference not in title


def test_a_page_that_can_be_none_is_not_there(patient):
    for path in ("/requests/nonsense", "/requests/NC-1", "/requests/open/", "/requests/open/a/b"):
        assert patient.get(path).status_code == 404


def test_the_public_role_has_no_such_page_but_its_links_lead_there(desk_with):
    whole = desk_with()
    public = desk_with(ROLE="public").test_client()
    reference = public.send()
    link = link_in(letters_of(whole)()[0])

    for method, path in (("GET", link), ("POST", link), ("GET", f"/requests/{reference}"), ("GET", "/requests/code")):
        assert public.open(path, method=method).status_code == 404
    Requester(whole.test_client(), letters_of(whole), reference).come_in(link)


def test_links_begin_with_the_address_that_patients_know_whatever_this_process_is_called(app, tmp_path):
    with desks_beside(app, tmp_path) as make:
        desk = make(Nowhere, BASE_URL="https://help.example.org")
        desk.test_client().post(
            "/requests/new", data=REQUEST, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
        )
        letter = letters_of(desk)()[0].get_content()

    assert "https://help.example.org/requests/open/" in letter
    assert "evil" not in letter


class Nowhere:
    """A desk that writes its mail into files."""

    settings = {}  # noqa: RUF012


class Work:
    """How often the costly things are done: hashes, seals, comparisons that take the same time."""

    COSTLY = ("encrypt", "decrypt", "hmac_digest", "openssl_sha256", "_compare_digest", "compare_digest")

    def __enter__(self):
        self.done = Counter()
        sys.setprofile(self._note)
        return self

    def __exit__(self, *error):
        sys.setprofile(None)

    def _note(self, _frame, event, what):
        if event == "c_call" and what.__name__ in self.COSTLY:
            self.done[what.__name__] += 1


def other_than(code):
    return f"{(int(code) + 1) % 10**6:06}"


def assert_opens_nothing(walter, link):
    before = len(walter.mail())
    walter.browser.post(link, data={"email": walter.email})
    assert len(walter.mail()) == before, "no code is sent"


def links_of_every_kind(app, patient, letters, dana):
    """For each kind of link: the link and the address to give; of the right one, who has it."""

    def anew():
        return Requester(app.test_client(), letters, patient.send())

    expired, revoked, wrong, right = anew(), anew(), anew(), anew()
    with clock.pretend(clock.now() - timedelta(days=20)):
        expired = anew()
        of_old = expired.link()
    of_the_revoked = revoked.link()
    dana.act(revoked.reference, "links/off")
    return {
        "unknown": (UNKNOWN, REQUEST["email"]),
        "no token of ours": ("/requests/open/x", REQUEST["email"]),
        "expired": (of_old, REQUEST["email"]),
        "revoked": (of_the_revoked, REQUEST["email"]),
        "with a wrong address": (wrong.link(), "mabel@example.com"),
        "right": (right, right.link()),
    }


def knock(app, statements, walter, link, email):
    """What a stranger sees who tries a link with a wrong code, and what work was done for it."""
    browser = app.test_client()
    with statements() as asked, Work() as work:
        first = browser.get(link)
        second = browser.post(link, data={"email": email})
        third = browser.get(second.location)
        fourth = browser.post("/requests/code", data={"code": "000000"})
        fifth = browser.get(walter.path)
    answers = [first, second, third, fourth, fifth]
    look = [(answer.status_code, answer.location, headers(answer), answer.text) for answer in answers]
    return look, (like(asked), work.done)


def headers(answer):
    """But for the cookie, of which the name and the length are to be the same."""
    return [(name, value if name != "Set-Cookie" else len(value)) for name, value in answer.headers]


def like(asked):
    """Statements by what they do; a mail that was written for nobody is taken back instead of kept."""
    return [" ".join(statement.replace("ROLLBACK TO", "RELEASE").split()) for statement in asked]
