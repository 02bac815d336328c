"""Everything that wan22dsl sends: to whom, with which login, for how long, and how much it takes in.

address       the URL of a server, taken apart
trust         which servers a file may name, and which server a token belongs to
limits        how long each exchange may take, and how many bytes its answer may have
sockets       connections on which one deadline covers everything
http          one request and its answer
download      a large file, from any byte on
json          JSON as a server sends it

No other package opens a connection or imports what could (`tests/test_architecture.py`).
"""
