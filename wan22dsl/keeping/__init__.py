"""A graph as workflow JSON that looks like the workflow that it was made of.

What its owner drew stays as it is, value for value where nothing differs: places, sizes, colours, groups,
titles, notes, reroutes, subgraphs. Only what the graph says otherwise is changed in it, and what is new gets
a free place beside what it is linked to. Whether that makes the graph is not argued but tried: the result is
read again. Where it does not, the graph is drawn again with the places of the nodes that stayed.

original    the workflow that is taken as a model, and where its parts are in the file
page        changes to workflow JSON: links, nodes, values
edits       what of the original differs from the graph, and what is done about it
placing     free places on the canvas
imported_from  the workflow that a text was imported from
redrawn     a new drawing with the places of an old one
workflow    the whole: changed or drawn again, and what is to be said of it
"""
