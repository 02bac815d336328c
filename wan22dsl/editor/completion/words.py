"""What begins a declaration, as snippets; the lines that begin a file; types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wan22dsl.editor.completion.files import ENDINGS, alias_of, beside, modules_above
from wan22dsl.editor.completion.suggestion import About, Suggestion
from wan22dsl.language.program import kinds, meanings
from wan22dsl.language.program.module import library_names
from wan22dsl.language.syntax import spelling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wan22dsl.editor.completion.place import Place
    from wan22dsl.editor.view import View

#: How a declaration is begun, where its word, a name and braces are not all.
_BODIES: dict[str, str] = {
    "pipeline": (
        'pipeline ${1:clip} {\n    image  = "${2:image.png}"\n    prompt = "$3"\n'
        "    size   = ${4:832x480}\n    length = ${5:5s}\n    seed   = ${6:42}\n"
        '    flow   = ${7:wan22.high -> wan22.low} -> save("${8:clip}")\n}'
    ),
    "pass": (
        "pass ${1:high} {\n    model   = ${2:wan22.i2v_high}\n    shift   = ${3:8.0}\n"
        "    sampler = ${4:euler/simple}\n    cfg     = ${5:3.5}\n    steps   = ${6:0..10 of 20}\n}"
    ),
    "param": "param ${1:seed}: ${2:int} = ${3:42}",
    "let": "let ${1:name} = $0",
    "stage": (
        "stage ${1:finish}(in frames: IMAGE, ${2:times}: ${3:int} = ${4:2}) -> IMAGE {\n"
        "    out = frames -> $0\n}"
    ),
    "graph": "graph ${1:nodes} {\n    $0\n}",
    "node": 'node `${1:My Node}`(${2:images}: ${3:IMAGE}) -> (${4:frames}: ${5:IMAGE}) {\n    pack = "$0"\n}',
    "model": 'model ${1:name} { file = "$2", noise = "${3:high}", family = ${4:wan22.i2v_14b} }',
    "lora": 'lora ${1:name} { file = "$2", strength = ${3:1.0} }',
    "upscaler": 'upscaler ${1:name} { file = "$2", scale = ${3:4} }',
    "text_encoder": 'text_encoder ${1:name} { file = "$2", type = "wan" }',
    "target": "target ${1:quick} {\n    of    = ${2:clip}\n    whole = 0s..${3:180s}\n}",
    "profile": 'profile ${1:desktop} {\n    card  = "${2:RTX 4090}"\n    flags = { $0 }\n}',
    "bench": (
        "bench ${1:guidance} {\n    of   = ${2:clip}\n    vary = { ${3:high.cfg} = [${4:1.0, 3.5}] }\n}"
    ),
    "family": (
        "family ${1:name} {\n    conditioning = ${2:wan22.image_to_video}\n"
        "    vae          = ${3:wan22.vae_2_1}\n    text_encoder = ${4:wan22.umt5}\n"
        "    fps          = ${5:16fps}\n}"
    ),
}

#: In which order words are offered: what people begin with.
_ORDER = (
    *("pipeline", "pass", "param", "let", "use", "lora", "model", "stage", "graph", "profile"),
    *("bench", "target", "upscaler", "family", "node"),
)

SKELETON = (
    "wan 1\nuse wan22\n\npipeline ${1:clip} {\n"
    '    image  = "${2:image.png}"\n    prompt = "${3:She turns to the camera and smiles}"\n'
    "    size   = ${4:832x480}\n    length = ${5:5s}\n    seed   = ${6:42}\n"
    '    flow   = wan22.high -> wan22.low -> save("${7:clip}")\n}\n'
)


def words(view: View, place: Place) -> Iterator[Suggestion]:
    """The words that a declaration can begin with, at the start of a line."""
    text = view.source.text
    has_header = any(
        line.startswith("wan ") for line in text.split("\n", 200)[:200] if line[:4] == "wan "
    )
    if not text.strip() or not has_header:
        yield Suggestion(
            "wan 1",
            "snippet",
            SKELETON if not text.strip(" \n\t" + place.written) else "wan 1\n",
            "a first pipeline" if not text.strip(" \n\t" + place.written) else "version",
            meanings.KINDS["wan"],
            is_snippet=True,
        )
        if not text.strip(" \n\t" + place.written):
            yield Suggestion("pipeline", "snippet", SKELETON, "a first file", is_snippet=True)
            return
    last_use = max((m for m in _use_lines(text)), default=-1)
    in_head = last_use >= 0 and place.offset <= last_use
    names = [word for word in _ORDER if word in {*kinds.WORDS, "use"}]
    names += [word for word in kinds.WORDS if word not in names and word not in kinds.RESERVED]
    if in_head:
        names.sort(key=lambda word: word != "use")
    for word in names:
        insert = _BODIES.get(word, f"{word} ${{1:name}} {{\n    $0\n}}")
        if word in ("vae", "clip_vision", "audio_encoder", "interpolator"):
            insert = f'{word} ${{1:name}} {{ file = "$2" }}'
        if word == "use":
            insert = "use $0"
        if place.behind and not place.behind.startswith("#"):
            insert = word
        yield Suggestion(
            word,
            "word",
            insert,
            doc=meanings.KINDS.get(word, ""),
            is_snippet="$" in insert,
            again=word == "use",
        )


def _use_lines(text: str) -> Iterator[int]:
    """Where each `use` line ends."""
    at = 0
    for line in text.split("\n"):
        if line.startswith(("use ", "wan ")):
            yield at + len(line) + 1
        at += len(line) + 1


def used(view: View, place: Place) -> Iterator[Suggestion]:
    """What `use` can import: modules of the library, and files of the project."""
    module = view.module
    known = set(module.uses) if module is not None else set()
    for name in library_names():
        if name not in known and name != "std":
            yield Suggestion(name, "module", detail="library", about=About("module", name))
    file = view.source.file
    for name in module_files(view):
        alias = alias_of(name)
        insert = f"{spelling.quote(name)} as ${{1:{alias}}}"
        if place.behind:
            insert = spelling.quote(name)
        yield Suggestion(
            spelling.quote(name), "file", insert, f"as {alias}", is_snippet="$" in insert
        )
    if file is None:
        return


def module_files(view: View) -> list[str]:
    """The `.wan` files that a file can use."""
    file = view.source.file
    if file is None:
        return []
    return [*beside(file, ENDINGS["wan"], except_for=file.name), *modules_above(file)]


#: The sockets that parameters of stages have most.
_SOCKETS = ("IMAGE", "MODEL", "LATENT", "MASK", "VAE", "CLIP", "CONDITIONING", "AUDIO", "VIDEO")
_OF_NODES = ("IMAGE", "INT", "FLOAT", "MASK", "STRING", "text", "BOOLEAN", "COMBO", "LATENT")
_PLAIN = ("int", "float", "text", "flow", "image", "bool", "size", "frames", "seconds", "fps")

#: What parameters of these names usually are, in stages and outside of them.
_BY_NAME = {
    **dict.fromkeys(("frames", "images", "image", "video", "picture"), ("IMAGE", "image")),
    **dict.fromkeys(("prompt", "negative", "name", "text", "mode", "format"), ("text", "text")),
    "audio": ("AUDIO", "audio"),
    "latent": ("LATENT", "int"),
    "order": ("flow", "flow"),
    "model": ("MODEL", "model"),
    "mask": ("MASK", "image"),
}


def types(place: Place) -> Iterator[Suggestion]:
    """The types that fit behind a colon, first the one that the name suggests."""
    word = place.declared
    rest = sorted(kinds.TYPES - {*_PLAIN})
    if word == "node":
        names = [*_OF_NODES, *_SOCKETS]
    elif word == "stage":
        names = [*_SOCKETS, *_PLAIN, *rest]
        if _is_without_in(place):
            names = [*_PLAIN[:3], *_SOCKETS[:2], *_PLAIN[3:], *_SOCKETS[2:], *rest]
    else:
        names = [*_PLAIN, *rest, *_SOCKETS]
    for name in dict.fromkeys((*_suggested(place, names), *names)):
        yield Suggestion(name, "type", doc=meanings.of_type(name))


def _suggested(place: Place, names: list[str]) -> Iterator[str]:
    """The types that a parameter of this name probably has."""
    item = [token.text for token in place.frame.item if token.text != "in"]
    name = item[-2] if len(item) > 1 and item[-1] == ":" else ""
    if not name:
        return
    setting = kinds.PASS_SETTINGS.get(name)
    by_name = _BY_NAME.get(name)
    found = [by_name[0 if place.declared != "param" else 1]] if by_name is not None else []
    if setting is not None and not by_name:
        found.append(str(setting))
    found += [known for known in names if known.lower() in (name, name.rstrip("s"))]
    if place.declared == "node":
        upper = {"int": "INT", "float": "FLOAT", "bool": "BOOLEAN"}
        found = [upper.get(each, each) for each in found]
    yield from (each for each in found if each in names or each.startswith("["))


def _is_without_in(place: Place) -> bool:
    item = place.frame.item
    return place.frame.kind == "parameters" and not (item and item[0].text == "in")
