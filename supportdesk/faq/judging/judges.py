"""Judges that have learned, kept on disk by what they learned from, as indexes are: a restart has nothing to learn."""

import json
import logging
from array import array
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from supportdesk.config import shipped
from supportdesk.faq.judging import learning
from supportdesk.faq.judging.features import Features
from supportdesk.faq.judging.judge import Judge
from supportdesk.faq.judging.learning import Weights
from supportdesk.faq.judging.lessons import Lessons
from supportdesk.faq.search import generations
from supportdesk.faq.search.ordinary import ordinary_words

_log = logging.getLogger("supportdesk.faq")

_NAMES, _NUMBERS = "features.json", "weights.f32"


def learned(lessons: Lessons, folder: Path | None = None) -> Judge:
    """The judge of these lessons: as kept in `folder`, or taught now and kept there."""
    features = Features(lessons, ordinary_words(shipped("content") / "faq"))
    kept = generations.read(folder, lessons.digest) if folder else None
    weights = _read(kept, lessons) if kept else None
    if weights is None:
        weights = _taught(_Key(lessons, features))
        if folder:
            _keep(folder, lessons.digest, weights)
    return Judge(lessons, features, weights)


class _Key:
    """Lessons that are the same have been learned already, whoever asks again."""

    def __init__(self, lessons: Lessons, features: Features) -> None:
        self.lessons, self.features = lessons, features

    def __hash__(self) -> int:
        return hash(self.lessons.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.lessons.digest == self.lessons.digest


@lru_cache(maxsize=4)
def _taught(key: _Key) -> Weights:
    return learning.learn(key.lessons, key.features)


def _keep(folder: Path, digest: str, weights: Weights) -> None:
    names = json.dumps([weights.classes, list(weights.features)], ensure_ascii=False).encode()
    try:
        generations.save(folder, digest, {_NAMES: names, _NUMBERS: weights.flat().tobytes()})
    except OSError as error:
        _log.warning("What guidance learned stays in memory; %s: %s", folder, error.strerror)


def _read(kept: Mapping[str, bytes], lessons: Lessons) -> Weights | None:
    classes = learning.classes(lessons)
    try:
        held, names = json.loads(kept[_NAMES])
        numbers = array("f", kept[_NUMBERS]).tolist()
    except (KeyError, ValueError, TypeError):
        return None
    width = len(classes)
    if tuple(held) != classes or len(numbers) != width * (len(names) + 1):
        return None
    bias, *vectors = zip(*[iter(numbers)] * width, strict=True)  # Tuples: nobody has to look for cycles in them.
    return Weights(classes, dict(zip(names, vectors, strict=True)), bias)
