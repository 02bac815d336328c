"""What will hurt on a machine, and what to do about it: checks of facts, each a function of nothing else.

What is not known is not judged: a check says nothing where a fact is missing.
"""
