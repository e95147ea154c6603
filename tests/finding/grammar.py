"""A query of the list, taken apart for engines that write it in another way.

All groups have to match, each by one of its terms, and none of what is excluded.
docs/api/v1.md has the grammar; the list has nothing that is refused.
"""

import re
from dataclasses import dataclass, field

_PART = re.compile(r'\s*(-?)(?:"([^"]*)"|(\S+))')


@dataclass(frozen=True)
class Term:
    text: str
    phrase: bool = False
    prefix: bool = False


@dataclass
class Query:
    groups: list[list[Term]] = field(default_factory=list)
    excluded: list[Term] = field(default_factory=list)


def parse(query):
    parsed = Query()
    either = False
    for hyphen, phrase, word in _PART.findall(query):
        if word == "OR":
            either = True
            continue
        text = phrase or word
        prefix = bool(word) and word.endswith("*")
        term = Term(text.removesuffix("*") if prefix else text, bool(phrase), prefix)
        # A sign alone, as the `&` between two words, is no term.
        if not any(character.isalnum() for character in term.text):
            continue
        if hyphen:
            parsed.excluded.append(term)
        elif either:
            parsed.groups[-1].append(term)
        else:
            parsed.groups.append([term])
        either = False
    return parsed
