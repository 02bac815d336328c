"""Reports of results: of runs and benches, as an HTML page and as Markdown.

`contents` has the shapes of all that is shown; `of_run` and `of_bench` fill them from records and outcomes.
`page` and `markdown` write the same contents, so that nothing is in one and not in the other but pictures.
"""
