"""What works, and will not for others."""
