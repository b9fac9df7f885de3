"""How often the first answer is the right one, on searches the articles' authors have not seen.

bench/searches.jsonl was written from the fifteen titles alone, by someone who had not read the articles or their
phrases.  Nothing may be tuned to it: change content or weights for other reasons, then look here.

Public sets (BANKING77, CLINC150) are measured where their folder is given: each intent is an article without a body,
with five of its sentences as “also asked as”, and the test sentences are the searches.

    ./desk bench relevance [-v] [--sets FOLDER]
"""

import argparse
import json
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
from supportdesk.faq.search.meaning import model

HERE = Path(__file__).parent
PHRASES = 5  # Of each intent of a public set.


def main():
    options = argparse.ArgumentParser()
    options.add_argument("-v", action="store_true", help="list what was missed")
    options.add_argument("--sets", type=Path, default=HERE.parent.parent / "shared" / "search" / "data")
    options = options.parse_args()
    models = {"words alone": None} | ({"with meaning": loaded} if (loaded := model()) else {})
    with tempfile.TemporaryDirectory() as folder:
        library = Shelf(shipped("content") / "faq", None).current()
        for name, chosen in models.items():
            print(f"\nOur fifteen articles, {name}\n")
            our_searches(SearchIndex.open(library, Path(folder), chosen), verbose=options.v)
        for name in ("banking77", "clinc150"):
            if (options.sets / name).is_dir():
                public_set(options.sets / name, Path(folder), models)


def our_searches(index, *, verbose):
    searches = [json.loads(line) for line in (HERE / "searches.jsonl").read_text(encoding="utf-8").splitlines()]
    answered = [search for search in searches if search["slugs"]]
    print(
        "| searches | number | first right | among three | mean reciprocal rank |\n| --- | ---: | ---: | ---: | ---: |"
    )
    missed = measure(index, "as typed", [(search["text"], search["slugs"]) for search in answered])
    mended = [(search["misspelt"], search["slugs"]) for search in answered if search["misspelt"]]
    measure(index, "one word misspelt", mended)
    measure(index, "misspelt, not mended", mended, exactly=True)
    nothing = [search["text"] for search in searches if not search["slugs"]]
    refused = sum(not index.search(text).fits for text in nothing)
    wrongly = sum(not index.search(search["text"]).fits for search in answered)
    print(f"\n“Nothing fits” is said of {refused} of {len(nothing)} searches that no article answers,")
    print(f"and of {wrongly} of {len(answered)} that one does.")
    for text, slugs, found in missed if verbose else ():
        print(f"  {text!r}: {slugs[0]}, not {found}")


def measure(index, name, searches, **how):
    first = three = ranks = 0
    missed = []
    for text, slugs in searches:
        found = [hit.article.slug for hit in index.search(text, **how).hits]
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
    for name, chosen in models.items():
        measure(SearchIndex.open(library, work / folder.name, chosen), name, searches)


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
