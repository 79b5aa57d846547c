"""Jobs, people, applications, their tests and reports over the API. Writing calls the same operations as the pages."""
