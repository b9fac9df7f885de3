"""A help centre of ten thousand articles: how soon it serves, how soon a change is found, and what a request takes.

    ./desk bench centre [--corpus FOLDER] [--articles 10000]

Real Markdown files in a real application, asked through its test client.  The passages are those of bench/search.py.
"""

import argparse
import json
import logging
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
FRONT = """---
title: {title}
summary: {title}
order: {number}
reviewed: 2026-11-20
handled_by: desk
also_asked_as: []
topics: []
related: []
aliases: []
---

{body}
"""
UNWELCOME = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # The corpus has a few; an article may not.


def write_articles(folder, corpus, count):
    from bench._engines import passages  # noqa: PLC0415

    (folder / "faq" / "all").mkdir(parents=True)
    (folder / "replies").mkdir()
    (folder / "faq" / "categories.yaml").write_text("- folder: all\n  title: All\n  icon: book\n", encoding="utf-8")
    for number, passage in enumerate(passages(corpus, count)):
        title, body = (UNWELCOME.sub(" ", passage[key]) for key in ("title", "body"))
        text = FRONT.format(title=json.dumps(title, ensure_ascii=False), number=number, body=body)
        (folder / "faq" / "all" / f"p{number}.md").write_text(text, encoding="utf-8")


class Timer:
    def __enter__(self):
        self.wall, self.processor = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *error):
        self.wall, self.processor = time.perf_counter() - self.wall, time.process_time() - self.processor


def row(name, timer):
    print(f"| {name} | {timer.wall:.2f} | {timer.processor:.2f} |", flush=True)


def requests(visitor, path, asked):
    """p50, p95 and the longest, in ms of processor time."""
    waits = []
    for words in asked:
        begun = time.thread_time()
        assert visitor.get(path, query_string={"q": words}).status_code == 200
        waits.append((time.thread_time() - begun) * 1000)
    waits.sort()
    return f"{waits[len(waits) // 2]:.1f} | {waits[int(len(waits) * 0.95)]:.1f} | {waits[-1]:.1f}"


def application(folder):
    from flask_migrate import upgrade  # noqa: PLC0415

    from supportdesk import create_app  # noqa: PLC0415

    settings = {"DATA_FOLDER": str(folder / "data"), "CONTENT_FOLDER": str(folder / "content")}
    app = create_app({**settings, "SEARCH_BY_MEANING": "off"})
    with app.app_context():
        upgrade()
    logging.disable()
    return app, app.extensions["shelf"], app.extensions["searcher"]


def cold(folder):
    from supportdesk.faq.judging.judges import learned  # noqa: PLC0415

    _, shelf, searcher = application(folder)
    print("| | seconds | of processor time |\n| --- | ---: | ---: |")
    with Timer() as timer:
        shelf.current()
    row("read and render every file, on the very first start", timer)
    with Timer() as timer:
        learned(shelf.current().lessons, folder / "data" / "judges")
    row("let guidance learn of it", timer)
    with Timer() as timer:
        searcher.current()
    row("build the index, and open it", timer)


def warm(folder, queries):
    from bench._engines import memory  # noqa: PLC0415
    from supportdesk.faq import source, warm_up  # noqa: PLC0415

    app, shelf, searcher = application(folder)
    with Timer() as timer:
        shelf.current()
    row("read and render every file, on another start", timer)
    with Timer() as timer:
        searcher.current()
    row("open the index that is there", timer)
    with Timer() as timer:
        source.signature(folder / "content" / "faq")
    row("look whether any file changed", timer)
    changed = folder / "content" / "faq" / "all" / "p77.md"
    changed.write_text(changed.read_text(encoding="utf-8") + "\nOf zyxwvut.\n", encoding="utf-8")
    with Timer() as timer:
        while not searcher.current().search("zyxwvut", exactly=True).hits:
            time.sleep(0.01)
    row("from saving a change of one article to finding it", timer)
    warm_up(app)  # As gunicorn's workers do.
    visitor = app.test_client()
    print("\n| request | p50 ms | p95 ms | max ms |\n| --- | ---: | ---: | ---: |")
    print(f"| `/search?q=`, asked for the first time | {requests(visitor, '/search', queries)} |")
    turned = [" ".join(reversed(query.split())) for query in queries]  # Words that are known, in a search that is not.
    print(f"| `/search?q=`, the same words in another order | {requests(visitor, '/search', turned)} |")
    print(f"| `/search?q=`, asked again | {requests(visitor, '/search', queries)} |")
    print(f"| `/search.json?q=`, warm | {requests(visitor, '/search.json', queries)} |")
    typed = [query[: len(query) * part // 4] for query in queries for part in (1, 2, 3)]
    requests(visitor, "/suggest.json", typed)
    print(f"| `/suggest.json?q=`, half typed | {requests(visitor, '/suggest.json', typed)} |")
    print(f"\nMemory of the process at the end, the reading of all files in it: {memory():.0f} MB.")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "search" / "data" / "perf")
    options.add_argument("--articles", type=int, default=10_000)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)  # The second start, in a fresh process.
    options = options.parse_args()
    if not (options.corpus / "docs.jsonl.gz").is_file():
        print(f"bench: no passages in {options.corpus}; --corpus FOLDER names another place.")
        return
    if options.folder:
        warm(options.folder, json.loads((options.corpus / "queries.json").read_text(encoding="utf-8")))
        return
    folder = Path(tempfile.mkdtemp(prefix="desk-bench-"))
    try:
        write_articles(folder / "content", options.corpus, options.articles)
        cold(folder)
        again = [sys.executable, "-m", "bench.centre", "--folder", folder, "--corpus", options.corpus.resolve()]
        subprocess.run(again, check=True, cwd=ROOT)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
