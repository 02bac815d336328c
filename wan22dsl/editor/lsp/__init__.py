"""`wan lsp`: the language server. It turns questions of the protocol into calls of `editor`.

acting          what is offered about findings, and what a rule means
calling         who uses a declaration, and what it uses
client_process  whether the client is there
colouring       semantic tokens
commands        commands of the server
completing      what can be written
configuring     settings of the client
diagnosing      findings, pushed and pulled
documents       what is open, and how it changes
editing         places in several files, as the client takes them
edits           edits of files, as the client makes them
formatting      the canonical layout
hinting         hints within the text
hovering        what is shown about a place
lenses          commands above pipelines and benches
library         the standard library as documents
navigating      definitions, references, highlights, links
outlining       outlines, folding, selections
places          offsets, ranges and URIs of the protocol
protocol        the queue of messages, answers and faults
renaming        other names for declarations and files
server          the server, its project, its documents
serving         who answers what
signatures      what a call takes
stdio           standard input and output
watching        what changes on disk
workspace       findings of whole folders

Only this package imports pygls.
"""
