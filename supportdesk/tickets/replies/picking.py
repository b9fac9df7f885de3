"""What an agent can insert into a reply to one ticket: canned replies with their gaps filled, and articles."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app

from supportdesk.agents.models import Agent
from supportdesk.faq.articles import Article
from supportdesk.pages import public_url
from supportdesk.tickets.models import Ticket
from supportdesk.tickets.replies.canned import CannedReply, read_all
from supportdesk.tickets.replies.queries import uses_of_each, with_edited

_MOST_ARTICLES = 4
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Pick:
    """One thing to insert: `value` names it in the form, `text` is what goes into the reply."""

    value: str
    title: str
    text: str
    uses: int | None = None  # None: it is not counted.

    @property
    def name(self) -> str:
        return self.value.partition(":")[2]


@dataclass(frozen=True)
class Picker:
    words: str  # What was searched for.
    replies: Sequence[Pick]
    articles: Sequence[Pick]


def picker(ticket: Ticket, agent: Agent, words: str = "") -> Picker:
    """What fits `words`; without any, everything, what fits the ticket's topic first."""
    words = words[:LONGEST_SEARCH].strip()
    used, wanted = uses_of_each(), words.split()
    fitting = [reply for reply in all_canned() if reply.holds(wanted)]
    fitting.sort(key=lambda reply: (ticket.topic not in reply.topics, -used.get(reply.name, 0), reply.title))
    replies = [_of_reply(reply, ticket, agent, used.get(reply.name, 0)) for reply in fitting]
    return Picker(words, replies, [_of_article(article) for article in _articles(ticket, words)])


def picked(value: str, ticket: Ticket, agent: Agent) -> Pick | None:
    """What a button of the picker stands for; None where it has gone meanwhile."""
    kind, _, name = value.partition(":")
    if kind == "reply":
        found = [reply for reply in all_canned() if reply.name == name]
        return _of_reply(found[0], ticket, agent, 0) if found else None
    article = current_app.extensions["shelf"].current().find(name) if kind == "article" else None
    return _of_article(article) if article else None


def all_canned() -> list[CannedReply]:
    return with_edited(files())


def files() -> list[CannedReply]:
    """The defaults.  One that can't be read is left out, and said in the log."""
    replies, wrong = read_all(current_app.config["CONTENT_FOLDER"] / "replies")
    for error in wrong:
        current_app.logger.warning("A canned reply is left out: %s", error)
    return replies


def _articles(ticket: Ticket, words: str) -> list[Article]:
    if words:
        return [hit.article for hit in current_app.extensions["searcher"].current().search(words, _MOST_ARTICLES).hits]
    shown = current_app.extensions["shelf"].current().articles.values()
    return [article for article in shown if ticket.topic in article.topics][:_MOST_ARTICLES]


def _of_reply(reply: CannedReply, ticket: Ticket, agent: Agent, uses: int) -> Pick:
    gaps = {"first_name": ticket.first_name or "there", "reference": ticket.reference, "agent": agent.first_name}
    return Pick(f"reply:{reply.name}", reply.title, reply.filled(gaps), uses)


def _of_article(article: Article) -> Pick:
    address = public_url("faq.article", slug=article.slug)
    return Pick(f"article:{article.slug}", article.title, f"{article.title}\n{article.summary}\n{address}")
