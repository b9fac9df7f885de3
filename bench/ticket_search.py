"""Searching sealed tickets: by the hashes of their words among 100,000, and by opening every one of 20,000.

    ./desk bench ticket_search [--tickets N] [--scanned N] [--sqlite | --postgresql]

A query is one to three words, each pair of them from one ticket, so that something is found; every fifth is of words
that stand together nowhere.  Everything up to the page is timed: ids, tickets opened, passages.  Processor time is
this process's alone: with SQLite that is all of it, PostgreSQL works in its own.
"""

import statistics
import sys
import tempfile
import time
from array import array
from collections import defaultdict
from pathlib import Path

import flask_migrate

from bench._tickets import Writer, store
from supportdesk import create_app
from supportdesk.database import db
from supportdesk.faq.search.analysis import stems
from supportdesk.tickets.finding.queries import by_hashes, find_tickets, term_hashes
from supportdesk.tickets.finding.scan import by_opening
from tests.postgresql import Cluster

QUERIES = 300


def option(name, default):
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


def fill(number):
    """Tickets with their hashes; returns queries of their words, and how many hashes there are."""
    writer, queries, known, tickets = Writer(), [], {}, defaultdict(lambda: array("i"))
    for batch in store(number, writer, settled=True):
        for ticket, words in batch:
            found = set(stems(" ".join((ticket["reference"], words["name"], words["email"], words["subject"]))))
            found.update(*(stems(text) for text in words["messages"]))
            known.update(term_hashes(word for word in found if word not in known))
            for word in found:
                tickets[known[word]].append(ticket["id"])
        words = batch[0][1]["messages"][0].split()
        queries += [" ".join(writer.dice.sample(words, k=writer.dice.randint(1, 3))) for _ in range(1 + QUERIES // 40)]
    _insert((word_hash, ticket_id) for word_hash in sorted(tickets) for ticket_id in tickets[word_hash])
    writer.dice.shuffle(queries)
    queries = queries[:QUERIES]
    queries[::5] = [" ".join(writer.dice.sample(writer.rare, k=2)) for _ in queries[::5]]
    return queries, sum(map(len, tickets.values()))


def _insert(pairs):
    """In the order of their key, and the second index at the end: nobody waits for this."""
    connection = db.session.connection()
    connection.exec_driver_sql("drop index ix_term_ticket_id")
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.executemany("insert into term values (?, ?)", pairs)
    else:
        connection.exec_driver_sql("set local statement_timeout = 0")  # Millions of rows take as long as they take.
        with (
            connection.connection.cursor() as cursor,
            cursor.copy("copy term (word_hash, ticket_id) from stdin") as into,
        ):
            for pair in pairs:
                into.write_row(pair)
    connection.exec_driver_sql("create index ix_term_ticket_id on term (ticket_id)")
    db.session.commit()


def waits(queries, finder):
    """Milliseconds on the clock and of processor time, each sorted."""
    clock, work = [], []
    for query in queries:
        begun, worked = time.perf_counter(), time.process_time()
        find_tickets(query, None, finder)
        clock.append((time.perf_counter() - begun) * 1000)
        work.append((time.process_time() - worked) * 1000)
        db.session.rollback()
        db.session.expunge_all()
    return sorted(clock), sorted(work)


def row(database, what, number, times, note):
    figures = [
        f"{figure:.1f}"
        for sort in times
        for figure in (statistics.median(sort), sort[int(len(sort) * 0.95) - 1], sort[-1])
    ]
    print(f"| {database} | {what} | {number:,} | {' | '.join(figures)} | {note} |", flush=True)


def measure(database, number, scanned, **settings):
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"DATA_FOLDER": Path(folder) / "data", "SEARCH_BY_MEANING": "off"} | settings)
        with app.app_context():
            flask_migrate.upgrade()
            queries, rows = fill(scanned)
            nothing = queries[:25:5]
            row(database, "opening, nothing found", scanned, waits(nothing, by_opening), "")
            row(database, "opening", scanned, waits(queries[:40], by_opening), "")
            if number > scanned:
                queries, more = fill(number - scanned)
                rows += more
            if database == "PostgreSQL":
                db.session.execute(db.text("analyze"))
                db.session.commit()
            waits(queries[:30], by_hashes)
            row(database, "hashes", number, waits(queries, by_hashes), f"{rows:,} hashes")
            db.session.remove()
            db.engine.dispose()


def main():
    number, scanned = option("--tickets", 100_000), option("--scanned", 20_000)
    print("| database | how | tickets | p50 ms | p95 ms | max ms | processor: p50 ms | p95 ms | max ms | |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    if "--postgresql" not in sys.argv:
        measure("SQLite", number, scanned)
    if "--sqlite" not in sys.argv and Cluster.binaries():
        with Cluster() as cluster:
            measure("PostgreSQL", number, scanned, DATABASE_URL=cluster.create_database())


if __name__ == "__main__":
    main()
