"""The executor: a compiled prompt becomes a finished video on a ComfyUI server, timed pass by pass.

events      what happens while a prompt runs, as frozen data
protocol    the server's messages → events; no I/O
transport   one HTTP request, bounded in time and size
stream      the WebSocket, read in a thread that stamps every message when it comes
client      what a server can be asked; with the stream, the owner of all sockets
plan        which node belongs to which pass or stage, read from the graph
preflight   what is missing on the server, before anything is submitted
watch       one prompt, from its submission to its end, whatever happens on the way
ladder      out of memory: recognised, and what to try next
staged      each pass as a prompt of its own
execute     a whole run: attempts, downloads, the record
timing, memory, ratings, checks    what it cost, and what that is worth
record, store                      what is left of a run, and where
"""
