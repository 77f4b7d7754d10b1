"""A rulebook as a regulation: chapters and numbered articles, in Chinese or in English."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from service.errors import Language
from service.explanation.book import Names
from service.explanation.words import Words
from service.regulation import general, placing, sheets
from service.regulation.articles import Article, Chapter

Said = dict[str, Any]
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Regulation:
    """The chapters of a rulebook; articles are numbered through all of them, from 1."""

    rulebook: str
    version: str
    title: str
    chapters: list[Chapter]

    @property
    def articles(self) -> Iterator[tuple[int, Chapter, Article]]:
        """Every article with its number and its chapter."""
        number = 0
        for chapter in self.chapters:
            for article in chapter.articles:
                number += 1
                yield number, chapter, article

    def text(self, language: Language) -> str:
        """The whole of it, a line for each article."""
        lines, begun = [self.title], 0
        for number, chapter, article in self.articles:
            if chapter.title != (self.chapters[begun - 1].title if begun else None):
                begun += 1
                lines += ["", _numbered("章", "Chapter ", begun, chapter.title, language)]
            lines.append(_numbered("条", "", number, article.sentence, language))
        return "\n".join([*lines, ""])

    def json(self) -> Said:
        """As it stands in an answer."""
        items = [
            {"number": number, "pointer": article.pointer, "chapter": chapter.title.json(), **article.sentence.json()}
            for number, chapter, article in self.articles
        ]
        return {"rulebook": self.rulebook, "version": self.version, "title": self.title, "items": items}


def regulation(rulebook: Said, types: dict[str, str]) -> Regulation:
    """The regulation of a loaded rulebook; `types` are the titles of event types, by their names."""
    names = Names(_ordered(rulebook), types)
    every = [general.opening(names), *sheets.chapters(names), *placing.chapters(names), general.closing(names)]
    chapters = [chapter for chapter in every if chapter.articles]
    return Regulation(rulebook["rulebook"], rulebook["version"], rulebook["title"], chapters)


def _ordered(said: Any) -> Any:
    """With the keys of every object in one order: the order in which they are written says nothing."""
    if isinstance(said, dict):
        return {key: _ordered(said[key]) for key in sorted(said)}
    if isinstance(said, list | tuple):
        return type(said)(_ordered(one) for one in said)
    return said


def _numbered(zh: str, en: str, number: int, words: Words, language: Language) -> str:
    line = f"第{chinese(number)}{zh}　{words.zh}" if language == "zh" else f"{en}{number}. {words.en}"
    return line.replace("\n", "\n    ")  # a note may have several lines


def chinese(number: int) -> str:
    """A whole number from 1 to 9999 in Chinese, such as 一百零五 and 十二."""
    said, gap = "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            said += ("零" if gap and said else "") + _DIGITS[digit] + unit
        gap = not digit
    return said.removeprefix("一") if said.startswith("一十") else said
