"""The candidate's side of a test: public pages behind a mailed link, no account, no session."""
