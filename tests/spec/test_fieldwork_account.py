import pytest

from corrtest.errors import InputError
from corrtest.spec import MARKED_TESTS, TEST_FATES, read_fieldwork_account, write_fieldwork_account


def test_what_was_written_is_read(tmp_path):
    numbers = {name: number for number, name in enumerate((*TEST_FATES, *MARKED_TESTS))}
    strata = [{"joint_committee": "330.01", "criterion": "age", **numbers}]
    assert list(read_fieldwork_account(write_fieldwork_account(strata, tmp_path / "fieldwork.json"))) == strata


@pytest.mark.parametrize(
    "text", ["", "[]", '{"schema": "other"}', '{"schema": "corrtest/fieldwork/1", "strata": [{}]}']
)
def test_another_file_is_refused(tmp_path, text):
    path = tmp_path / "fieldwork.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"fieldwork\.json is no account of fieldwork"):
        read_fieldwork_account(path)
