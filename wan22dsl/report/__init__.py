"""How diagnostics are shown: one output, one file. Knows diagnostics and sources, nothing else.

`text` is for people (`terminal` colours it); each other output is one text, made by its `render`:

    json.render(found, files, version)    files: how many were linted; version: of the linter
    sarif.render(found, version)
    github.render(found)
    gitlab.render(found)
    junit.render(found, paths)      paths: all that were looked at, as `Source.path` names them
    statistics.render(found)        JSON; statistics.report(found) are lines for people

`unified.diff` shows what changes in a file, `explanation` what a code means.
"""
