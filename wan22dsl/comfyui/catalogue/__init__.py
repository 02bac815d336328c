"""What node classes exist, with their inputs, limits and outputs: bundled, from a file, or from a server.

schema        the shapes: Input, Output, NodeClass, Catalogue
open          `open_catalogue(target)`: a version, a file or the address of a server
inputs        what inputs a node really has, their defaults, and what fits what
nearby        the class that was probably meant
object_info   from the answer of a server to our shape, both dialects
records       one class as one line of text
data/         the bundled facts
"""
