"""Any graph of ComfyUI → a `.wan` text that reads as if a person had written it.

What a text means is not argued but tried: a candidate is made of the graph, the richest first; it is
compiled, and what comes out is held against the graph. Where they differ, what differs is written more
plainly. The last candidate is the plain graph, which always holds.

files         a whole import: what a file carries, and the text of its graph, or the text that it was made of
simplified    what of a graph is written: known values put in, defaults left out, what leads to an output
candidates    guesses a text, compiles it, compares; the last one is the plain graph
placeholders  the placeholders of a template, and the parameters for them
reader        a graph as units: passes, calls of stages, plain nodes
units         what these are, and the graph as it is looked at
stages        which stage makes a node: its body read backwards; `expressions` is a part of it
passes        which pass a sampler is; `engines` has what it samples with, and the way of its model
assets        models and other files, by the library's names or declared
vocabulary    the words of the library and of files of the user's own
settings      which settings are in the pipeline, and which in a pass
flow          units as flows and `let`s
text          the whole text of a pipeline
copies        sections of one shape, written as a pipeline and copies of it; `alike` finds them, `unified`
              tells what they have in common
repeated      calls of one node, written as a stage, and long prompts with a name
spellings     how names and constants are spelled
comments      where computed values come from, and the titles of groups
"""
