"""The search beside two engines written in C and Rust: SQLite's FTS5 and tantivy, over 15 to 100,000 real passages.

    ./desk bench search [--corpus FOLDER] [--sizes 15 1000 10000 100000] [--rounds 5]

Every engine has a process of its own, so that its memory is its own, and they are asked in turn, one pass over the
200 queries each, so that whatever else the machine does falls on all.  Times are processor time, of which a busy
machine takes nothing away, and those of an engine's calmest pass.  The corpus is public health questions and answers;
it is not ours to hand on, and without it nothing is measured here.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
ENGINES = ("ours, numpy", "ours, plain Python", "SQLite FTS5", "tantivy")
COLUMNS = ("engine", "passages", "build s", "index MB", "open ms", "first query ms")
COLUMNS += ("p50 ms", "p95 ms", "max ms", "with snippets p50 ms", "p95 ms", "memory MB")


class Engine:
    """An engine's process, and what it was measured at."""

    def __init__(self, name, count, corpus, folder):
        self.name, self.count = name, count
        self.command = [sys.executable, "-m", "bench._engines", name]
        self.rest = [folder, str(count), corpus]
        self.built = None
        if not any(folder.iterdir()):
            done = subprocess.run([*self.command, "build", *self.rest], check=True, stdout=subprocess.PIPE, cwd=ROOT)
            self.built = json.loads(done.stdout)
        self.size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
        self.passes = {"words": [], "snippets": []}

    def __enter__(self):
        self.process = subprocess.Popen(
            [*self.command, "serve", *self.rest], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        self.opened = json.loads(self.process.stdout.readline())
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        self.process.wait()

    def ask(self, what):
        print(what, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def row(self, first):
        words, snippets = (min(map(sorted, self.passes[kind]), key=p95) for kind in ("words", "snippets"))
        figures = [self.size, self.opened * 1000, first, p50(words), p95(words), words[-1]]
        figures += [p50(snippets), p95(snippets), self.ask("memory")]
        built = "the same" if self.built is None else three_digits(self.built)
        return [self.name, f"{self.count:,}", built, *map(three_digits, figures)]


def p50(waits):
    return waits[len(waits) // 2]


def p95(waits):
    return waits[int(len(waits) * 0.95)]


def three_digits(figure):
    return f"{figure:.0f}" if figure >= 100 else f"{figure:.3g}"


def measure(count, corpus, rounds):
    with tempfile.TemporaryDirectory() as place:
        built = []
        for name in ENGINES:
            folder = Path(place, name.partition(",")[0])  # Ours has one index, with numpy and without.
            folder.mkdir(mode=0o700, exist_ok=True)
            built.append(Engine(name, count, corpus, folder))
        opened = [engine.__enter__() for engine in built]
        first = [engine.ask("words")[0] for engine in opened]
        for turn in range(rounds + 1):
            for kind in ("words", "snippets"):
                for engine in opened:
                    waits = engine.ask(kind)
                    if turn:  # The first pass fills what is remembered.
                        engine.passes[kind].append(waits)
        for engine, wait in zip(opened, first, strict=True):
            print(f"| {' | '.join(engine.row(wait))} |", flush=True)
            engine.__exit__()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "search" / "data" / "perf")
    options.add_argument("--sizes", type=int, nargs="+", default=[15, 1_000, 10_000, 100_000])
    options.add_argument("--rounds", type=int, default=5)
    options = options.parse_args()
    if not (options.corpus / "docs.jsonl.gz").is_file():
        print(f"bench: no passages in {options.corpus}; --corpus FOLDER names another place.")
        return
    print(f"| {' | '.join(COLUMNS)} |\n| --- |{' ---: |' * (len(COLUMNS) - 1)}")
    for count in options.sizes:
        measure(count, options.corpus.resolve(), options.rounds)


if __name__ == "__main__":
    main()
