"""Staff pages of hiring inside the shell."""

app_name = "hiring"

urlpatterns: list = []
