"""Canned replies: one Markdown file each, plain text with gaps such as {first_name}."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from supportdesk.faq.front_matter import ArticleError, decode, split

GAPS = ("first_name", "reference", "agent")
_GAP = re.compile(r"\{\{?\s*([a-z_]+)\s*\}?\}")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_NAME, LONGEST_TITLE = 80, 100


@dataclass(frozen=True)
class CannedReply:
    name: str  # Of its file, without the ending.
    title: str
    topics: tuple[str, ...]
    body: str

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with every gap filled once: what a value holds is never read as a gap."""
        return _GAP.sub(lambda gap: values[gap[1]], self.body)

    def holds(self, words: Sequence[str]) -> bool:
        """Whether every word stands somewhere in it, whatever its case."""
        text = f"{self.title}\n{self.body}\n{self.name}".casefold()
        return all(word.casefold() in text for word in words)


@lru_cache(maxsize=200)  # A ticket's page asks for all of them, and YAML takes longer than the rest of it.
def parse(name: str, text: str) -> CannedReply:
    """Raises ArticleError where the file can't be used; `name` is that of the file without its ending."""
    path = f"replies/{name}.md"
    if not is_name(name):
        raise ArticleError(path, "name the file in small letters, digits and single hyphens, like call-us.md")
    matter, body, line = split(path, text, ("title", "topics"))
    for gap in _GAP.finditer(body):
        if gap[1] not in GAPS:
            at = line + body[: gap.start()].count("\n")
            raise ArticleError(path, f"we can’t fill {gap[0]}; the gaps are {', '.join(GAPS)}", at)
    return CannedReply(name, matter.line("title"), matter.texts("topics") if "topics" in matter else (), body)


def unknown_gap(body: str) -> str | None:
    """The first gap that nobody can fill, as it was typed."""
    return next((gap[0] for gap in _GAP.finditer(body) if gap[1] not in GAPS), None)


def name_of(title: str) -> str:
    """“Call us together!” is call-us-together."""
    return "-".join(re.findall(r"[a-z0-9]+", title.casefold()))[:LONGEST_NAME].strip("-")


def is_name(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and len(name) <= LONGEST_NAME


def read_all(folder: Path) -> tuple[list[CannedReply], list[ArticleError]]:
    """Every canned reply in a folder by its title, and what can't be read: one bad file takes no other along."""
    found, wrong = [], []
    for path in folder.glob("*.md"):
        try:
            found.append(parse(path.stem, decode(f"replies/{path.name}", path.read_bytes())))
        except ArticleError as error:
            wrong.append(error)
        except OSError:
            wrong.append(ArticleError(f"replies/{path.name}", "we can’t read this file"))
    return sorted(found, key=lambda reply: reply.title), wrong
