"""Banks, questions and files of questions over the API. Writing calls the same operations as the pages."""
