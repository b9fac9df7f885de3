"""Every kind of page under axe-core, wide and narrow, light and dark: no violation, and no sideways scroll."""

import re
from itertools import product

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import expect

from tests.browser.steps import PASSWORD, choose_password, open_form, press_send, search_box, send, send_anyway, sign_in
from tests.server import serving

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 390, 320)
SCHEMES = ("light", "dark")
EVERY_WAY = tuple(product(WIDTHS, SCHEMES))
AT_ITS_WORST = ((1280, "light"), (320, "dark"))  # For pages that are made of the same pieces as others.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
AXE = "([type, values]) => axe.run({runOnly: {type, values}, resultTypes: ['violations']})"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk worth looking at."""
    with serving(tmp_path_factory.mktemp("accessible"), delivery=False) as running:
        running.flask("demo", "load")
        yield running


@pytest.fixture(scope="module")
def signed_in(desk, chromium):
    """What the browser of an agent keeps who signed in today for the first time."""
    context = chromium.new_context(base_url=desk.url)
    page = context.new_page()
    sign_in(page, "lee@example.org", desk.add_agent("lee@example.org", "Lee Moreno"))
    desk.flask("agents", "role", "lee@example.org", "lead")  # So that the reports are open too.
    choose_password(page)
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def patient(desk, browse):
    return browse(desk)


@pytest.fixture
def agent(desk, browse, signed_in):
    return browse(desk, storage_state=signed_in)


LEADS = {  # What else there is to open, and what it is called.
    "/desk/account/": "Your account",
    "/desk/shortcuts": "Keyboard shortcuts",
    "/desk/?view=watching": "Watching",
    "/desk/?view=mentions": "Mentions me",
    "/desk/?view=held": "Held for review",
    "/desk/?view=unreached": "Could not reach",
    "/desk/replies/new": "New canned reply",
}
ADMINS = {"/desk/audit": "Audit"}


def check(page, heading, looks=EVERY_WAY):
    """The page that stands there is the one meant, and everybody can use it, however they look at it."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.evaluate(AXE_SCRIPT)
    seen = set()
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.evaluate("document.getAnimations().forEach(animation => animation.finish())")
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"at {width} px the page is {wide} px too wide"
        # In its other scheme a page differs by nothing but colours, see core.css: the other rules would say the same.
        asked = ["rule", OF_COLOURS] if width in seen else ["tag", TAGS]
        seen.add(width)
        found = AxeResults(page.evaluate(AXE, asked))
        assert found.violations_count == 0, f"at {width} px, {scheme}: {found.generate_report()}"


def test_home(patient):
    patient.goto("/")
    check(patient, "Need help?")


def test_home_with_suggestions(patient):
    patient.goto("/")
    search_box(patient).press_sequentially("password")
    search_box(patient).press("ArrowDown")
    expect(patient.get_by_role("listbox")).to_be_visible()
    check(patient, "Need help?")


def test_home_while_an_emergency_is_typed(patient):
    patient.goto("/")
    search_box(patient).press_sequentially("chest pain")
    expect(patient.get_by_role("option", name="Call 911")).to_be_visible()
    check(patient, "Need help?", AT_ITS_WORST)
    search_box(patient).press("ArrowDown")
    check(patient, "Need help?", AT_ITS_WORST)


def test_an_article(patient):
    patient.goto("/articles/forgot-password")
    check(patient, "I forgot my password")


def test_what_an_article_lacks(patient):
    patient.goto("/articles/forgot-password")
    patient.get_by_role("button", name="No").click()
    check(patient, "What can we do better?")
    patient.get_by_role("button", name="Send comment").click()
    expect(patient.get_by_role("alert")).to_contain_text("Enter your comment")
    check(patient, "What can we do better?")
    patient.get_by_label("What was missing or not clear?").fill("Where is the button?")
    patient.get_by_role("button", name="Send comment").click()
    check(patient, "Thank you")


def test_the_articles_from_inside(agent):
    agent.goto("/desk/articles/")
    check(agent, "Articles")
    agent.goto("/desk/articles/forgot-password")
    check(agent, "I forgot my password")
    agent.get_by_role("link", name="Preview").click()
    check(agent, "I forgot my password")


