"""What known node classes make of what they get, without running: one file for each kind of class.

Each file has a table from class names to functions from a `Reading` to `Facts`. They are facts of
ComfyUI's own nodes (Comfy-Org/ComfyUI: nodes.py, comfy_extras/) and of the packs that are named with
them. A class that is in no table is answered by the rule for unknown classes, in `graph.facts`.
"""
