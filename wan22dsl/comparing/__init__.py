"""What differs in meaning between two graphs, whatever they are written as.

files       any file as its graphs
difference  the differences between two graphs, whose nodes `graph.matching` matches
passes      what a pass is told, as words, and where it is read
steps       what is beside the passes of a text, as words
nodes       what differs node by node
words       what nodes and values are called
stored      what differs in what only an editor keeps
"""
