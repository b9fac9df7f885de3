"""A desk into which something distinct was written wherever anybody can write, and the search for it in files."""

import base64
from datetime import timedelta
from pathlib import Path

from supportdesk import clock
from supportdesk.database import db
from tests.conftest import signed_in
from tests.people import hidden
from tests.requester import Requester, letters_of

PLANTED = {
    "name": "Quillon Plantedname",
    "email": "planted.address@example.com",
    "subject": "Plantedsubject about pelicans",
    "message": "Plantedmessage: my knee hurts since the zeppelin ride.",
}
LATER = {  # Every other kind of row that holds what somebody wrote, and what counts them.
    "Plantedreply": "message where kind = 'reply' and author_id is not null",
    "Plantednote": "message where kind = 'note'",
    "Plantedclinic": "ticket where outcome = 'sent_to_clinic'",
    "Plantedanswer": "message where kind = 'request' and id > 1",
    "Planteddraft": "draft",
    "Plantedkept": "own_visit where sealed_draft is not null",
    "Plantedcomment": "article_comment",
    "Plantedopinion": "opinion where sealed_words is not null",
}
WORDS = (
    b"Plantedname",
    b"Quillon",
    b"Plantedsubject",
    b"pelicans",
    b"Plantedmessage",
    b"zeppelin",
    b"planted.address",
    *(word.encode() for word in LATER),
)
_ARTICLE = "/articles/forgot-password"


def use(app):
    """A patient and an agent write into every kind of row, and look for it; returns the reference."""
    patient = app.test_client()
    reference = patient.send(**PLANTED)
    dana = signed_in(app, "dana@example.org", "Dana Kim")
    dana.ticket(reference)
    dana.act(reference, "note", body="Plantednote of ours.")
    dana.reply(reference, "Plantedreply of ours.")
    write_at_their_own_page(app, dana, reference)
    typed = {"address": f"/desk/tickets/{reference}/note", "body": "Planteddraft, half a"}
    kept = dana.browser.post("/desk/account/draft", data=typed | dana.form(reference))
    key = hidden(patient.get(f"{_ARTICLE}/comment").text, "submission_key")
    remark = {"comment": "Plantedcomment: no pelicans here", "submission_key": key}
    assert (kept.status_code, patient.post(f"{_ARTICLE}/comment", data=remark).status_code) == (204, 303)

    patient.get("/search?q=zeppelin+pelicans")
    dana.look_for("zeppelin")
    patient.post("/requests/new", data=PLANTED | {"topic": ""})
    app.test_cli_runner().invoke(args=["outbox", "deliver"])
    with app.app_context():
        counted = {word: db.session.scalar(db.text(f"select count(*) from {held}")) for word, held in LATER.items()}
    assert all(counted.values()), f"something was not written: {counted}"
    return reference


def write_at_their_own_page(app, dana, reference):
    """An answer, a word about our help, and what was being typed when the time was over."""
    walter = Requester(app.test_client(), letters_of(app), reference, PLANTED["email"])
    walter.come_in()
    walter.write("Plantedanswer: it is the left one.")
    dana.act(reference, "clinic", topic="medical", body="Plantedclinic: please call your clinic.")
    opinion = {"helped": "no", "words": "Plantedopinion: not at all."}
    assert walter.browser.post(f"{walter.path}/opinion", data=opinion).status_code == 303
    form = walter.form("Plantedkept: it still")
    with clock.pretend(clock.now() + timedelta(minutes=31)):
        walter.write("", form=form)


def disguises(word):
    """As it stands, in UTF-16, in hexadecimal, and within base64 whatever stands before it: all in small letters."""
    text = word.decode(errors="replace")  # The hash that somebody looks for is no text.
    yield from (word, text.encode("utf-16-le"), word.hex().encode())
    for before in range(3):
        whole = base64.b64encode(b"." * before + word)
        yield whole[(0, 2, 3)[before] : -4]  # What the letters around it have no part in.


def files_with(folder, words):
    """Which files hold which of the words, in any spelling and disguise."""
    found = {}
    for path in Path(folder).rglob("*"):
        if path.is_file():
            held = path.read_bytes().lower()
            hits = [word for word in words if any(each.lower() in held for each in disguises(word))]
            if hits:
                found[path.name] = hits
    return found
