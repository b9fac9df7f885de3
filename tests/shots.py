"""Takes the pictures of docs/screenshots anew, from a desk with the tickets of the demo; run it when pages change.

python -m tests.shots [FOLDER]
"""

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.conftest import QUIETLY, installed
from tests.browser.steps import choose_password, fill_in, press_send, send_anyway, sign_in
from tests.requester import code_in, link_in
from tests.server import ROOT, serving, until
from tests.small_png import small

SIZES = {"wide": (1280, 840), "narrow": (390, 844)}
BILL = {"topic": "billing", "subject": "My bill is wrong", "message": "I was charged twice for one visit in May."}


class Camera:
    """Somebody's browser of one size, and the folder for what it sees."""

    def __init__(self, page, folder, size):
        self.page, self.folder, self.size = page, folder, size

    def take(self, name, heading=None, path=None):
        if path:
            self.page.goto(path)
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading or re.compile("."))
        self.page.evaluate("document.getAnimations().forEach(animation => animation.finish())")
        (self.folder / f"{name}-{self.size}.png").write_bytes(small(self.page.screenshot()))


def as_patient(camera, desk):
    page = camera.page
    camera.take("home", "Need help?", "/")
    camera.take("article", path="/articles/forgot-password")
    camera.take("search", path="/search?q=email+password")
    page.goto("/requests/new")
    fill_in(page)
    page.evaluate("scrollTo(0, 0)")
    camera.take("request")
    page.route("**/requests/check.json", lambda route: route.fulfill(body="no advice"))
    page.goto("/requests/new")
    fill_in(page, **BILL)
    press_send(page)
    expect(page.locator("button[name=then][value=send]")).to_be_visible()
    camera.take("before-you-send")
    send_anyway(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We got your message.")
    camera.take("thank-you")
    reference = re.search(r"NC-\w{4}-\w{4}", page.get_by_role("main").inner_text())[0]
    page.goto(link_in(mail(desk, "received", reference)))
    page.get_by_label("Your email address").fill("walter.briggs@example.com")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Type the code from our email")
    page.get_by_label("Code", exact=True).fill(code_in(mail(desk, "code", reference)))
    page.get_by_role("button", name="Open my page").click()
    camera.take("own-page", "Your messages with us")


def mail(desk, template, reference):
    def there():
        return next((letter for letter in desk.letters(template) if reference in letter.get_content()), None)

    return until(there, f"the mail {template}")


def as_agent(camera):
    page = camera.page
    camera.take("queue", "All open", "/desk/")
    page.goto("/desk/?view=waiting")
    camera.take("ticket", path=page.locator("a.subj").first.get_attribute("href"))
    camera.take("reports", path="/desk/reports?span=30")
    camera.take("reports-flow", path="/desk/reports/flow?span=30")
    camera.take("articles-inside", "Articles", "/desk/articles/")
    camera.take("people", "People", "/desk/people/")


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, serving(Path(data) / "desk") as desk, sync_playwright() as playwright:
        desk.flask("demo", "load")
        password = desk.add_agent("lee@example.org", "Lee Moreno")
        desk.flask("agents", "role", "lee@example.org", "admin")
        path = installed(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIETLY, "--no-sandbox"])
        signed_in = browser.new_context(base_url=desk.url)
        sign_in(signed_in.new_page(), "lee@example.org", password)
        choose_password(signed_in.pages[0])
        kept = signed_in.storage_state()
        for size, (width, height) in SIZES.items():
            view = {"base_url": desk.url, "viewport": {"width": width, "height": height}}
            as_agent(Camera(browser.new_context(**view, storage_state=kept).new_page(), folder, size))
            as_patient(Camera(browser.new_context(**view).new_page(), folder, size), desk)
        browser.close()


if __name__ == "__main__":
    main()
