"""Where something stands in a text, found by looking at the text alone."""


def place_of_mark(text: str, mark: str) -> tuple[int, int]:
    """Line and column of a mark that stands once in a text, both from 1."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if mark in line]
    assert len(lines) == 1, "the mark stands once"
    [(number, line)] = lines
    return number, line.index(mark) + 1
