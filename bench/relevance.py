"""How often the first answer is the right one, on searches the articles' authors have not seen.

bench/searches.jsonl was written from the fifteen titles alone, by someone who had not read the articles or their
phrases; bench/searches-2.jsonl, a harder set, from the articles without their phrases.  Nothing may be tuned to them:
change content or weights for other reasons, then look here.

Health questions (perf) are measured there too: of 5,000 passages, which is the one that answered what somebody asked;
and of 5,000 questions, which is the one that a whole passage answers, as when a message is long and the article short.

Public sets (BANKING77, CLINC150) are measured where their folder is given: each intent is an article without a body,
with five of its sentences as “also asked as”, and the test sentences are the searches, once as they are and once with a
slip of the finger in one word.  “Plain” is Whoosh's BM25F over any of the words: no field, phrase or word counts more.

    ./desk bench relevance [-v] [--sets FOLDER]
"""

import argparse
import gzip
import json
import math
import random
import tempfile
from datetime import date
from pathlib import Path

from markupsafe import Markup

from supportdesk.config import shipped
from supportdesk.faq.articles import Article
from supportdesk.faq.library import Library, Shelf
from supportdesk.faq.pages import Page
from supportdesk.faq.search import SearchIndex
from supportdesk.faq.search.analysis import stems
from supportdesk.faq.search.index import open_reader
from supportdesk.faq.search.meaning import model
from supportdesk.faq.search.ranking import Formula, Ranking

HERE = Path(__file__).parent
UNSEEN = ("searches.jsonl", "searches-2.jsonl")
PHRASES = 5  # Of each intent of a public set.
PASSAGES, ASKED = 5_000, 800
DISTINCT = 48_729  # The rest are cut from the same answers.

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
BESIDE = {key: f" {row} "[at : at + 3 : 2].strip() for row in ROWS for at, key in enumerate(row)}


class Plain:
    """Whoosh's BM25F over any of the words, asked like a SearchIndex."""

    def __init__(self, library, folder):
        weights = dict.fromkeys(("alt", "title", "summary", "body"), 1.0)
        formula = Formula(1.2, 0.75, lambda count, holding: math.log(count / (holding + 1)) + 1, weights)
        self.ranking = Ranking(open_reader(library, folder), formula, tuple(library.articles))

    def slugs(self, text):
        return [slug for slug, _ in self.ranking.best(dict.fromkeys(stems(text), 1.0), 10)]


class Ours:
    def __init__(self, index, **how):
        self.index, self.how = index, how

    def slugs(self, text):
        return [hit.article.slug for hit in self.index.search(text, **self.how).hits]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("-v", action="store_true", help="list what was missed")
    options.add_argument("--sets", type=Path, default=HERE.parent.parent / "shared" / "search" / "data")
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        loaded = model(Path(folder, "model"))
        models = {"words alone": None} | ({"with meaning": loaded} if loaded else {})
        library = Shelf(shipped("content") / "faq", None, lambda: date.min).current()
        for name, chosen in models.items():
            index, plain = SearchIndex.open(library, Path(folder), chosen), Plain(library, Path(folder))
            for unseen in UNSEEN:
                print(f"\nOur fifteen articles, {unseen}, {name}\n")
                our_searches(unseen, index, plain, options.v)
        for name in ("banking77", "clinc150"):
            if (options.sets / name).is_dir():
                public_set(options.sets / name, Path(folder), models)
        if (options.sets / "perf").is_dir():
            health_questions(options.sets / "perf", Path(folder))


def our_searches(unseen, index, plain, verbose):
    searches = [json.loads(line) for line in (HERE / unseen).read_text(encoding="utf-8").splitlines()]
    answered = [search for search in searches if search["slugs"]]
    print(
        "| searches | number | first right | among three | mean reciprocal rank |\n| --- | ---: | ---: | ---: | ---: |"
    )
    typed = [(search["text"], search["slugs"]) for search in answered]
    mended = [(search["misspelt"], search["slugs"]) for search in answered if search["misspelt"]]
    measure(plain, "as typed, plain", typed)
    missed = measure(Ours(index), "as typed", typed)
    measure(plain, "one word misspelt, plain", mended)
    measure(Ours(index), "one word misspelt", mended)
    measure(Ours(index, exactly=True), "misspelt, not mended", mended)
    nothing = [search["text"] for search in searches if not search["slugs"]]
    refused = sum(not index.search(text).fits for text in nothing)
    wrongly = sum(not index.search(search["text"]).fits for search in answered)
    print(f"\n“Nothing fits” is said of {refused} of {len(nothing)} searches that no article answers,")
    print(f"and of {wrongly} of {len(answered)} that one does.")
    for text, slugs, found in missed if verbose else ():
        print(f"  {text!r}: {slugs[0]}, not {found}")


