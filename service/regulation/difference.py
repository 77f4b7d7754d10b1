"""Two rulebooks compared by meaning: what is new, gone or changed, in the order in which it is printed.

Articles are matched by what they are about, clauses by what they say something of; so an item that moved to another
category is that item, changed, and what is only written differently is no difference.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from service.errors import Language
from service.explanation.words import NOTHING, Words, joined, say
from service.regulation.articles import Article, Chapter
from service.regulation.printed import Regulation

Key = tuple[str, str, int]
What = Literal["new", "gone", "changed", "order"]
_NEW, _GONE, _NONE = Words("新增：", "new: "), Words("删除：", "gone: "), Words("（无）", "(nothing)")


@dataclass(frozen=True)
class Difference:
    """One difference: of what, where it stands in either document, and what is said before and after."""

    what: What
    key: str
    pointers: tuple[str | None, str | None]
    head: Words
    before: Words
    after: Words

    def text(self, language: Language) -> str:
        """As a line."""
        words = self.words
        return words.zh if language == "zh" else words.en

    @property
    def words(self) -> Words:
        """As a sentence."""
        match self.what:
            case "new":
                return _NEW + self.after
            case "gone":
                return _GONE + self.before
        before, after = self.before or _NONE, self.after or _NONE
        return say("{head}：{a} → {b}", "{head}: {a} -> {b}", head=self.head, a=before, b=after)

    def json(self) -> dict[str, Any]:
        """As it stands in an answer."""
        old, new = self.pointers
        said = {
            name: words.json() if words else None for name, words in (("before", self.before), ("after", self.after))
        }
        return {"what": self.what, "key": self.key, "from": old, "to": new, **said, **self.words.json()}


def differences(before: Regulation, after: Regulation) -> list[Difference]:
    """Everything that the second says otherwise than the first; what is gone stands where it was."""
    old, new = _known(before), _known(after)
    found: list[Difference] = []
    for key in _merged(list(old), list(new)):
        if key not in new:
            gone = old[key]
            found.append(Difference("gone", "", (gone.pointer, None), gone.head, gone.sentence, NOTHING))
        elif key not in old:
            come = new[key]
            found.append(Difference("new", "", (None, come.pointer), come.head, NOTHING, come.sentence))
        else:
            found += _changes(old[key], new[key])
    return [*found, *_orders(before, after)]


def _known(said: Regulation) -> dict[Key, Article]:
    """The articles by what they are about; what stands twice is told apart by its turn."""
    known: dict[Key, Article] = {}
    for _, _, article in said.articles:
        turn = 0
        while (article.kind, article.id, turn) in known:
            turn += 1
        known[article.kind, article.id, turn] = article
    return known


def _merged(old: list[Key], new: list[Key]) -> list[Key]:
    """The new order, and what is gone behind what it stood behind."""
    merged, present, place = list(new), set(new), 0
    for key in old:
        if key in present:
            place = merged.index(key) + 1
        else:
            merged.insert(place, key)
            place += 1
    return merged


def _changes(old: Article, new: Article) -> Iterator[Difference]:
    """The clauses of an article that say something else."""
    before = {"title": old.head, **{clause.key: clause.words for clause in old.clauses}}
    after = {"title": new.head, **{clause.key: clause.words for clause in new.clauses}}
    for key in dict.fromkeys([*after, *before]):
        was, now = before.get(key, NOTHING), after.get(key, NOTHING)
        if was != now:
            yield Difference("changed", key, (old.pointer, new.pointer), new.head, was, now)


def _orders(before: Regulation, after: Regulation) -> Iterator[Difference]:
    """The lists in which what stands in both has another order, from the first that moved to the last."""
    old, new = _lists(before), _lists(after)
    for pointer, now in new.items():
        was = old.get(pointer, {})
        pairs = list(zip([key for key in was if key in now], [key for key in now if key in was], strict=True))
        moved = [n for n, (one, other) in enumerate(pairs) if one != other]
        if moved:
            pairs = pairs[moved[0] : moved[-1] + 1]
            first, then = (joined(now[pair[side]][1].head for pair in pairs) for side in (0, 1))
            head = say("{title}的次序", "order of {title}", title=next(iter(now.values()))[0].title)
            yield Difference("order", "", (pointer, pointer), head, first, then)


def _lists(said: Regulation) -> dict[str, dict[tuple[str, str], tuple[Chapter, Article]]]:
    """What each list of the document has, in its order, which isn't everywhere that of the print-out."""
    found: dict[str, list[tuple[int, Chapter, Article]]] = {}
    for _, chapter, article in said.articles:
        pointer, _, place = article.pointer.rpartition("/")
        if place.isdigit():
            found.setdefault(pointer, []).append((int(place), chapter, article))
    return {
        pointer: {(one.kind, one.id): (chapter, one) for _, chapter, one in sorted(listed, key=lambda row: row[0])}
        for pointer, listed in found.items()
    }
