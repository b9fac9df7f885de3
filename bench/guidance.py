"""How well guidance judges whose question a message is, and whether somebody is in danger.

First on the examples it learns from, each judged by a judge that has not seen it (cross-validation); many of them were
written to be hard.  Then on bench/messages.jsonl, -2 and -3, which nothing was ever learned from.  Nothing
may be tuned to them.

    ./desk bench guidance [--folds 5] [-v]
"""

import argparse
import json
import random
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from supportdesk.config import shipped
from supportdesk.faq.judging import judges
from supportdesk.faq.judging.lessons import DESK, parse_examples
from supportdesk.faq.library import Shelf

HERE = Path(__file__).parent
UNSEEN = ("messages.jsonl", "messages-2.jsonl", "messages-3.jsonl", "letters.jsonl")
WORST = 10


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--folds", type=int, default=5)
    options.add_argument("-v", action="store_true", help="list every miss of the cross-validation")
    options = options.parse_args()
    lessons = Shelf(shipped("content") / "faq", None).current().lessons
    began = time.process_time()
    judge = judges.learned(lessons)
    print(f"Learned in {time.process_time() - began:.1f} s from {len(lessons.examples):,} examples and phrases.")

    judged = cross_validated(lessons, options.folds)
    report(f"{len(judged)} examples, {options.folds}-fold cross-validation", judged)
    confusion(judged)
    worst(judged, len(judged) if options.v else WORST)

    for name in UNSEEN:
        unseen, errors = parse_examples(name, (HERE / name).read_text(encoding="utf-8"), cards_of(lessons))
        assert not errors, errors
        said = f"{len(unseen)} messages never learned from, {name}"
        report(said, [(example, judge.verdict(example.says)) for example in unseen])
    speed(judge, unseen)


def cards_of(lessons):
    return [card.emergency.name for card in lessons.cards]


def cross_validated(lessons, folds):
    known = tuple(example for example in lessons.examples if example.is_phrase or not example.asks)
    examples = [example for example in lessons.examples if not example.is_phrase and example.asks]
    examples = [example for example in examples if example.says not in lessons.counter_phrases]
    random.Random(7).shuffle(examples)
    judged = []
    for fold in range(folds):
        held = examples[fold::folds]
        rest = tuple(example for number, example in enumerate(examples) if number % folds != fold)
        judge = judges.learned(replace(lessons, examples=rest + known))
        judged += [(example, judge.verdict(example.says)) for example in held]
    return judged


def report(name, judged):
    count = Counter()
    for example, verdict in judged:
        topic = next((who for who in example.asks if who != DESK), None)
        if example.emergency:
            count["emergencies"] += 1
            count["found"] += bool(verdict.card)
            count["right card"] += verdict.card == example.emergency
            continue
        is_desk = DESK in example.asks
        count["ordinary"] += 1
        count["false alarms"] += bool(verdict.card)
        count["right route"] += is_desk == verdict.is_for_desk
        if not is_desk:
            count["clinic"] += 1
            count["clinic found"] += not verdict.is_for_desk
            count["right topic"] += verdict.clinic_topic == topic
        elif topic:
            count["both"] += 1
            count["clinic part"] += verdict.is_for_desk and verdict.clinic_topic == topic
    print(f"\n{name}\n\n| | of | share |\n| --- | ---: | ---: |")
    for what, of in (
        ("right route", "ordinary"), ("clinic found", "clinic"), ("right topic", "clinic"), ("clinic part", "both"),
        ("found", "emergencies"), ("right card", "emergencies"), ("false alarms", "ordinary"),
    ):  # fmt: skip
        print(f"| {what} ({of}) | {count[of]} | {count[what] / max(1, count[of]):.3f} |")


def confusion(judged):
    """What each message is for, down, and what it was taken for, across."""
    names = ["desk", "both", "appointment", "medical", "referral", "refill", "billing", "financial-aid", "card"]
    table = Counter((kind_of(example), taken_for(verdict)) for example, verdict in judged)
    print("\n| is, taken for | " + " | ".join(names) + " |\n| --- |" + " ---: |" * len(names))
    for is_ in names:
        print(f"| {is_} | " + " | ".join(str(table[is_, taken] or "") for taken in names) + " |")


def kind_of(example):
    if example.emergency:
        return "card"
    return "both" if len(example.asks) > 1 else example.asks[0]


def taken_for(verdict):
    if verdict.card:
        return "card"
    if verdict.is_for_desk:
        return "both" if verdict.clinic_topic else "desk"
    return verdict.clinic_topic


def worst(judged, most):
    """Where the judge was surest and wrong: emergencies that were missed, then false alarms, then the rest."""
    missed = [
        (example.emergency is None, -abs(verdict.scores["emergency" if is_card else DESK]), example, verdict)
        for example, verdict in judged
        for is_card in [bool(example.emergency) != bool(verdict.card)]
        if is_card or (not example.emergency and (DESK in example.asks) != verdict.is_for_desk)
    ]
    print(f"\nThe worst of {len(missed)} misses\n")
    for _ordinary, sure, example, verdict in sorted(missed, key=lambda miss: miss[:2])[:most]:
        print(f"- {-sure:.1f} {kind_of(example)}, taken for {taken_for(verdict)}: {json.dumps(example.says)}")


def speed(judge, messages):
    random_words = random.Random(1)
    hostile = {
        "one sentence again and again": "My chest hurts and I can’t breathe. " * 1000,
        "no word of it known": " ".join("".join(random_words.choices("abcdefgh", k=7)) for _ in range(3000)),
        "10,000 sentences": "a!" * 10_000,
        "emoji": "😀" * 20_000,
        "one word": "a" * 20_000,
    }
    began = time.process_time()
    for message in messages:
        judge.verdict(message.says)
    print(f"\n{(time.process_time() - began) / len(messages) * 1000:.2f} ms a message; with 20,000 characters:")
    for name, text in hostile.items():
        began = time.process_time()
        judge.verdict(text[:20_000])
        print(f"- {name}: {(time.process_time() - began) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
