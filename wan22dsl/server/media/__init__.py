"""Files that really open and say that they are simulated, written without any library for pictures.

`cells` puts letters on a grid of 16x16 pixels, which every format here is made of.
"""
