"""What the command line, Python and editors call alike: the phases in order, without printing."""
