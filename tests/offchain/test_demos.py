"""What the demo says that a step costs is what one such step costs, also where many go into one transaction."""

import pytest

from scripts.demos.private.data import load_material
from scripts.demos.stage import Gas


@pytest.mark.parametrize(("gas", "among"), [(100, 3), (7, 7), (2_555_369, 120), (5, 1)])
def test_a_transactions_gas_is_shared_without_loss(gas, among):
    books = Gas()
    books.add("refund", 9)
    books.share("refund", gas, among)
    shares = books.used["refund"][1:]
    assert len(shares) == among
    assert sum(shares) == gas
    assert max(shares) - min(shares) <= 1


def test_the_price_of_a_step_is_that_of_one():
    books = Gas()
    books.share("refund", 2_000_000, 100)
    alone = Gas()
    alone.add("refund", 20_000)
    assert books.dollars("refund") == pytest.approx(alone.dollars("refund"))


def test_private_training_has_four_owners_with_and_without_the_hospitals(monkeypatch, tmp_path):
    """Owners' rows and the validators' are apart, and the pool's name follows from the latter."""
    monkeypatch.setenv("COMMONLEARN_DATA", str(tmp_path))
    monkeypatch.setenv("COMMONLEARN_CACHE", str(tmp_path))
    material = load_material()
    assert material.note
    assert len(material.owners) == 4
    assert sum(map(len, material.owners.values())) + len(material.tests) == 569
    X, y = material.preparation.apply(material.tests)
    assert X.shape == (len(y), 10)
    assert material.test_file().root == load_material().test_file().root
