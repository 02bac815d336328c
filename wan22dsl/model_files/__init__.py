"""Model files: what their headers say they are, which ones a pipeline needs, whether they are whole."""
