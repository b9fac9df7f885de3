"""Judges that have learned, kept on disk by what they learned from, as indexes are: a restart has nothing to learn."""

import json
import logging
import struct
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

_NAMES, _NUMBERS = "features.json", "weights.f16"
_TELLING = 0.2  # What counts for less with every class decides nothing, and is not kept: a seventh of what is learned.


def learned(lessons: Lessons, folder: Path | None = None) -> Judge:
    """The judge of these lessons: as kept in `folder`, or taught now and kept there."""
    features = Features(lessons, ordinary_words(shipped("content") / "faq"))
    kept = generations.read(folder, lessons.digest) if folder else None
    weights = _read(kept, lessons) if kept else None
    if weights is None:
        taught = _taught(_Key(lessons, features))
        if folder:
            _keep(folder, lessons.digest, taught)
        weights = _read(taught, lessons)
        assert weights  # We have just written it.
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
def _taught(key: _Key) -> Mapping[str, bytes]:
    """What was learned, as it is kept: whoever learned it and whoever reads it judge alike, to the last bit."""
    weights = learning.learn(key.lessons, key.features)
    telling = {name: vector for name, vector in weights.features.items() if max(map(abs, vector)) >= _TELLING}
    numbers = [*weights.bias, *(number for vector in telling.values() for number in vector)]
    names = json.dumps([weights.classes, list(telling)], ensure_ascii=False).encode()
    return {_NAMES: names, _NUMBERS: struct.pack(f"<{len(numbers)}e", *numbers)}


def _keep(folder: Path, digest: str, taught: Mapping[str, bytes]) -> None:
    try:
        generations.save(folder, digest, taught)
    except OSError as error:
        _log.warning("What guidance learned stays in memory; %s: %s", folder, error.strerror)


def _read(kept: Mapping[str, bytes], lessons: Lessons) -> Weights | None:
    classes = learning.classes(lessons)
    try:
        held, names = json.loads(kept[_NAMES])
        numbers = struct.unpack(f"<{len(kept[_NUMBERS]) // 2}e", kept[_NUMBERS])
    except (KeyError, ValueError, TypeError, struct.error):
        return None
    width = len(classes)
    if tuple(held) != classes or len(numbers) != width * (len(names) + 1):
        return None
    bias, *vectors = zip(*[iter(numbers)] * width, strict=True)  # Tuples: nobody has to look for cycles in them.
    return Weights(classes, dict(zip(names, vectors, strict=True)), bias)
