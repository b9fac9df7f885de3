"""A patient who comes back by the link in our mail."""

import re
from email import message_from_bytes
from email.policy import default

from tests.people import REQUEST, hidden

LINK = re.compile(r"/requests/open/[\w-]{43}")


def link_in(letter):
    """The path of the link in a mail, without the address it begins with."""
    return LINK.search(letter.get_content())[0]


def code_in(letter):
    return re.search(r"\b\d{6}\b", letter.get_content())[0]


def letters_of(app):
    """The mailboxes of a desk of one's own."""

    def deliver():
        app.test_cli_runner().invoke(args=["outbox", "deliver"])
        files = (app.config["DATA_FOLDER"] / "outbox").glob("*.eml")
        return [
            message_from_bytes(file.read_bytes(), policy=default)
            for file in sorted(files, key=lambda file: int(file.name.split("-")[2]))
        ]

    return deliver


class Requester:
    """Walter at his own page, in a browser of his own; `letters` is his mailbox, and the desk's."""

    def __init__(self, browser, letters, reference, email=REQUEST["email"]):
        self.browser, self.letters, self.reference, self.email = browser, letters, reference, email

    @property
    def path(self):
        return f"/requests/{self.reference}"

    def mail(self):
        """What came to him, oldest first."""
        return [letter for letter in self.letters() if letter["To"] == self.email]

    def link(self):
        """The newest link he was sent."""
        mine = [letter for letter in self.mail() if self.reference in letter["Subject"]]
        return link_in(mine[-1])

    def ask(self, link=None, email=None):
        """Open the link and say who he is; returns the code that came."""
        answer = self.browser.post(link or self.link(), data={"email": email or self.email})
        assert (answer.status_code, answer.location) == (303, "/requests/code"), answer.text
        return self.newest_code()

    def newest_code(self):
        return code_in(self.mail()[-1])

    def type_code(self, code):
        return self.browser.post("/requests/code", data={"code": code})

    def come_in(self, link=None):
        """By link and code, to the conversation; returns its page."""
        answer = self.type_code(self.ask(link))
        assert (answer.status_code, answer.location) == (303, self.path), answer.text
        return self.read()

    def read(self, code=200):
        answer = self.browser.get(self.path)
        assert answer.status_code == code, answer.text
        return answer.text

    def form(self, body):
        return {"body": body, "submission_key": hidden(self.read(), "submission_key")}

    def write(self, body, code=303, form=None):
        answer = self.browser.post(f"{self.path}/messages", data=form or self.form(body))
        assert answer.status_code == code, answer.text
        return answer

    def press(self, button, code=303):
        """“solved” or “links/off”."""
        answer = self.browser.post(f"{self.path}/{button}")
        assert answer.status_code == code, answer.text
        return answer
