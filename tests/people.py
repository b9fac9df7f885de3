"""How a test uses the desk: a browser that checks every page it opens, and an agent with verbs."""

import gzip
import html
import re
from html.parser import HTMLParser

from flask.testing import FlaskClient

from supportdesk.agents import services

REQUEST = {
    "name": "Walter Briggs",
    "email": "walter.briggs@example.com",
    "topic": "sign-in",
    "subject": "Reset link has expired",
    "message": "I asked for a new password three times. Please help.",
}


OWN_PAGE = ("/requests/open/", "/requests/code", "/requests/sign-out", "/requests/NC-")  # There it takes a cookie.


class Page(HTMLParser):
    """What is on a page: ids, labels, fields, headings, and what the strict CSP would refuse."""

    def __init__(self, text):
        super().__init__()
        self.text, self.ids, self.labels, self.fields, self.refused, self.h1, self.title = (
            text,
            [],
            set(),
            [],
            [],
            [],
            "",
        )
        self._in = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self._in = tag if tag in {"h1", "title"} else self._in
        if tag == "h1":
            self.h1.append("")
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "label" and "for" in attributes:
            self.labels.add(attributes["for"])
        is_hidden = "hidden" in attributes or attributes.get("type") == "hidden"
        if tag in {"input", "select", "textarea"} and not is_hidden:
            self.fields.append(attributes.get("id"))
        is_data = attributes.get("type") == "application/ld+json"  # No browser runs it, so no policy is asked.
        if "style" in attributes or tag == "style" or (tag == "script" and "src" not in attributes and not is_data):
            self.refused.append((tag, attributes))
        if any(name.startswith("on") for name in attributes):
            self.refused.append((tag, attributes))

    def handle_endtag(self, tag):
        if tag == self._in:
            self._in = None

    def handle_data(self, data):
        if self._in == "h1":
            self.h1[-1] += data
        if self._in == "title":
            self.title += data

    def check(self):
        assert len(self.h1) == 1, f"a page has one h1, not {self.h1}"
        assert len(self.ids) == len(set(self.ids)), f"ids stand twice: {sorted(self.ids)}"
        assert set(self.fields) <= self.labels, f"fields without a label: {set(self.fields) - self.labels}"
        assert not self.refused, f"the content security policy refuses {self.refused}"
        assert "{{" not in self.text
        assert 'lang="en-US"' in self.text


class Browser(FlaskClient):
    """A test client that checks every page it opens, and that the public area sets no cookie."""

    def open(self, *args, **kwargs):
        response = super().open(*args, **kwargs)
        is_page = response.mimetype == "text/html" and response.request.method != "HEAD"
        if is_page and response.status_code not in range(300, 400):
            Page(unpacked(response)).check()
        if not response.request.path.startswith(("/desk", *OWN_PAGE)):
            assert "Set-Cookie" not in response.headers
        return response

    def fill_in(self, **answers):
        """Open the form, and fill it in as Walter would, but for what is said otherwise."""
        return REQUEST | {"submission_key": hidden(self.get("/requests/new").text, "submission_key")} | answers

    def send_form(self, **answers):
        """Send a request; where a page comes first that says something, read it and send it anyway."""
        answer = self.post("/requests/new", data=self.fill_in(**answers))
        return self.press(answer, "send") if answer.status_code == 200 else answer

    def press(self, page, then):
        """Press a button of the page before sending."""
        return self.post("/requests/new", data=all_hidden(page.text) | {"then": then})

    def send(self, **answers):
        """Send a request and follow to the thank-you page; returns the reference."""
        answer = self.send_form(**answers)
        assert answer.status_code == 303, answer.text
        return reference_on(self.get(answer.location).text)


class Person:
    """An agent at the desk."""

    def __init__(self, browser, agent_id, email, name):
        self.browser, self.id, self.email, self.name = browser, agent_id, email, name

    def sign_in(self, password):
        token = hidden(self.open("/desk/sign-in").text, "csrf_token")
        answer = self.browser.post(
            "/desk/sign-in", data={"email": self.email, "password": password, "csrf_token": token}
        )
        assert answer.status_code == 303, answer.text
        return answer

    def choose_password(self, password, current=""):
        token = hidden(self.open("/desk/password").text, "csrf_token")
        answers = {"current": current, "password": password, "again": password, "csrf_token": token}
        answer = self.browser.post("/desk/password", data=answers)
        assert answer.status_code == 303, answer.text

    def open(self, path, code=200):
        answer = self.browser.get(path)
        assert answer.status_code == code, answer.text
        return answer

    def find(self, typed):
        """Look for a reference or an address in the box on top; returns the address that comes up."""
        answer = self.look_for(typed)
        assert answer.status_code == 303
        return answer.location

    def look_for(self, typed, **more):
        """Type something into the box on top; returns the answer."""
        token = hidden(self.open("/desk/").text, "csrf_token")
        return self.browser.post("/desk/find", data={"find": typed, "csrf_token": token} | more)

    def ticket(self, reference):
        return self.open(f"/desk/tickets/{reference}").text

    def form(self, reference, page=""):
        """The hidden fields of the ticket's page, as they stand there now."""
        text = self.open(f"/desk/tickets/{reference}{page}").text
        return {name: hidden(text, name) for name in ("csrf_token", "version")}

    def act(self, reference, act, code=303, form=None, **answers):
        """Open the ticket, fill in one of its forms, send it."""
        form = form or self.form(reference)
        answer = self.browser.post(f"/desk/tickets/{reference}/{act}", data=form | answers)
        assert answer.status_code == code, answer.text
        return answer.text

    def reply(self, reference, body, then="pending", **more):
        return self.act(reference, "reply", body=body, then=then, **more)


def newcomer(app):
    """Priya, signed in with the one-time password she has yet to change."""
    with app.app_context():
        agent, one_time = services.add_agent("priya@example.org", "Priya Nair")
        person = Person(app.test_client(), agent.id, agent.email, agent.name)
    person.sign_in(one_time)
    return person


def unpacked(response):
    """The text of an answer, however it was sent."""
    is_packed = response.headers.get("Content-Encoding") == "gzip"
    return gzip.decompress(response.data).decode() if is_packed else response.text


def hidden(text, name):
    """The value of a page's first hidden field of that name."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', text)
    assert found, f"no hidden field {name}"
    return found[1]


def all_hidden(text):
    """Every hidden field of a page, by its name."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', text)
    return {name: html.unescape(value) for name, value in found}


def reference_on(text):
    return re.search(r"NC-[0-9A-Z]{4}-[0-9A-Z]{4}", text)[0]


def ticked(*tag_ids):
    """The boxes of these tags, as a browser sends them."""
    return {f"tag_ids-{tag_id}": "y" for tag_id in tag_ids}
