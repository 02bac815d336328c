"""`wan nodes`: which node classes there are, what each takes, and a file of those that a server has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.cli import files, streams
from wan22dsl.cli.declare import OUTPUT, TARGET, Argument, Command, Group, Option
from wan22dsl.cli.judged_by import judged_by
from wan22dsl.errors import CatalogueError
from wan22dsl.escapes import one_line

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Catalogue

#: What `--pack` calls the classes that come with ComfyUI.
OWN = "ComfyUI"


TEXT = Argument("text", "TEXT", "Only classes with this in their name", required=False)
CLASS = Argument("name", "CLASS", "Class, as ComfyUI names it")
URL = Argument("source", "URL", "Running server, or a saved answer of /object_info")
PACK = Option("pack", ("--pack",), f"Only those of a pack, or of {OWN}", "PACK")
JSON = Option("json", ("--json",), "Print a line of a catalogue file")
NO_FILES = Option("no_files", ("--no-files",), "Leave out the names of your own model files")
NAME = Option("name", ("--name",), "Name of the target in the file", "NAME")


def list_classes(text: str | None, target: str | None, pack: str | None) -> int:
    """List the node classes of a target, with the pack that each comes from."""
    from wan22dsl.api.compiler import catalogue_of

    text, pack = text or "", pack or ""
    catalogue = catalogue_of(judged_by(target))
    found = [(name, _pack(catalogue, name)) for name in catalogue.names()]
    rows = [
        row
        for row in found
        if text.lower() in row[0].lower() and pack.lower() in {"", row[1].lower()}
    ]
    if not rows:
        packs = sorted({own for _, own in found})
        streams.say(f"error: {_nothing(catalogue.target, text, pack, packs)}")
        return 1
    width = max(len(name) for name, _ in rows)
    streams.put_lines(f"{name:<{width}}  {own}".rstrip() for name, own in rows)
    return 0


def _pack(catalogue: Catalogue, name: str) -> str:
    """The pack of a class; empty where its schema cannot be read."""
    try:
        found = catalogue.get(name)
    except CatalogueError:
        return ""
    return (found and found.pack) or OWN


def _nothing(target: str, text: str, pack: str, packs: list[str]) -> str:
    """What to say when nothing is left to list."""
    if pack and pack.lower() not in {name.lower() for name in packs}:
        return f"{target} has no pack `{pack}`; it has {', '.join(packs)}"
    where = f" in the pack `{pack}`" if pack else ""
    return f"{target} has no class with `{text}` in its name{where}"


def show_class(name: str, target: str | None, json: bool) -> int:
    """Show the inputs and outputs of a class, and how to call it."""
    from wan22dsl.api.compiler import catalogue_of

    catalogue = catalogue_of(judged_by(target))
    found = catalogue.get(name.strip("`"))
    if found is None:
        streams.say(f"error: {_unknown(catalogue, name)}")
        return 1
    if json:
        from wan22dsl.comfyui.catalogue.compact import line_of

        streams.json(line_of(found) + "\n")
    else:
        from wan22dsl.comfyui.catalogue.describe import describe

        streams.put(describe(found) + _home(catalogue, found.name))
    return 0


def _home(catalogue: Catalogue, name: str) -> str:
    """Where the project declares a class; nothing where it does not."""
    from wan22dsl.comfyui.catalogue.declared import DeclaredCatalogue
    from wan22dsl.lint.policy.config import show

    if not isinstance(catalogue, DeclaredCatalogue) or name not in catalogue.classes:
        return ""
    facts = "" if catalogue.classes[name].declared_facts is None else ", with facts of its outputs"
    return f"\ndeclared in {one_line(show(catalogue.homes[name]))}{facts}\n"


def _unknown(catalogue: Catalogue, name: str) -> str:
    from wan22dsl.diagnostics import nearest

    names = list(catalogue.names())
    close = nearest(name, names)
    alike = [
        this_name for this_name in names if this_name != close and name.lower() in this_name.lower()
    ]
    alike = [close, *alike] if close else alike
    message = f"{catalogue.target} has no node class `{name}`"
    if not alike:
        return f"{message}; `wan nodes list` names all"
    return f"{message}; did you mean {', '.join(f'`{item}`' for item in alike[:5])}?"


def pull_classes(source: str, output: str, no_files: bool, name: str | None) -> int:
    """Save the node classes of a server in a file, for `--target FILE`."""
    from wan22dsl.comfyui.catalogue.pull import pull

    pulled = pull(source, files=not no_files, target=name or "")
    files.write(output, pulled.text, json=True)
    for item in pulled.left_out:
        streams.say(f"left out: {item}")
    if output != files.STANDARD:
        streams.say(f"wrote {output}: {pulled.classes} node classes")
    return 0


COMMAND = Group(
    "List and show the node classes of ComfyUI and of packs.",
    {
        "list": Command(list_classes, (TEXT, TARGET, PACK)),
        "show": Command(show_class, (CLASS, TARGET, JSON)),
        "pull": Command(pull_classes, (URL, OUTPUT, NO_FILES, NAME)),
    },
)
