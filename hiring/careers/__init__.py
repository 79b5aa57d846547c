"""Pages of strangers who look for a job: what is open, the form of a job, where an application stands."""
