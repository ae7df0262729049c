"""README.rst says what the source says."""

from readme import README, renewed


def test_generated_parts_of_the_readme_are_up_to_date() -> None:
    text = README.read_text()
    assert renewed(text) == text, "run `nox -s readme`"
