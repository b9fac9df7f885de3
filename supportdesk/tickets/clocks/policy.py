"""How many open minutes a reply may take, by priority and topic.  Pure: read from a setting, asked for a ticket."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

_MINUTES = re.compile(r"([1-9][0-9]{0,5})(?:/([1-9][0-9]{0,5}))?")


@dataclass(frozen=True)
class Target:
    first: int  # Open minutes to the first reply.
    further: int  # And to each one after it.
    rule: str = ""  # What of the setting says so; empty for the default.


@dataclass(frozen=True)
class Policy:
    usual: Target
    rules: Mapping[tuple[str, str], Target]  # By priority and topic; an empty one stands for any.

    def target(self, priority: str, topic: str) -> Target:
        """The rule that says most: of both, else of the priority, else of the topic, else what is usual."""
        for named in ((priority, topic), (priority, ""), ("", topic)):
            if named in self.rules:
                return self.rules[named]
        return self.usual

    def minutes(self, priority: str, topic: str, *, has_replied: bool) -> int:
        target = self.target(priority, topic)
        return target.further if has_replied else target.first


def parse_policy(text: str, usual: int, priorities: Collection[str], topics: Collection[str]) -> Policy:
    """Read targets such as "urgent 60/120; high billing 240": first and further replies, or one number for both.

    Raises ValueError, which says what of it can't be read.
    """
    rules: dict[tuple[str, str], Target] = {}
    for part in filter(None, (part.strip().lower() for part in text.split(";"))):
        *names, minutes = part.split()
        found = _MINUTES.fullmatch(minutes)
        of_priority = [name for name in names if name in priorities]
        of_topic = [name for name in names if name in topics]
        if not found or not names or len(of_priority) > 1 or len(of_topic) > 1:
            raise ValueError(f"{part!r} is no target: write a priority, a topic or both, and minutes: high 240/480")
        if strangers := set(names) - {*of_priority, *of_topic}:
            raise ValueError(f"{min(strangers)!r} is neither a priority nor a topic")
        named = ("".join(of_priority), "".join(of_topic))
        if named in rules:
            raise ValueError(f"{' '.join(names)!r} stands there twice")
        rules[named] = Target(int(found[1]), int(found[2] or found[1]), " ".join(filter(None, named)))
    return Policy(Target(usual, usual), rules)
