"""Passes, recognised on the graph: model chains, schedules, noise levels, hand-offs, recipes."""
