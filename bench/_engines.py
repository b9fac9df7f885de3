"""One search engine in a process of its own, told what to do over a pipe: so its memory is its own.

    python -m bench._engines ENGINE build|serve FOLDER COUNT CORPUS

serve reads lines: “words” or “snippets” for a pass over the queries, “memory”; and answers each with a line of JSON.
"""

import gzip
import json
import re
import sqlite3
import sys
import time
from datetime import date
from itertools import islice
from pathlib import Path
from types import MappingProxyType

WORD = re.compile(r"\w+")
STOP = frozenset(
    """a an and are as at be by can for from have i if in is it may me my not of on or that the this to us we when will
    with yet you your do does how what""".split()  # noqa: SIM905
)


def passages(corpus, count):
    with gzip.open(corpus / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, islice(lines, count))


def telling(query):
    """For the engines that know no stop words, so that these cost them nothing."""
    words = WORD.findall(query.lower())
    return [word for word in words if word not in STOP] or words


class Ours:
    def __init__(self, folder, count, corpus):
        from supportdesk.faq.search import SearchIndex  # noqa: PLC0415  Not in the processes of the others.

        begun = time.process_time()
        self.index = SearchIndex.open(library(corpus, count), folder)
        self.opened = time.process_time() - begun

    @staticmethod
    def build(folder, count, corpus):
        from supportdesk.faq.search.generations import save  # noqa: PLC0415
        from supportdesk.faq.search.index import build  # noqa: PLC0415

        books = library(corpus, count)
        begun = time.process_time()
        save(folder, books.digest, build(books))
        return time.process_time() - begun

    def words(self, query):
        from supportdesk.faq.search import queries  # noqa: PLC0415

        asked = queries.clean(query)
        return self.index._ranked(asked, self.index._shares(asked), 10, None)  # noqa: SLF001

    def snippets(self, query):
        return [(hit.article.slug, hit.snippet) for hit in self.index.search(query).hits]


class OursPlain(Ours):
    """As where numpy is not installed."""


class FTS5:
    def __init__(self, folder, _count, _corpus):
        begun = time.process_time()
        self.base = sqlite3.connect(folder / "index.sqlite3")
        self.opened = time.process_time() - begun

    @staticmethod
    def build(folder, count, corpus):
        rows = [(passage["title"], passage["body"]) for passage in passages(corpus, count)]
        begun = time.process_time()
        with sqlite3.connect(folder / "index.sqlite3") as base:
            base.execute("CREATE VIRTUAL TABLE docs USING fts5(title, body, tokenize='porter unicode61')")
            base.execute("INSERT INTO docs(docs, rank) VALUES ('rank', 'bm25(2.0, 1.0)')")
            base.executemany("INSERT INTO docs(title, body) VALUES (?, ?)", rows)
            base.execute("INSERT INTO docs(docs) VALUES ('optimize')")
        return time.process_time() - begun

    def ask(self, columns, query):
        question = " OR ".join(f'"{word}"' for word in telling(query))
        sql = f"SELECT {columns} FROM docs WHERE docs MATCH ? ORDER BY rank LIMIT 10"
        return self.base.execute(sql, (question,)).fetchall()

    def words(self, query):
        return self.ask("rowid, rank", query)

    def snippets(self, query):
        return self.ask("rowid, snippet(docs, 1, '<mark>', '</mark>', '…', 32)", query)


class Tantivy:
    def __init__(self, folder, _count, _corpus):
        import tantivy  # noqa: PLC0415  Of the bench list only.

        begun = time.process_time()
        self.index = tantivy.Index(self.schema(), path=str(folder))
        self.searcher = self.index.searcher()
        self.snippet = tantivy.SnippetGenerator
        self.opened = time.process_time() - begun

    @staticmethod
    def schema():
        import tantivy  # noqa: PLC0415

        made = tantivy.SchemaBuilder()
        made.add_text_field("title", stored=True, tokenizer_name="en_stem")
        made.add_text_field("body", stored=True, tokenizer_name="en_stem")
        return made.build()

    @staticmethod
    def build(folder, count, corpus):
        import tantivy  # noqa: PLC0415

        rows = list(passages(corpus, count))
        begun = time.process_time()
        writer = tantivy.Index(Tantivy.schema(), path=str(folder)).writer(50_000_000, 1)
        for row in rows:
            writer.add_document(tantivy.Document(title=row["title"], body=row["body"]))
        writer.commit()
        writer.wait_merging_threads()
        return time.process_time() - begun

    def ask(self, query):
        question = self.index.parse_query(" ".join(telling(query)), ["title", "body"], field_boosts={"title": 2.0})
        return question, self.searcher.search(question, 10).hits

    def words(self, query):
        return self.ask(query)[1]

    def snippets(self, query):
        question, hits = self.ask(query)
        generator = self.snippet.create(self.searcher, question, self.index.schema, "body")
        return [generator.snippet_from_doc(self.searcher.doc(at)).to_html() for _, at in hits]


ENGINES = {"ours, numpy": Ours, "ours, plain Python": OursPlain, "SQLite FTS5": FTS5, "tantivy": Tantivy}


def library(corpus, count):
    """The passages as articles, without the way through Markdown."""
    from supportdesk.faq.articles import Article  # noqa: PLC0415
    from supportdesk.faq.categories import Category  # noqa: PLC0415
    from supportdesk.faq.library import Library  # noqa: PLC0415
    from supportdesk.faq.pages import Page  # noqa: PLC0415

    blank = {"order": 1, "reviewed": date(2026, 11, 22), "handled_by": "desk", "also_asked_as": (), "topics": ()}
    blank |= {"related": (), "aliases": (), "status": "published", "expires": None, "clinic": None}
    pages = {}
    for number, passage in enumerate(passages(corpus, count)):
        title, body, slug = passage["title"], passage["body"], f"p{number}"
        pages[slug] = Page(Article(slug=slug, category="all", title=title, summary=".", body=body, **blank), "", body)
    articles = MappingProxyType({slug: page.article for slug, page in pages.items()})
    shelf = Category("all", "All", "book", tuple(articles.values()))
    return Library((shelf,), articles, (), (), f"{count:064x}", pages, {})


def a_pass(answer, queries):
    waits = []
    for query in queries:
        begun = time.thread_time()
        answer(query)
        waits.append((time.thread_time() - begun) * 1000)
    return waits


def memory():
    """What this process holds, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def serve(engine, queries):
    for line in sys.stdin:
        ask = line.strip()
        done = memory() if ask == "memory" else a_pass(getattr(engine, ask), queries)
        print(json.dumps(done), flush=True)


def main():
    name, task, folder, count, corpus = sys.argv[1:]
    engine, folder, corpus = ENGINES[name], Path(folder), Path(corpus)
    if engine is OursPlain:
        sys.modules["numpy"] = None  # An import of it fails.
    if task == "build":
        print(json.dumps(engine.build(folder, int(count), corpus)))
    else:
        queries = json.loads((corpus / "queries.json").read_text(encoding="utf-8"))
        opened = engine(folder, int(count), corpus)
        print(json.dumps(opened.opened), flush=True)
        serve(opened, queries)


if __name__ == "__main__":
    main()
