"""What an editor offers to do about a finding, or with a place of a text.

model        an action: its title, its kind, and what it changes, now or when it is chosen
fixes        the fixes of findings          fix_all      all fixes of a file, as `wan lint --fix` makes them
suppressing  a finding suppressed here, or in the file, by a comment
ignoring     a rule ignored in the configuration
"""