def test_what_admins_set_up(desk, agent):
    desk.flask("agents", "role", "lee@example.org", "admin")
    try:
        agent.goto("/desk/people/teams/")
        agent.get_by_label("Lee Moreno").check()
        agent.get_by_role("button", name="Make it").click()
        check(agent, "Teams")
        agent.get_by_label("Name of the team").fill("Sign-in help")
        agent.get_by_role("button", name="Make it").click()
        check(agent, "Teams")
        agent.get_by_role("link", name="Sign-in help").first.click()
        check(agent, "Sign-in help")
        agent.goto("/desk/?view=teams")
        check(agent, "My teams")
        agent.goto("/desk/setup/deadlines")
        check(agent, "Deadlines")
    finally:
        desk.flask("agents", "role", "lee@example.org", "lead")


def test_a_clinic_article(patient):
    patient.goto("/articles/reschedule-appointment")
    check(patient, re.compile("appointment"))


def test_a_search_with_results(patient):
    patient.goto("/search?q=email+password")
    check(patient, "Search results")


def test_a_search_without_results(patient):
    patient.goto("/search?q=xylophone")
    check(patient, "Nothing found")


def test_a_search_for_nothing(patient):
    patient.goto("/search")
    check(patient, "Search")


def test_all_questions(patient):
    patient.goto("/all")
    check(patient, "All questions")


def test_the_form(patient):
    patient.goto("/requests/new")
    check(patient, "Send us a message")


def test_the_form_with_errors(patient):
    patient.goto("/requests/new")
    press_send(patient)
    expect(patient.get_by_role("alert")).to_be_visible()
    check(patient, "Send us a message")


def test_the_form_when_the_desk_fails(desk, patient):
    open_form(patient)
    with desk.locked():
        send(patient)
        expect(patient.get_by_role("alert")).to_contain_text("Something went wrong on our side")
    check(patient, "Send us a message")


def test_the_thank_you_page(patient):
    open_form(patient)
    send(patient)
    check(patient, "Thank you. We got your message.")


def test_the_thank_you_page_of_a_question_for_the_clinic(patient):
    patient.route("**/requests/check.json", lambda route: route.fulfill(body="no advice"))
    open_form(patient, topic="billing", subject="My bill is wrong", message="I was charged twice for one visit.")
    press_send(patient)
    send_anyway(patient)
    check(patient, "Thank you. We got your message.")


def test_a_page_that_is_not_there(patient):
    patient.goto("/articles/no-such-article")
    check(patient, "We can’t find that page")


def test_a_page_that_takes_no_form(patient):
    patient.goto("/")
    patient.evaluate("const form = document.forms[0]; form.method = 'post'; form.submit()")
    check(patient, "That does not work here")


def test_the_door(patient):
    patient.goto("/desk/sign-in")
    check(patient, "Sign in")


def test_the_door_after_a_wrong_password(patient):
    sign_in(patient, "lee@example.org", "not my password")
    expect(patient.get_by_role("alert")).to_be_visible()
    check(patient, "Sign in")


def test_choosing_a_password(agent):
    agent.goto("/desk/password")
    check(agent, "Choose a password")


def test_choosing_a_password_that_is_too_short(agent):
    agent.goto("/desk/password")
    agent.get_by_label("New password", exact=True).fill("short")
    agent.get_by_role("button", name="Save password").click()
    expect(agent.get_by_role("alert")).to_be_visible()
    check(agent, "Choose a password")


def test_the_queue(agent):
    agent.goto("/desk/")
    check(agent, "All open")


def test_an_empty_queue(agent):
    agent.goto("/desk/?view=mine")
    expect(agent.get_by_role("heading", name="Nothing waits for you. Well done.")).to_be_visible()
    check(agent, re.compile("."))


def test_a_search_of_the_queue_that_finds_nothing(agent):
    agent.goto("/desk/")
    agent.get_by_label("Find a request").fill("nobody@example.org")
    agent.get_by_role("button", name="Find").click()
    expect(agent.get_by_role("heading", name="No request found")).to_be_visible()
    check(agent, re.compile("."))


def test_a_ticket(agent):
    agent.goto(busiest_ticket(agent))
    agent.get_by_text("Add an internal note").click()
    check(agent, re.compile("."))


