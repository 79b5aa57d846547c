import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from shell import chapters
from shell.registries import searches
from tests.factories.accounts import actor, make_user

PICTURES = Path(chapters.__file__).parent / "static" / chapters.PICTURES
LARGEST_PICTURE = 150 * 1024
EVERY = [chapter.slug for chapter in chapters.chapters()]


def html(slug: str) -> str:
    return chapters.chapter(slug).document.html


def test_chapters_are_numbered_without_a_gap_and_have_a_title_and_a_lead():
    found = chapters.chapters()

    assert [chapter.number for chapter in found] == list(range(1, len(found) + 1))
    assert len({chapter.title for chapter in found}) == len(found)
    assert all(chapter.document.lead.endswith(".") for chapter in found)


@pytest.mark.parametrize("slug", EVERY)
def test_every_place_is_there_once_and_every_link_leads_to_one(slug):
    places = {
        f"/admin/handbook/{each.slug}/": {heading.anchor for heading in each.document.headings}
        for each in chapters.chapters()
    }
    anchors = [heading.anchor for heading in chapters.chapter(slug).document.headings]

    assert len(set(anchors)) == len(anchors)
    assert re.findall(r'id="([^"]+)"', html(slug)) == anchors
    for href in re.findall(r'href="([^"]+)"', html(slug)):
        page, _hash, anchor = href.partition("#")
        assert page in places, href
        assert not anchor or anchor in places[page], href


@pytest.mark.parametrize("slug", EVERY)
def test_every_picture_of_a_chapter_is_there_and_small_and_says_what_it_shows(slug):
    for source, words in re.findall(r'<img src="([^"]+)" alt="([^"]*)"', html(slug)):
        file = PICTURES / Path(source).name
        assert file.exists(), f"{file.name} is missing: make pictures"
        assert file.stat().st_size <= LARGEST_PICTURE, f"{file.name} is too large"
        assert len(words) > 15


def test_every_picture_is_shown_somewhere():
    shown = {Path(source).name for slug in EVERY for source in re.findall(r'<img src="([^"]+)"', html(slug))}

    assert {file.name for file in PICTURES.glob("*.png")} == shown


@pytest.mark.django_db
def test_everyone_who_signs_in_reads_it_and_nobody_else(client: Client):
    assert client.get("/admin/handbook/").status_code == 302
    client.force_login(make_user())

    contents = client.get("/admin/handbook/").content.decode()

    for chapter in chapters.chapters():
        assert f'href="{chapter.url}"' in contents
        page = client.get(chapter.url)
        assert page.status_code == 200
        assert f"<h1>{chapter.title}</h1>" in page.content.decode().replace("&#x27;", "'")
    assert client.get("/admin/handbook/nothing/").status_code == 404


@pytest.mark.django_db
def test_chapters_lead_to_those_before_and_after(client: Client):
    client.force_login(make_user())
    first, second, third = chapters.chapters()[:3]

    page = client.get(second.url).content.decode()

    assert f'rel="prev" href="{first.url}"' in page
    assert f'rel="next" href="{third.url}"' in page
    assert 'rel="prev"' not in client.get(first.url).content.decode()


def test_words_are_found_in_headings_first_and_in_texts_too():
    found = chapters.find("standard error")

    assert (found[0].chapter.slug, found[0].heading.anchor) == ("results", "the-standard-error")
    assert "tests" in {place.chapter.slug for place in found}
    assert all(place.snippet for place in found)
    assert chapters.find("STANDARD") == chapters.find("standard")
    assert chapters.find("zyzzyva") == chapters.find("  ") == []


@pytest.mark.django_db
def test_the_search_box_and_the_page_show_what_was_found(client: Client):
    client.force_login(make_user())

    box = client.get("/admin/search/?s=borderline").content.decode()
    page = client.get("/admin/handbook/?q=borderline").content.decode()
    nothing = client.get("/admin/handbook/?q=zyzzyva").content.decode()

    assert "/admin/handbook/tests/#pass-mark-and-borderline" in box
    assert "/admin/handbook/tests/#pass-mark-and-borderline" in page
    assert "Nothing has all of these words" in nothing


@pytest.mark.django_db
def test_the_handbook_comes_after_people_and_shows_few_places():
    hits = searches()[-1](actor(make_user()), "a")

    assert len(hits) == chapters.MOST_HITS
    assert all(hit.url.startswith("/admin/handbook/") for hit in hits)


def test_a_help_line_to_nowhere_is_a_mistake_that_shows():
    with pytest.raises(LookupError):
        chapters.place("results", "no-such-place")
    with pytest.raises(LookupError):
        chapters.place("no-such-chapter", "score")


def test_pictures_come_from_the_static_files_alone():
    for slug in EVERY:
        for source in re.findall(r'<img[^>]* src="([^"]+)"', html(slug)):
            assert source.startswith(f"{settings.STATIC_URL}{chapters.PICTURES}")
