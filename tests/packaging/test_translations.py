"""The translation templates hold the terms that the code has."""

import pytest

from stack import modules, pot


@pytest.fixture(scope="module")
def templates(databases):
    return pot.templates(databases)


@pytest.mark.parametrize("module", modules.ours(demo=True))
def test_template_is_up_to_date(templates, module):
    path = pot.path_of(module)
    assert path.is_file(), "run scripts/pot"
    assert path.read_text() == templates[module], "run scripts/pot"
    assert "msgid" in templates[module]
