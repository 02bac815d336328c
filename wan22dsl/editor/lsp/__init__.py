"""`wan lsp`: the language server. It turns questions of the protocol into calls of `editor`.

acting      what is offered about findings, and what a rule means
commands    commands of the server
completing  what can be written
diagnosing  findings, pushed and pulled
documents   what is open, and how it changes
edits       edits of files, as the client makes them
hinting     hints within the text
hovering    what is shown about a place
lenses      commands above pipelines and benches
places      offsets, ranges and URIs of the protocol
server      the server, its project, its documents
serving     who answers what

Only this package imports pygls.
"""
