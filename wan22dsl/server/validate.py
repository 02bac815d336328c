"""Whether ComfyUI takes a prompt, and what it says when not: types of errors as measured, prose our own.

This imitates the server, with its blind spots; what is good for a user to know is the linter's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.catalogue.inputs import fits, inputs_of
from wan22dsl.comfyui.nodes import record_of
from wan22dsl.server.loops import bad_loop
from wan22dsl.server.models import choices
from wan22dsl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from wan22dsl.comfyui.catalogue.schema import Catalogue, Input, NodeClass
    from wan22dsl.graph.loops import BadLoop
    from wan22dsl.server.dialect import Dialect
    from wan22dsl.server.object_info import Describer

#: So many choices are listed in a message; of more only the number is told.
_MOST_LISTED = 20


class Verdict(NamedTuple):
    """What became of a prompt: with an `error` it is refused, else the `outputs` named are run."""

    error: dict[str, Any] | None
    outputs: tuple[str, ...]
    node_errors: dict[str, Any]


class Rules(NamedTuple):
    """What a server judges by: its classes, its files, and the ways of its version."""

    catalogue: Catalogue
    dialect: Dialect
    describer: Describer
    files: Mapping[str, Iterable[str]]
    has_file: Callable[[str], bool]


class TooDeep(Exception):
    """A circle of links, which ComfyUI follows until Python has enough."""


def problem(kind: str, message: str, details: str = "", **extra: Any) -> dict[str, Any]:
    """An error in the shape in which ComfyUI sends it."""
    return {"type": kind, "message": message, "details": details, "extra_info": extra}


def judge(prompt: Any, rules: Rules, targets: Collection[str] | None = None) -> Verdict:
    """Judges a prompt, and writes its numbers in it in their own types, as ComfyUI does.

    With `targets` only these outputs count. Raises TypeError or AttributeError for what is no prompt at
    all: the server answers that with 500.
    """
    outputs = []
    for node_id in prompt:
        if "class_type" not in prompt[node_id]:
            text = "Cannot execute because a node is missing the class_type property."
            return _refused(problem("invalid_prompt", text, f"Node ID '#{node_id}'"))
        node_class = rules.catalogue.get(prompt[node_id]["class_type"])
        if node_class is None:
            text = f"Cannot execute because node {prompt[node_id]['class_type']} does not exist."
            kind = rules.dialect.unknown_class_type
            return _refused(problem(kind, text, f"Node ID '#{node_id}'"))
        if node_class.is_output and (targets is None or node_id in targets):
            outputs.append(node_id)
    if not outputs:
        return _refused(problem("prompt_no_outputs", "Prompt has no outputs"))
    bad = bad_loop(prompt, rules.catalogue)
    if bad is not None:
        return _refused_loop(prompt, bad, outputs)
    return _Judge(prompt, rules).outputs(outputs)


def _refused(error: dict[str, Any], node_errors: dict[str, Any] | None = None) -> Verdict:
    return Verdict(error, (), node_errors or {})


def _refused_loop(prompt: Mapping[str, Any], bad: BadLoop, outputs: list[str]) -> Verdict:
    """The answer for a loop that is not closed: one error, for every node that takes part in it."""
    nodes = sorted({bad.node, *bad.others})
    details = f"{bad.fault}: {', '.join(nodes)}"
    error = problem(
        "custom_validation_failed",
        "The loop cannot be run",
        details,
        input_name="loop boundary",
        loop_error_type=bad.fault,
        node_ids=nodes,
        output_ids=sorted(outputs),
    )
    entries = {
        id: {
            "errors": [error],
            "dependent_outputs": list(outputs),
            "class_type": prompt[id]["class_type"],
        }
        for id in nodes
    }
    text = "Prompt outputs failed validation"
    return _refused(problem("prompt_outputs_failed_validation", text, details), entries)


class _Judge:
    def __init__(self, prompt: dict[str, Any], rules: Rules) -> None:
        self._prompt = prompt
        self._rules = rules
        self._judged: dict[str, tuple[bool, list[dict[str, Any]]]] = {}
        self._path: list[str] = []

    def outputs(self, outputs: list[str]) -> Verdict:
        good, node_errors = [], dict[str, Any]()
        first: list[dict[str, Any]] = []
        for node_id in outputs:
            try:
                fine, errors = self._node(node_id)
            except Exception as error:
                fine, errors = False, [_exception("exception_during_validation", error)]
                self._judged[node_id] = fine, errors
            if fine:
                good.append(node_id)
                continue
            first += errors
            for bad, (_, reasons) in self._judged.items():
                if reasons:
                    entry = node_errors.setdefault(bad, self._entry(bad, reasons))
                    entry["dependent_outputs"].append(node_id)
        if good:
            return Verdict(None, tuple(good), node_errors)
        details = "\n".join(f"{item['message']}: {item['details']}" for item in first)
        text = "Prompt outputs failed validation"
        return _refused(problem("prompt_outputs_failed_validation", text, details), node_errors)

    def _entry(self, node_id: str, reasons: list[dict[str, Any]]) -> dict[str, Any]:
        class_type = self._prompt[node_id]["class_type"]
        return {"errors": reasons, "dependent_outputs": [], "class_type": class_type}

    def _node(self, node_id: str) -> tuple[bool, list[dict[str, Any]]]:
        """Judges a node after all that it needs. Raises whatever goes wrong in it."""
        if node_id in self._judged:
            return self._judged[node_id]
        if node_id in self._path:
            raise TooDeep("maximum recursion depth exceeded")
        self._path.append(node_id)
        try:
            found = self._inputs(node_id)
        finally:
            self._path.pop()
        self._judged[node_id] = found
        return found

    def _inputs(self, node_id: str) -> tuple[bool, list[dict[str, Any]]]:
        values = self._prompt[node_id]["inputs"]
        node_class = self._rules.catalogue.get(self._prompt[node_id]["class_type"])
        assert node_class is not None
        errors: list[dict[str, Any]] = []
        fine = True
        for name, input_ in inputs_of(node_class, values).items():
            if name not in values:
                if input_.required:
                    text = "Required input is missing"
                    errors.append(problem("required_input_missing", text, name, input_name=name))
            elif isinstance(values[name], list):
                fine = self._link(node_class, name, input_, values[name], errors) and fine
            else:
                errors += self._value(node_class, name, input_, values)
        return fine and not errors, errors

    def _link(
        self, node_class: NodeClass, name: str, input_: Input, link: list[Any], errors: list[Any]
    ) -> bool:
        """Judges a link and what is behind it; False when that is bad."""
        about = self._about(node_class, input_)
        if len(link) != 2:
            text = "Bad linked input, must be a length-2 list of [node_id, slot_index]"
            about["received_value"] = link
            errors.append(problem("bad_linked_input", text, name, **about))
            return True
        source = self._rules.catalogue.get(self._prompt[link[0]]["class_type"])
        assert source is not None
        given = [output.type for output in source.outputs][link[1]]
        also = record_of(node_class.name).also_takes
        if not fits(given, input_.type) and (name, given) not in also:
            text = f"{name}, received_type({given}) mismatch input_type({input_.type})"
            about |= {"received_type": given, "linked_node": link}
            message = "Return type mismatch between linked nodes"
            errors.append(problem("return_type_mismatch", message, text, **about))
            return True
        try:
            return self._node(link[0])[0]
        except Exception as error:
            about["linked_node"] = link
            reason = _exception("exception_during_inner_validation", error, **about)
            self._judged[link[0]] = False, [reason]
            return False

    def _value(
        self, node_class: NodeClass, name: str, input_: Input, values: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Judges a constant, after it has taken on the type of its input."""
        about = self._about(node_class, input_)
        value = values[name]
        try:
            value = values[name] = _in_type(input_.type, value)
        except Exception as error:
            text = f"Failed to convert an input value to a {input_.type} value"
            about |= {"received_value": value, "exception_message": str(error)}
            return [problem("invalid_input_type", text, f"{name}, {value}, {error}", **about)]
        if input_.files in ("input", "output"):
            return self._file(name, value)
        about["received_value"] = value
        if input_.minimum is not None and value < input_.minimum:
            text = f"Value {value} smaller than min of {input_.minimum}"
            return [problem("value_smaller_than_min", text, name, **about)]
        if input_.maximum is not None and value > input_.maximum:
            text = f"Value {value} bigger than max of {input_.maximum}"
            return [problem("value_bigger_than_max", text, name, **about)]
        if input_.type == "COMBO" and self._rules.dialect.judges_choice(node_class):
            return self._choice(name, input_, value, about)
        return []

    def _choice(
        self, name: str, input_: Input, value: Any, about: dict[str, Any]
    ) -> list[dict[str, Any]]:
        listed = choices(input_, self._rules.files)
        if listed is None or value in listed:
            return []
        shown = str(list(listed))
        if len(listed) > _MOST_LISTED:
            shown, about["input_config"] = f"(list of length {len(listed)})", None
        text = f"{name}: '{value}' not in {shown}"
        return [problem("value_not_in_list", "Value not in list", text, **about)]

    def _file(self, name: str, value: Any) -> list[dict[str, Any]]:
        if isinstance(value, str) and self._rules.has_file(value):
            return []
        text = f"{name} - Invalid image file: {value}"
        message = "Custom validation failed for node"
        return [problem("custom_validation_failed", message, text, input_name=name)]

    def _about(self, node_class: NodeClass, input_: Input) -> dict[str, Any]:
        return {
            "input_name": input_.name,
            "input_config": self._rules.describer.spec(node_class, input_),
        }


def _exception(kind: str, error: Exception, **about: Any) -> dict[str, Any]:
    name = "RecursionError" if isinstance(error, TooDeep) else type(error).__name__
    inner = kind == "exception_during_inner_validation"
    message = f"Exception when validating {'inner ' if inner else ''}node"
    if inner:
        about["exception_message"] = str(error)
    return problem(kind, message, str(error), exception_type=name, traceback=[], **about)


def _in_type(kind: str, value: Any) -> Any:
    """A constant in the type of its input. A dict with `__value__` stands for what is in it."""
    if isinstance(value, dict) and "__value__" in value:
        value = value["__value__"]
    types: dict[str, Callable[[Any], Any]] = {
        "INT": int, "FLOAT": float, "STRING": str, "BOOLEAN": bool,
    }  # fmt: skip
    return types[kind](value) if kind in types else value
