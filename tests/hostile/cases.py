"""The table: what somebody sends, and what the desk has to say to it.

`about` begins with the group: text, body, mail, web, search, sign-in, queue, own page.
"""

from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from tests.people import REQUEST

FORM = "application/x-www-form-urlencoded"
ONE_LINE = "Write this on one line"
UNREADABLE = "Some characters here can’t be read"
ADDRESS = "Enter an email address in full"
HUGE = 10 * 1024 * 1024


@dataclass(frozen=True)
class Case:
    about: str
    path: str
    status: set
    method: str = "GET"
    says: str = ""
    more: dict = field(default_factory=dict)  # For the test client: data, headers, content_type.
    kept: tuple = ()  # What was typed, and has to stand on the page again.
    stores: bool = False
    as_agent: bool = False
    never: tuple = ()  # What must not stand in the answer.


def form(about, status=422, says="", **typed):
    words = [text for name, text in typed.items() if name != "topic"]
    kept = tuple(text for text in words if status == 422 and text.strip(" \t\r\n\x0b\x0c"))
    data = REQUEST | {"then": "send", "submission_key": about} | typed
    return Case(about, "/requests/new", {status}, "POST", says, {"data": data}, kept, stores=status == 303)


def body(about, raw, status, kind=FORM, **more):
    return Case(about, "/requests/new", status, "POST", more={"data": raw, "content_type": kind} | more)


def page(about, path, *status, **more):
    return Case(about, path, set(status), **more)


