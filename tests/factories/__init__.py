"""Plain functions that make rows for tests, one module an app. What a test does not name is believable filler."""
