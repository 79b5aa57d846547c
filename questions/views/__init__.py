"""Pages of question banks inside the shell."""
