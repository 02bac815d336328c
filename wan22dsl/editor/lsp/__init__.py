"""`wan lsp`: the language server. It turns questions of the protocol into calls of `editor`.

serving     who answers what                       server   the server, its project, its documents
documents   what is open, and how it changes       places   offsets, ranges and URIs of the protocol
diagnosing  findings, pushed and pulled         commands commands of the server

Only this package imports pygls.
"""
