"""What was meant by a token that does not fit.

Each fix knows one kind of mistake. It says what is wrong and reads what was meant, or leaves the token to
the next one. Fixes about signs stand in signs.py, those about names in namings.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.language.syntax.recovery import (
    brackets_meant,
    foreign_values,
    line_ends,
    namings,
    node_heads,
    notations,
    numbers,
    other_languages,
    outside,
    signs,
)

if TYPE_CHECKING:
    from wan22dsl.language.syntax.recovery.recovery import Recovery
    from wan22dsl.language.syntax.recovery.tokens import Token


def help(reader: Recovery, token: Token) -> bool:
    """Reads what was meant by a token that does not fit; False when nobody knows."""
    if _other_word(reader, token):
        return True
    return reader.open_quotes() is None and any(fix(reader, token) for fix in _FIXES)


def _other_word(reader: Recovery, token: Token) -> bool:
    """No mistake: a word, or a sign, that is another one in this place."""
    kind = ""
    if token.kind in ("_LET", "IN", "NODE"):
        kind = "WITHIN" if token.kind == "IN" and reader.can("WITHIN") else "NAME"
    elif token.kind == "NAME":
        kind = {"of": "OP", "as": "_AS", "in": "WITHIN"}.get(token.text, "")
    elif token.kind == "NUMBER" and token.text.startswith("-") and reader.can("OP"):
        reader.feed("OP", "-", token.start, token.start + 1)
        reader.put(token._replace(start=token.start + 1, text=token.text[1:], indent=-1))
        return True
    if not kind or not reader.can(kind):
        return False
    reader.put(token._replace(kind=kind))
    return True


_FIXES = (
    notations.first_lines,
    node_heads.node_head,
    node_heads.marked_input,
    namings.kind_behind_name,
    outside.outside,
    notations.version_in_name,
    notations.member_sign,
    notations.member_in_brackets,
    foreign_values.tuple_,
    foreign_values.one_lora,
    foreign_values.ratio,
    foreign_values.spaced_sampler,
    notations.augmented,
    notations.copied_with,
    notations.copied_in_braces,
    notations.dashed_key,
    notations.colon_before_brace,
    notations.arrow_before_brace,
    notations.type_without_colon,
    notations.typed_name,
    foreign_values.yaml_list,
    other_languages.needless_mark,
    other_languages.placeholder,
    numbers.spelled_number,
    numbers.with_colon,
    numbers.total_behind_slash,
    numbers.at_rate,
    other_languages.lora_strength,
    other_languages.wrong_arrow,
    other_languages.quotes_inside,
    other_languages.missing_call,
    other_languages.foreign_word,
    other_languages.not_a_name,
    namings.capital_word,
    namings.name_with_space,
    namings.text_as_key,
    brackets_meant.stray_bracket,
    brackets_meant.missing_bracket,
    signs.wrong_equals,
    line_ends.line_end,
    line_ends.missing_value,
    signs.needless_sign,
    namings.missing_type,
    namings.declaration_inside,
    signs.missing_equals,
    signs.missing_comma,
    line_ends.missing_line_end,
    other_languages.missing_quotes,
    signs.division,
    namings.bare_class,
    namings.capital_name,
    namings.missing_name,
    namings.not_a_declaration,
)
