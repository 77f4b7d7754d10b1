"""What a printed rulebook is made of: chapters of articles, an article of clauses, each said in two languages.

An article is known by what it is about, and a clause by its key in the article, so that two rulebooks can be compared
by meaning. Numbers are given when it is printed.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from service.explanation.book import Names
from service.explanation.sources import KINDS
from service.explanation.words import NOTHING, Words, joined, say
from service.rulebooks import layout

Said = dict[str, Any]
_APPLIES = Words("{kinds}适用", "applies {kinds}")


class Clause(NamedTuple):
    """The smallest part that is said by itself."""

    key: str
    words: Words


class Article(NamedTuple):
    """A numbered sentence: what it is about, where that stands in the document, and what is said of it."""

    kind: str
    id: str
    pointer: str
    head: Words
    clauses: list[Clause]

    @property
    def sentence(self) -> Words:
        """The whole of it; a note has its own full stop, or none."""
        clauses = joined((clause.words for clause in self.clauses), "；", "; ")
        stop = NOTHING if self.kind == "note" else Words("。", ".")
        return say("{head}：{clauses}{stop}", "{head}: {clauses}{stop}", head=self.head, clauses=clauses, stop=stop)


class Chapter(NamedTuple):
    """Articles under a title."""

    title: Words
    articles: list[Article]


def titled(kind: str, pointer: str, said: Said, clauses: Iterable[Clause]) -> Article:
    """The article of something with an id and a title, and at its end the paragraph that it comes from."""
    head = say("{title}（{id}）", "{id} ({title})", title=said["title"], id=said["id"])
    source = [Clause("ref", say("依据{ref}", "source: {ref}", ref=said["ref"]))] if "ref" in said else []
    return Article(kind, said["id"], pointer, head, [*clauses, *source])


def plain(kind: str, pointer: str, zh: str, en: str, clauses: Iterable[Clause]) -> Article:
    """The article of something that there is once; its pointer tells it from others of its kind."""
    return Article(kind, pointer, pointer, Words(zh, en), list(clauses))


def kinds(some: Iterable[str]) -> Words:
    """Kinds of period."""
    return joined(KINDS[kind] for kind in some) or Words("任何周期均不", "never")


def narrowed(names: Names, said: Said, key: str, default: Iterable[str], words: Words = _APPLIES) -> Iterator[Clause]:
    """In which kinds of period something is; nothing is said where it is in all of them."""
    every = layout.kinds(names.rulebook)
    chosen = said.get(key, list(default))
    applying = [kind for kind in KINDS if kind in chosen]
    if set(applying) != set(every):
        yield Clause(key, say(words.zh, words.en, kinds=kinds(applying)))
