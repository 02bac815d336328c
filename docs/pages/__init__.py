"""One generated page, one file; each has a function that gives the text of it."""
