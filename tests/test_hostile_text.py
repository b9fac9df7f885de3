"""What people and machines type into the form: any script comes back unchanged, anything else is refused kindly."""

from html import unescape

import pytest
from flask.testing import FlaskClient

from supportdesk.tickets.queries import ticket_for_agent
from tests.people import REQUEST, Page, reference_on

FIELDS = ("name", "email", "subject", "message")
ONE_LINE = {
    "emoji of several people": "Ada 👩🏽‍⚕️👨‍👩‍👧‍👦🏳️‍🌈🇺🇸",
    "right to left": "مرحبا שלום עולם",
    "both directions": "abc \u202eevil\u202c \u2067שלום\u2069 xyz",
    "east asian": "山田 太郎 김철수 ｆｕｌｌ",
    "south asian": "श्रीमती ক্ষিতি ശ്രീ",
    "apostrophes": "D'Arcy O’Brien “quoted” `ticks` \\ back",
    "composed": "Zo\u00eb",
    "decomposed": "Zoe\u0308",
    "a letter that grows when normalised": "\ufdfa" * 20,
    "zero width inside": "a\u200bb\u200dc\ufeffd",
    "no break": "10\u00a0mg",
    "a tab": "left\tright",
    "SQL": "Robert'); DROP TABLE ticket;-- ' OR 1=1--",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "a closed box": '</textarea></title><!-- "><svg onload=alert(1)>',
    "entities": "&lt;b&gt; &amp;amp; &#60;",
    "Jinja": "{{7*7}} {% include 'mail/reply.txt' %} {# gone? #}",
    "other templates": "${7*7} #{7*7} <%= 7*7 %>",
    "formats": "%s%n%x %(name)s {0.__class__} {name}",
    "headers in disguise": "=?utf-8?b?PGI+?= %0d%0aBcc: evil@example.com",
    "a formula": "=cmd|' /C calc'!A0",
    "nothing to a programmer": "None",
    "outside of all scripts": "a \ue000 \U0010fffd \ufffe",
}
LINES = {
    "paragraphs": "One.\n\nTwo:\n  - indented\n\tand tabbed\n.\nFrom here on",
    "five thousand marks": "a" + "\u0301" * 5_000,
    "separators": "one\u2028two\u2029three",
    "a mail": "Subject: x\nBcc: evil@example.com\n\n.\nMAIL FROM:<evil@example.com>",
}
LINE_BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
CONTROLS = "\x00\x01\x08\x1b\x7f\x80\x9f"
BLANK = [
    "",
    " ",
    "\t \r\n",
    "\u200b",
    "\u2800",
    "\u3164",
    "\u00a0",
    "\u3000",
    "\ufeff",
    "\u2060\u200d",
    "\u0301",
    "\ufe0f",
]
BLANK += ["\u115f\u1160", "\uffa0", "\U000e0041", "\u202e", "\u180e"]
ENTER = {"name": "Enter your name", "subject": "Enter a subject", "message": "Enter your message"}
MOST = {"name": 100, "subject": 150, "message": 20_000}
GOOD_ADDRESSES = [
    "walter@example.com",
    "WALTER.Briggs+tag@Mail.Example.COM",
    "o'brien@example.com",
    "a%0d%0a@example.com",
    "!#$&*=?^_`{|}~@example.com",
    "ada@bücher.example",
    "ada@例え.example",
    "a" * 64 + "@example.com",
    "a" * 64 + "@" + ("b" * 61 + ".") * 3 + "cc",
]
BAD_ADDRESSES = [
    "walter",
    "@example.com",
    "walter@",
    "walter@example",
    "walter@localhost",
    "walter briggs@example.com",
    "walter@exa mple.com",
    "a@b.co,evil@example.com",
    "a@b.co;evil@example.com",
    "a@b.co evil@example.com",
    "a@b@example.com",
    '"a b"@example.com',
    "a@[127.0.0.1]",
    "a@127.0.0.1",
    "<a@example.com>",
    "Walter <a@example.com>",
    "mailto:a@example.com",
    "a@example..com",
    "a@-example.com",
    "a@exam_ple.com",
    ".a@example.com",
    "a.@example.com",
    "a..b@example.com",
    "josé@example.com",
    "ａ@example.com",
    "аda@example.com",  # The first letter is Cyrillic.
    "a\u200b@example.com",
    "\u202ea@example.com",
    "a" * 65 + "@example.com",
    "a@" + "b" * 64 + ".com",
    "a@example.com%0aBcc:evil@example.com",
    "a@example.com?cc=evil@example.com",
]


def send(patient, **answers):
    """Send a form as it is and in one step, without the look that `patient` takes at every page."""
    return FlaskClient.open(patient, "/requests/new", method="POST", data=REQUEST | {"then": "send"} | answers)


def kept(app, patient, answer):
    """What the desk has of the request that was answered so."""
    assert answer.status_code == 303, answer.text
    reference = reference_on(patient.get(answer.location).text)
    with app.app_context():
        ticket = ticket_for_agent(reference)
        return reference, [ticket.name, ticket.email, ticket.subject, ticket.messages[0].body]


