"""Staff pages of tests inside the shell."""
