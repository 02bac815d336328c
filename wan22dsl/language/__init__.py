"""What a `.wan` file says: its text, its names and types, and the standard library."""
