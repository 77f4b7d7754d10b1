"""YAML to a plain document in which every scalar is text.

Anchors, aliases, tags, merge keys and duplicate keys are refused: who reads a rulebook must see what it says.
"""

from typing import Any

import yaml

from schemas.faults import escape
from schemas.fields import storable
from service.errors import Finding, Problem, finding

_MOST_BYTES = 1_000_000
_MOST_DEPTH = 40


def parse(text: bytes) -> dict[str, Any]:
    """The document of a rulebook's text. Problem request.invalid with line and column."""
    if len(text) > _MOST_BYTES:
        raise Problem("request.too_large", most=_MOST_BYTES)
    try:
        source = text.decode("utf-8-sig")
        _refuse_hidden_meaning(source)
        node = yaml.compose(source, Loader=yaml.BaseLoader)
    except UnicodeDecodeError:
        raise _refused("yaml.encoding", None) from None
    except yaml.MarkedYAMLError as error:
        raise _refused("yaml.syntax", error.problem_mark or error.context_mark) from None
    except yaml.YAMLError:
        raise _refused("yaml.syntax", None) from None
    if not isinstance(node, yaml.MappingNode):
        raise _refused("field.object", node.start_mark if node else None)
    findings: list[Finding] = []
    document = _value(node, "", findings)
    if findings:
        raise Problem("request.invalid", findings)
    mapping: dict[str, Any] = document
    return mapping


def _refuse_hidden_meaning(source: str) -> None:
    depth = 0
    for event in yaml.parse(source, Loader=yaml.BaseLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refused("yaml.anchor", event.start_mark)
        if getattr(event, "tag", None):
            raise _refused("yaml.tag", event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MOST_DEPTH:
            raise _refused("yaml.depth", event.start_mark)


def _value(node: yaml.Node, pointer: str, findings: list[Finding]) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, f"{pointer}/{n}", findings) for n, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        if not storable(node.value):
            findings.append(finding(pointer, "text.character"))
        return node.value
    mapping: dict[str, Any] = {}
    for key, value in node.value:
        where = {"line": key.start_mark.line + 1, "column": key.start_mark.column + 1}
        if not isinstance(key, yaml.ScalarNode):
            findings.append(finding(pointer, "yaml.key", **where))
            continue
        inner = f"{pointer}/{escape(key.value)}"
        if key.value in mapping:
            findings.append(finding(inner, "yaml.duplicate", **where))
        elif not storable(key.value):
            findings.append(finding(inner, "text.character"))
        else:
            mapping[key.value] = _value(value, inner, findings)
    return mapping


def _refused(code: str, mark: Any) -> Problem:
    where = {"line": mark.line + 1, "column": mark.column + 1} if mark else {"line": 1, "column": 1}
    return Problem("request.invalid", [finding("", code, **where)])
