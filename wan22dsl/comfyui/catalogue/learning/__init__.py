"""What the node classes of a pack are, read from its Python files without running them.

pack      the folder: which files, which classes are nodes
values    the value of an expression, as far as literals reach
classes   a class with INPUT_TYPES and RETURN_TYPES
schemas   a class with define_schema and io.Schema
"""
