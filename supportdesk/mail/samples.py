"""Every mail we send, with made-up words in its gaps, for who wants to see how it reads."""

from datetime import datetime
from pathlib import Path

_SAMPLE = {"reference": "NC-7HK4-92QX", "link_token": "only-an-example", "code": "123 456"}
_NOTICE = {
    "clinic_heading": "Your clinic can help with bills",
    "clinic_why": "Your clinic makes your bills, and we can’t see them",
}
_CARD = {"emergency_heading": "Call 911 now", "emergency_text": "Do not wait for us to reply."}
_PARTS = {"card", "due"}  # Of other mails.
WHO = {  # Whom each is for, and when.
    "received": "To the patient, when their message came in",
    "clinic-received": "To the patient, when their message came in and is for their clinic",
    "reply": "To the patient, when we replied",
    "clinic": "To the patient, when we sent them to their clinic",
    "code": "To the patient, who opens their own page",
    "new-link": "To the patient, who lost their link",
    "new-request": "To the desk, when a message came in",
    "new-message": "To the desk, when a patient wrote again",
    "emergency": "To the desk, at once, when a message may tell of an emergency",
    "deadline-soon": "To whoever has the request, or the leads, shortly before a reply is due",
    "deadline-late": "To whoever has the request and the leads, when a reply is overdue",
}


def names(folder: Path) -> list[str]:
    """Every mail there is a template for; those we know first."""
    there = {path.stem for path in (folder / "mail").glob("*.txt")} - _PARTS
    return [name for name in WHO if name in there] + sorted(there - WHO.keys())


def sample(template: str, due: datetime) -> dict[str, str]:
    """What to fill into its gaps."""
    context = _SAMPLE | {"due_at": due.isoformat()}
    if template == "clinic-received":
        context |= _NOTICE
    return context | _CARD if template == "emergency" else context
