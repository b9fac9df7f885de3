"""A patient and an agent at real browsers, before real processes: what works by hand, and what survives trouble."""

import re
import sqlite3
from contextlib import closing, suppress

import pytest
from playwright.sync_api import Error, expect

from tests.browser.steps import (
    choose_password,
    expect_kept,
    expect_thanks,
    fill_in,
    open_form,
    press_send,
    search_box,
    send,
    sign_in,
)
from tests.people import REQUEST
from tests.server import serving, until


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("journey")) as running:
        yield running


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def scripts(request):
    return request.param == "with JavaScript"


def test_a_patient_finds_an_answer_asks_and_is_answered(desk, browse, scripts):
    patient = browse(desk, java_script_enabled=scripts)
    subject = f"Reset link has expired, {'with' if scripts else 'without'} scripts"

    patient.goto("/")
    search_box(patient).fill("forgot my password")
    patient.get_by_role("button", name="Search").click()
    patient.get_by_role("heading", level=2).get_by_role("link").first.click()
    expect(patient.get_by_role("heading", level=1)).to_have_text("I forgot my password")
    patient.get_by_role("complementary").get_by_role("link", name="Send us a message").click()
    expect(patient.get_by_role("heading", level=1)).to_have_text("Send us a message")
    fill_in(patient, subject=subject)
    send(patient)
    reference = expect_thanks(patient)

    agent = browse(desk, java_script_enabled=scripts)
    email = f"{'dana' if scripts else 'priya'}@example.org"
    sign_in(agent, email, desk.add_agent(email, "Dana Kim"))
    choose_password(agent)
    agent.get_by_role("link", name=subject).click()
    expect(agent.get_by_role("heading", level=1)).to_have_text(subject)
    expect(agent.get_by_role("main")).to_contain_text(REQUEST["message"])
    agent.get_by_role("button", name="Take it").click()
    agent.get_by_label("Message", exact=True).fill("Hello Walter,\nhere is a fresh link.")
    agent.get_by_role("button", name="Send to patient").click()
    expect(agent.locator(".thread")).to_contain_text("here is a fresh link")
    expect(agent.get_by_label("Message", exact=True)).to_have_value("")  # No draft outlives the reply.
    expect(agent.get_by_role("main").get_by_text("Waiting on patient").first).to_be_visible()

    reply = until(lambda: letter(desk, "reply", reference), "the reply to go out")
    received = until(lambda: letter(desk, "received", reference), "the acknowledgement to go out")
    assert reply["To"] == received["To"] == REQUEST["email"]
    assert "/requests/open/" in reply.get_content()
    assert "here is a fresh link" not in reply.get_content()
    assert reference in received.get_content()
    for words in (REQUEST["name"], REQUEST["message"], subject):
        assert words not in received.as_string()


