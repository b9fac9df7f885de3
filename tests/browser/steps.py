"""What people do at a browser, in their own words."""

import re

from playwright.sync_api import expect

from tests.people import REQUEST

REFERENCE = re.compile(r"NC-[0-9A-Z]{4}-[0-9A-Z]{4}")
FIELDS = {
    "name": "Your name",
    "email": "Your email address",
    "subject": "Subject",
    "message": "Your message",
}
PASSWORD = "a long night of quiet seas"


def search_box(page):
    return page.locator("input[type=search]").and_(page.get_by_label("Search help articles"))


def open_form(page, **answers):
    page.goto("/requests/new")
    fill_in(page, **answers)


def fill_in(page, **answers):
    """Fill the form in as Walter would, but for what is said otherwise."""
    answers = REQUEST | answers
    for name, label in FIELDS.items():
        page.get_by_label(label, exact=True).fill(answers[name])
    page.get_by_label("What is it about?").select_option(answers["topic"])


def send(page):
    """Send the message; without scripts a page comes first that shows what may help, and it is sent anyway."""
    comes_first = not page.locator("[name=seen]").input_value()
    press_send(page)
    if comes_first:
        send_anyway(page)


def press_send(page):
    page.get_by_role("button", name="Send message").click()


def send_anyway(page):
    page.locator("button[name=then][value=send]").click()


def expect_thanks(page):
    """The thank-you page stands there; returns its reference."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We got your message.")
    return REFERENCE.search(page.get_by_role("main").inner_text())[0]


def expect_kept(page, **answers):
    """The form still holds what Walter typed, but for what is said otherwise."""
    answers = REQUEST | answers
    for name, label in FIELDS.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(answers[name])
    expect(page.get_by_label("What is it about?")).to_have_value(answers["topic"])


def sign_in(page, email, password):
    page.goto("/desk/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def choose_password(page):
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All open")


def kept_by(chromium, desk, email, password=None):
    """What the browser of an agent keeps once they have signed in; their first password is usually `desk.password`."""
    context = chromium.new_context(base_url=desk.url)
    page = context.new_page()
    sign_in(page, email, password or desk.password)
    choose_password(page)
    kept = context.storage_state()
    context.close()
    return kept
