"""Guidance for one message: whose question it is, an emergency, articles that may help, and what says too much.

It keeps nothing, and it never stands in the way: where it fails, the message goes on as if there were nothing to say.
"""

from dataclasses import dataclass
from functools import cached_property

from flask import current_app

from supportdesk.faq.articles import Article, ArticleError
from supportdesk.faq.guidance import Emergency, Guidance, advise
from supportdesk.faq.search.memory import forgetting
from supportdesk.tickets import oversharing, shown
from supportdesk.tickets.oversharing import Passage
from supportdesk.tickets.topics import CLINIC_TOPICS, Topic


@dataclass(frozen=True, repr=False)
class Advice:
    guidance: Guidance
    in_subject: tuple[Passage, ...] = ()
    in_message: tuple[Passage, ...] = ()

    @property
    def is_for_clinic(self) -> bool:
        return self.guidance.route == "clinic"

    @property
    def clinic_topic(self) -> Topic | None:
        return Topic(self.guidance.clinic_topic) if self.guidance.clinic_topic else None

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self.in_subject + self.in_message

    @property
    def notice(self) -> Article | None:
        """The clinic's, whose way is to write; beside an emergency's card nothing stands that is slower than a call."""
        return None if self.guidance.emergency else self.guidance.clinic_article

    @property
    def articles(self) -> list[Article]:
        """Those that may answer, but for the one that the clinic's notice tells; none beside an emergency's card."""
        if self.guidance.emergency:
            return []
        return [article for article in self.guidance.articles if article != self.guidance.clinic_article]

    @cached_property
    def names(self) -> shown.Names:
        """What there is to show, in names."""
        guidance = self.guidance
        kind = shown.CLINIC if self.is_for_clinic else shown.PART
        return frozenset(
            [
                *([f"{kind}{guidance.clinic_topic}"] if self.notice else []),
                *([f"{shown.EMERGENCY}{guidance.emergency.name}"] if guidance.emergency else []),
                *(f"{shown.ARTICLE}{article.slug}" for article in self.articles),
                *(f"{shown.WARNING}{passage.kind}" for passage in self.passages),
            ]
        )


def advice(subject: str, message: str, topic: str) -> Advice:
    """What there is to say to a person who writes this; it never raises."""
    words = f"{subject}\n{message}"
    try:
        with forgetting():
            found = advise(current_app.extensions["searcher"].current(), words, topic)
        return Advice(found, tuple(oversharing.passages(subject)), tuple(oversharing.passages(message)))
    except Exception as error:  # noqa: BLE001  Whatever it is, a message must not be lost over advice.
        current_app.logger.error("No guidance: %s", type(error).__name__)  # noqa: TRY400  Its text may quote words.
        of_clinic = topic if topic in CLINIC_TOPICS else None
        return Advice(Guidance("clinic" if of_clinic else "desk", of_clinic, None, None, ()))


def asks_first(found: Advice, seen: str | None, secret: str) -> bool:
    """Whether a page has to come between the form and the desk, to show what the person has not seen.

    `seen` is the form's field: None where somebody else's program sent it, empty where no script showed anything.
    What can't be read was shown by us all the same, under another key.
    """
    if seen is None:
        return bool(shown.weighty(found.names))
    if not seen:
        return bool(found.names)
    names = shown.read_token(seen, secret)
    return names is not None and bool(shown.weighty(found.names) - names)


def clinic_article(topic: str | None) -> Article | None:
    """The clinic's notice for a topic, as it stands now; None where it can't be had."""
    try:
        found: Article | None = current_app.extensions["shelf"].current().for_topic(topic) if topic else None
    except (OSError, ArticleError):
        return None
    return found


def card(name: str | None) -> Emergency | None:
    """The card of content/safety by its name; None where it is gone, as then the usual words about 911 do."""
    try:
        cards = current_app.extensions["shelf"].current().lessons.cards if name else ()
    except (OSError, ArticleError):
        return None
    return next((card.emergency for card in cards if card.emergency.name == name), None)
