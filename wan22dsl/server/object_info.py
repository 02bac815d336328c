"""A class of our catalogue as ComfyUI's `/object_info` tells it: the way back of `catalogue.object_info`.

What people see of a class is not in a catalogue: its description is left empty, and its category is the
pack, because ComfyUI's page marks classes without one as deprecated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wan22dsl.comfyui.nodes import record_of
from wan22dsl.server.models import choices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wan22dsl.comfyui.catalogue.schema import Input, NodeClass, Output
    from wan22dsl.server.dialect import Dialect

_LIMITS = (("default", "default"), ("min", "minimum"), ("max", "maximum"), ("step", "step"))

#: The upload that the page offers for an input of the user's files, by its name; `file` is LoadVideo's.
_UPLOADS = {
    "image": "image_upload",
    "video": "video_upload",
    "file": "video_upload",
    "audio": "audio_upload",
}


class Describer:
    """Writes classes in the words of one version, with the model files of this server."""

    def __init__(self, dialect: Dialect, files: Mapping[str, Iterable[str]]) -> None:
        self._dialect = dialect
        self._files = files

    def info(self, node_class: NodeClass) -> dict[str, Any]:
        """The answer of `/object_info/{class}` for a class."""
        groups: dict[str, dict[str, Any]] = {"required": {}, "optional": {}}
        hidden = record_of(node_class.name).hidden
        for each in node_class.inputs:
            spec = self.spec(node_class, each)
            if each.name in hidden and not each.required:
                spec[1]["hidden"] = True
            groups["required" if each.required else "optional"][each.name] = spec
        if not groups["optional"]:
            del groups["optional"]
        info = {
            "input": groups,
            "input_order": {group: list(inputs) for group, inputs in groups.items()},
            "output": [_output_type(each) for each in node_class.outputs],
            "output_is_list": [each.is_list for each in node_class.outputs],
            "output_name": [each.name for each in node_class.outputs],
            "name": node_class.name,
            "display_name": node_class.name,
            "description": "",
            "python_module": f"custom_nodes.{node_class.pack}" if node_class.pack else "nodes",
            "category": node_class.pack or "ComfyUI",
            "output_node": node_class.is_output,
        }
        if any(each.template for each in node_class.outputs):
            info["output_matchtypes"] = [each.template or None for each in node_class.outputs]
        return info

    def spec(self, node_class: NodeClass, each: Input) -> list[Any]:
        """An input as `[type, about]` or `[[choices], about]`."""
        about = _about(each)
        if each.grows is not None and each.grows.row:
            limits = {"min": each.grows.minimum, "max": each.grows.maximum}
            return [each.type, {"template": self._group(node_class, each.grows.row), **limits}]
        if each.grows is not None:
            return ["COMFY_AUTOGROW_V3", {"template": self._growing(node_class, each)}]
        if each.branches is not None and not each.flat:
            return ["COMFY_DYNAMICCOMBO_V3", {"options": self._dynamic(node_class, each), **about}]
        if each.flat and each.branches is not None:
            about["formats"] = {
                key: [[branch.name, *self.spec(node_class, branch)] for branch in inputs]
                for key, inputs in each.branches.items()
            }
        if each.template:
            allowed = {"template_id": each.template, "allowed_types": each.type}
            return ["COMFY_MATCHTYPE_V3", {"template": allowed, **about}]
        if each.type != "COMBO":
            return [each.type, about]
        listed = choices(each, self._files)
        if self._dialect.says_list(node_class):
            return [list(listed or ()), about]
        options = {} if listed is None else {"options": list(listed)}
        return ["COMBO", {"multiselect": listed is None, **options, **about}]

    def _dynamic(self, node_class: NodeClass, each: Input) -> list[dict[str, Any]]:
        branches = each.branches or {}
        return [
            {"key": key, "inputs": self._group(node_class, branches.get(key, ()))}
            for key in each.options or tuple(branches)
        ]

    def _growing(self, node_class: NodeClass, each: Input) -> dict[str, Any]:
        assert each.grows is not None
        grows = each.grows
        names: dict[str, Any] = (
            {"names": list(grows.names)} if grows.names else {"prefix": grows.prefix}
        )
        return {
            "input": self._group(node_class, (grows.item,)),
            "min": grows.minimum,
            "max": grows.maximum,
            **names,
        }

    def _group(self, node_class: NodeClass, inputs: Iterable[Input]) -> dict[str, Any]:
        groups: dict[str, Any] = {"required": {}}
        for each in inputs:
            group = groups.setdefault("required" if each.required else "optional", {})
            group[each.name] = self.spec(node_class, each)
        return groups


def _about(each: Input) -> dict[str, Any]:
    about = {
        key: getattr(each, field) for key, field in _LIMITS if getattr(each, field) is not None
    }
    if each.round is not None:
        about["round"] = each.round
    if each.control is not None:
        about["control_after_generate"] = each.control
    if each.force_input:
        about["forceInput"] = True
    if each.widget and (each.default is None or each.type == "*"):
        about["socketless"] = True
    if each.dynamic_prompts:
        # In ComfyUI, all prompts that the page changes have several lines.
        about |= {"dynamicPrompts": True, "multiline": True}
    about |= _upload(each)
    return about


def _upload(each: Input) -> dict[str, Any]:
    """What lets the page upload a file for an input, and show it."""
    kind = _UPLOADS.get(each.name)
    if kind is None or each.files not in ("input", "output"):
        return {}
    return {kind: True, **({"image_folder": "output"} if each.files == "output" else {})}


def _output_type(output: Output) -> str:
    return "COMFY_MATCHTYPE_V3" if output.template else output.type
