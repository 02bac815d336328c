"""What can be written at a place: `complete.suggest(view, offset)`.

complete     decides what is asked for              suggestion   what is offered
tokens       the tokens of a declaration            place        the word at an offset, its brackets
scope        the names that a place sees            typed        what an expression stands for
callee       what a call takes                      want         the type that fits
fits         types that fit each other              pipelines    what is known of a pipeline
words        declarations, `use`, types             keys         settings, arguments, inputs
records      keys of records                        values       values by type
literals     usual numbers, sizes, samplers         flows        elements of a flow
members      behind a dot                           nodes        node classes
strings      inside of strings                      files        files beside the file
units        behind a number                        comments     directives for the linter
documents    documentation of suggestions           toml         keys and values of a `wan.toml`
"""
