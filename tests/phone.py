"""An agent's phone: it learns a key from the desk's page, and shows six digits that change."""

import base64
import hashlib
import hmac
import re
import struct

from supportdesk import clock
from tests.people import hidden


class Phone:
    """Reckons by RFC 6238 itself, so that the desk is held to the standard and not to its own sums."""

    def __init__(self, key):
        self.key = key

    @classmethod
    def scanning(cls, page):
        """What an authenticator app learns from the page that sets up codes."""
        return cls(re.search(r'class="key">([A-Z2-7 ]+)<', page)[1].replace(" ", ""))

    def shows(self, later=0, digits=6):
        """The code at this moment, or so many seconds later."""
        step = int(clock.now().timestamp() + later) // 30
        digest = hmac.digest(base64.b32decode(self.key), struct.pack(">Q", step), hashlib.sha1)
        at = digest[-1] & 15
        number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
        return f"{number % 10**digits:0{digits}}"


def recovery_codes_on(page):
    return re.findall(r'<code class="key">([a-z0-9-]+)</code>', page)


def set_up(person):
    """A person who chose a password sets codes up; returns their phone and recovery codes."""
    page = person.open("/desk/codes/").text
    phone = Phone.scanning(page)
    form = {name: hidden(page, name) for name in ("csrf_token", "secret")}
    answer = person.browser.post("/desk/codes/", data=form | {"code": phone.shows()})
    assert answer.status_code == 200, answer.text
    return phone, recovery_codes_on(answer.text)


def type_code(person, code):
    token = hidden(person.open("/desk/code").text, "csrf_token")
    return person.browser.post("/desk/code", data={"code": code, "csrf_token": token})
