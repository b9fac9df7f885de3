"""A patient at a real browser comes back to read our answer: by link and code, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import expect_thanks, open_form, send
from tests.browser.test_accessible import check
from tests.people import REQUEST
from tests.requester import LINK, code_in, link_in
from tests.server import serving, until

TYPED = "It says “link expired”, on my iPad too."


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("own-page")) as running:
        running.password = running.add_agent("dana@example.org", "Dana Kim")
        yield running


@pytest.fixture
def letters(desk):
    """What of a template has come for a reference: `letters("reply", reference)` waits until it is there."""

    def wait(template, reference, number=1):
        def there():
            found = [letter for letter in desk.letters(template) if reference in letter.get_content()]
            return found[-1] if len(found) >= number else None

        return until(there, f"mail {number} of {template}")

    return wait


def ask(page, **answers):
    """Send a message; returns its reference."""
    open_form(page, **answers)
    send(page)
    return expect_thanks(page)


def come_in(page, letters, reference, link, number=1):
    page.goto(link)
    page.get_by_label("Your email address").fill(REQUEST["email"])
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Type the code from our email")
    type_code(page, letters("code", reference, number))


def type_code(page, letter):
    page.get_by_label("Code", exact=True).fill(code_in(letter))
    page.get_by_role("button", name="Open my page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your messages with us")


def write(page, text):
    page.get_by_label("Your message", exact=True).fill(text)
    page.get_by_role("button", name="Send message").click()


def heading(page, text):
    return expect(page.get_by_role("heading", name=text))


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_whole_way_of_an_answer(desk, browse, dana, letters, scripts):
    walter = browse(desk, java_script_enabled=scripts)
    reference = ask(walter)
    come_in(walter, letters, reference, link_in(letters("received", reference)))
    heading(walter, "It is our turn").to_be_visible()
    write(walter, TYPED)
    expect(walter.get_by_role("list").get_by_text(TYPED)).to_be_visible()

    dana.goto(f"/desk/tickets/{reference}")
    expect(dana.get_by_role("main")).to_contain_text(TYPED)
    dana.get_by_label("Message", exact=True).fill("Hello Walter,\nhere is a fresh one.")
    dana.get_by_role("button", name="Send to patient").click()
    expect(dana.get_by_role("main")).to_contain_text("Link active until")
    reply = letters("reply", reference)
    assert "fresh one" not in reply.get_content()

    walter.context.clear_cookies()
    come_in(walter, letters, reference, LINK.search(reply.get_content())[0], number=2)
    expect(walter.get_by_text("here is a fresh one.")).to_be_visible()
    walter.get_by_role("button", name="This solved it").click()
    heading(walter, "This is solved").to_be_visible()
    walter.get_by_role("button", name=re.compile("shared computer")).click()
    expect(walter.get_by_role("heading", level=1)).to_have_text("You are signed out")
    assert walter.context.cookies() == []
    walter.go_back()
    expect(walter.get_by_role("heading", level=1)).to_have_text("You are not signed in")
    expect(walter.get_by_text("here is a fresh one.")).to_have_count(0)


def test_what_is_added_is_looked_at_while_it_is_typed(desk, browse, letters):
    walter = browse(desk, viewport={"width": 390, "height": 844})
    reference = ask(walter)
    come_in(walter, letters, reference, link_in(letters("received", reference)))
    message, beside = walter.get_by_label("Your message", exact=True), walter.locator("#while-typing")
    message.fill("My social security number is 123-45-6789, in case you need it.")
    expect(beside.get_by_text("123-45-6789")).to_be_visible()
    check(walter, "Your messages with us")
    beside.get_by_role("button", name="Remove it for me (Social Security number)").click()
    expect(message).to_have_value("My social security number is [removed], in case you need it.")

    message.fill("I can’t breathe and my chest hurts.")
    expect(beside.get_by_role("link", name="Call 911")).to_be_visible()
    check(walter, "Your messages with us")


def test_a_double_click_sends_one_message(desk, browse, letters):
    walter = browse(desk)
    reference = ask(walter)
    come_in(walter, letters, reference, link_in(letters("received", reference)))
    walter.get_by_label("Your message", exact=True).fill(TYPED)
    walter.get_by_role("button", name="Send message").dblclick()

    expect(walter.get_by_label("Your message", exact=True)).to_have_value("")
    expect(walter.locator(".talk > li")).to_have_count(2)


def test_a_desk_that_is_locked_keeps_the_words(desk, browse, letters):
    walter = browse(desk)
    reference = ask(walter)
    come_in(walter, letters, reference, link_in(letters("received", reference)))
    walter.get_by_label("Your message", exact=True).fill(TYPED)
    with desk.locked():
        walter.get_by_role("button", name="Send message").click()
        expect(walter.get_by_role("alert")).to_contain_text("Your message was not sent")
        expect(walter.get_by_label("Your message", exact=True)).to_have_value(TYPED)
    walter.get_by_role("button", name="Send message").click()

    expect(walter.get_by_role("list").get_by_text(TYPED)).to_be_visible()


def test_every_page_of_it_can_be_used_by_everybody(desk, browse, dana, letters):
    walter = browse(desk)
    reference = ask(walter)
    link = link_in(letters("received", reference))
    walter.goto(link)
    check(walter, "Open your messages")
    walter.get_by_role("button", name="Send me a code").click()
    expect(walter.get_by_role("alert")).to_be_focused()
    check(walter, "Open your messages")
    walter.get_by_label("Your email address").fill(REQUEST["email"])
    walter.get_by_role("button", name="Send me a code").click()
    check(walter, "Type the code from our email")
    walter.get_by_label("Code", exact=True).fill("000 000")
    walter.get_by_role("button", name="Open my page").click()
    check(walter, "Type the code from our email")
    type_code(walter, letters("code", reference))
    dana.goto(f"/desk/tickets/{reference}")
    dana.get_by_label("Message", exact=True).fill("Hello Walter,\nhere is a fresh one.")
    dana.get_by_role("button", name="Send to patient").click()
    walter.reload()
    check(walter, "Your messages with us")
    write(walter, "")
    check(walter, "Your messages with us")
    walter.get_by_role("button", name="This solved it").click()
    heading(walter, "Did we help you?").to_be_visible()
    check(walter, "Your messages with us")
    walter.get_by_role("button", name="No, not really").click()
    check(walter, "Your messages with us")
    walter.goto(f"/requests/{reference}")
    walter.get_by_label("Your message", exact=True).fill(TYPED)
    dana.get_by_text("The patient’s own page", exact=True).click()
    dana.get_by_role("button", name="Turn the links off").click()
    expect(dana.get_by_role("main")).to_contain_text("No link is active")
    walter.get_by_role("button", name="Send message").click()
    expect(walter.get_by_label("Your message", exact=True)).to_have_value(TYPED)
    check(walter, "Your message was not sent")
    walter.goto(f"/requests/{reference}")
    check(walter, "You are not signed in")
    for path, title in (("signed-out", "You are signed out"), ("new-link", "Get a new link")):
        walter.goto(f"/requests/{path}")
        check(walter, title)
    walter.goto("/requests/new-link/sent")
    check(walter, "Check your email")