def measure(engine, name, searches):
    first = three = ranks = 0
    missed = []
    for text, slugs in searches:
        found = engine.slugs(text)
        place = next((place for place, slug in enumerate(found, start=1) if slug in slugs), None)
        first += place == 1
        three += place is not None and place <= 3
        ranks += 1 / place if place else 0
        if place != 1:
            missed.append((text, slugs, found[:1]))
    count = len(searches)
    print(f"| {name} | {count} | {first / count:.3f} | {three / count:.3f} | {ranks / count:.3f} |")
    return missed


def public_set(folder, work, models):
    rows = {
        name: [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        for name in ("docs", "queries", "qrels")
    }
    right = {row["qid"]: row["docid"] for row in rows["qrels"]}
    searches = [(row["text"], [right[row["id"]]]) for row in rows["queries"] if row["id"] in right]
    library = as_library(rows["docs"], folder.name)
    print(f"\n{folder.name}\n\n| search | number | first right | among three | mean reciprocal rank |")
    print("| --- | ---: | ---: | ---: | ---: |")
    misspelt = [(text, slugs) for typed, slugs in searches if (text := with_a_slip(typed)) != typed]
    engines = {"plain": Plain(library, work / folder.name)}
    engines |= {name: Ours(SearchIndex.open(library, work / folder.name, chosen)) for name, chosen in models.items()}
    for name, engine in engines.items():
        measure(engine, name, searches)
        measure(engine, f"{name}, one word misspelt", misspelt)


def health_questions(folder, work):
    with gzip.open(folder / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        passages = [json.loads(line) for line, _ in zip(lines, range(DISTINCT), strict=False)]
    chance = random.Random(5)
    typed = [row for row in passages if row["title"][:1].islower() and len(row["title"].split()) > 5]  # By people.
    chance.shuffle(typed)
    asked = {row["id"] for row in typed[:ASKED]}
    others = [row for row in passages if row["id"] not in asked]
    rows = [*typed[:ASKED], *chance.sample(others, PASSAGES - ASKED)]
    answers = [{"id": row["id"], "title": row["id"], "alt": (), "body": row["body"]} for row in rows]
    questions = [{"id": row["id"], "title": row["title"], "alt": (), "body": ""} for row in rows]
    for name, documents, field in (("answers", answers, "title"), ("questions", questions, "body")):
        library = as_library(documents, name)
        print(f"\nhealth: {name}\n\n| search | number | first right | among three | mean reciprocal rank |")
        print("| --- | ---: | ---: | ---: | ---: |")
        searches = [(row[field], [row["id"]]) for row in typed[:ASKED]]
        measure(Plain(library, work / name), "plain", searches)
        measure(Ours(SearchIndex.open(library, work / name)), "words alone", searches)


def with_a_slip(text):
    """One word of five letters or more with a letter missing, doubled, swapped with the next, or struck beside."""
    chance, words = random.Random(text), text.split()
    long = [number for number, word in enumerate(words) if len(word) >= 5 and word.isalpha() and word.isascii()]
    if not long:
        return text
    number = chance.choice(long)
    word = words[number].lower()
    at = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    slips = [before + after, before + letter + letter + after, before + after[0] + letter + after[1:]]
    words[number] = chance.choice([*slips, before + chance.choice(BESIDE.get(letter, "e")) + after])
    return " ".join(words)


def as_library(documents, name):
    pages = {}
    for number, document in enumerate(documents):
        phrases = list(dict.fromkeys(document["alt"]))
        random.Random(f"1:{document['id']}").shuffle(phrases)
        article = Article(
            slug=document["id"], category=name, title=document["title"], summary="", order=number,
            reviewed=date(2026, 1, 1), handled_by="desk", also_asked_as=tuple(phrases[:PHRASES]), topics=(), related=(),
            aliases=(), status="published", expires=None, clinic=None, body=document["body"],
        )  # fmt: skip
        pages[article.slug] = Page(article, Markup(""), document["body"])
    articles = {slug: page.article for slug, page in pages.items()}
    return Library((), articles, (), (), name.encode().hex().ljust(64, "0")[:64], pages, {})


if __name__ == "__main__":
    main()
