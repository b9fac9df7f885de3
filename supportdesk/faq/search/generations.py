"""Indexes on disk: one private folder for each state of the content, whole or not there at all.

Every file is checked against the hash written with it before a byte of it is used: Whoosh would unpickle
whatever it found, and a file cut short under its eyes would end the process.
"""

import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from supportdesk import clock

_MANIFEST = "manifest.json"
_KEPT = 3  # The one in use, and two for workers that have not looked yet or a step back.
_ABANDONED = 600.0  # Seconds; no build takes a tenth of that.
_NAME = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = ".building-"


def read(folder: Path, digest: str) -> dict[str, bytes] | None:
    """The files of one generation; None when it is missing, damaged or not ours."""
    files = _whole(folder, digest)
    if files is not None:
        with suppress(OSError):
            os.utime(folder / digest)  # In use, so not the next to go.
    return files


def last(folder: Path) -> dict[str, bytes] | None:
    """The files of the generation that came into use last; None when it is damaged or there is none."""
    with suppress(OSError):
        known = [(path.lstat().st_mtime, path.name) for path in folder.iterdir() if _NAME.fullmatch(path.name)]
        return _whole(folder, max(known)[1]) if known else None
    return None


def _whole(folder: Path, digest: str) -> dict[str, bytes] | None:
    generation = folder / digest
    try:
        if not _is_private(folder) or not _is_private(generation):
            return None
        hashes = json.loads((generation / _MANIFEST).read_bytes())
        files = {name: (generation / Path(name).name).read_bytes() for name in hashes}
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    if not files or any(_hash(content) != hashes[name] for name, content in files.items()):
        return None
    return files


def save(folder: Path, digest: str, files: Mapping[str, bytes]) -> None:
    """Put a generation in place with one rename; where another process was first, its own stays."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    building = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=folder))
    try:
        _fill(building, files)
        if read(folder, digest) is None:
            discard(folder, digest)
            building.rename(folder / digest)
    except OSError:
        if read(folder, digest) is None:
            raise
    finally:
        shutil.rmtree(building, ignore_errors=True)
    with suppress(FileNotFoundError):  # Another process is pruning too.
        _prune(folder)


def discard(folder: Path, digest: str) -> None:
    """Take a damaged generation away with one rename, so that nobody finds it half deleted."""
    generation = folder / digest
    if generation.is_symlink() or generation.is_file():
        generation.unlink()
    elif generation.exists():
        aside = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=folder))
        generation.rename(aside / digest)
        shutil.rmtree(aside, ignore_errors=True)


def _fill(building: Path, files: Mapping[str, bytes]) -> None:
    hashes = {name: _hash(content) for name, content in files.items()}
    for name, content in {**files, _MANIFEST: json.dumps(hashes).encode()}.items():
        handle = os.open(building / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)


def _prune(folder: Path) -> None:
    entries = [(path.lstat().st_mtime, path) for path in folder.iterdir()]
    generations = sorted((entry for entry in entries if _NAME.fullmatch(entry[1].name)), reverse=True)
    long_ago = clock.now().timestamp() - _ABANDONED
    abandoned = [e for e in entries if e[1].name.startswith(_UNFINISHED) and e[0] < long_ago]
    for _, path in (*generations[_KEPT:], *abandoned):
        shutil.rmtree(path, ignore_errors=True)


def _is_private(folder: Path) -> bool:
    """A folder of our own that nobody else may write to."""
    seen = folder.lstat()
    return stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.geteuid() and not seen.st_mode & 0o022


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
