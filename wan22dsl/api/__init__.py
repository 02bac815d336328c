"""What the command line, Python, editors and agents call alike. Nothing here prints or asks a terminal.

compiler      the phases in order: check, compile, workflow, expand, import_file, diff, format
lint          a run of the linter over many files: lint_files
  options       what it should do           report        what it found
  files         which files are meant, and what each is judged by
  cached_run    the answer of an earlier run, while nothing has changed
  results       the findings of each file: kept, or made in workers
  workers       judging: here, in several processes, by a server
  policy        which findings count
  fixes         fixes in the text of files
values        parameters from outside, and random seeds
targets       which ComfyUI a file is judged by
pipelines     which pipeline of a file is meant
codes         all messages, by code and name
"""
