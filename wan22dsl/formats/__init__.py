"""The forms in which a graph is written and read: one format, one file."""
