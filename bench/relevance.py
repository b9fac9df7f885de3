"""How often the first answer is the right one, on searches the articles' authors have not seen.

bench/searches.jsonl was written from the fifteen titles alone, by someone who had not read the articles or their
phrases.  Nothing may be tuned to it: change content or weights for other reasons, then look here.
"""

import json
import sys
import tempfile
from pathlib import Path

from supportdesk import create_app

HERE = Path(__file__).parent


def main():
    searches = [json.loads(line) for line in (HERE / "searches.jsonl").read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        index = create_app({"DATA_FOLDER": folder}).extensions["searcher"].current()
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
    if "-v" in sys.argv:
        for text, slugs, found in missed:
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


if __name__ == "__main__":
    main()