def test_a_ticket_with_a_refused_reply(agent):
    agent.goto(open_ticket(agent))
    agent.get_by_role("button", name="Send to patient").click()
    expect(agent.get_by_role("alert")).to_contain_text("Your reply was not sent")
    check(agent, re.compile("."))


def test_a_note_for_a_patient_whose_clinic_can_help(agent):
    agent.goto(open_ticket(agent) + "/clinic")
    check(agent, "Send to clinic")


def test_a_ticket_that_someone_else_changed(agent):
    agent.goto(open_ticket(agent))
    other = agent.context.new_page()
    other.goto(agent.url)
    other.get_by_role("button", name="Take it").click()
    expect(other.get_by_role("button", name="Take it")).to_have_count(0)
    agent.get_by_label("Message", exact=True).fill("I will call you.")
    agent.get_by_role("button", name="Send to patient").click()
    check(agent, re.compile("Someone changed this request"))


def test_several_requests_of_which_one_has_left_the_page_and_was_changed(agent):
    agent.goto("/desk/?view=unassigned")
    for box in agent.locator(".queue .chooses input").all()[-2:]:
        box.check()
    other = agent.context.new_page()
    other.goto(agent.locator(".queue .subj").last.get_attribute("href"))
    other.get_by_role("button", name="Take it").click()
    expect(other.get_by_role("button", name="Take it")).to_have_count(0)

    agent.get_by_role("button", name="Apply").click()
    expect(agent.get_by_text("1 more that you ticked is not on this page")).to_be_visible()
    expect(agent.locator("[data-count]")).to_have_text("2 chosen")
    check(agent, "No one assigned", AT_ITS_WORST)
    agent.get_by_label("With those you choose").select_option("priority:high")
    agent.get_by_role("button", name="Apply").click()
    expect(agent.get_by_role("button", name="Priority all the same")).to_be_visible()
    check(agent, "1 of 2 done", AT_ITS_WORST)
    agent.get_by_role("button", name="Priority all the same").click()
    expect(agent.get_by_role("heading", level=1)).to_have_text("1 of 1 done")


def test_a_ticket_with_everything_that_hands_it_on(agent):
    agent.goto(busiest_ticket(agent))
    for summary in agent.locator("aside details.fold summary").all():
        summary.click()
    check(agent, re.compile("."))


def test_why_a_deadline_is_what_it_is(agent):
    agent.goto(open_ticket(agent) + "/deadline")
    check(agent, re.compile("^Why this deadline"))


def test_saved_views(agent):
    agent.goto("/desk/views/?view=all&topic=billing")
    agent.get_by_label("Name of the view").fill("Bills of everybody")
    agent.get_by_role("button", name="Save the view").click()
    expect(agent.get_by_role("link", name="Bills of everybody")).to_be_visible()
    agent.goto("/desk/views/?view=all")
    check(agent, "Saved views")


def test_tags(agent):
    agent.goto("/desk/tags")
    agent.get_by_label("New tag").fill("browser-update")
    agent.get_by_role("button", name="Make it").click()
    expect(agent.get_by_role("link", name="browser-update")).to_be_visible()
    check(agent, "Tags")
    agent.goto(open_ticket(agent))
    agent.get_by_label("browser-update").check()
    agent.get_by_role("button", name="Save tags").click()
    expect(agent.get_by_label("browser-update")).to_be_checked()
    check(agent, re.compile("."))


def test_the_reports(agent):
    agent.goto("/desk/reports")
    for summary in agent.get_by_text("Show the numbers").all():
        summary.click()
    check(agent, "Reports: what came in")


@pytest.fixture(scope="module")
def admin_signed_in(desk, chromium):
    """The same of an admin."""
    context = chromium.new_context(base_url=desk.url)
    page = context.new_page()
    sign_in(page, "ada@example.org", desk.add_agent("ada@example.org", "Ada Reyes"))
    desk.flask("agents", "role", "ada@example.org", "admin")
    choose_password(page)
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def admin(desk, browse, admin_signed_in):
    return browse(desk, storage_state=admin_signed_in)


def test_people(admin):
    admin.goto("/desk/people/")
    check(admin, "People")


def test_an_act_about_somebody_that_was_refused(admin):
    admin.goto("/desk/people/")
    admin.get_by_role("link", name="Ada Reyes", exact=True).click()
    admin.get_by_role("link", name="Change role").click()
    admin.get_by_role("button", name="Change role").click()
    expect(admin.get_by_role("alert")).to_contain_text("Nothing was changed")
    check(admin, "Change the role of Ada Reyes")


