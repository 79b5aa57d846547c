from rendering.stripping import strip_html


def test_paragraphs_stay_apart_and_tags_comments_scripts_and_styles_go():
    markup = (
        "<style>a{}</style><p>One &amp; two<br>three</p><!-- x --><script>y()</script>\n<div>four  five</div>"
    )

    assert strip_html(markup) == "One & two\nthree\nfour five"


def test_text_of_a_page_with_very_many_tags_stays():
    assert strip_html("<b>" * 20_000 + "kept" + "</b>" * 20_000 + " 1 &lt; 2") == "kept 1 < 2"
