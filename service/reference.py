"""Reference pages made from the code, so that they can't drift: problems, settings, metrics, the doctor, words.

`make docs` writes them, and the JSON Schema.

A test compares the files with what this module says.
"""

from dataclasses import fields
from pathlib import Path

from service import gauges, word_index
from service.catalogue import FAULTS, PROBLEMS, WARNINGS, WILL_BE_ERRORS
from service.doctor.kinds import KINDS
from service.errors import level_of
from service.rulebooks import json_schema
from service.rulebooks.explained import pages as findings
from service.settings import Settings

_PROBLEMS_HEAD = """# Problems

Every refusal is a problem document (RFC 9457) with `type` (`urn:jifen:problem:<code>`), `title`, `status`, `code`,
`request_id` and, where fields are to blame, `errors: [{pointer, code, detail}]`. Codes never change; sentences may. The
language follows `Accept-Language`: Chinese or English.

## The request as a whole
| code | status | English | 中文 |
|---|---|---|---|"""

_FAULTS_HEAD = """
## A field
| code | English | 中文 |
|---|---|---|"""

_ODD_HEAD = """
## What is odd in a rulebook
Told by `jifen rulebook lint` and `POST /v1/rulebooks`, and refused by nothing. Findings in a text have
`line`, `column`, `level` and `suggestion` too; [findings](findings/README.md) explains each with examples.

| code | level | English | 中文 |
|---|---|---|---|"""

_SETTINGS_HEAD = """# Settings

Read from the environment when a process starts; a value that can't be is refused with a sentence. A secret may be given
as a file: `NAME_FILE` holds the path of a file with the value of `NAME`. `jifen config` prints what is in force.

| name | default | meaning |
|---|---|---|"""

_DOCTOR_HEAD = """# The doctor

`jifen doctor` says what blocks a start or a step of a period, and what to do about it; it changes nothing, and can run
beside the service. It ends with 1 where an error was found, which blocks a start; with 0 else. `--lang zh` for Chinese,
`--json` for programs: `{"blocks": …, "findings": [{level, code, en, zh, do_en, do_zh}]}`. Codes never change.

`jifen doctor` 说明有什么阻碍启动或周期流转，以及如何处理；不作任何更改，可与服务同时运行。

| code | level | English | 中文 |
|---|---|---|---|"""

_METRICS_HEAD = """# Metrics

`GET /metrics` counts over all server processes and reads the rest from the database. Of a histogram Prometheus stores
`_bucket`, `_sum` and `_count`. Series are bounded: routes by rule, statements by name, sources and types that are
declared, never ids; of a tenant the standings that were computed last, and of all together the largest groups. A
process that dies leaves what it counted to the one that takes its place; a restart of the service begins at zero, which
`rate` and `increase` know. `jifen work` in a container of its own is seen by what it does: by the ages of what waits.
[Alerts](alerts.md), and what to do about each.

| name | type | labels | meaning |
|---|---|---|---|"""


def pages() -> dict[str, str]:
    """The text of every generated page, by file name."""
    own = {
        "doctor.md": _doctor(),
        "metrics.md": _metrics(),
        "problems.md": _problems(),
        "rulebook-words.md": word_index.page(),
        "rulebook.schema.json": json_schema.page(),
        "settings.md": _settings(),
    }
    return {**own, **findings.pages()}


def write(folder: Path) -> None:
    """Write the pages."""
    for name, text in pages().items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def _metrics() -> str:
    rows = [
        f"| `{name}` | {kind} | {', '.join(f'`{label}`' for label in labels) or '–'} | {meaning} |"
        for name, kind, labels, meaning in gauges.described()
    ]
    return "\n".join([_METRICS_HEAD, *rows, ""])


def _doctor() -> str:
    rows = [f"| `{code}` | {k.level} | {k.en} {k.do_en} | {k.zh}{k.do_zh} |" for code, k in KINDS.items()]
    return "\n".join([_DOCTOR_HEAD, *rows, ""])


def _problems() -> str:
    problems = [f"| `{code}` | {k.status} | {k.en} | {k.zh} |" for code, k in PROBLEMS.items()]
    faults = [f"| {findings.link(code)} | {en} | {zh} |" for code, (en, zh) in FAULTS.items()]
    odd = [
        f"| {findings.link(code)} | {level_of(code)} | {en} | {zh} |"
        for code, (en, zh) in {**WARNINGS, **WILL_BE_ERRORS}.items()
    ]
    return "\n".join([_PROBLEMS_HEAD, *problems, _FAULTS_HEAD, *faults, _ODD_HEAD, *odd, ""])


def _settings() -> str:
    rows = [
        f"| `{f.metadata['name']}` | {f'`{f.default}`' if str(f.default) else '–'} | {f.metadata['meaning']} |"
        for f in fields(Settings)
    ]
    return "\n".join([_SETTINGS_HEAD, *rows, ""])


if __name__ == "__main__":
    write(Path("docs"))
