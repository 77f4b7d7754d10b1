"""Feeds broken texts to the lint, in a process of its own: `python -m tests.unit.fuzzing` prints what came of it.

How much is tried is set by the environment: JIFEN_FUZZ_FILES (how many texts), JIFEN_SEED (which). Each is a whole
rulebook or an example, some of its bytes, lines or values changed; the worst that is known of YAML comes first.
"""

import faulthandler
import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from service.errors import Problem
from service.rulebooks.examination import examine
from service.rulebooks.explained import PAGES
from service.rulebooks.explained.county import EVENT_TYPES
from service.rulebooks.explained.examples import MARK, whole
from service.rulebooks.files import declared
from tests import county
from tests.http.broken import EXAMPLES
from tests.http.broken.changes import TYPES
from tests.unit.marked import MARKED
from tests.unit.test_rulebook_places import broken, written

FILES = int(os.environ.get("JIFEN_FUZZ_FILES", "300"))
SEED = int(os.environ.get("JIFEN_SEED", "1"))
LONGEST = 60  # seconds for one text; then the process ends with a traceback
_DECLARED = {**declared(written({**county.TYPES, **TYPES}).encode())[0], **declared(EVENT_TYPES.encode())[0]}
_PIECES = [
    *"[]{}:-,#&*!|>'\"%@`?~\t\n ",
    *("- ", ": ", "&a ", "*a", "!!str ", "<<: ", "---\n", "...\n", "%YAML 1.1\n", "\x00", "\u2028", "\ufeff", "？"),
    *("1e999", "-0", "0x10", "9" * 30, "0." + "9" * 30, "100%", "101%", "null", "true", "2025-13", "9999", "Infinity"),
]

_WORD = re.compile(rb"[A-Za-z0-9_.%-]+")
# Of this program alone: what getrusage says includes the process that started it.
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")

Mutation = Callable[[random.Random, bytes], bytes]


