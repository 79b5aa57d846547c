"""Adding somebody by hand: the page says what the first stage does with them."""

from __future__ import annotations

import pytest

from hiring.models import Stage, StageAction
from tests.hiring.pages.house import House, SignIn

ADD = "/admin/jobs/backend/add/"


@pytest.mark.parametrize("is_busy", [False, True])
def test_page_says_what_the_first_stage_does_with_whoever_is_added(
    house: House, sign_in: SignIn, is_busy: bool
) -> None:
    first = Stage.objects.filter(job=house.job).earliest("position")
    if is_busy:
        Stage.objects.filter(pk=first.pk).update(entry_interviews=["Call"])
    client = sign_in(house.recruiter)

    page = client.get(ADD).content.decode()
    client.post(ADD, {"full_name": "Ada New", "email": "ada@example.net", "source": "added"})

    words = "Whoever is added enters “Applied”: the interview “Call” is asked for."
    assert (words in page, "No mail is sent." in page) == (is_busy, not is_busy)
    asked = StageAction.objects.filter(application__candidate__full_name="Ada New")
    assert list(asked.values_list("item", flat=True)) == (["Call"] if is_busy else [])
