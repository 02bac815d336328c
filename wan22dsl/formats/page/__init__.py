"""What the ComfyUI page changes in the values of a workflow before it sends them to the server."""
