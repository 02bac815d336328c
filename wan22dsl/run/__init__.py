"""The executor: a compiled prompt becomes a finished video on a ComfyUI server, timed pass by pass.

events      what happens while a prompt runs, as frozen data
wire        JSON as a server sends it
protocol    the server's messages → events; no I/O
transport   one HTTP request, bounded in time and size
stream      the WebSocket, read in a thread that stamps every message when it comes
client      what a server can be asked; with the stream, the owner of all sockets
plan        which node belongs to which pass or stage, read from the graph
preflight   what is missing on the server, before anything is submitted
submit      a prompt submitted once, and taken back
watch       one prompt, from its submission to its end, whatever happens on the way
inquiry     what history and queue say of it, without the socket; judging reads the history
retry_policy  out of memory: recognised, and what to try next
staged      each pass as a prompt of its own
attempt     one attempt, whole or staged
oom_retry   attempts until one succeeds; failures says in words why none did
job         what to run, and how
execute     a whole run: attempts, downloads, the record
clocks, timing, memory, nvml, measures, ratings, checks, account    what it cost, and what that is worth
record, recording, models, store, carried                           what is left of a run, and where
table, comparing, progress                                          the same for people
"""
