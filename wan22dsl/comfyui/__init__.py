"""What ComfyUI has and what it does: the schemas of node classes, and what the nodes mean."""
