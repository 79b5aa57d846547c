"""Staff pages of hiring inside the shell."""

from hiring.urls import applications, board, jobs, numbers, people, settings

app_name = "hiring"

urlpatterns = [
    *jobs.urlpatterns,
    *board.urlpatterns,
    *applications.urlpatterns,
    *people.urlpatterns,
    *numbers.urlpatterns,
    *settings.urlpatterns,
]
