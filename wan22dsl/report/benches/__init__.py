"""What was measured, for people and programs: benches beside each other, and the gate's verdict."""
