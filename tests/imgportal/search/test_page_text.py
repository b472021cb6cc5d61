"""The text of a page without its markup."""

from __future__ import annotations

from imgportal.search.page_text import PagePart, plain_text, split_page


def test_a_part_has_the_anchor_of_its_section_or_of_its_heading() -> None:
    html = """
      <p>Before.</p>
      <section id="first" aria-labelledby="first-asked">
        <h2 id="first-asked">One?</h2><p>Yes.</p>
      </section>
      <section aria-labelledby="second">
        <h2 id="second">Two <em>more</em></h2><p>A</p><p>B</p>
      </section>
    """

    assert split_page(html) == [
        PagePart("", "", "Before."),
        PagePart("first", "One?", "Yes."),
        PagePart("second", "Two more", "A B"),
    ]


def test_a_heading_without_an_address_belongs_to_the_part_it_stands_in() -> None:
    html = '<h2 id="a">A</h2><p>Text.</p><h2>Staff</h2><p>People.</p>'

    assert split_page(html)[1:] == [PagePart("a", "A", "Text. Staff. People.")]


def test_what_opens_on_demand_and_what_is_no_text_are_left_out() -> None:
    html = (
        "<p>Kept <details><summary>How</summary><details>x</details> we know</details>"
        '<span popover="auto">Meaning</span><script type="application/ld+json">{}</script>'
        '<nav><a href="#a">Jump</a></nav><svg><text>9</text></svg>'
        '<a class="confirm" href="#">confirm on x.org</a><br>and kept.</p>'
    )

    assert plain_text(html) == "Kept and kept."


def test_cells_and_items_do_not_run_into_each_other() -> None:
    html = (
        "<table><thead><tr><th>Exam</th></tr></thead><tbody><tr><th>Step 1</th><td>8</td>"
        "<td></td></tr><tr><th>Step 3</th><td>16</td></tr></tbody></table>"
        "<ul><li>One</li><li>Two.</li></ul><dl><dt>Degree</dt><dd>MD</dd></dl>"
    )

    assert plain_text(html) == "Step 1, 8; Step 3, 16; One; Two. Degree: MD"
