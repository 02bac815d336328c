"""From the grammar to the tables that the parser runs on: lark is the grammar's compiler.

    python -m wan22dsl.language.syntax.tables            write tables.json anew
    python -m wan22dsl.language.syntax.tables --check    check whether it is fresh (exit status 1: no)

lark takes several times as long to import as Python to start, so it works ahead of time: the LALR(1)
tables of grammar/wan.lark are kept in tables.json, beside this file. In a checkout whose grammar was
changed and not compiled yet, `load` compiles it in memory.

The shape of tables.json: `terminals` are patterns, in the order in which a lexer tries them, `ignored`
those of what may be between them. A symbol is a number, and `symbols` are their names: 0 is none, 1 is
what may be between tokens, then come the terminals (each has the number of its group in one big
pattern: see machine.py), any character that begins no terminal, the end of the text, and what rules stand
for. `rules` are lists of symbols, the left side first. `states` lists, for each state, symbol and action
in turn: an action above 0 goes to the state `action - 1`, one below 0 reduces by the rule `-action - 1`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wan22dsl import digest
from wan22dsl.tuples import NamedTuple

_HERE = Path(__file__).parent
_TABLES = _HERE / "tables.json"
_GRAMMAR = _HERE.parents[2] / "grammar" / "wan.lark"  # in a checkout; a wheel is never stale
_BLANK, _OTHER, _END = "$BLANK", "$OTHER", "$END"
_STARTS = ("start", "value")


class Tables(NamedTuple):
    """A compiled grammar; see the top of this module for the numbers in it."""

    grammar: str
    terminals: list[str]
    ignored: list[str]
    symbols: list[str]
    rules: list[list[int]]
    states: list[list[int]]
    starts: dict[str, int]


def load() -> Tables:
    """The stored tables; compiled anew, in memory, when the grammar of a checkout has changed."""
    tables = Tables(**json.loads(_TABLES.read_text(encoding="utf-8")))
    try:
        grammar = _GRAMMAR.read_bytes()
    except OSError:
        return tables  # installed: the grammar is inside the package, as old as the tables
    return tables if _fingerprint(grammar) == tables.grammar else compile_grammar(grammar)


def compile_grammar(grammar: bytes) -> Tables:
    """The tables of a grammar in lark's notation. Raises lark's GrammarError when it has conflicts."""
    from lark import Lark
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    parser = Lark(
        grammar.decode("utf-8"),
        parser="lalr",
        lexer="contextual",
        start=list(_STARTS),
        maybe_placeholders=False,
    )
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    return _Compiler(data["parser"], memo).tables(_fingerprint(grammar))


def write(file: Path = _TABLES) -> None:
    """Writes the tables of the checkout's grammar."""
    file.write_text(
        _as_json(compile_grammar(_GRAMMAR.read_bytes())), encoding="utf-8", newline="\n"
    )


def is_fresh(file: Path = _TABLES) -> bool:
    """Whether the stored tables are those of the checkout's grammar."""
    return file.read_text(encoding="utf-8") == _as_json(compile_grammar(_GRAMMAR.read_bytes()))


def _fingerprint(grammar: bytes) -> str:
    """Tells one version of the grammar from another."""
    return digest.of(grammar.replace(b"\r\n", b"\n"))


