"""Runs the list against this project and its peers, and prints what each finds.

ACTIVITY_LOG_URL, and FINDING_LIST_KEY and FINDING_PAIRS_KEY, keys of two tenants
that have no activities, in the environment

It ends with 1 where this project falls below a floor, is not ahead of a peer, or has
other numbers than docs/finding.md says.
"""

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from activity_log import ActivityLog, Refused
from peers import Postgres, SqlitePorter, SqliteTrigrams, Tantivy

HERE = Path(__file__).parent
PUBLISHED = HERE.parents[1] / "docs" / "finding.md"
# What is asked as a whole question is what is read after the offer of other words.
QUESTIONS = "whole questions"


@dataclass
class Outcome:
    """What an engine answered to a query or a pair."""

    case: dict
    missing: set
    noise: set
    refused: str = ""

    @property
    def exact(self):
        return not (self.missing or self.noise or self.refused)

    @property
    def misses(self):
        return bool(self.missing or self.refused)


def read(name):
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def ask(find, case, expected):
    try:
        found = find(case["query"])
    except Refused as refused:
        return Outcome(case, set(), set(), str(refused))
    return Outcome(case, expected - found, found - expected)


def run_list(engine, texts, queries):
    numbers = {text["id"]: number for number, text in enumerate(texts)}
    engine.load([(number, text["text"]) for number, text in enumerate(texts)])
    offered = getattr(engine, "find_as_offered", engine.find)
    return [
        ask(
            offered if query["kind"] == QUESTIONS else engine.find,
            query,
            {numbers[text] for text in query["finds"]},
        )
        for query in queries
    ]


def run_pairs(engine, pairs):
    engine.load([(number, pair["text"]) for number, pair in enumerate(pairs)])
    outcomes = []
    for number, pair in enumerate(pairs):
        outcome = ask(engine.find, pair, {number} if pair["finds"] else set())
        # A pair stands alone: what the query finds in the texts of others does not count.
        outcome.noise &= {number}
        outcomes.append(outcome)
    return outcomes


def count(outcomes, what):
    return sum(getattr(outcome, what) for outcome in outcomes)


def row(*cells):
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def noisy(outcomes):
    return sum(bool(outcome.noise) for outcome in outcomes)


def engine_row(name, listed, paired):
    found = count(listed, "exact"), count(listed, "misses"), noisy(listed)
    return row(name, *found, count(paired, "exact"))


def numbers_of_kinds(listed, paired):
    """For each kind: queries, exact, missing something, with noise, pairs, right."""
    for kind in dict.fromkeys(outcome.case["kind"] for outcome in listed):
        own = [outcome for outcome in listed if outcome.case["kind"] == kind]
        pairs = [outcome for outcome in paired if outcome.case["kind"] == kind]
        found = len(own), count(own, "exact"), count(own, "misses"), noisy(own)
        yield kind, (*found, len(pairs), count(pairs, "exact"))


def print_tables(results, own):
    listed, paired = results[own]
    print(f"\n{len(listed)} queries, {len(paired)} pairs\n")
    print(row("engine", "exact", "missing something", "with noise", "pairs right"))
    print(row("---", *["---:"] * 4))
    for name, outcomes in results.items():
        print(engine_row(name, *outcomes))
    print()
    print(row("kind", "queries", "exact", "missing something", "with noise", "pairs", "right"))
    print(row("---", *["---:"] * 6))
    for kind, numbers in numbers_of_kinds(listed, paired):
        print(row(kind, *numbers))


def print_failures(texts, listed, paired):
    print("\nnot exact:")
    for outcome in listed:
        if not outcome.exact:
            said = [f"missing {texts[number]['id']}" for number in sorted(outcome.missing)]
            said += [f"noise {texts[number]['id']}" for number in sorted(outcome.noise)]
            said += [f"refused {outcome.refused}"] if outcome.refused else []
            print(f"  {outcome.case['kind']}: {outcome.case['query']}: {', '.join(said)}")
    print("\npairs that are wrong:")
    for outcome in paired:
        if not outcome.exact:
            said = "missing" if outcome.missing else "noise"
            said = f"refused {outcome.refused}:" if outcome.refused else said
            case = outcome.case
            print(f"  {case['kind']}: {case['query']}: {said} {case['text']!r}")


def violations(results, own):
    """What does not hold of what has to."""
    listed, paired = results[own]
    floors = read("floors.json")
    exact, right = count(listed, "exact"), count(paired, "exact")
    if exact < floors["exact"]:
        yield f"{exact} queries are exact, and at least {floors['exact']} have to be"
    if noisy(listed) > floors["noise"]:
        yield f"{noisy(listed)} queries have noise, and at most {floors['noise']} may"
    if right < floors["pairs"]:
        yield f"{right} pairs are right, and at least {floors['pairs']} have to be"
    for name, (their_listed, their_paired) in results.items():
        if name == own:
            continue
        if count(their_listed, "exact") >= exact:
            yield f"{name} has as many exact queries"
        if count(their_paired, "exact") >= right:
            yield f"{name} has as many pairs right"


def unpublished(results, own):
    """Numbers of this project that the document has otherwise. A peer's change with its
    version, which is the machine's."""
    listed, paired = results[own]
    lines = PUBLISHED.read_text(encoding="utf-8").splitlines()
    if engine_row(own, listed, paired) not in lines:
        yield f"{PUBLISHED.name} has other numbers of {own}"
    for kind, numbers in numbers_of_kinds(listed, paired):
        # Between the kind and its numbers stands an example.
        start, end = row(kind).removesuffix("|"), row(*numbers)
        if not any(line.startswith(start) and line.endswith(end) for line in lines):
            yield f"{PUBLISHED.name} has other numbers of: {kind}"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--failures", action="store_true")
    arguments.add_argument("--postgres", nargs=2, metavar=("PSQL", "SOCKET"))
    options = arguments.parse_args()
    texts, queries, pairs = read("texts.json"), read("queries.json"), read("pairs.json")

    def own(key):
        return ActivityLog(os.environ["ACTIVITY_LOG_URL"], os.environ[key])

    engines = [(own("FINDING_LIST_KEY"), own("FINDING_PAIRS_KEY"))]
    engines += [(peer(), peer()) for peer in (SqlitePorter, SqliteTrigrams, Tantivy)]
    for configuration in ("simple", "english") if options.postgres else ():
        engine = Postgres(*options.postgres, configuration)
        engines.append((engine, engine))
    results = {
        of_list.name: (run_list(of_list, texts, queries), run_pairs(of_pairs, pairs))
        for of_list, of_pairs in engines
    }

    listed, paired = results[ActivityLog.name]
    print_tables(results, ActivityLog.name)
    if options.failures:
        print_failures(texts, listed, paired)
    failed = [*violations(results, ActivityLog.name), *unpublished(results, ActivityLog.name)]
    for violation in failed:
        print(f"FAILED: {violation}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