def test_somebody_who_has_left_and_their_requests(desk, admin):
    desk.flask("agents", "deactivate", "sam@example.org")
    admin.goto("/desk/people/")
    admin.get_by_role("link", name="Sam Ortiz", exact=True).click()
    expect(admin.get_by_role("button", name="Hand on")).to_be_visible()
    check(admin, "Sam Ortiz", AT_ITS_WORST)
    admin.get_by_role("link", name="See the open").click()
    check(admin, "All open", AT_ITS_WORST)


def test_the_setup(admin):
    admin.goto("/desk/setup/")
    check(admin, "Setup")


def test_how_requests_flow(agent):
    agent.goto("/desk/reports/flow")
    for summary in agent.get_by_text("Show the numbers").all():
        summary.click()
    check(agent, "Reports: how it flowed")


def test_ones_own_figures(agent):
    agent.goto("/desk/reports/mine")
    check(agent, "Your figures")


def test_the_canned_replies(agent):
    agent.goto("/desk/replies/")
    check(agent, "Canned replies")


def test_changing_a_canned_reply(agent):
    agent.goto("/desk/replies/reset-link-expired")
    agent.get_by_role("button", name="Preview").click()
    check(agent, "Change a canned reply")


def test_a_mail_with_made_up_words(admin):
    admin.goto("/desk/setup/")
    admin.get_by_role("link", name="new-link").click()
    check(admin, "Mail: new-link")


def test_a_lead_goes_from_page_to_page(agent):
    for path, heading in LEADS.items():
        agent.goto(path)
        check(agent, heading, AT_ITS_WORST)

    agent.goto("/desk/replies/reset-link-expired")
    agent.get_by_role("button", name="Save").click()
    agent.goto("/desk/replies/reset-link-expired/put-back")
    check(agent, re.compile("^Put back the file’s"), AT_ITS_WORST)
    agent.get_by_role("button", name="Put it back").click()

    agent.goto("/desk/")
    agent.get_by_role("button", name="Apply").click()
    expect(agent.get_by_role("alert")).to_contain_text("Choose at least one request")
    check(agent, "All open", AT_ITS_WORST)
    agent.goto("/desk/?view=all&assignee=none")
    agent.locator(".chooses input").first.check()
    agent.get_by_label("With those you choose").select_option("priority:high")
    agent.get_by_role("button", name="Apply").click()
    check(agent, "1 of 1 done", AT_ITS_WORST)
    agent.get_by_role("button", name="Undo").click()
    check(agent, "1 of 1 put back", AT_ITS_WORST)

    agent.get_by_label("Find a request").fill("password")
    agent.get_by_role("button", name="Find").click()
    check(agent, "Search", AT_ITS_WORST)


def test_an_admin_goes_from_page_to_page(admin):
    for path, heading in ADMINS.items():
        admin.goto(path)
        check(admin, heading, AT_ITS_WORST)

    admin.goto("/desk/people/")
    admin.get_by_role("link", name="Lee Moreno", exact=True).click()
    check(admin, "Lee Moreno", AT_ITS_WORST)
    acts = [link.get_attribute("href") for link in admin.locator("main section a.btn").all()]
    for act in acts:
        admin.goto(act)
        check(admin, re.compile("Lee Moreno"), AT_ITS_WORST)


def test_a_password_that_is_shown_once(admin):
    admin.goto("/desk/people/")
    admin.get_by_label("Name", exact=True).fill("Jo Tran")
    admin.get_by_label("Email address").fill("jo.tran@example.org")
    admin.get_by_label("Your own password").fill(PASSWORD)
    admin.get_by_role("button", name="Add", exact=True).click()
    check(admin, "One-time password for Jo Tran", AT_ITS_WORST)


def open_ticket(agent):
    """The address of the ticket that is due first."""
    agent.goto("/desk/?assignee=none")
    return agent.locator("a.subj").first.get_attribute("href")


def busiest_ticket(agent):
    """The address of a ticket with a long conversation."""
    agent.goto("/desk/?view=waiting")
    return agent.locator("a.subj").first.get_attribute("href")
