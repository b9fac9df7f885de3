"""A morning's work at the desk: by keyboard alone, and the same without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessible import check
from tests.server import serving


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("morning"), delivery=False, UNDO_SECONDS=600) as running:
        running.password = running.add_agent("dana@example.org", "Dana Kim")
        yield running


def focused(page):
    return page.locator(":focus")


def opened(page, heading):
    """The page is there, and so are its scripts, which run last."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.wait_for_load_state()


def says(page, text):
    """The same for a page that looks like the one before, but for this."""
    expect(page.get_by_role("main")).to_contain_text(text)
    page.wait_for_load_state()


def sent(page):
    """The reply is on its way, which only the page after it can say."""
    expect(page.get_by_text("goes out in a few seconds").first).to_be_visible()
    page.wait_for_load_state()


def message(page):
    return page.get_by_label("Message", exact=True)


def test_by_keyboard_alone(desk, dana):  # noqa: PLR0915  A morning is long.
    desk.send(subject="I cannot sign in", topic="sign-in")
    desk.send(subject="My bill is wrong", topic="billing")
    keys = dana.keyboard
    dana.goto("/desk/?view=unassigned&sort=created")

    keys.press("?")  # What is there?
    expect(dana.get_by_role("dialog")).to_contain_text("The next request, the one before")
    keys.press("Escape")
    expect(dana.get_by_role("dialog")).to_have_count(0)

    keys.press("j")
    keys.press("j")
    expect(focused(dana)).to_have_text("My bill is wrong")
    keys.press("k")
    expect(focused(dana)).to_have_text("I cannot sign in")
    keys.press("x")
    expect(dana.get_by_text("1 chosen")).to_be_visible()
    keys.press("Enter")
    opened(dana, "I cannot sign in")

    keys.press("a")  # It is mine.
    says(dana, "Dana Kim took this request")
    keys.press("n")
    expect(focused(dana)).to_have_attribute("id", "note-body")
    keys.type("njk? are letters here")
    keys.press("Control+Enter")
    says(dana, "njk? are letters here")

    keys.press("r")
    keys.type("Thank you for calling.")
    keys.press("Escape")
    keys.press("i")  # A canned reply, found by its words, into the reply.
    keys.type("newest email")
    keys.press("Enter")
    expect(dana.locator("[data-picks] button[value^=reply]")).to_have_count(1)
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Tab")
    expect(focused(dana)).to_have_accessible_name("Insert canned reply: Reset link has expired")
    keys.press("Enter")
    expect(message(dana)).to_have_value(re.compile(r"^Thank you for calling\.\n\nHi Walter,\n\nI am sorry"))
    expect(message(dana)).to_be_focused()
    keys.press("Control+Enter")
    sent(dana)

    keys.press("z")  # No: taken back, and the words are in the box again.
    expect(message(dana)).to_have_value(re.compile("^Thank you for calling"))
    dana.wait_for_load_state()
    keys.press("r")
    keys.press("Control+Enter")
    sent(dana)
    keys.press("e")
    says(dana, "You solved this request. No email went out.")
    keys.press("z")
    expect(dana.get_by_role("button", name="Solve it")).to_be_visible()
    dana.wait_for_load_state()
    keys.press("e")
    says(dana, "You solved this request")
    says(dana, "Dana Kim solved this as answered")

    keys.press("g")
    keys.press("n")
    opened(dana, "No one assigned")
    keys.press("j")
    keys.press("c")
    opened(dana, "Send to clinic")
    keys.press("/")
    expect(focused(dana)).to_have_attribute("id", "find")


def test_sent_and_solved_or_sent_and_on_to_the_next_by_a_key(desk, dana):
    for number in range(2):
        desk.send(subject=f"By a key {number}", topic="privacy")
    keys = dana.keyboard
    dana.goto("/desk/?view=all&topic=privacy&sort=created")
    dana.get_by_role("link", name="By a key 0").click()
    opened(dana, "By a key 0")
    keys.press("r")
    keys.type("Thank you.")
    keys.press("Control+Shift+Enter")
    sent(dana)
    says(dana, "Dana Kim solved this as answered")

    dana.goto("/desk/?view=all&topic=privacy&sort=created")
    dana.get_by_role("link", name="By a key 1").click()
    opened(dana, "By a key 1")
    keys.press("r")
    keys.type("Thank you, too.")
    keys.press("Control+Alt+Enter")
    expect(dana.get_by_role("heading", level=1)).not_to_have_text("By a key 1")
    sent(dana)


def test_the_way_back_leads_to_where_one_was(desk, dana):
    for number in range(3):
        desk.send(subject=f"Way back {number}", topic="feedback")
    keys = dana.keyboard
    dana.goto("/desk/?view=all&topic=feedback&sort=created")
    keys.press("j")
    keys.press("j")
    keys.press("Enter")
    opened(dana, "Way back 1")
    keys.press("w")
    says(dana, "You watch this request")
    keys.press("u")
    opened(dana, "All requests")

    expect(focused(dana)).to_have_text("Way back 1")
    assert dana.url.endswith("/desk/?view=all&topic=feedback&sort=created")
    keys.press("j")
    expect(focused(dana)).to_have_text("Way back 2")
    keys.press("x")
    keys.press("b")
    expect(focused(dana)).to_have_attribute("id", "bulk-act")


