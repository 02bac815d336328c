"""How `wan lint` works, in the order of a run.

wishes     what the command line asks for
inputs     which files are meant
replay     a run of which nothing has changed: told again
results    the findings of each file: kept ones, or made anew, in several processes
asking     what only a server knows
outcome    which findings count
fixing    `--fix` and `--diff`
telling    the report
"""
