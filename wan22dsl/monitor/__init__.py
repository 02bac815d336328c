"""`wan fleet ui`: a page, JSON and metrics of a batch and its servers, for this machine alone.

`watching` reads the folder of a batch again and again, `data` makes of it what is shown, `page` and `metrics`
write it, `app` serves it. Nothing here changes anything.
"""

from __future__ import annotations