def assert_refused(rows, answer, says, **typed):
    """The page says what to mend, and every word that was typed still stands in its box."""
    page = unescape(answer.text)
    assert answer.status_code == 422, page
    assert "Your message was not sent" in page
    assert says in page
    for name, text in (REQUEST | typed).items():
        assert text.replace("\r\n", "\n").strip(" \t\r\n") in page, f"{name} is lost"
    assert '<option selected value="sign-in">' in answer.text
    assert Page(answer.text).refused == []
    assert rows("select count(*) from ticket") == [(0,)]


@pytest.mark.parametrize("text", ONE_LINE.values(), ids=ONE_LINE)
def test_any_script_and_any_code_comes_back_unchanged(app, patient, dana, text):
    answer = send(patient, name=text, subject=text, message=text)
    reference, words = kept(app, patient, answer)
    page = FlaskClient.open(dana.browser, f"/desk/tickets/{reference}")

    assert words == [text, REQUEST["email"], text, text]
    assert unescape(page.text).count(text) >= 3
    assert Page(page.text).refused == []


@pytest.mark.parametrize("text", LINES.values(), ids=LINES)
def test_a_message_of_several_lines_comes_back_unchanged(app, patient, dana, text):
    answer = send(patient, message=text.replace("\n", "\r\n"))  # As browsers send it.
    reference, words = kept(app, patient, answer)

    assert words[-1] == text
    assert text in unescape(dana.ticket(reference))


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "' OR 1=1--", "{{7*7}}", "\u202eevil", "Zoe\u0308 👩🏽‍⚕️"]
)
def test_a_form_to_be_mended_shows_any_text_unchanged_too(patient, rows, text):
    answer = send(patient, name=text, subject=text, message=text, email="walter")

    assert_refused(
        rows, answer, "Enter an email address in full", name=text, subject=text, message=text, email="walter"
    )


@pytest.mark.parametrize("field", ["name", "subject", "email"])
@pytest.mark.parametrize("line_break", LINE_BREAKS, ids=repr)
def test_what_has_one_line_is_refused_with_two(patient, rows, field, line_break):
    typed = {field: f"a@example.com{line_break}Bcc: evil@example.com"}

    assert_refused(rows, send(patient, **typed), "Write this on one line, without line breaks", **typed)


@pytest.mark.parametrize("field", ["name", "subject", "email", "message"])
@pytest.mark.parametrize("control", CONTROLS, ids=repr)
def test_what_no_keyboard_types_is_refused(patient, rows, field, control):
    typed = {field: f"walter{control}@example.com"}

    assert_refused(rows, send(patient, **typed), "Some characters here can’t be read", **typed)


@pytest.mark.parametrize("field", ENTER)
@pytest.mark.parametrize("blank", BLANK, ids=repr)
def test_what_is_empty_to_the_eye_is_missing(patient, rows, field, blank):
    typed = {field: blank}

    assert_refused(rows, send(patient, **typed), ENTER[field], **typed)


@pytest.mark.parametrize("letter", ["a", "é", "山", "👩"])
@pytest.mark.parametrize("field", MOST)
def test_the_longest_text_is_taken_and_one_letter_more_is_not(app, patient, rows, field, letter):
    longest = letter * MOST[field]
    says = f"Make this shorter: {MOST[field]:,} characters at most"

    assert_refused(rows, send(patient, **{field: longest + letter}), says, **{field: longest + letter})
    assert longest in kept(app, patient, send(patient, **{field: longest}))[1]


def test_line_breaks_count_once_however_the_browser_sends_them(app, patient):
    text = "a\n" * 9_999 + "ab"

    assert kept(app, patient, send(patient, message=text.replace("\n", "\r\n")))[1][-1] == text


@pytest.mark.parametrize("address", GOOD_ADDRESSES)
def test_an_address_that_can_be_mailed_is_taken_as_it_was_typed(app, patient, address):
    assert kept(app, patient, send(patient, email=f" {address}\n"))[1][1] == address


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_an_address_that_cannot_be_mailed_is_refused(patient, rows, address):
    says = "Enter an email address in full, such as name@example.com"

    assert_refused(rows, send(patient, email=address), says, email=address)


def test_an_address_that_is_too_long_is_refused(patient, rows):
    address = "a" * 64 + "@" + "b." * 94 + "com"

    assert_refused(rows, send(patient, email=address), "Make this shorter: 254 characters at most", email=address)


@pytest.mark.parametrize("topic", ["", "nonsense", "SIGN-IN", "sign-in ", "<script>", "\x00"])
def test_a_topic_that_is_none_of_ours_is_asked_for_again(patient, rows, topic):
    answer = send(patient, topic=topic)

    assert answer.status_code == 422
    assert "Choose what your message is about" in answer.text
    assert REQUEST["message"] in answer.text
    assert rows("select count(*) from ticket") == [(0,)]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "Enter your reply"),
        ("\u200b", "Enter your reply"),
        ("a\x00b", "Some characters here can’t be read"),
        ("x" * 20_001, "Make this shorter: 20,000 characters at most"),
    ],
    ids=["empty", "zero width", "NUL", "too long"],
)
def test_agents_are_refused_the_same_and_keep_their_words_too(patient, dana, rows, body, says):
    page = dana.reply(patient.send(), body, code=422)

    assert says in unescape(page)
    assert body in unescape(page)
    assert rows("select count(*) from message") == [(1,)]
