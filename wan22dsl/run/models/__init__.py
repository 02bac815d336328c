"""The shape of what `wan run` writes: its records, and its lines of `--json`. The schemas are made of it.

Importing pydantic takes longer than compiling a file, so all of this is imported only when a record or an
event is written or read.
"""
