"""A built site."""

import pytest
from made_up_pages import write_site


@pytest.fixture
def site(tmp_path):
    """The folder of a built site."""
    return write_site(tmp_path / "built")
