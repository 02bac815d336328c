"""What is plugged together: models, VAEs, conditioning, files and what they are read as."""
