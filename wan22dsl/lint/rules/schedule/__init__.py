"""Steps, distillation, and how noise is handed from pass to pass."""
