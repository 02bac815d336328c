"""Packs of custom nodes: one file for each, with the records of its classes."""
