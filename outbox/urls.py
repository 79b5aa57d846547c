"""Staff pages of outbox inside the shell."""

app_name = "outbox"

urlpatterns: list = []
