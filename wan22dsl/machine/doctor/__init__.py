"""Problems of a machine, and what to do about them: checks of facts, each a function of nothing else.

What is not known is not judged: a check says nothing where a fact is missing.
"""
