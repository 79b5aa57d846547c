"""System checks: mistakes of an operator, with an id and the mend."""
