"""Many runs on many servers: which job goes where, and that none is lost or made twice.

`models` are the shapes of a batch on the disk, `store` its folder. `board` decides which job goes to which
server; it knows no network and no clock.
"""

from __future__ import annotations
