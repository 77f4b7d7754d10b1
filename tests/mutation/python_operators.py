"""Small changes of Python that still mean something: another comparison, a negated condition, an argument less.

A change replaces the text of one expression or statement, so that everything around it stays as it was written. Words
for people (raised problems, documentation, f-strings), types and measurements are left alone.
"""

import ast
from collections.abc import Collection, Iterator

from tests.mutation.mutations import Mutation, line_at

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
_LEFT_ALONE = (ast.Raise, ast.JoinedStr, ast.Import, ast.ImportFrom)
_MEASURED = "metrics"

Change = tuple[str, ast.AST, str]


def mutations(path: str, source: str, functions: Collection[str] = ()) -> Iterator[Mutation]:
    """Every mutation of a module, or of these functions of it."""
    lines = [0]
    for line in source.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))

    def offset(line: int, column: int) -> int:
        begins = lines[line - 1]
        return begins + len(source[begins : lines[line]].encode()[:column].decode())

    tree = ast.parse(source)
    for body in _bodies(tree, functions) if functions else tree.body:
        for operator, node, after in _changes(body):
            assert isinstance(node, ast.expr | ast.stmt | ast.keyword)
            start = offset(node.lineno, node.col_offset)
            end = offset(node.end_lineno or node.lineno, node.end_col_offset or 0)
            if isinstance(node, ast.keyword) and source[end : end + 1] == ",":
                end += 1
            within, code = _function_around(tree, node.lineno), line_at(source, start)
            mutation = Mutation(path, node.lineno, operator, start, end, source[start:end], after, within, code)
            if _is_another_program(source, mutation):
                yield mutation


def _function_around(tree: ast.Module, line: int) -> str:
    """The innermost function of a line."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    around = [node for node in functions if node.lineno <= line <= (node.end_lineno or line)]
    return max(around, key=lambda node: node.lineno).name if around else ""


def functions_in(source: str) -> set[str]:
    """The names of all functions of a module."""
    return {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}


def _bodies(tree: ast.Module, functions: Collection[str]) -> list[ast.stmt]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in functions]
    return [statement for function in found for statement in function.body]


def _is_another_program(source: str, mutation: Mutation) -> bool:
    try:
        mutant = ast.parse(mutation.applied(source))
    except SyntaxError:
        return False
    return ast.dump(mutant) != ast.dump(ast.parse(source))


def _changes(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, _LEFT_ALONE) or _is_measurement(node) or _is_documentation(node):
        return
    if isinstance(node, ast.stmt):
        yield from _of_statement(node)
    elif isinstance(node, ast.expr):
        yield from ((operator, node, f"({after})") for operator, after in _of_expression(node))
        if isinstance(node, ast.Call):
            yield from (("argument", keyword, "") for keyword in node.keywords if keyword.arg)
    for inner in _inner(node):
        yield from _changes(inner)


def _inner(node: ast.AST) -> Iterator[ast.AST]:
    """What is computed inside a node: neither types nor decorators nor the keys of a mapping."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases") or (
            isinstance(node, ast.Dict) and name == "keys"
        ):
            continue
        yield from (inner for inner in (value if isinstance(value, list) else [value]) if isinstance(inner, ast.AST))


def _is_measurement(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and ast.unparse(node).startswith(_MEASURED)


def _is_documentation(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _of_statement(node: ast.stmt) -> Iterator[Change]:
    if isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield "return", node, "return None"
    elif isinstance(node, ast.If | ast.While):
        yield "condition", node.test, f"(not ({ast.unparse(node.test)}))"
    elif isinstance(node, ast.Continue | ast.Break | ast.AugAssign | ast.Expr):
        yield "statement", node, "pass"


def _of_expression(node: ast.expr) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Compare):
        yield from (("comparison", after) for after in _other_comparisons(node))
    elif isinstance(node, ast.BoolOp):
        yield from (("and/or", after) for after in _other_connections(node))
    elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        yield "arithmetic", ast.unparse(ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield "negation", ast.unparse(node.operand)
    elif isinstance(node, ast.IfExp):
        yield "branches", ast.unparse(ast.IfExp(node.test, node.orelse, node.body))
    elif isinstance(node, ast.Constant):
        yield from (("constant", after) for after in _other_constants(node.value))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
        other = _FUNCTIONS[node.func.id]
        keywords = [] if other == "list" else node.keywords
        yield "function", ast.unparse(ast.Call(ast.Name(other), node.args, keywords))
    elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
        yield from (("filter", after) for after in _without_filters(node))


def _other_comparisons(node: ast.Compare) -> Iterator[str]:
    for at, operator in enumerate(node.ops):
        for other in _COMPARISONS[type(operator)]:
            operators = [*node.ops[:at], other(), *node.ops[at + 1 :]]
            yield ast.unparse(ast.Compare(node.left, operators, node.comparators))


def _other_connections(node: ast.BoolOp) -> Iterator[str]:
    yield ast.unparse(ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values))
    for at in range(len(node.values)):
        kept = [*node.values[:at], *node.values[at + 1 :]]
        yield ast.unparse(kept[0] if len(kept) == 1 else ast.BoolOp(node.op, kept))


def _other_constants(value: object) -> Iterator[str]:
    """Whole numbers and booleans; no float is ever part of a result."""
    if isinstance(value, bool):
        yield repr(not value)
    elif isinstance(value, int):
        yield repr(value + 1)
        if value == 1:
            yield "0"


def _without_filters(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Iterator[str]:
    for at, generator in enumerate(node.generators):
        if generator.ifs:
            plain = ast.comprehension(generator.target, generator.iter, [], generator.is_async)
            generators = [*node.generators[:at], plain, *node.generators[at + 1 :]]
            fields = {name: value for name, value in ast.iter_fields(node) if name != "generators"}
            yield ast.unparse(type(node)(**fields, generators=generators))