def worst() -> Iterator[bytes]:
    """What is known to hurt: what grows when it is read, and what is nested without an end."""
    laughs = [b"a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    laughs += [b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12)]
    yield b"\n".join(laughs)
    yield b"rulebook: &a [*a, *a]"
    for opened, closed in ((b"[", b"]"), (b"{a: ", b"}"), (b"- ", b""), (b"? ", b""), (b"[{a: ", b"}]")):
        yield b"rulebook: " + opened * 10_000 + closed * 10_000
        yield opened * 10_000
    yield b"".join(b"%s- a:\n" % (b" " * depth) for depth in range(0, 1300, 2))
    yield b"tiers:\n" + b"- {id: a, title: b}\n" * 45_000
    yield b"a: " + b"9" * 900_000
    yield b"a" * 900_000 + b": b"
    yield b"x: {" + b", ".join(b"k%d: v" % n for n in range(80_000)) + b"}"
    yield b"\n".join(b"k%d: v" % n for n in range(80_000))
    yield b"a: 'b" * 100_000
    yield b"#" * 1_000_001
    yield b"\xff\xfe" + "rulebook: x".encode("utf-16-le")


def seeds() -> list[bytes]:
    """Rulebooks and event types, whole and broken, as people and as programs write them."""
    explained = [one for page in PAGES for one in page.codes]
    pieces = [whole(one, said).replace(MARK, "") for one in [*explained, *MARKED] for said in (one.wrong, one.right)]
    documents = [written(broken(number)) for number in range(len(EXAMPLES))]
    return [text.encode("utf-8", "surrogateescape") for text in [county.RULEBOOK, *pieces, *documents]]


def _bytes(chance: random.Random, text: bytes) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.randbytes(chance.randrange(3)) + text[at + chance.randrange(3) :]


def _piece(chance: random.Random, text: bytes) -> bytes:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(_PIECES).encode() * chance.choice((1, 1, 1, 2, 50)) + text[at:]


def _lines(chance: random.Random, text: bytes) -> bytes:
    lines = text.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            del lines[one]
        case 1:
            lines.insert(one, lines[other])
        case 2:
            lines[one], lines[other] = lines[other], lines[one]
        case 3:
            lines[one] = b" " * chance.randrange(9) + lines[one].lstrip()
        case _:
            lines[min(one, other) : max(one, other)] *= 2
    return b"\n".join(lines)


def _words(chance: random.Random, text: bytes) -> bytes:
    """One word in the place of another, or a slip of the pen in it."""
    words = list(_WORD.finditer(text))
    if not words:
        return text
    one, other = chance.choice(words), chance.choice(words)
    said = other[0] if chance.random() < 0.7 else one[0][:-1] or one[0] * 2
    return text[: one.start()] + said + text[one.end() :]


def _cut(chance: random.Random, text: bytes) -> bytes:
    return text[: chance.randrange(len(text) + 1)]


def _values(chance: random.Random, text: bytes) -> bytes:
    """In one place what is said in another, or nothing; of texts that are JSON."""
    try:
        said = json.loads(text)
    except ValueError:
        return _words(chance, text)
    places = list(_places(said))
    if not places:
        return text
    (one, here), (other, there) = chance.choice(places), chance.choice(places)
    if chance.random() < 0.2:
        del one[here]
    else:
        one[here] = json.loads(json.dumps(other[there]))
    return written(said).encode()


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(node, dict | list):
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            yield node, key
            yield from _places(node[key])


_MUTATIONS: list[Mutation] = [_bytes, _piece, _cut, *[_lines] * 2, *[_words] * 4, *[_values] * 8]


def texts(count: int, seed: int) -> Iterator[bytes]:
    """So many texts, the same for the same seed."""
    chance = random.Random(seed)
    known = seeds()
    hurting = list(worst())[:count]
    yield from hurting
    for _ in range(count - len(hurting)):
        text = chance.choice(known)
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            text = chance.choice(_MUTATIONS)(chance, text)
        yield text


def look(text: bytes, as_types: bool) -> str:
    """Lint one text, and check what is told: how far it came."""
    try:
        findings = declared(text)[1] if as_types else examine(text, _DECLARED).findings
    except Problem as problem:
        return problem.code
    lines = text.count(b"\n") + text.count(b"\r") + 2 + text.count("\u2028".encode()) * 2 + text.count("\x85".encode())
    for one in findings:
        assert one.place, one
        assert one.place.line in range(1, lines + 1), one
        assert one.place.column >= 1, one
        assert all("{" not in _told(one.body(language)["detail"], text) for language in ("en", "zh")), one
    if any(one.code in ("yaml.syntax", "yaml.encoding", "yaml.depth") for one in findings):
        return "unreadable"
    return "refused" if any(one.level == "error" for one in findings) else "accepted"


def _told(detail: str, text: bytes) -> str:
    """A sentence quotes what was written, braces too."""
    return "" if b"{" in text else detail


def main() -> None:
    """Try them all, and say what came of it as one JSON document."""
    came: Counter[str] = Counter()
    slowest = 0.0
    begun = time.perf_counter()
    for number, text in enumerate(texts(FILES, SEED)):
        faulthandler.dump_traceback_later(LONGEST, exit=True)
        started = time.process_time()
        try:
            came[look(text, as_types=number % 10 == 9)] += 1
        except Exception:
            sys.stderr.write(f"seed {SEED}, text {number}: {text[:5000]!r}\n")
            raise
        slowest = max(slowest, time.process_time() - started)
    faulthandler.cancel_dump_traceback_later()
    peak = int(_PEAK.findall(Path("/proc/self/status").read_text())[0]) / 1024
    said = {"files": sum(came.values()), "seconds": round(time.perf_counter() - begun, 1), "slowest": round(slowest, 3)}
    sys.stdout.write(json.dumps({**said, "megabytes": round(peak), "came": came}) + "\n")


if __name__ == "__main__":
    main()
