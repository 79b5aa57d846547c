"""Tests over the API, and keys that were mended after people were marked by them."""
