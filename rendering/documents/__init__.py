"""Documents of people: what a file really is, and what can be read in it."""
