"""What a machine is: card, driver, packages, flags, folders. Snapshots of it, and its problems."""
