"""Staff pages of assessments inside the shell."""

app_name = "assessments"

urlpatterns: list = []
