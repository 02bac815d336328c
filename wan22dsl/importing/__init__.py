"""Any graph of ComfyUI → a `.wan` text that reads as if a person had written it.

What a text means is not argued but tried: a candidate is made of the graph, the richest first; it is
compiled, and what comes out is held against the graph. Where they differ, what differs is written more
plainly. The last candidate is the plain graph, which always holds.

reading      what a file carries: JSON of ComfyUI's, or the text itself
checking     whether a graph can be written as a text at all
candidates   guesses a text, compiles it, compares
reader       a graph as units: passes, calls of stages, plain nodes
sight        the graph as it is looked at
unify        the body of a stage read backwards; `expressions` and `frames` are parts of it
stages       which stage makes a node
passes       which pass a sampler is; `models` and `schedule` are parts of it
assets       models and other files, by the library's names or declared
vocabulary   the words of the library and of files of the user's own
settle       which settings are in the pipeline, and which in a pass
flow         units as flows and `let`s; `uses` tells who takes what
text         the whole file, `naming_passes` its passes, `spelled` its constants, `namings` its names
plain        the whole file as a plain graph; `sections` has the titles of the groups
writable     whether a graph can be written at all, and what is needed of it
source_text  the text that an output file carries
whole        the text of a whole graph
files        a whole import
alike        whether a workflow sends what a graph does
notes      what becomes a comment
needs        what leads to an output
simplify     what is known without running, put in
defaults     what is said twice, left out
"""
