"""In a real browser: what stands beside a message while it is written, and the page before sending without scripts."""

import re
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.steps import choose_password, expect_thanks, open_form, sign_in
from tests.browser.test_accessible import check
from tests.server import serving, until

BILL = {
    "topic": "billing",
    "subject": "My bill is wrong",
    "message": "I was charged twice for the same visit. My ssn is 123-45-6789.",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("before"), delivery=False, SEARCH_COUNT_SECONDS=1) as running:
        yield running


def beside(page):
    return page.locator("#while-typing")


def test_advice_comes_while_writing_and_everybody_can_use_it(desk, browse):
    patient = browse(desk)
    open_form(patient, **BILL)

    expect(beside(patient).get_by_role("heading", name="Your bill comes from your clinic")).to_be_visible()
    expect(beside(patient).get_by_text("123-45-6789")).to_be_visible()
    expect(patient.locator("#while-typing-says")).to_contain_text("Your clinic can help with this.")
    check(patient, "Send us a message")


def test_nothing_moves_that_somebody_writes_in(desk, browse):
    for width in (1280, 390):
        patient = browse(desk, viewport={"width": width, "height": 900})
        open_form(patient)
        message = patient.get_by_label("Your message", exact=True)
        before = message.bounding_box()
        message.fill(BILL["message"] + " My bill is wrong.")
        expect(beside(patient)).to_be_visible()

        assert message.bounding_box() == before


def test_a_number_is_taken_out_by_one_click(desk, browse):
    patient = browse(desk)
    open_form(patient, **BILL)
    beside(patient).get_by_role("button", name="Remove it for me (Social Security number)").click()

    expect(patient.get_by_label("Your message", exact=True)).to_have_value(
        "I was charged twice for the same visit. My ssn is [removed]."
    )
    expect(patient.get_by_label("Your message", exact=True)).to_be_focused()
    expect(beside(patient).get_by_text("123-45-6789")).to_have_count(0)


def test_what_was_seen_beside_the_message_does_not_stop_it(desk, browse):
    patient = browse(desk)
    open_form(patient, **BILL)
    expect(beside(patient)).to_be_visible()
    expect(patient.locator("[name=seen]")).not_to_have_value(
        patient.locator("[name=seen]").get_attribute("data-by-script")
    )
    patient.get_by_role("button", name="Send message").click()

    expect_thanks(patient)


def test_an_answer_that_comes_late_is_not_shown(desk, browse):
    patient = browse(desk)
    held = []
    patient.route("**/requests/check.json", lambda route: held.append(route))  # noqa: PLW0108
    open_form(patient, **BILL)
    until(lambda: patient.wait_for_timeout(1) or held, "the question to be asked")
    patient.unroute("**/requests/check.json")
    patient.get_by_label("Your message", exact=True).fill("I forgot my password and need a new one")
    patient.get_by_label("Subject", exact=True).fill("Forgot password")
    patient.get_by_label("What is it about?").select_option("sign-in")
    expect(beside(patient).get_by_role("link", name="I forgot my password")).to_be_visible()

    expect(beside(patient).get_by_text("123-45-6789")).to_have_count(0)


def test_a_desk_that_gives_no_advice_takes_the_message(desk, browse):
    patient = browse(desk)
    patient.route("**/requests/check.json", lambda route: route.fulfill(status=200, body="no advice"))
    open_form(patient)
    patient.get_by_role("button", name="Send message").click()

    expect_thanks(patient)


def test_without_scripts_the_page_comes_once_and_everybody_can_use_it(desk, browse):
    patient = browse(desk, java_script_enabled=False)
    open_form(patient, **BILL)
    patient.get_by_role("button", name="Send message").click()
    expect(patient.get_by_role("heading", level=1)).to_have_text("Before you send")
    patient.get_by_role("button", name="Remove it for me").click()
    expect(patient.get_by_role("main")).to_contain_text("My ssn is [removed].")
    patient.get_by_role("button", name="Change my message").click()
    expect(patient.get_by_label("Subject", exact=True)).to_have_value(BILL["subject"])
    patient.get_by_role("button", name="Send message").click()

    expect_thanks(patient)


