"""An app that only tests have, whose migration stops in the middle until it is told to go on."""
