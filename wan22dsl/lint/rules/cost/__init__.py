"""What a pipeline costs on a named card. Nothing is said where none is named."""

from __future__ import annotations

#: The cards on which the examples of these rules are judged, in tests and on their pages.
EXAMPLES_ON = {
    "WAN851": "RTX 4090",
    "WAN852": "RTX 3060",
    "WAN853": "RTX 4090",
    "WAN854": "RTX 4090",
}
