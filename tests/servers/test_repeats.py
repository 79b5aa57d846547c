import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from accounts.models import User
from tests.servers.repeats import RepeatedStatementError


@login_not_required
def once_a_row(request):
    for pk in range(int(request.GET["rows"])):
        User.objects.filter(pk=pk).exists()
    return HttpResponse()


@login_not_required
def with_longer_lists(request):
    for length in range(1, 5):
        User.objects.filter(pk__in=range(length)).count()
    return HttpResponse()


urlpatterns = [path("rows/", once_a_row), path("lists/", with_longer_lists)]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_page_that_asks_once_a_row_fails_whichever_test_asks_it():
    assert Client().get("/rows/?rows=3").status_code == 200

    with pytest.raises(
        RepeatedStatementError, match=r"/rows/\?rows=4 asks .*\n  4 times: SELECT .*accounts_user"
    ):
        Client().get("/rows/?rows=4")


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_how_many_are_asked_for_makes_no_other_statement():
    with pytest.raises(RepeatedStatementError, match="4 times"):
        Client().get("/lists/")


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_what_is_written_is_not_watched():
    assert Client().post("/rows/?rows=4").status_code == 200
