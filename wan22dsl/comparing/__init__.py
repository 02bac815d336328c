"""What differs in meaning between two graphs, whatever they are written as.

opening    any file as its graphs
passes     what a pass is told, as words
steps      what is beside the passes, as words
difference the differences between two graphs
"""