def test_suggestions_come_while_typing_and_are_chosen_by_keyboard(desk, browse):
    patient = browse(desk)
    patient.goto("/")
    box = patient.get_by_role("combobox", name="Search help articles")
    options = patient.get_by_role("option")
    status = patient.get_by_role("status").filter(has_text="Use the arrow keys")

    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("forgot pass")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(options.first).to_have_text("I forgot my password")
    expect(options.last).to_have_text("See all results")
    expect(status).to_have_text(re.compile(r"^\d articles? match"))

    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    box.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(patient.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("forgot pass")

    box.press_sequentially("w")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    box.press("Enter")
    expect(patient.get_by_role("heading", level=1)).to_have_text("I forgot my password")


def test_the_last_suggestion_leads_to_every_result(desk, browse):
    patient = browse(desk)
    patient.goto("/")
    box = patient.get_by_role("combobox", name="Search help articles")

    box.press_sequentially("password")
    patient.get_by_role("option", name="See all results").click()

    expect(patient).to_have_url(f"{desk.url}/search?q=password")
    expect(patient.get_by_role("heading", name="I forgot my password")).to_be_visible()


def test_a_search_that_finds_nothing_says_so_and_what_to_try(desk, browse, scripts):
    patient = browse(desk, java_script_enabled=scripts)
    patient.goto("/")

    search_box(patient).fill("xylophone")
    search_box(patient).press("Enter")

    expect(patient.get_by_role("status").filter(has_text="No article matches xylophone")).to_be_visible()
    expect(search_box(patient)).to_have_value("xylophone")
    expect(patient.get_by_role("main").get_by_role("link", name="Send us a message").first).to_be_visible()


def test_the_home_page_comes_in_six_requests_at_most(desk, browse):
    patient = browse(desk)
    asked = set()
    patient.on("request", lambda request: asked.add(request.url))

    patient.goto("/", wait_until="networkidle")

    assert len(asked) <= 6


def test_a_double_click_sends_one_message(desk, browse, scripts):
    before = tickets(desk)
    patient = browse(desk, java_script_enabled=scripts)
    open_form(patient)

    patient.get_by_role("button", name="Send message").dblclick()
    if not scripts:
        patient.get_by_role("button", name="Send my message").dblclick()

    expect_thanks(patient)
    assert tickets(desk) == before + 1


def test_going_back_and_sending_again_gives_the_same_reference(desk, browse, scripts):
    before = tickets(desk)
    patient = browse(desk, java_script_enabled=scripts)
    open_form(patient)
    send(patient)
    first = expect_thanks(patient)

    if not scripts:  # The page before sending is kept by nobody, as it holds words; the form is one step further.
        with suppress(Error):
            patient.go_back()
        expect(patient).to_have_url(re.compile("^chrome-error:"))
        patient.wait_for_load_state()
    patient.go_back()
    expect_kept(patient)
    send(patient)

    assert expect_thanks(patient) == first
    assert tickets(desk) == before + 1


def test_reloading_the_thank_you_page_sends_nothing_again(desk, browse, scripts):
    patient = browse(desk, java_script_enabled=scripts)
    open_form(patient)
    send(patient)
    reference, before = expect_thanks(patient), tickets(desk)

    patient.reload()

    assert expect_thanks(patient) == reference
    assert tickets(desk) == before


def test_what_is_missing_is_named_and_one_step_away(desk, browse, scripts):
    patient = browse(desk, java_script_enabled=scripts)
    open_form(patient, email="walter@", subject="")

    press_send(patient)

    summary = patient.get_by_role("alert")
    expect(summary).to_contain_text("Your message was not sent")
    expect(patient).to_have_title(re.compile("^Error: "))
    if scripts:
        expect(summary).to_be_focused()
    summary.get_by_role("link", name="Enter a subject").click()
    expect(patient.get_by_label("Subject")).to_be_focused()
    expect(patient.get_by_label("Subject")).to_have_accessible_description(re.compile("Enter a subject"))
    expect_kept(patient, email="walter@", subject="")


def test_a_desk_that_is_down_costs_no_word(desk, browse, scripts):
    patient = browse(desk, java_script_enabled=scripts)
    open_form(patient)
    with desk.out_of_service():
        press_send(patient)
        patient.wait_for_url("chrome-error://**")
        patient.go_back()
        expect_kept(patient)

    send(patient)

    expect_thanks(patient)


def test_a_locked_database_says_it_was_not_sent_and_keeps_the_text(desk, browse, scripts):
    before = tickets(desk)
    patient = browse(desk, java_script_enabled=scripts)
    open_form(patient)

    with desk.locked():
        send(patient)
        expect(patient.get_by_role("alert")).to_contain_text("Your message was not sent")
        expect(patient.get_by_role("alert").get_by_role("link", name="1-800-925-4456")).to_be_visible()
        expect_kept(patient)
    assert tickets(desk) == before
    send(patient)

    expect_thanks(patient)
    assert tickets(desk) == before + 1


def letter(desk, template, reference):
    return next((found for found in desk.letters(template) if reference in found["Subject"]), None)


def tickets(desk):
    """How many tickets the desk holds, whatever their state."""
    with closing(sqlite3.connect(desk.data / "desk.sqlite3")) as connection:
        return connection.execute("select count(*) from ticket").fetchone()[0]
