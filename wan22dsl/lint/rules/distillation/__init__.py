"""What a distilled LoRA or model was made for, and what it does without."""
