"""Safe Markdown and code, tables in and out, mail bodies: text in, text or bytes out, no models."""
