"""Files of a content folder, read with suspicion: nothing from outside it, nothing huge, only files."""

import os
from pathlib import Path

from supportdesk.faq import categories
from supportdesk.faq.front_matter import ArticleError, decode

SYNONYMS = "synonyms.txt"
_LARGEST_FILE = 200_000  # Bytes.  Our longest article has 6,000.

Stamp = tuple[str, int, int, int]
Signature = tuple[Stamp, ...]


def listed(root: Path) -> tuple[str, ...]:
    """The Markdown files as <folder>/<name>.md, sorted, but for hidden ones and a README at the top."""
    tops = sorted(name for name in os.listdir(root) if name[0] != ".")  # noqa: PTH208  # As below: paths are slow.
    names = [name for name in tops if name.endswith(".md") and name != "README.md"]
    for folder in (name for name in tops if (root / name).is_dir()):
        inside = sorted(os.listdir(root / folder))  # noqa: PTH208
        names += [f"{folder}/{name}" for name in inside if name.endswith(".md") and name[0] != "."]
    return tuple(names)


def read(root: Path, name: str, largest: int = _LARGEST_FILE) -> str:
    """The text of one file below `root`, of at most `largest` bytes."""
    path = root / name
    try:
        if not path.resolve(strict=True).is_relative_to(root.resolve()):
            raise ArticleError(name, "a link that leads out of the content folder; put the file itself here")
        if not path.is_file():
            raise ArticleError(name, "this is not a file; remove or rename it")
        with path.open("rb") as file:
            raw = file.read(largest + 1)
    except OSError as error:
        raise ArticleError(name, f"cannot be read: {error.strerror}") from None
    except RuntimeError:  # Python 3.11 and 3.12 say so of links in a circle.
        raise ArticleError(name, "a link that leads to itself; put the file itself here") from None
    if len(raw) > largest:
        raise ArticleError(name, f"larger than {largest // 1000} kB; split the article")
    return decode(name, raw)


def signature(root: Path) -> Signature:
    """What changes whenever a file comes, goes or is written; empty where there is no folder."""
    try:
        names = (categories.FILE, SYNONYMS, *listed(root))
    except OSError:
        return ()
    return tuple(stamp(root, name) for name in names)


def stamp(root: Path, name: str) -> Stamp:
    """What changes whenever the file is written."""
    try:
        seen = os.stat(f"{root}/{name}")  # noqa: PTH116  # Of ten thousand files, each second.
    except (OSError, ValueError):
        return name, 0, 0, 0
    return name, seen.st_mtime_ns, seen.st_size, seen.st_ino
