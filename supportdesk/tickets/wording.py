"""How the desk puts things to agents: an event as a sentence, and the note that sends a patient to their clinic."""

from flask import current_app

from supportdesk.agents.models import Agent
from supportdesk.tickets.models import STATUS_NAMES, Act, Event, Outcome, Status, Ticket
from supportdesk.tickets.topics import LABELS, Topic

OUTCOMES = {
    Outcome.ANSWERED: "answered",
    Outcome.SENT_TO_CLINIC: "sent to the clinic",
    Outcome.DUPLICATE: "a duplicate",
    Outcome.SPAM: "spam",
}
VIEW_NAMES = (  # Of the sidebar: the address's word, the name, the icon.
    ("mine", "My requests", "user-round"),
    ("unassigned", "No one assigned", "inbox"),
    ("open", "All open", "layers"),
    ("all", "All requests", "list"),
    ("waiting", "Waiting on patient", "pause"),
    ("clinic", "Sent to clinic", "signpost"),
    ("solved", "Solved", "check"),
)


def sentence(event: Event) -> str:  # noqa: C901, PLR0911  A table of sentences.
    """“Dana Kim took this request.”"""
    who = event.agent.name if event.agent else "The patient"
    detail = event.detail
    match event.act:
        case Act.RECEIVED:
            return "Received"
        case Act.TAKEN:
            return f"{who} took this request"
        case Act.REPLIED:
            return f"{who} replied"
        case Act.NOTED:
            return f"{who} wrote a note"
        case Act.STATUS:
            return f"{who} set the status to {STATUS_NAMES[Status(detail['after'])]}"
        case Act.PRIORITY:
            return f"{who} set the priority to {detail['after']}"
        case Act.TOPIC:
            return f"{who} set the topic to {LABELS[Topic(detail['after'])]}"
        case Act.ASSIGNED:
            if not detail["to"]:
                return f"{who} unassigned this"
            return f"{who} assigned this to {'themselves' if detail['to'] == who else detail['to']}"
        case Act.SENT_TO_CLINIC:
            return f"{who} sent this to the clinic: {LABELS[Topic(detail['topic'])]}"
        case Act.SOLVED:
            return f"{who} solved this as {OUTCOMES[Outcome(detail['outcome'])]}"
        case Act.REOPENED:
            return f"{who} opened this again"


def clinic_note(ticket: Ticket, topic: Topic, agent: Agent) -> str:
    """The fallback of the topic's clinic article, addressed and signed; the agent may change every word."""
    article = current_app.extensions["shelf"].current().for_topic(topic.value)
    text = article.clinic.reply.strip() if article and article.clinic else ""
    return f"Hi {ticket.first_name},\n\n{text}\n\n{agent.first_name}\nNavigating Care support"
