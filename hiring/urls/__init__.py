"""Staff pages of hiring inside the shell."""

from hiring.urls import applications, board, jobs, numbers, people, reports, settings

app_name = "hiring"

urlpatterns = [
    *jobs.urlpatterns,
    *board.urlpatterns,
    *applications.urlpatterns,
    *people.urlpatterns,
    *numbers.urlpatterns,
    *reports.urlpatterns,
    *settings.urlpatterns,
]
