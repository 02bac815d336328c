"""What TextMate calls each kind of stretch; themes give colours to these names."""

from __future__ import annotations

SCOPES = {
    "comment": "comment.line.number-sign.wan",
    "directive": "keyword.other.directive.wan",
    "keyword": "keyword.control.wan",
    "declaration": "storage.type.wan",
    "operator": "keyword.operator.wan",
    "punctuation": "punctuation.separator.wan",
    "declared": "entity.name.type.wan",
    "function": "entity.name.function.wan",
    "class": "support.class.node.wan",
    "socket": "support.type.socket.wan",
    "type": "support.type.wan",
    "parameter": "variable.parameter.wan",
    "setting": "variable.other.property.wan",
    "member": "variable.other.member.wan",
    "namespace": "entity.name.namespace.wan",
    "name": "variable.other.readwrite.wan",
    "stage": "support.function.stage.wan",
    "number": "constant.numeric.wan",
    "unit": "keyword.other.unit.wan",
    "sampler": "variable.other.enummember.sampler.wan",
    "constant": "constant.language.wan",
    "language": "variable.language.wan",
    "string": "string.quoted.double.wan",
    "escape": "constant.character.escape.wan",
    "interpolation": "variable.other.interpolated.wan",
}

QUOTE_BEGINS = "punctuation.definition.string.begin.wan"
QUOTE_ENDS = "punctuation.definition.string.end.wan"
