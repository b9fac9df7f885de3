"""Learning from examples: one linear model with a score for the desk, each clinic topic and each emergency.

Logistic regression by AdaGrad, in plain Python; each time an example is read, some of it is overlooked.  A message is
judged by the sentence that says most: what is learned from “Hello. I hope you are well. My chest hurts.” is learned
from its last sentence.
"""

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress

from supportdesk.faq.articles import CLINIC_TOPICS
from supportdesk.faq.judging.features import Features
from supportdesk.faq.judging.lessons import DESK, Example, Lessons

EMERGENCY = "emergency"

_ROUNDS = 8
_OVERLOOKED = 0.3  # Of what is seen of an example, in each round: no word alone should decide.
_RATE = 0.5
_GLANCES = 4096  # Drawn once, and begun anywhere: drawing each time would take as long as learning.
_PHRASE_WEIGHT = 0.3  # Of a phrase of an article: there are many, and they are short.
_SURE = math.log(1 / 0.06 - 1)  # What scores more is known to within 0.06, and not learned further.
_CAREFUL = 0.05  # What each word is held to have taught already of whose question it is: one example says little.
_EAGER = 1e-6  # And of an emergency, where a single example has to be enough.
_SMOOTH = 4  # Added to the number of features, so that two words alone are not too sure of themselves.

Vector = list[float]
Note = tuple[Vector, Vector]  # What is learned of a feature for each class, and how much taught it.


class Weights:
    """A vector for each feature, with one number for each class."""

    def __init__(self, classes: Sequence[str], features: Mapping[str, Sequence[float]], bias: Sequence[float]) -> None:
        self.classes = tuple(classes)
        self.features = features
        self.bias = bias

    def scores(self, sentence: Iterable[str]) -> Vector:
        known = [found for feature in sentence if (found := self.features.get(feature))]
        return self._scored(known)

    def _scored(self, known: Sequence[Sequence[float]]) -> Vector:
        scale = 1 / math.sqrt(len(known) + _SMOOTH)
        sums = [sum(column) for column in zip(*known, strict=True)] if known else self.bias
        return [total * scale + bias for total, bias in zip(sums, self.bias, strict=True)] if known else list(self.bias)


def classes(lessons: Lessons) -> tuple[str, ...]:
    return (DESK, *CLINIC_TOPICS, EMERGENCY, *(f"card {card.emergency.name}" for card in lessons.cards))


def learn(lessons: Lessons, features: Features) -> Weights:
    """The same lessons always give the same weights."""
    names = classes(lessons)
    seen = [(features.of(example.says), example) for example in lessons.examples]
    every = sorted({feature for units, _example in seen for unit in units for feature in unit})
    taught = [_EAGER if _is_of_emergency(name) else _CAREFUL for name in names]
    notes: dict[str, Note] = {feature: ([0.0] * len(names), list(taught)) for feature in every}
    course = _Course(len(names))
    exercises = [
        ([[notes[feature] for feature in sorted(unit)] for unit in units], _wanted(example, names), example.is_phrase)
        for units, example in seen
    ]
    chance = random.Random(1)  # noqa: S311  # Nothing secret hangs on it.
    looked_at = _Glance(chance)
    for _round in range(_ROUNDS):
        chance.shuffle(exercises)
        for units, wanted, is_phrase in exercises:
            course.take(list(map(looked_at, units)), wanted, _PHRASE_WEIGHT if is_phrase else 1.0)
    return Weights(names, {feature: vector for feature, (vector, _past) in notes.items()}, course.bias)


def _wanted(example: Example, names: Sequence[str]) -> list[int | None]:
    """1 or 0 for each class; None for what the example does not tell."""
    return [_goal(example, name) for name in names]


def _goal(example: Example, name: str) -> int | None:
    is_for_clinic = example.asks != (DESK,)
    if _is_of_emergency(name):
        if example.is_phrase and is_for_clinic:
            return None  # “chest pain” may stand among the phrases of an article.
        return int(bool(example.emergency) if name == EMERGENCY else name == f"card {example.emergency}")
    if example.is_phrase and len(example.asks) > 1 and name in example.asks:
        return None
    return int(name in example.asks)


def _is_of_emergency(name: str) -> bool:
    return name == EMERGENCY or name.startswith("card ")


class _Glance:
    """What is seen of a sentence at a glance."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._seen = [chance.random() > _OVERLOOKED for _ in range(_GLANCES)]

    def __call__(self, unit: Sequence[Note]) -> list[Note]:
        start = int(self._chance.random() * (_GLANCES - len(unit))) if len(unit) < _GLANCES else 0
        return list(compress(unit, self._seen[start : start + len(unit)]))


class _Course:
    def __init__(self, width: int) -> None:
        self.bias: Vector = [0.0] * width
        self._past_bias: Vector = [_EAGER] * width

    def take(self, units: Sequence[Sequence[Note]], wanted: Sequence[int | None], weight: float) -> None:
        """One step towards what is wanted, for each class by the unit that says most of it."""
        scored = [(self._scores(unit), unit) for unit in units]
        for number, goal in enumerate(wanted):
            if goal is None:
                continue
            scores, unit = max(scored, key=lambda each: each[0][number]) if len(scored) > 1 else scored[0]
            score = scores[number]
            if (score if goal else -score) < _SURE:
                error = 1 / (1 + math.exp(-max(-30.0, min(30.0, score)))) - goal
                self._step(unit, number, error * weight)

    def _scores(self, unit: Sequence[Note]) -> Vector:
        if not unit:
            return list(self.bias)
        scale = 1 / math.sqrt(len(unit) + _SMOOTH)
        sums = map(sum, zip(*[vector for vector, _past in unit], strict=True))
        return [total * scale + bias for total, bias in zip(sums, self.bias, strict=True)]

    def _step(self, unit: Sequence[Note], number: int, error: float) -> None:
        slope = error / math.sqrt(len(unit) + _SMOOTH)
        square, stride = slope * slope, _RATE * slope
        for vector, past in unit:
            past[number] = taught = past[number] + square
            vector[number] -= stride / math.sqrt(taught)
        self._past_bias[number] += error * error
        self.bias[number] -= 0.3 * _RATE * error / math.sqrt(self._past_bias[number])
