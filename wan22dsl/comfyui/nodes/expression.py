"""The arithmetic of ComfyMathExpression, as far as lengths and sizes are computed with it.

Imported only where a graph has such a node: it reads expressions with `ast`.
"""

from __future__ import annotations

import ast
import math
import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "round": round,
    "sqrt": math.sqrt,
    "ceil": math.ceil,
    "floor": math.floor,
    "int": int,
    "float": float,
}

#: Longer expressions than this are not worked out.
_LONGEST = 300


def evaluate(expression: str, values: Mapping[str, Any]) -> float | None:
    """The number that an expression gives; None when a value is not known or a word is not.

    Of ComfyUI's own words these are left out: powers, comparisons, choices, logarithms and angles.
    """
    if len(expression) > _LONGEST:
        return None
    try:
        result = _number(ast.parse(expression.strip(), mode="eval").body, values)
        return result if math.isfinite(result) and abs(result) < 1e15 else None
    except (SyntaxError, ValueError, TypeError, ArithmeticError, LookupError, RecursionError):
        return None


def _number(node: ast.AST, values: Mapping[str, Any]) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return node.value
    if isinstance(node, ast.Name):
        value = values[node.id]
        if not isinstance(value, (int, float)):
            raise ValueError(node.id)
        return value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(node.operand, values)
    if isinstance(node, ast.BinOp):
        left, right = _number(node.left, values), _number(node.right, values)
        result: float = _OPERATORS[type(node.op)](left, right)
        return result
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        called: float = _FUNCTIONS[node.func.id](*[_number(arg, values) for arg in node.args])
        return called
    raise ValueError("unknown")
