"""What a danger stands beside: the portal, what the clinic does, what softens it or makes it pressing.  Pure.

“Choking” says little.  Beside the portal it is a figure of speech, beside “now” it is none: what is learned of one
danger beside the portal is known of all.  And a sentence is read in the light of what else the message is about.
"""

from collections.abc import Collection, Iterator, Sequence

from supportdesk.faq.judging.kinds import Kinds

KIND = "k "
_TOPICS = ("portal", "clinic")  # Groups that count as one; of the others each kind counts.
_DANGER, _SOFTENS, _PRESSES = "danger", "softens", "presses"
_MANY = 3  # Dangers in a sentence; more say no more.


class Contexts:
    def __init__(self, kinds: Kinds) -> None:
        self._topics = {name: kinds.of_group(name) for name in _TOPICS}
        self._dangers = kinds.of_group(_DANGER)
        self._softening = kinds.of_group(_SOFTENS)
        self._marking = self._softening | kinds.of_group(_PRESSES)

    def added(self, sentences: Sequence[Collection[str]]) -> list[set[str]]:
        """The features of each sentence, and what stands around it."""
        kinds = [{name.removeprefix(KIND) for name in sentence if name.startswith(KIND)} for sentence in sentences]
        topics = [self._topics_of(present) for present in kinds]
        softer = [present & self._softening for present in kinds]
        around = set[str]().union(*topics, *softer)
        return [
            {*sentence, *self._within(present, about), *(f"elsewhere {name}" for name in around - about - soft)}
            for sentence, present, about, soft in zip(sentences, kinds, topics, softer, strict=True)
        ]

    def _topics_of(self, present: set[str]) -> set[str]:
        return {name for name, kinds in self._topics.items() if not kinds.isdisjoint(present)}

    def _within(self, present: set[str], topics: set[str]) -> Iterator[str]:
        dangers = present & self._dangers
        yield from (f"about {name}" for name in topics)
        if not dangers:
            return
        yield from (f"about {_DANGER}", f"dangers {min(len(dangers), _MANY)}")
        yield from (f"danger*{mark}" for mark in topics | (present & self._marking))
        for mark in topics | (present & self._softening):
            yield from (f"{danger}*{mark}" for danger in dangers)
