"""The judge: whose question a message is, which of the clinic's, and whether somebody is in danger.  Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log

from supportdesk.faq.articles import CLINIC_TOPICS, DESK_TOPICS
from supportdesk.faq.judging.features import COUNTER, NOT_SIGN, SIGN, Features, says_something
from supportdesk.faq.judging.learning import EMERGENCY, Vector, Weights
from supportdesk.faq.judging.lessons import DESK, Example, Lessons
from supportdesk.faq.judging.tokens import words
from supportdesk.faq.safety import Emergency

# Found by cross-validation over content/guidance/examples.jsonl; docs/guidance.md has the figures.
_DESK_LINE = 0.8  # The desk has to be surer than this, and than a share of what speaks for the clinic.
_CLINIC_SHARE = 0.5
_NOBODYS = -3.0  # Below it a message that asks for nothing is not the clinic's either, and the desk reads it.
_EMERGENCY_LINE = -0.8  # Below zero: a card shown in vain costs a glance, a missing one may cost a life.
_TOPIC_LINE = -0.75  # For the clinic's part of a message that is for the desk.
_PER_EMERGENCY, _PER_TOPIC = 0.4, 0.3  # Who says much says something by chance: the lines rise with its logarithm.
_CHOSEN = 2.0  # What the choice of a topic adds; words that are surely about the portal outweigh it.
_SIGN = 1.0  # What a sign adds over what was learned of it, unless something there says that it is none.
_LONGEST_PHRASE = 500  # Characters; nobody collects a longer one.
_COLLECTED = 4.0  # What an editor wrote down outweighs what was learned.


@dataclass(frozen=True, slots=True)
class Verdict:
    is_for_desk: bool
    clinic_topic: str | None
    card: str | None
    scores: Mapping[str, float]


class Judge:
    def __init__(self, lessons: Lessons, features: Features, weights: Weights) -> None:
        self.lessons = lessons
        self._features = features
        self._weights = weights
        self._cards = tuple(card.emergency.name for card in lessons.cards)
        self._collected = {_wording(example.says): example for example in lessons.examples if example.is_phrase}

    def verdict(self, text: str, chosen: str | None = None) -> Verdict:
        """On all of a person’s words, and the topic they chose if any."""
        sentences = self._features.of(text)
        scores = self._with_collected(text, self._best(sentences))
        if chosen in CLINIC_TOPICS:
            scores[chosen] += _CHOSEN
        elif chosen in DESK_TOPICS:
            scores[DESK] += _CHOSEN / 2
        topic = max(CLINIC_TOPICS, key=lambda name: scores[name])
        says_nothing = chosen not in CLINIC_TOPICS and not any(map(says_something, sentences))
        says_nothing |= scores[topic] < _NOBODYS
        is_for_desk = says_nothing or scores[DESK] - _CLINIC_SHARE * scores[topic] > _DESK_LINE
        length = log(len(sentences))
        names_topic = not is_for_desk or scores[topic] > _TOPIC_LINE + _PER_TOPIC * length
        is_emergency = scores[EMERGENCY] > _EMERGENCY_LINE + _PER_EMERGENCY * length
        return Verdict(
            is_for_desk, topic if names_topic else None, self._card(scores) if is_emergency else None, scores
        )

    def card(self, name: str) -> Emergency:
        return next(card.emergency for card in self.lessons.cards if card.emergency.name == name)

    def _best(self, sentences: Sequence[Collection[str]]) -> dict[str, float]:
        """For each class, what the sentence says that says most of it."""
        best = [max(column) for column in zip(*map(self._judged, sentences), strict=True)]
        return dict(zip(self._weights.classes, best, strict=True))

    def _judged(self, sentence: Collection[str]) -> Sequence[float]:
        scores: Vector = self._weights.scores(sentence)
        if not says_something(sentence):  # Small words and names alone ask for no clinic and tell of no danger.
            scores = [
                score if name == DESK else min(score, bias)
                for name, score, bias in zip(self._weights.classes, scores, self._weights.bias, strict=True)
            ]
        if SIGN in sentence and NOT_SIGN not in sentence:
            scores[self._weights.classes.index(EMERGENCY)] += _SIGN
        if COUNTER in sentence:
            scores = [
                score + _COLLECTED if name == DESK else score - _COLLECTED if name in CLINIC_TOPICS else score
                for name, score in zip(self._weights.classes, scores, strict=True)
            ]
        return scores

    def _with_collected(self, text: str, scores: dict[str, float]) -> dict[str, float]:
        is_short = len(text) <= _LONGEST_PHRASE
        collected: Example | None = self._collected.get(_wording(text)) if is_short else None
        if collected and DESK in collected.asks:
            scores[DESK] += _COLLECTED
        elif collected:
            topic = max(collected.asks, key=lambda name: scores[name])
            scores[topic] += _COLLECTED
            scores[DESK] -= _COLLECTED
        return scores

    def _card(self, scores: Mapping[str, float]) -> str | None:
        return max(self._cards, key=lambda name: scores[f"card {name}"], default=None)


def _wording(text: str) -> str:
    return " ".join(words(text))
