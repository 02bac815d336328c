"""Trees in the canonical layout.

printer     a file: declarations, with the comments and blank lines between them
layout      values over several lines
align       where `=` is in braces
flat        values on one line, without what changes nothing
gaps        what is between two nodes: comments, blank lines, brackets
words       the canonical spelling of words and texts
"""