TEXT = [
    *(
        form(f"text: NUL in {name}", says=UNREADABLE, **{name: "a\x00b@example.com"})
        for name in REQUEST
        if name != "topic"
    ),
    *(
        form(f"text: {character!r} in the message", says=UNREADABLE, message=f"a{character}b")
        for character in "\x01\x08\x1b\x7f\x80\x9f"
    ),
    *(
        form(f"text: only {blank!r}", says="Enter your message", message=blank)
        for blank in (" ", "\u200b", "\u2800", "\u3164", "\u0301", "\u202e", "\ufeff")
    ),
    form("text: 20,001 letters", says="20,000 characters at most", message="x" * 20_001),
    form("text: a name of 101 letters", says="100 characters at most", name="x" * 101),
    form("text: a subject of 151 letters", says="150 characters at most", subject="x" * 151),
    *(
        form(f"text: the topic {topic!r}", says="Choose what your message is about", topic=topic)
        for topic in ("", "admin", "' OR 1=1--", "../billing", "\x00")
    ),
    *(
        form(f"text: taken as it is: {name}", 303, message=text, subject="Hello")
        for name, text in {
            "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
            "a closed box": '</textarea></title><!-- "><svg onload=alert(1)>',
            "Jinja": "{% include 'mail/reply.txt' %} {# gone? #}",
            "other templates": "${7*7} #{7*7} <%= 7*7 %>",
            "formats": "%s%n%x %(name)s {0.__class__}",
            "SQL": "Robert'); DROP TABLE ticket;-- ' OR 1=1--",
            "both directions": "abc \u202eevil\u202c \u2067x\u2069",
            "five thousand marks": "a" + "\u0301" * 5_000,
            "what grows when normalised": "\ufdfa" * 1_000,
            "emoji of several people": "👩🏽‍⚕️👨‍👩‍👧‍👦🏳️‍🌈",
            "entities": "&lt;b&gt; &amp;amp; &#60;",
            "a formula": "=cmd|' /C calc'!A0",
            "SMTP": "one\n.\nMAIL FROM:<evil@example.com>\nRCPT TO:<x@example.com>",
            "an encoded word": "=?utf-8?b?QmNjOiBldmlsQGV4YW1wbGUuY29t?=",
            "CR and LF spelled out": "%0d%0aBcc: evil@example.com",
        }.items()
    ),
]
MAIL = [
    *(
        form(
            f"mail: {line_break!r} in the {name}",
            says=ONE_LINE,
            **{name: f"a@example.com{line_break}Bcc: e@example.com"},
        )
        for name, line_breaks in {
            "name": ("\n", "\r\n", "\n ", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"),
            "subject": ("\r\n", "\x1e", "\u2028"),
            "email": ("\r\n", "\x0b", "\x85"),
        }.items()
        for line_break in line_breaks
    ),
    *(
        form(f"mail: the address {address[:30]!r}", says=ADDRESS, email=address)
        for address in (
            "a@b.co,evil@example.com",
            "a@b.co;evil@example.com",
            '"a b"@example.com',
            "a@[127.0.0.1]",
            "<a@example.com>",
            "Walter <a@example.com>",
            "mailto:a@example.com",
            "a@b@example.com",
            "walter@localhost",
            "a" * 65 + "@example.com",
            "a@" + "b" * 64 + ".com",
            "josé@example.com",
            "ａ@example.com",
            "аda@example.com",
            "a\u200b@example.com",
            "\u202ea@example.com",
            "a@example.com?cc=evil@example.com",
            "a@example.com%0aBcc:evil@example.com",
        )
    ),
]
_WHOLE = urlencode(REQUEST)
_PART = b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n"
BODY = [
    body("body: bytes that are no UTF-8", _WHOLE.encode() + b"&more=\xff\xfe", {400}),
    body("body: Latin-1", _WHOLE.encode() + b"&more=Zo\xeb", {400}),
    body("body: a field twice", _WHOLE + "&message=another", {400}),
    body("body: JSON", b'{"name": "\\ud800"}', {400}, "application/json"),
    body("body: JSON ten thousand deep", b"[" * 10_000, {400}, "application/json"),
    body("body: plain text", _WHOLE, {400, 422}, "text/plain"),
    body("body: no boundary", b"x", {400, 422}, "multipart/form-data"),
    body("body: parts that end nowhere", _PART, {400, 422}, "multipart/form-data; boundary=x"),
    body("body: 1,100 parts", {f"f{n}": "" for n in range(1_100)}, {413}, "multipart/form-data"),
    body("body: ten megabytes", b"message=" + b"x" * HUGE, {413}),
    body("body: ten megabytes in parts", _PART + b"x" * HUGE, {413}, "multipart/form-data; boundary=x"),
    body("body: nothing at all", b"", {422}),
    body("body: ampersands", b"&&&===", {400, 422}),
    body("body: UTF-7", b"name=%2BADw-script", {400, 422}, f"{FORM}; charset=utf-7"),
    body("body: from another site", _WHOLE, {403}, headers={"Origin": "https://evil.example"}),
    body("body: from nowhere", _WHOLE, {403}, headers={"Origin": "null"}),
    body("body: across sites", _WHOLE, {403}, headers={"Sec-Fetch-Site": "cross-site"}),
    body("body: from a neighbour", _WHOLE, {403}, headers={"Sec-Fetch-Site": "same-site"}),
    body("body: from a name like ours", _WHOLE, {403}, headers={"Origin": "http://localhost.evil.example"}),
    *(
        Case(f"body: {raw[:20]!r} while typing", "/requests/check.json", {200, 400}, "POST", more={"data": raw})
        for raw in (b"", b"[]", b"{", b"null", b'{"message": 5}', b'{"message": "\\ud800"}', b"[" * 20_000)
    ),
]
_SPELLED = {
    text: quote(text, safe="")
    for text in (
        "..",
        "../../etc/passwd",
        "\\..\\",
        "a\x00",
        "CON",
        ".git/config",
        "x" * 5_000,
        "\ufffd",
        "<script>",
        "{7*7}",
    )
}
WEB = [
    *(page(f"web: the article {text[:16]!r}", f"/articles/{spelled}", 308, 404) for text, spelled in _SPELLED.items()),
    *(page(f"web: the file {text[:16]!r}", f"/static/{spelled}", 308, 404) for text, spelled in _SPELLED.items()),
    *(
        page(f"web: the receipt {text[:16]!r}", f"/requests/sent/{spelled}", 308, 404)
        for text, spelled in _SPELLED.items()
    ),
    *(
        page(f"web: {method} on the form", "/requests/new", 405, method=method)
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND")
    ),
    page(
        "web: a preflight",
        "/requests/new",
        200,
        method="OPTIONS",
        never=("Access-Control-Allow-Origin",),
        more={"headers": {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}},
    ),
    *(
        page(
            f"web: {name} from nobody we trust",
            "/",
            200,
            more={"headers": {name: "evil.example"}},
            never=("evil.example",),
        )
        for name in (
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-Forwarded-For",
            "Forwarded",
            "X-Original-URL",
            "X-Rewrite-URL",
            "X-HTTP-Method-Override",
            "CF-Connecting-IP",
            "True-Client-IP",
        )
    ),
    *(
        page(f"web: {name}: {value[:20]}", "/requests/new", 200, more={"headers": {name: value}})
        for name, value in (
            ("Range", "bytes=0-1,5-2,-9999"),
            ("If-Match", "*"),
            ("If-None-Match", '"' * 500),
            ("Upgrade", "websocket"),
            ("Accept-Language", "x;q=nan," * 1_000),
            ("Cookie", "; ".join(f"c{n}={n}" for n in range(300))),
            ("Cookie", "desk=" + "x" * 6_000),
            ("Cookie", "desk=.e30.x.y; desk=other"),
            ("Referer", "http://["),
        )
    ),
    page("web: a style sheet that is the queue", "/desk/x.css", 303, 404),
    page("web: a header in the address", "/%0d%0aSet-Cookie:%20evil=1", 404, never=("evil=1",)),
]
SEARCH = [
    page(f"search: {name}", f"/search?{urlencode({'q': text})}", 200, never=("Traceback",))
    for name, text in {
        "stars": "*",
        "wildcards": "?*?*?*",
        "a fuzzy word": "abcdefgh~9",
        "fifty fuzzy words": "abcdefgh~9 " * 50,
        "two thousand OR": "a OR " * 2_000,
        "brackets": "(" * 5_000,
        "NOT": "NOT " * 500,
        "quotes": '"' * 2_000,
        "a field": "id:*",
        "a range": "date:[2010 to",
        "a weight": "password^1e99",
        "no number": "password^nan",
        "NUL": "a\x00b",
        "five thousand CJK": "山" * 5_000,
        "one long word": "x" * 10_000,
        "points": "... !!! ???",
        "small words": "the of and a",
        "SQL": "' OR 1=1--",
        "HTML": "<script>alert(1)</script>",
        "nothing": "",
        "right to left": "\u202epassword",
        "emoji": "👩🏽‍⚕️ 🙈",
        "a path": "../../../../etc/passwd",
    }.items()
]
QUEUE = [
    *(
        page(f"queue: {name}={value[:16]!r}", f"/desk/?{urlencode({name: value})}", 200, as_agent=True)
        for name, values in {
            "page": ("-1", "0", "1e9", "9" * 40, "NaN", "٣", "' OR 1=1"),
            "view": ("../../", "(select 1)", "x" * 5_000),
            "sort": ("(select pg_sleep(9))", "../../etc"),
            "assignee": ("-1", "9" * 40, "1 or 1=1"),
            "person": ("zz", "' OR 1=1--", "00" * 31),
            "status": ("closed'", "\x00"),
        }.items()
        for value in values
    ),
    *(
        page(f"queue: the ticket {text[:16]!r}", f"/desk/tickets/{quote(text, safe='')}", 308, 404, as_agent=True)
        for text in ("1", "-1", "NC-2222-2222", "NC-7HK4-92Q", "' OR 1=1--", "../account", "%00", "x" * 3_000)
    ),
]
OWN_PAGE = [
    *(
        Case(
            f"own page: the link {token[:16]!r}",
            f"/requests/open/{quote(token, safe='')}",
            {303},
            "POST",
            more={"data": {"email": "walter.briggs@example.com"}},
        )
        for token in ("x", "x" * 43, "\x00", "' OR 1=1--", "null", "0", "х" * 43)
    ),
    *(
        Case(f"own page: the code {code!r}", "/requests/code", {422, 403}, "POST", more={"data": {"code": code}})
        for code in ("", "000000", "٣٣٣٣٣٣", "1e5", "-12345", "1234567", "000000' --")
    ),
    page("own page: nobody’s", "/requests/NC-2222-2222", 403),
    Case(
        "own page: a message from nobody",
        "/requests/NC-2222-2222/messages",
        {403},
        "POST",
        "zeppelin",
        {"data": {"body": "My zeppelin"}},
    ),
]
SIGN_IN = [
    ("nobody’s name", {"email": "nobody@example.org", "password": "x" * 12}, {422}),
    ("SQL for a name", {"email": "' OR 1=1--", "password": "x" * 12}, {422}),
    ("NUL in a name", {"email": "a\x00@example.org", "password": "x" * 12}, {422}),
    ("a password of 4,000 letters", {"email": "a@example.org", "password": "x" * 4_000}, {422}),
    ("a password of a megabyte", {"email": "a@example.org", "password": "x" * 1_000_000}, {413}),
    ("NUL in a password", {"email": "a@example.org", "password": "x\x00y" * 5}, {422}),
    ("no password", {"email": "a@example.org"}, {422}),
    ("no token", {"email": "a@example.org", "password": "x" * 12, "csrf_token": ""}, {400, 422}),
    ("another’s token", {"email": "a@example.org", "password": "x" * 12, "csrf_token": "IjEi.x.y"}, {400, 422}),
]
TABLE = [*TEXT, *MAIL, *BODY, *WEB, *SEARCH, *QUEUE, *OWN_PAGE]
