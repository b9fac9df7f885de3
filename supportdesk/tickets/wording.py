"""How the desk puts things to agents: an event as a sentence, and the note that sends a patient to their clinic."""

from collections.abc import Iterable

from flask import current_app

from supportdesk.agents.models import Agent
from supportdesk.tickets import handing_on, oversharing, shown
from supportdesk.tickets.models import STATUS_NAMES, Act, Event, Held, Outcome, Status, Ticket
from supportdesk.tickets.topics import LABELS, Topic

OUTCOMES = {
    Outcome.ANSWERED: "answered",
    Outcome.SENT_TO_CLINIC: "sent to the clinic",
    Outcome.DUPLICATE: "a duplicate",
    Outcome.SPAM: "spam",
}
DID = {  # What needs no more than who did it.
    Act.TAKEN: "took this request",
    Act.REPLIED: "replied",
    Act.UNDONE: "took the reply back before it went out",
    Act.NOTED: "wrote a note",
    Act.MENTION_SEEN: "saw the note that mentions them",
    Act.WATCHED: "watches this",
    Act.UNWATCHED: "no longer watches this",
    Act.REOPENED: "opened this again",
    Act.RESTORED: "undid the last change",
    Act.LET_IN: "let this in",
    Act.OPENED: "opened their page",
    Act.WROTE: "wrote again",
    Act.MAIL_RETRIED: "sent the mail that had failed once more",
    Act.ADDRESS_CORRECTED: "corrected the patient’s address",
    Act.REACHED_BY_PHONE: "reached the patient by phone",
    Act.LINKS_ENDED: "turned off the links to the patient’s page",
}
HAPPENED = {  # What needs not even that.
    Act.RECEIVED: "Received",
    Act.MAIL_HELD_BACK: "The acknowledgement was held back, as too many went to this address lately. Replies go out",
    Act.ERASED: "Its words were erased",
    Act.ANONYMISED: "Its words were erased, as their time was over",
}
VIEW_NAMES = (  # Of the sidebar: the address's word, the name, the icon.
    ("mine", "My requests", "user-round"),
    ("teams", "My teams", "users"),
    ("unassigned", "No one assigned", "inbox"),
    ("open", "All open", "layers"),
    ("all", "All requests", "list"),
    ("mentions", "Mentions me", "at-sign"),
    ("watching", "Watching", "eye"),
    ("waiting", "Waiting on patient", "pause"),
    ("unreached", "Could not reach", "mail"),
    ("clinic", "Sent to clinic", "signpost"),
    ("solved", "Solved", "check"),
    ("held", "Held for review", "shield-alert"),
)
HELD = {
    Held.FILLED: "a box that people do not see was filled in",
    Held.TOO_FAST: "it was sent within seconds of opening the form",
}


def sentence(event: Event) -> str:  # noqa: C901, PLR0911, PLR0912  A table of sentences.
    """“Dana Kim took this request.”"""
    who = event.agent.name if event.agent else "The patient"
    detail = event.detail
    if event.act in DID:
        return f"{who} {DID[event.act]}{'; it may be an emergency' if detail.get('emergency') else ''}"
    if event.act in HAPPENED:
        return HAPPENED[event.act]
    if event.act in handing_on.SAID:
        return handing_on.SAID[event.act](who, detail)
    match event.act:
        case Act.STATUS:
            return f"{who} set the status to {STATUS_NAMES[Status(detail['after'])]}"
        case Act.PRIORITY:
            return f"{who} set the priority to {detail['after']}"
        case Act.TOPIC:
            return f"{who} set the topic to {LABELS[Topic(detail['after'])]}"
        case Act.ASSIGNED:
            if detail.get("team"):
                return f"{who} handed this to the team {detail['team']}"
            if not detail["to"]:
                return f"{who} unassigned this"
            return f"{who} assigned this to {'themselves' if detail['to'] == who else detail['to']}"
        case Act.SENT_TO_CLINIC:
            return f"{who} sent this to the clinic: {LABELS[Topic(detail['topic'])]}"
        case Act.SOLVED:
            return f"{who} solved this as {OUTCOMES[Outcome(detail['outcome'])]}"
        case Act.SHOWN:
            return f"The patient saw {shown_in_words(detail['names'])}, and sent it anyway"
        case Act.CAME_BACK:
            return f"{who} brought this back" if event.agent else "Came back, as its day had come"
        case Act.HELD:
            return f"Held for review: {HELD[Held(detail['because'])]}"
        case Act.REDACTED:
            return f"{who} removed a {oversharing.Kind(detail['kind']).label}"
        case _:  # Act.UNKNOWN
            return f"{event.agent.name if event.agent else 'Somebody'} did something that this version does not know"


def shown_in_words(names: Iterable[str]) -> str:
    """“whom to call in an emergency, the clinic’s notice (Bills) and 2 articles”, from names of shown.py."""
    seen = frozenset(names)
    articles = len(shown.of_kind(shown.ARTICLE, seen))
    parts = [
        *(["whom to call in an emergency"] if shown.of_kind(shown.EMERGENCY, seen) else []),
        *(f"the clinic’s notice ({LABELS[Topic(topic)]})" for topic in shown.of_kind(shown.CLINIC, seen)),
        *(
            f"the clinic’s notice for a part of it ({LABELS[Topic(topic)]})"
            for topic in shown.of_kind(shown.PART, seen)
        ),
        *(f"a warning about a {oversharing.Kind(kind).label}" for kind in shown.of_kind(shown.WARNING, seen)),
        *([f"{articles} article{'' if articles == 1 else 's'}"] if articles else []),
    ]
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else "nothing"


def clinic_note(ticket: Ticket, topic: Topic, agent: Agent) -> str:
    """The fallback of the topic's clinic article, addressed and signed; the agent may change every word."""
    return clinic_note_to(ticket.first_name, topic, agent)


def clinic_note_to(first_name: str, topic: Topic, agent: Agent) -> str:
    article = current_app.extensions["shelf"].current().for_topic(topic.value)
    text = article.clinic.reply.strip() if article and article.clinic else ""
    return f"Hi {first_name},\n\n{text}\n\n{agent.first_name}\nNavigating Care support"
