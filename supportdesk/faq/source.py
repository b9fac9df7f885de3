"""Files of a content folder, read with suspicion: nothing from outside it, nothing huge, only files."""

from pathlib import Path

from supportdesk.faq import categories
from supportdesk.faq.front_matter import ArticleError, decode

SYNONYMS = "synonyms.txt"
_LARGEST_FILE = 200_000  # Bytes.  Our longest article has 6,000.

Signature = tuple[tuple[str, int, int, int], ...]


def listed(root: Path) -> tuple[str, ...]:
    """The Markdown files as <folder>/<name>.md, sorted, but for hidden ones and a README at the top."""
    tops = sorted(entry for entry in root.iterdir() if not entry.name.startswith("."))
    names = [entry.name for entry in tops if entry.suffix == ".md" and entry.stem != "README"]
    for folder in (entry for entry in tops if entry.is_dir()):
        inside = sorted(entry.name for entry in folder.iterdir())
        names += [f"{folder.name}/{name}" for name in inside if name.endswith(".md") and name[0] != "."]
    return tuple(names)


def read(root: Path, name: str) -> str:
    """The text of one file below `root`."""
    path = root / name
    try:
        if not path.resolve(strict=True).is_relative_to(root.resolve()):
            raise ArticleError(name, "a link that leads out of the content folder; put the file itself here")
        if not path.is_file():
            raise ArticleError(name, "this is not a file; remove or rename it")
        with path.open("rb") as file:
            raw = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise ArticleError(name, f"cannot be read: {error.strerror}") from None
    except RuntimeError:  # Python 3.11 and 3.12 say so of links in a circle.
        raise ArticleError(name, "a link that leads to itself; put the file itself here") from None
    if len(raw) > _LARGEST_FILE:
        raise ArticleError(name, f"larger than {_LARGEST_FILE // 1000} kB; split the article")
    return decode(name, raw)


def signature(root: Path) -> Signature:
    """What changes whenever a file comes, goes or is written; empty where there is no folder."""
    try:
        names = (categories.FILE, SYNONYMS, *listed(root))
    except OSError:
        return ()
    return tuple(_stamp(root, name) for name in names)


def _stamp(root: Path, name: str) -> tuple[str, int, int, int]:
    try:
        seen = (root / name).stat()
    except (OSError, RuntimeError):
        return name, 0, 0, 0
    return name, seen.st_mtime_ns, seen.st_size, seen.st_ino
