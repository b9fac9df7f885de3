"""Pages that few see, for everybody: what is held, not reached, merged, erased, too late, or asked about first."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import kept_by
from tests.browser.test_accessible import AT_ITS_WORST, check
from tests.post_office import PostOffice
from tests.server import serving, until


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk on which Dana may do everything, and where replies can be taken back for long."""
    with serving(tmp_path_factory.mktemp("seldom"), delivery=False, UNDO_SECONDS=600, MAIL_TLS="none") as running:
        running.flask("demo", "load")
        running.password = running.add_agent("dana.lee@example.org", "Dana Lee")
        running.flask("agents", "role", "dana.lee@example.org", "admin")
        yield running


@pytest.fixture(scope="module")
def dana_signed_in(desk, chromium):
    return kept_by(chromium, desk, "dana.lee@example.org")


def choose(page, *subjects, act):
    """Choose these in the queue that stands there, and press “Apply”."""
    for subject in subjects:
        page.get_by_role("row").filter(has_text=subject).get_by_role("checkbox").check()
    page.get_by_label("With those you choose").select_option(act)
    page.get_by_role("button", name="Apply").click()


def test_what_goes_to_several_clinics_before_it_does(desk, dana):
    desk.send(subject="Twice on my bill", topic="billing", message="I was charged twice for one visit.")
    desk.send(subject="The page is blank", topic="technical")
    desk.send(subject="A pain in my chest", topic="medical", message="I have chest pain and can’t breathe.")
    dana.goto("/desk/?view=all&sort=-created")
    choose(dana, "Twice on my bill", "The page is blank", "A pain in my chest", act="clinic")

    expect(dana.get_by_role("heading", name="Left alone")).to_be_visible()
    expect(dana.get_by_text("it may be an emergency", exact=False).first).to_be_visible()
    check(dana, "Send 1 note to 1 patient?")

    dana.goto("/desk/?view=all&sort=-created")
    choose(dana, "The page is blank", act="clinic")
    check(dana, "There is nothing to send", AT_ITS_WORST)


def test_a_request_whose_words_were_erased(desk, dana):
    reference = desk.send(subject="Please forget me")
    desk.flask("tickets", "erase", reference)
    dana.goto(f"/desk/tickets/{reference}")

    expect(dana.get_by_role("heading", name="Its words were erased")).to_be_visible()
    check(dana, f"Request {reference}")


def test_a_reply_that_can_no_longer_be_taken_back(desk, dana):
    dana.goto(f"/desk/tickets/{desk.send(subject='Taken back twice')}")
    dana.get_by_label("Message", exact=True).fill("Hello Walter.")
    dana.get_by_role("button", name="Send to patient").click()
    undo = dana.locator(".unsent").get_by_role("button")
    expect(undo).to_be_visible()
    other = dana.context.new_page()
    other.goto(dana.url)
    other.locator(".unsent").get_by_role("button").click()
    expect(other.get_by_label("Message", exact=True)).to_have_value("Hello Walter.")

    undo.click()
    check(dana, "It was too late to undo")


def test_before_somebody_is_signed_out(dana):
    dana.goto("/desk/people/")
    dana.get_by_role("link", name=re.compile("^End….*Dana Lee")).first.click()
    check(dana, "End a sign-in of Dana Lee")
    dana.get_by_role("button", name="End it").click()
    expect(dana.get_by_role("alert")).to_contain_text("Nothing was changed")
    check(dana, "End a sign-in of Dana Lee", AT_ITS_WORST)


def test_a_request_that_is_held(desk, dana):
    reference = desk.send(subject="Cheap pills", website="https://pills.example")
    dana.goto("/desk/?view=held")
    expect(dana.get_by_role("link", name="Cheap pills")).to_be_visible()
    check(dana, "Held for review", AT_ITS_WORST)
    dana.goto(f"/desk/tickets/{reference}")
    expect(dana.get_by_role("button", name="Let it in")).to_be_visible()
    check(dana, "Cheap pills")


def test_a_patient_whom_our_mail_does_not_reach(desk, dana):
    reference = desk.send(subject="No mail for Ines", email="ines@example.com")
    with PostOffice(answers={"RCPT": {"ines@": ["550 No such user"]}}) as post:
        desk.start_delivery(**post.settings)
        until(lambda: "refused 550" in desk.flask("outbox", "list"), "mail that nobody takes")
        desk.stop(desk.delivery)
    dana.goto("/desk/?view=unreached")
    expect(dana.get_by_role("link", name="No mail for Ines")).to_be_visible()
    check(dana, "Could not reach", AT_ITS_WORST)

    dana.goto(f"/desk/tickets/{reference}")
    expect(dana.get_by_role("heading", name="Could not reach the patient")).to_be_visible()
    dana.get_by_text("The address has a slip in it").click()
    check(dana, "No mail for Ines")
    dana.get_by_label("Right address").fill("no address")
    dana.get_by_role("button", name="Correct and send").click()
    expect(dana.get_by_role("alert")).to_contain_text("The address was not corrected")
    check(dana, "No mail for Ines", AT_ITS_WORST)


def test_two_requests_of_which_one_was_merged_into_the_other(desk, dana):
    first = desk.send(subject="Locked out", email="mara@example.com", message="I can’t get in.")
    second = desk.send(subject="Still locked out", email="mara@example.com", message="Again I can’t.")
    dana.goto(f"/desk/tickets/{first}")
    dana.get_by_text("Merge another of theirs into this one").click()
    dana.get_by_role("button", name=re.compile(f"^Merge it into this one.*{second}")).click()
    expect(dana.get_by_role("heading", name="Merged into this request")).to_be_visible()
    check(dana, "Locked out")

    dana.goto(f"/desk/tickets/{second}")
    check(dana, "Locked out", AT_ITS_WORST)


def test_what_is_due(dana):
    for due, name in (("today", "Due today, or overdue"), ("overdue", "Overdue")):
        dana.goto("/desk/")
        dana.get_by_label("Reply due").select_option(name)
        dana.get_by_role("button", name="Filter").click()
        expect(dana.get_by_label("Reply due")).to_have_value(due)
        check(dana, "All open", AT_ITS_WORST)

    dana.goto("/desk/?view=watching&due=overdue")
    check(dana, "Watching", AT_ITS_WORST)
