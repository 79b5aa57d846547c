"""Jobs: making, opening, pausing and closing them, their people and their stages."""
