"""YAML read strictly: only plain values, each of the type its key asks for.  Pure.

YAML makes a boolean of an unquoted `no` and a number of `1.10`; here that is an error that names the line,
never a value nobody wrote.  Nothing is ever constructed from a tag.
"""

import re
import unicodedata
from collections.abc import Collection
from datetime import date

import yaml

from supportdesk.exceptions import SupportDeskError

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_UNPRINTABLE = re.compile(_CONTROL.pattern + r"|[\t\n\x85\u2028\u2029]")
_KIND = "tag:yaml.org,2002:"


class ArticleError(SupportDeskError):
    """A content file that cannot be used as it is: says which file, which line, and what to do."""

    def __init__(self, path: str, reason: str, line: int | None = None) -> None:
        message = f"{path}:{line}: {reason}" if line else f"{path}: {reason}"
        super().__init__(_UNPRINTABLE.sub("?", message))  # File names and keys can hold anything.


def decode(path: str, raw: bytes) -> str:
    """The file as text: UTF-8, a byte order mark and Windows line ends taken away, accents composed."""
    if not raw.strip():
        raise ArticleError(path, "the file is empty; write the article or delete the file")
    if b"\0" in raw:
        raise ArticleError(path, "this is not UTF-8 text; save the file as UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ArticleError(path, "a letter here is not UTF-8; save the file as UTF-8", line) from None
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if stray := _CONTROL.search(text):
        line = text.count("\n", 0, stray.start()) + 1
        raise ArticleError(path, f"a control character ({ord(stray[0]):#04x}) stands here; delete it", line)
    return text


def split(path: str, text: str, known: Collection[str]) -> tuple["Fields", str, int]:
    """The front matter of a Markdown file, the text below it, and the line on which that begins."""
    lines = text.split("\n")
    marks = [number for number, line in enumerate(lines) if line.rstrip() == "---"][:2]
    if len(marks) < 2 or marks[0] != 0:  # noqa: PLR2004  # One opens the block, one closes it.
        raise ArticleError(path, "start the file with a '---' block of title, summary and the other keys", 1)
    end = marks[1]
    node = compose(path, "\n".join(lines[1:end]), first_line=2)
    body = "\n".join(lines[end + 1 :]).strip("\n")
    if not body.strip():
        raise ArticleError(path, "the article has no text; write it below the second '---'", end + 1)
    return Fields(path, node, 2, known), body, end + 2


def compose(path: str, source: str, first_line: int) -> yaml.Node:
    """YAML as nodes, which still know their lines; it begins on `first_line` of the file."""
    try:  # Not with the loader in C, eight times as fast: a file of brackets ends its process.
        node: yaml.Node | None = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + first_line if mark else first_line
        raise ArticleError(path, f"this is not YAML: {error.problem}", line) from None
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError):
        raise ArticleError(path, "this is not YAML we can read", first_line) from None
    if node is None:
        raise ArticleError(path, "there is nothing to read here", first_line)
    return node


class Fields:
    """One YAML mapping with known keys only, read value by value."""

    def __init__(self, path: str, node: yaml.Node, first_line: int, known: Collection[str]) -> None:
        self._path = path
        self._first_line = first_line
        self._line = node.start_mark.line + first_line
        self._nodes: dict[str, yaml.Node] = {}
        if not isinstance(node, yaml.MappingNode):
            raise self._error("write 'key: value' lines here", node)
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name not in known:
                raise self._error(f"unknown key “{name}”; the keys are {', '.join(sorted(known))}", key)
            if name in self._nodes:
                raise self._error(f"“{name}” stands here twice; keep one", key)
            self._nodes[name] = value

    def __contains__(self, key: str) -> bool:
        return key in self._nodes

    def line(self, key: str) -> str:
        """A text of one line; line breaks in the YAML are spaces."""
        return " ".join(self.text(key).split())

    def text(self, key: str) -> str:
        return self._text(key, self._node(key))

    def texts(self, key: str) -> tuple[str, ...]:
        node = self._node(key)
        if not isinstance(node, yaml.SequenceNode):
            raise self._error(f"{key}: write a list, one '- ' line each, or []", node)
        texts = tuple(" ".join(self._text(key, item).split()) for item in node.value)
        if len(set(texts)) < len(texts):
            raise self._error(f"{key}: one of these stands here twice; keep one", node)
        return texts

    def number(self, key: str) -> int:
        try:
            return int(self._scalar(key, self._node(key), "int", "a whole number"))
        except ValueError:
            raise self._error(f"{key}: write a whole number", self._node(key)) from None

    def day(self, key: str) -> date:
        value = self._scalar(key, self._node(key), "timestamp", "a day like 2026-11-22, without quotes")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self._error(f"{key}: write a day like 2026-11-22", self._node(key)) from None

    def choice(self, key: str, choices: Collection[str]) -> str:
        value = self.line(key)
        if value not in choices:
            raise self._error(f"{key}: write {' or '.join(choices)}, not “{value}”", self._node(key))
        return value

    def section(self, key: str, known: Collection[str]) -> "Fields":
        return Fields(self._path, self._node(key), self._first_line, known)

    def refuse(self, key: str, reason: str) -> ArticleError:
        """An error that points at `key`, for what only the caller can judge."""
        return self._error(f"{key}: {reason}", self._nodes.get(key))

    def _node(self, key: str) -> yaml.Node:
        if key not in self._nodes:
            raise self._error(f"“{key}” is missing; add it", None)
        return self._nodes[key]

    def _text(self, key: str, node: yaml.Node) -> str:
        value = self._scalar(key, node, "str", "text").strip()
        if not value or _CONTROL.search(value):
            raise self._error(f"{key}: write some plain text", node)
        return value

    def _scalar(self, key: str, node: yaml.Node, kind: str, wanted: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._error(f"{key}: write {wanted} here", node)
        if node.tag != _KIND + kind:
            quotes = f"; put quotes around {node.value}" if kind == "str" and node.value else ""
            raise self._error(f"{key}: write {wanted} here{quotes}", node)
        return str(node.value)

    def _error(self, reason: str, node: yaml.Node | None) -> ArticleError:
        line = node.start_mark.line + self._first_line if node else self._line
        return ArticleError(self._path, reason, line)
