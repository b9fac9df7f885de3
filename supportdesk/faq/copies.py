"""The last good text of each content file, kept privately, so that a slip of the pen costs no article."""

import logging
import os
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

from supportdesk.faq import categories, source
from supportdesk.faq.front_matter import ArticleError

_log = logging.getLogger("supportdesk.faq")


class Copies:
    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        if self._folder is None:
            return ()
        try:
            return source.listed(self._folder)
        except OSError:
            return ()

    def recall(self, name: str) -> str | None:
        if self._folder is None:
            return None
        try:
            return source.read(self._folder, name)
        except ArticleError:
            return None

    def keep(self, good: Mapping[str, str], present: Collection[str]) -> None:
        """Write the `good` texts that are new and forget files no longer `present`, as well as can be."""
        if self._folder is None:
            return
        try:
            _make_private(self._folder)
            for name, text in good.items():
                if self.recall(name) != text:
                    _write(self._folder / name, text)
            for name in set(self.names()).difference(present):
                if name != categories.FILE:
                    (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            _log.warning("No copies of the articles in %s: %s", self._folder, error.strerror)


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def _write(path: Path, text: str) -> None:
    """The old text or the new one, never half of it; 0600, as mkstemp makes it."""
    _make_private(path.parent)
    handle, temporary = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