def test_the_page_before_sending_passes_axe(desk, browse):
    patient = browse(desk)
    patient.route("**/requests/check.json", lambda route: route.fulfill(status=200, body="no advice"))
    open_form(patient, **BILL)
    patient.get_by_role("button", name="Send message").click()

    check(patient, "Before you send")


def test_leaving_the_page_before_sending_is_counted_and_sending_is_not(desk, browse):
    before = counted(desk)
    patient = browse(desk)
    patient.route("**/requests/check.json", lambda route: route.fulfill(status=200, body="no advice"))
    for leaves in (False, True):
        open_form(patient, **BILL)
        patient.get_by_role("button", name="Send message").click()
        expect(patient.get_by_role("heading", level=1)).to_have_text("Before you send")
        if leaves:
            patient.goto("/")
        else:
            patient.get_by_role("button", name="Send it to support anyway").click()
            expect_thanks(patient)

    until(lambda: counted(desk) > before, "the count to be written")
    assert counted(desk) == before + 1


def counted(desk):
    """How often the page before sending was left so far."""
    with closing(sqlite3.connect(desk.data / "desk.sqlite3")) as connection:
        left = "select coalesce(sum(times), 0) from search_count where what = 'deflected' and detail = 'left:'"
        return connection.execute(left).fetchone()[0]


def test_the_promise_is_said_in_the_readers_own_zone_too(desk, browse):
    there = browse(desk, timezone_id="America/New_York")
    open_form(there)
    there.get_by_role("button", name="Send message").click()
    expect_thanks(there)
    expect(there.get_by_role("main")).to_contain_text(re.compile(r"[AP]M Pacific \(.*[AP]M where you are\)"))

    here = browse(desk, timezone_id="America/Los_Angeles")
    open_form(here)
    here.get_by_role("button", name="Send message").click()
    expect_thanks(here)
    expect(here.get_by_role("main")).not_to_contain_text("where you are")


@pytest.mark.parametrize(
    ("due", "there"),
    [
        ("2026-11-24T17:00:00-08:00", "(8 PM where you are)"),
        ("2026-11-24T09:40:00-08:00", "(12:40 PM where you are)"),
        ("2026-11-24T23:00:00-08:00", "(Wednesday, 2 AM where you are)"),
    ],
)
def test_a_time_is_written_one_way_in_every_zone(desk, browse, due, there):
    patient = browse(desk, timezone_id="America/New_York")
    open_form(patient)
    patient.get_by_role("button", name="Send message").click()
    expect_thanks(patient)
    patient.route("**/requests/sent/*", lambda route: answer_with(route, due))
    patient.reload()

    expect(patient.get_by_role("main")).to_contain_text(there)


def answer_with(route, due):
    """The page as the desk sends it, but for the moment by which we reply."""
    page = route.fetch()
    route.fulfill(response=page, body=re.sub(r'<time datetime="[^"]+"', f'<time datetime="{due}"', page.text()))


def test_one_key_opens_the_note_to_a_patient_whose_clinic_can_help(desk, browse):
    desk.send(**BILL)
    agent = browse(desk)
    sign_in(agent, "lee@example.org", desk.add_agent("lee@example.org", "Lee Moreno"))
    choose_password(agent)
    expect(agent.locator("a.subj").first).to_be_visible()
    agent.wait_for_load_state()

    agent.get_by_label("Find a request").press("c")
    expect(agent.get_by_role("heading", level=1)).to_have_text("All open")
    agent.get_by_role("link", name=BILL["subject"]).first.press("c")
    expect(agent.get_by_role("heading", level=1)).to_have_text("Send to clinic")
    expect(agent.get_by_label("Message", exact=True)).to_have_value(re.compile("Your bill comes from your clinic"))
