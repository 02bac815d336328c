"""What node classes exist, with their inputs, limits and outputs: bundled, from a file, or from a server.

schema        the shapes: Input, Output, NodeClass, Catalogue
open          `open_catalogue(target)`: a version, a file or the address of a server
inputs        what inputs a node really has, their defaults, and what fits what
nearby        the class that was probably meant
object_info   from the answer of a server to our shape, both dialects
pull          makes a file of a catalogue from such an answer; data/ is made with it
compact       one class as one line of text
lines         one of such lines, found without reading the others
packs         which pack a class is from, and the schemas of many of them
plain_lists   which classes write their choices as plain lists, for the simulated server
learning/     the classes of a pack, from its Python files
data/         the bundled facts: one file for each version of `BUNDLED` in `open`, and those of `packs`
"""
