"""What a pipeline costs on a named card: seconds and bytes, with how sure that is.

`cards` are the cards, `formulas` the work of Wan's models and what ComfyUI expects to need for it,
`weights` how large the files are, and `estimate` puts them together for the passes of a graph.
"""

from __future__ import annotations
