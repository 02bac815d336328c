"""`wan nodes`: which node classes there are, what each takes, and a file of those that a server has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.cli import files, streams
from wan22dsl.cli.declare import OUTPUT, TARGET, Argument, Command, Group, Option
from wan22dsl.cli.judged_by import judged_by
from wan22dsl.errors import CatalogueError, CommandError
from wan22dsl.escapes import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wan22dsl.comfyui.catalogue.schema import Catalogue, NodeClass

#: What `--pack` calls the classes that come with ComfyUI.
OWN = "ComfyUI"


TEXT = Argument("text", "TEXT", "Only classes with this in their name", required=False)
CLASS = Argument("name", "CLASS", "Class, as ComfyUI names it")
URL = Argument("source", "URL", "Running server, or a saved answer of /object_info")
PACK = Option("pack", ("--pack",), f"Only those of a pack, or of {OWN}", "PACK")
JSON = Option("json", ("--json",), "Print a line of a catalogue file")
NO_FILES = Option("no_files", ("--no-files",), "Leave out the names of your own model files")
FORMAT = Option(
    "format",
    ("--format", "-f"),
    "`catalogue` for --target, `wan` for `node` declarations",
    "FORMAT",
    default="catalogue",
    choices=("catalogue", "wan"),
)
ONLY = Option(
    "classes", ("--class",), "With `wan`: only this class; repeatable", "CLASS", many=True
)
ONLY_PACK = Option("pack", ("--pack",), "With `wan`: only the classes of a pack", "PACK")
FOLDER = Argument("folder", "FOLDER", "Folder of a pack")
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
        return f"{target} has no pack `{pack}`; {_packs(pack, packs)}"
    where = f" in the pack `{pack}`" if pack else ""
    return f"{target} has no class with `{text}` in its name{where}"


#: More packs than this are not listed in a message.
_MOST_PACKS = 12


def _packs(wanted: str, packs: list[str]) -> str:
    """Which packs there are, or which were probably meant where there are many."""
    if len(packs) <= _MOST_PACKS:
        return f"it has {', '.join(packs)}"
    from wan22dsl.diagnostics import nearest

    close = nearest(wanted, packs)
    alike = [name for name in packs if name != close and wanted.lower() in name.lower()]
    alike = [close, *alike] if close else alike
    if not alike:
        return "`wan nodes list` shows the pack of each class"
    return f"did you mean {', '.join(f'`{name}`' for name in alike[:5])}?"


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

        streams.put(describe(found) + _source(found) + _home(catalogue, found.name))
    return 0


def _source(found: NodeClass) -> str:
    """Where the pack of a bundled class is, and when its schemas were read."""
    from wan22dsl.comfyui.catalogue import packs

    pack = packs.pack_of(found.name) if found.pack is not None else None
    if pack is None or pack.name != found.pack or packs.class_of(found.name) != found:
        return ""
    date = f", schemas of {pack.date}" if pack.date else ""
    return f"\n{pack.url}{date}\n"


def _home(catalogue: Catalogue, name: str) -> str:
    """Where the project declares a class; nothing where it does not."""
    from wan22dsl.comfyui.catalogue.declared import DeclaredCatalogue
    from wan22dsl.lint.policy.config import show

    if not isinstance(catalogue, DeclaredCatalogue) or name not in catalogue.classes:
        return ""
    node_class = catalogue.classes[name]
    lines = ["", f"declared in {one_line(show(catalogue.homes[name]))}"]
    if node_class.declared_facts is not None:
        names = [output.name for output in node_class.outputs]
        for fact in node_class.declared_facts.shown():
            lines.append(f"  {one_line(names[fact.output])}.{fact.name} = {one_line(fact.formula)}")
    return "\n".join([*lines, ""])


def _unknown(catalogue: Catalogue, name: str) -> str:
    from wan22dsl.comfyui.catalogue import packs
    from wan22dsl.diagnostics import nearest

    pack = packs.pack_of(name)
    if pack is not None and pack.name != packs.COMFYUI:
        where = f" ({pack.url})" if pack.url else ""
        return (
            f"{catalogue.target} has no schema of `{name}`, of {pack.name}{where}; "
            "`wan nodes pull URL -o FILE` gets it from a server that has it"
        )
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


def pull_classes(
    source: str,
    output: str,
    no_files: bool,
    name: str | None,
    format: str,
    classes: list[str],
    pack: str | None,
) -> int:
    """Save the node classes of a server in a file, for `--target FILE`.

    With `--format wan` it is a file of `node` declarations: of the classes or the pack that are named, else
    of all that are not in the bundled catalogue.
    """
    if format == "wan":
        return _pull_declarations(source, output, classes, pack or "")
    if classes or pack:
        raise CommandError("--class and --pack need `--format wan`: a catalogue has all classes")
    from wan22dsl.comfyui.catalogue.pull import pull

    pulled = pull(source, files=not no_files, target=name or "")
    files.write(output, pulled.text, json=True)
    for item in pulled.left_out:
        streams.say(f"left out: {item}")
    if output != files.STANDARD:
        streams.say(f"wrote {output}: {pulled.classes} node classes")
    return 0


def _pull_declarations(source: str, output: str, names: list[str], pack: str) -> int:
    """Writes the classes of a server as `node` declarations."""
    from wan22dsl.comfyui.catalogue.open import BUNDLED, open_catalogue
    from wan22dsl.comfyui.catalogue.pull import classes_of

    found = classes_of(source, files=False)
    by_name = {node_class.name: node_class for node_class in found.classes}
    for name in names:
        if name not in by_name:
            from wan22dsl.diagnostics import nearest

            close = nearest(name, by_name)
            hint = f"; did you mean `{close}`?" if close else ""
            raise CommandError(f"{found.name} has no node class `{name}`{hint}")
    if names:
        chosen = [by_name[name] for name in dict.fromkeys(names)]
    elif pack:
        chosen = [each for each in found.classes if (each.pack or OWN).lower() == pack.lower()]
    else:
        bundled = open_catalogue(BUNDLED[0])
        chosen = [each for each in found.classes if bundled.get(each.name) is None]
    if not chosen:
        what = f"of the pack `{pack}`" if pack else "that is not in the bundled catalogue"
        raise CommandError(f"{found.name} has no node class {what}")
    for item in found.left_out:
        streams.say(f"left out: {item}")
    comment = f"Node classes of {found.name}, from `wan nodes pull --format wan`."
    return _put_declarations([(each, ()) for each in chosen], comment, output)


def _put_declarations(
    chosen: Sequence[tuple[NodeClass, Sequence[str]]], comment: str, output: str
) -> int:
    from wan22dsl.formats.node_declarations import write

    made = write(chosen, [comment, "Facts of the outputs, such as `fps`, are yours to add."])
    for item in made.left_out:
        streams.say(f"left out: {item}")
    if not made.classes:
        raise CommandError("no node class could be declared; nothing was written")
    files.write(output, made.text)
    if output != files.STANDARD:
        streams.say(f"wrote {output}: {made.classes} node classes")
    return 0


def learn_classes(folder: str, output: str) -> int:
    """Write `node` declarations of a pack from its Python files, without running them.

    Reads NODE_CLASS_MAPPINGS, INPUT_TYPES, RETURN_TYPES and RETURN_NAMES, and io.Schema, as far as they are
    written as literals. Computed values are reported, and left out or marked in the file.
    """
    from wan22dsl.comfyui.catalogue.learning.pack import learn

    found = learn(folder)
    for item in found.unread:
        streams.say(f"could not read: {one_line(item)}")
    if not found.classes:
        raise CommandError(f"{folder}: no node class could be read; nothing was written")
    named = found.classes[0][0].pack
    comment = f"Node classes of {named}, from `wan nodes learn`."
    return _put_declarations(found.classes, comment, output)


COMMAND = Group(
    "List, show and declare the node classes of ComfyUI and of packs.",
    {
        "list": Command(list_classes, (TEXT, TARGET, PACK)),
        "show": Command(show_class, (CLASS, TARGET, JSON)),
        "pull": Command(pull_classes, (URL, OUTPUT, NO_FILES, NAME, FORMAT, ONLY, ONLY_PACK)),
        "learn": Command(learn_classes, (FOLDER, OUTPUT)),
    },
)
