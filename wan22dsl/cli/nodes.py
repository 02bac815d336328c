"""`wan nodes`: which node classes there are, what each takes, and a file of those that a server has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from wan22dsl.cli import declare, files, streams
from wan22dsl.cli.judged_by import judged_by
from wan22dsl.cli.typed import empty_app
from wan22dsl.errors import CatalogueError
from wan22dsl.escapes import one_line

if TYPE_CHECKING:
    from wan22dsl.comfyui.catalogue.schema import Catalogue

app = empty_app()

TargetOption = Annotated[
    "str | None",
    typer.Option(*declare.TARGET.flags, metavar=declare.TARGET.metavar, help=declare.TARGET.help),
]
OutputOption = Annotated[
    str,
    typer.Option(*declare.OUTPUT.flags, metavar=declare.OUTPUT.metavar, help=declare.OUTPUT.help),
]

#: What `--pack` calls the classes that come with ComfyUI.
OWN = "ComfyUI"


@app.callback()
def nodes() -> None:
    """List and show the node classes of ComfyUI and of packs."""


@app.command("list")
def list_classes(
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="Only classes with this in their name")
    ] = "",
    target: TargetOption = None,
    pack: Annotated[
        str, typer.Option("--pack", metavar="PACK", help=f"Only those of a pack, or of {OWN}")
    ] = "",
) -> int:
    """List the node classes of a target, with the pack that each comes from."""
    from wan22dsl.api.compiler import catalogue_of

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


@app.command("show")
def show_class(
    name: Annotated[str, typer.Argument(metavar="CLASS", help="Class, as ComfyUI names it")],
    target: TargetOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print a line of a catalogue file")] = False,
) -> int:
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


@app.command("pull")
def pull_classes(
    source: Annotated[
        str,
        typer.Argument(metavar="URL", help="Running server, or a saved answer of /object_info"),
    ],
    output: OutputOption = files.STANDARD,
    no_files: Annotated[
        bool, typer.Option("--no-files", help="Leave out the names of your own model files")
    ] = False,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="Name of the target in the file")
    ] = "",
) -> int:
    """Save the node classes of a server in a file, for `--target FILE`."""
    from wan22dsl.comfyui.catalogue.pull import pull

    pulled = pull(source, files=not no_files, target=name)
    files.write(output, pulled.text, json=True)
    for item in pulled.left_out:
        streams.say(f"left out: {item}")
    if output != files.STANDARD:
        streams.say(f"wrote {output}: {pulled.classes} node classes")
    return 0