def test_a_team_has_its_key_for_who_is_in_it(desk, dana):
    keys = dana.keyboard
    dana.goto("/desk/people/teams/")
    dana.get_by_label("Name of the team").fill("Sign-in help")
    dana.get_by_label("Dana Kim").check()
    dana.get_by_role("button", name="Make it").click()
    expect(dana.get_by_role("main").get_by_role("link", name="Sign-in help", exact=True)).to_be_visible()
    dana.wait_for_load_state()

    keys.press("g")
    keys.press("t")
    opened(dana, "My teams")


def test_without_javascript(desk, browse, dana_signed_in):
    dana = browse(desk, storage_state=dana_signed_in, java_script_enabled=False)
    desk.send(subject="The link has expired", topic="sign-in")
    desk.send(subject="Two of a kind", topic="technical")
    dana.goto("/desk/?view=open&sort=-created")
    dana.get_by_label("With those you choose").select_option("High")
    for subject in ("The link has expired", "Two of a kind"):
        dana.get_by_role("row").filter(has_text=subject).get_by_role("checkbox").check()
    dana.get_by_role("button", name="Apply").click()
    expect(dana.get_by_role("heading", level=1)).to_have_text("2 of 2 done")
    dana.get_by_role("button", name="Undo", exact=True).click()
    expect(dana.get_by_role("heading", level=1)).to_have_text("2 of 2 put back")

    dana.get_by_role("link", name="Back to the queue").click()
    dana.get_by_role("link", name="The link has expired").click()
    message(dana).fill("Thank you for calling.")
    dana.get_by_text("Insert a canned reply or an article").click()
    dana.get_by_label("Find one by its words").fill("newest email")
    dana.get_by_label("Find one by its words").press("Enter")
    dana.get_by_role("button", name="Insert canned reply: Reset link has expired").click()
    expect(message(dana)).to_have_value(re.compile(r"^Thank you for calling\.\n\nHi Walter,"))
    dana.get_by_role("button", name="Send, then the next request").click()
    expect(dana.get_by_text("goes out in a few seconds").first).to_be_visible()
    expect(dana.get_by_role("heading", level=1)).not_to_have_text("The link has expired")
    dana.locator(".unsent").first.get_by_role("button").click()
    expect(message(dana)).to_have_value(re.compile("^Thank you for calling"))
    dana.get_by_role("button", name="Send and solve").click()
    expect(dana.get_by_role("main")).to_contain_text("Dana Kim solved this as answered")


def test_handing_on_without_javascript(desk, browse, dana_signed_in):
    desk.add_agent("priya@example.org", "Priya Nair")
    first = desk.send(subject="Which of my two", email="mara@example.com")
    second = desk.send(subject="It is the other", email="mara@example.com", message="My zeppelin bill is wrong.")
    dana = browse(desk, storage_state=dana_signed_in, java_script_enabled=False)
    main = dana.get_by_role("main")
    dana.goto("/desk/tags")
    dana.get_by_label("New tag").fill("called-us")
    dana.get_by_role("button", name="Make it").click()
    expect(main.get_by_role("link", name="called-us")).to_be_visible()

    dana.goto(f"/desk/tickets/{first}")
    dana.get_by_role("button", name="Take it").click()
    expect(main).to_contain_text("Dana Kim took this request")
    dana.get_by_text("Add an internal note").click()
    dana.get_by_label("Note for the team").fill("@priya please call her.")
    dana.get_by_role("button", name="Save note").click()
    expect(main).to_contain_text("Dana Kim mentioned Priya Nair")
    dana.get_by_label("called-us").check()
    dana.get_by_role("button", name="Save tags").click()
    expect(main).to_contain_text("called-us")
    expect(dana.get_by_label("called-us")).to_be_checked()

    dana.get_by_text("Merge another of theirs into this one").click()
    dana.get_by_role("button", name=re.compile(f"^Merge it into this one.*{second}")).click()
    expect(dana.get_by_role("heading", name="Merged into this request")).to_be_visible()
    expect(dana.locator(".thread")).to_contain_text("My zeppelin bill is wrong.")
    dana.get_by_text("Split: make a new request of one message").click()
    dana.get_by_label("Subject of the new request").fill("The zeppelin bill")
    dana.get_by_label("Topic of the new request").select_option("billing")
    dana.get_by_role("button", name="Make it a new request").click()
    expect(dana.get_by_role("heading", name="Related requests")).to_be_visible()

    dana.get_by_role("button", name="Let it wait").click()
    expect(main).to_contain_text("It rests until")
    dana.get_by_role("button", name="Bring it back").click()
    expect(dana.get_by_role("button", name="Let it wait")).to_be_visible()


def test_the_new_pages_are_for_everybody(desk, dana):
    desk.send(subject="Everybody can read this", topic="sign-in")
    dana.goto("/desk/shortcuts/")
    check(dana, "Keyboard shortcuts")
    dana.goto("/desk/")
    dana.get_by_role("link", name="Everybody can read this").click()
    dana.get_by_text("Insert a canned reply or an article").click()
    dana.locator(".picks summary").first.click()
    check(dana, "Everybody can read this")
    message(dana).fill("Hello.")
    dana.get_by_role("button", name="Send to patient").click()
    expect(dana.locator(".thread")).to_contain_text("Hello.")
    expect(dana.get_by_text("goes out in a few seconds").first).to_be_visible()
    dana.set_viewport_size({"width": 1280, "height": 900})
    dana.goto("/desk/?view=all&sort=-updated")
    dana.get_by_role("row").filter(has_text="Everybody can read this").get_by_role("checkbox").check()
    check(dana, "All requests")
    dana.get_by_label("With those you choose").select_option("Urgent")
    dana.get_by_role("button", name="Apply").click()
    check(dana, "1 of 1 done")