def _as_json(tables: Tables) -> str:
    """One line for each terminal, rule and state, so that a change of the grammar can be reviewed."""
    fields = []
    for key, value in tables._asdict().items():
        if key in ("terminals", "rules", "states"):
            lines = ",\n".join(json.dumps(item, separators=(",", ":")) for item in value)
            fields.append(f'"{key}": [\n{lines}\n]')
        else:
            fields.append(f'"{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(fields) + "\n}\n"


class _Compiler:
    """Takes lark's own form of a compiled grammar to ours, the same whatever order its sets had."""

    def __init__(self, parser: dict[str, Any], memo: dict[int, dict[str, Any]]) -> None:
        lexer, table = parser["lexer_conf"], parser["parser"]
        ignored = set(lexer["ignore"])
        words = sorted((memo[ref["@"]] for ref in lexer["terminals"]), key=_lexing_order)
        self.terminals = [_pattern(word) for word in words if word["name"] not in ignored]
        self.ignored = [_pattern(word) for word in words if word["name"] in ignored]
        rule_at = {ref["@"]: at for at, ref in enumerate(parser["parser_conf"]["rules"])}
        self.rules = [memo[ref] for ref in rule_at]
        names = [word["name"] for word in words if word["name"] not in ignored] + [_OTHER, _END]
        names += dict.fromkeys(rule["origin"]["name"] for rule in self.rules)
        self.symbols = ["", _BLANK, *names]
        self.number = {name: at for at, name in enumerate(self.symbols)}
        self.starts = {name: table["start_states"][name] for name in _STARTS}
        self.states: dict[Any, dict[int, tuple[bool, Any]]] = {
            state: {
                self.number[table["tokens"][token]]: (
                    (False, arg) if kind == 0 else (True, rule_at[arg["@"]])
                )
                for token, (kind, arg) in row.items()
            }
            for state, row in table["states"].items()
        }

        for state in table["end_states"].values():
            self.states[state][self.number[_END]] = (False, state)

    def tables(self, fingerprint: str) -> Tables:
        single = self._single()
        for row in self.states.values():
            for symbol in row:
                self._shorten(row, symbol, single)
        order = self._numbering()
        states = []
        for state in order:
            flat: list[int] = []
            for symbol, (reduces, arg) in sorted(self.states[state].items()):
                flat += [symbol, -arg - 1 if reduces else order[arg] + 1]
            states.append(flat)
        return Tables(
            fingerprint,
            self.terminals,
            self.ignored,
            self.symbols,
            [
                [self.number[rule["origin"]["name"]]]
                + [self.number[symbol["name"]] for symbol in rule["expansion"]]
                for rule in self.rules
            ],
            states,
            {name: order[state] for name, state in self.starts.items()},
        )

    def _single(self) -> set[str]:
        """The symbols that stand for exactly one other, as `_operand` does: they leave no trace."""
        single: dict[str, bool] = {}
        for rule in self.rules:
            name = rule["origin"]["name"]
            fits = name.startswith("_") and len(rule["expansion"]) == 1
            single[name] = single.get(name, True) and fits
        return {name for name, fits in single.items() if fits}

    def _shorten(self, row: dict[int, tuple[bool, Any]], symbol: int, single: set[str]) -> None:
        """Goes past states that can do nothing but call one symbol by another name."""
        reduces, arg = row[symbol]
        while not reduces:
            actions = set(self.states[arg].values())
            if len(actions) != 1:
                return
            becomes, rule = actions.pop()
            name = self.rules[rule]["origin"]["name"] if becomes else ""
            if name not in single:
                return
            reduces, arg = row[symbol] = row[self.number[name]]

    def _numbering(self) -> dict[Any, int]:
        """The states that can be reached, numbered in the order of a walk from the starts."""
        order: dict[Any, int] = {}
        waiting = list(self.starts.values())
        for state in waiting:
            if state not in order:
                order[state] = len(order)
                row = sorted(self.states[state].items())
                waiting += [arg for _, (reduces, arg) in row if not reduces]
        return order


def _lexing_order(terminal: dict[str, Any]) -> tuple[int, int, int, str]:
    """lark's own order, so that our parser and lark's take a text apart in the same way."""
    pattern = terminal["pattern"]
    width = pattern["_width"][1] if "_width" in pattern else len(pattern["value"])
    return -terminal["priority"], -width, -len(pattern["value"]), terminal["name"]


def _pattern(terminal: dict[str, Any]) -> str:
    import re

    pattern = terminal["pattern"]
    value: str = pattern["value"]
    if pattern["__type__"] == "PatternStr":
        value = re.escape(value)
    return "".join(f"(?{flag}:" for flag in pattern["flags"]) + value + ")" * len(pattern["flags"])


def main(arguments: list[str]) -> int:
    """The command of this module; see its top."""
    if arguments == ["--check"]:
        return 0 if is_fresh() else 1
    write()
    return 0


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1:]))
