"""ComfyUI's log: what was switched on at the start, how models were loaded, what failed."""
