import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Actor, User
from accounts.operations import set_organisation
from accounts.queries import organisation
from candidates.models import Candidate
from tests.factories.accounts import NOW, PASSWORD, make_administrator, make_recruiter
from tests.factories.hiring import make_application

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/start-for-real/"
TYPED = {
    "name": "Larkfield & Söhne",
    "full_name": "Wilma Okello",
    "email": "wilma@example.org",
    "password": "a fairly long sentence 7",
    "password_again": "a fairly long sentence 7",
    "confirm": "brightwater software",
}


@pytest.fixture(autouse=True)
def sample(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    set_organisation(by=Actor.system(), now=NOW, name="Brightwater Software", is_sample=True)
    yield
    cache.clear()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def can_sign_in(email: str, password: str) -> bool:
    response = Client().post("/accounts/login/", {"login": email, "password": password})
    return response.status_code == 302 and response["Location"] == "/admin/"


def test_the_new_administrator_can_sign_in_and_the_old_logins_cannot(tmp_path):
    (tmp_path / "mode").write_text("demo\n")
    amara, ida = make_administrator(email="amara@example.org"), make_recruiter(email="ida@example.org")
    make_application()
    client, other = signed_in(amara), signed_in(ida)
    assert can_sign_in("amara@example.org", PASSWORD)

    response = client.post(ADDRESS, TYPED)

    page = response.content.decode()
    assert response.status_code == 200
    assert "You are signed in as Wilma Okello" in page
    assert "make run" in page
    assert "Sample data" not in page
    assert client.get("/admin/").status_code == 200
    assert other.get("/admin/").status_code == 302
    assert can_sign_in(TYPED["email"], TYPED["password"])
    assert not can_sign_in("amara@example.org", PASSWORD)
    assert not can_sign_in("ida@example.org", PASSWORD)
    assert Candidate.objects.count() == 0


def test_the_page_says_what_goes_and_what_stays():
    page = signed_in(make_administrator()).get(ADDRESS).content.decode()

    assert "This is removed for good" in page
    assert '<dt>Colleagues who sign in</dt><dd class="number">1</dd>' in page
    assert "Type “Brightwater Software” to confirm" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"confirm": "Brightwater"}, "This is not the name."),
        ({"password_again": "another long sentence 7"}, "The two passwords differ."),
        ({"password": "short", "password_again": "short"}, "at least 10 characters"),
        ({"email": "nobody"}, "valid email"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(change, said):
    make_application()

    response = signed_in(make_administrator()).post(ADDRESS, TYPED | change)

    page = response.content.decode()
    assert said in page
    assert "Larkfield &amp; Söhne" in page
    assert organisation().is_sample
    assert Candidate.objects.count() == 1


def test_the_strip_leads_administrators_there_and_nobody_else():
    assert ADDRESS in signed_in(make_administrator()).get("/admin/").content.decode()
    assert ADDRESS not in signed_in(make_recruiter()).get("/admin/").content.decode()
    assert signed_in(make_recruiter()).get(ADDRESS).status_code == 403


def test_without_sample_data_there_is_nothing_to_clear():
    set_organisation(by=Actor.system(), now=NOW, is_sample=False)
    client = signed_in(make_administrator())

    assert client.get(ADDRESS)["Location"] == "/admin/"
    assert client.post(ADDRESS, TYPED)["Location"] == "/admin/"
    assert User.objects.count() == 1
