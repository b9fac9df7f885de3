"""In a real browser: data among the scripts, pages asked for again, on paper, and without the internet."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.server import serving

REFUSED = "addEventListener('securitypolicyviolation', event => { window.refused = event.blockedURI })"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("kept"), delivery=False) as running:
        yield running


@pytest.fixture
def patient(desk, browse):
    return browse(desk)


@pytest.mark.parametrize("path", ["/all", "/articles/forgot-password", "/articles/billing"])
def test_the_policy_has_nothing_against_a_block_of_data(patient, path):
    """`browse` sees to it that nothing is on the console."""
    patient.add_init_script(REFUSED)
    patient.goto(path)
    block = patient.locator('script[type="application/ld+json"]')

    expect(block).to_have_count(1)
    assert json.loads(block.text_content())["@type"] == "FAQPage"
    assert patient.evaluate("window.refused") is None


def test_the_same_block_as_a_script_would_have_been_refused(desk, chromium):
    def as_a_script(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(' type="application/ld+json"', ""))

    context = chromium.new_context(base_url=desk.url)
    page = context.new_page()
    page.route("**/all", as_a_script)
    page.add_init_script(REFUSED)
    page.goto("/all")
    refused = page.evaluate("window.refused")
    context.close()

    assert refused == "inline"


def test_a_page_that_a_browser_has_is_not_sent_again(desk, chromium):
    context = chromium.new_context(base_url=desk.url)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    statuses = []
    devtools.on("Network.responseReceivedExtraInfo", lambda event: statuses.append(event["statusCode"]))
    for _ in range(2):
        page.goto("/articles/cost")
        page.goto("about:blank")
    context.close()

    assert statuses[0] == 200
    assert 304 in statuses


@pytest.mark.parametrize("path", ["/articles/forgot-password", "/articles/billing", "/all"])
def test_an_article_on_paper_is_the_answer_and_our_number(patient, path):
    patient.goto(path)
    patient.emulate_media(media="print")
    shown = patient.locator("body")

    expect(patient.get_by_role("heading", level=1)).to_be_visible()
    expect(shown).to_contain_text(re.compile(r"Call us at 1-800-925-4456, or write to support@navigatingcare\.com"))
    for away in (".strip", ".top nav", ".crumbs", ".aside", ".foot ul", ".no-print", "form"):
        for part in patient.locator(away).all():
            expect(part).to_be_hidden()
    assert patient.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_button_on_paper_is_a_line_of_text(patient):
    patient.goto("/articles/billing")
    patient.emulate_media(media="print")
    button = patient.get_by_role("link", name="Sign in to my portal")

    expect(button).to_have_css("color", "rgb(0, 0, 0)")
    expect(button).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def test_what_is_for_paper_only_is_not_on_the_screen(patient):
    patient.goto("/all")

    expect(patient.get_by_text("Call us at 1-800-925-4456, or write to")).to_be_hidden()


def test_all_questions_are_read_without_the_internet(patient):
    patient.goto("/all")
    patient.context.set_offline(True)

    patient.get_by_role("navigation", name="On this page").get_by_role("link", name="How much does it cost?").click()
    expect(patient.get_by_role("heading", name="How much does it cost?")).to_be_in_viewport()
    patient.get_by_role("article", name="I have a question about my bill").get_by_role("link").filter(
        has_text="I forgot my password"
    ).click()
    expect(patient.get_by_role("heading", name="I forgot my password")).to_be_in_viewport()
    patient.get_by_role("article", name="I forgot my password").get_by_role("link", name="Back to the list").click()
    expect(patient.get_by_role("heading", name="On this page")).to_be_in_viewport()
