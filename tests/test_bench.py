"""What measures the search can be run; what it measures is for people to read."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def corpus(tmp_path):
    passages = [{"title": f"Question {number}?", "body": "Rest and drink water."} for number in range(3)]
    lines = "".join(json.dumps(passage) + "\n" for passage in passages)
    (tmp_path / "docs.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    (tmp_path / "queries.json").write_text('["drink water", "question"]')
    return tmp_path


@pytest.mark.parametrize("engine", ["ours, plain Python", "SQLite FTS5"])
def test_an_engine_is_built_and_asked_in_a_process_of_its_own(corpus, tmp_path, engine):
    def run(task, asked=""):
        folder = tmp_path / "index"
        folder.mkdir(mode=0o700, exist_ok=True)
        command = [sys.executable, "-m", "bench._engines", engine, task, folder, "3", corpus]
        return subprocess.run(command, cwd=ROOT, input=asked, capture_output=True, text=True, check=True).stdout

    assert json.loads(run("build")) > 0
    opened, words, snippets, memory = map(json.loads, run("serve", "words\nsnippets\nmemory\n").splitlines())
    assert opened > 0
    assert (len(words), len(snippets)) == (2, 2)
    assert memory > 0
