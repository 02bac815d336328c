"""The graph in the middle: built from a program or read from JSON, and what is worked out from it."""
