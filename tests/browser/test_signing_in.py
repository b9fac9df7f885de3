"""At a real browser: codes, one's own account and the audit for everybody; drafts; and the word before one is out."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import PASSWORD, sign_in
from tests.browser.test_accessible import check
from tests.phone import Phone, recovery_codes_on
from tests.server import serving

LEE = "lee@example.org"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk that asks for codes."""
    with serving(tmp_path_factory.mktemp("codes"), delivery=False, ONE_TIME_CODES="required") as running:
        running.flask("agents", "add", "first@example.org", "First Admin")
        yield running


def arrive(page, desk, email):
    """Somebody new, as far as the page that sets up codes."""
    sign_in(page, email, desk.add_agent(email, "Lee Moreno"))
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up one-time codes")


def scan(page):
    """Set up codes on a new phone, and return it; the recovery codes stand there."""
    phone = Phone.scanning(page.content())
    page.get_by_label("Code that your phone shows now").fill(phone.shows())
    page.get_by_role("button", name="Turn on codes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep your recovery codes")
    return phone


@pytest.fixture(scope="module")
def lee(desk, chromium):
    """Lee's phone and recovery codes, and what Lee's browser keeps who is signed in: an admin."""
    context = chromium.new_context(base_url=desk.url)
    page = context.new_page()
    arrive(page, desk, LEE)
    desk.flask("agents", "role", LEE, "admin")
    phone = scan(page)
    recovery = recovery_codes_on(page.content())
    page.get_by_role("link", name="I have them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All open")
    kept = context.storage_state()
    context.close()
    return phone, recovery, kept


@pytest.fixture
def agent(desk, browse, lee):
    return browse(desk, storage_state=lee[2])


@pytest.fixture(scope="module")
def reference(desk):
    return desk.send()


def test_the_code_page_and_a_recovery_code_without_scripts(desk, browse, lee):
    page = browse(desk, java_script_enabled=False)
    sign_in(page, LEE, PASSWORD)
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Go to the desk").click()
    expect(page.get_by_role("alert")).to_contain_text("That code does not open the desk")
    page.get_by_label("Code", exact=True).fill(lee[1][0])
    page.get_by_role("button", name="Go to the desk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All open")


def test_everybody_can_set_codes_up(desk, browse):
    page = browse(desk)
    arrive(page, desk, "kim@example.org")
    page.get_by_text("I can’t scan it").click()
    check(page, "Set up one-time codes")


def test_everybody_can_read_their_recovery_codes(desk, browse):
    page = browse(desk)
    arrive(page, desk, "robin@example.org")
    scan(page)
    check(page, "Keep your recovery codes")


def test_everybody_can_use_the_code_page(desk, browse, lee):
    page = browse(desk)
    sign_in(page, LEE, PASSWORD)
    page.get_by_text("I don’t have my phone").click()
    check(page, "Enter your code")


def test_everybody_can_use_their_account(agent):
    agent.goto("/desk/account/")
    check(agent, "Your account")


def test_everybody_can_use_the_audit(agent):
    agent.goto("/desk/audit")
    check(agent, "Audit")


def test_the_door_that_makes_one_wait(desk, browse):
    page = browse(desk)
    for _ in range(6):
        sign_in(page, "nobody@example.org", "a guess")
    expect(page.get_by_role("alert")).to_contain_text("Please wait")
    check(page, "Sign in")


def test_what_is_typed_outlives_the_browser(agent, desk, browse, lee, reference):
    address = f"/desk/tickets/{reference}"
    agent.goto(address)
    agent.clock.install()
    with agent.expect_response("**/desk/account/draft"):
        agent.get_by_label("Message", exact=True).press_sequentially("Dear Walter, I am")
        agent.clock.run_for(3_000)
    agent.close()

    later = browse(desk, storage_state=lee[2])
    later.goto(address)
    expect(later.get_by_label("Message", exact=True)).to_have_value("Dear Walter, I am")
    expect(later.get_by_text("Not sent yet. We kept what you typed.")).to_be_visible()


def test_two_minutes_before_one_is_signed_out_the_page_asks_and_a_button_is_enough(agent):
    agent.clock.install()
    agent.goto("/desk/")
    warning = agent.get_by_role("alert").filter(has_text="Are you still there?")

    agent.clock.run_for(27 * 60_000)
    expect(warning).to_be_hidden()
    agent.clock.run_for(2 * 60_000)
    expect(warning).to_be_visible()
    check(agent, "All open")
    with agent.expect_response("**/desk/account/still-here"):
        warning.get_by_role("button", name="Stay signed in").click()
    expect(warning).to_be_hidden()


def test_who_does_not_answer_is_led_away_from_what_the_page_shows(agent, reference):
    agent.clock.install()
    agent.goto(f"/desk/tickets/{reference}")
    with agent.expect_navigation():
        agent.clock.run_for(31 * 60_000)
