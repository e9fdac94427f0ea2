"""Images by pixels and by gradients.

Requirements F-01, F-02, F-04, F-09.
"""

import builtins
import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sklearn.datasets import load_digits

from commonlearn.errors import EmptySample, ExtraMissing, InvalidMetadata, OtherLibrary, SampleError
from commonlearn.featurizers import HogImage, PixelImage, featurizer_from_dict
from commonlearn.featurizers.pictures import area_sums, read_grey


@pytest.fixture
def digits():
    return list(load_digits().images[:40] / 16.0)


def saved(folder, array, name="one.png", mode=None):
    path = folder / name
    Image.fromarray(array, mode).save(path)
    return path


class TestPixels:
    def test_scikit_learns_digits_come_out_as_they_are(self, digits):
        made = PixelImage(8, 8, levels=17).transform_batch(digits).to_dense()
        assert made.tolist() == load_digits().data[:40].astype(int).tolist()

    @settings(max_examples=60)
    @given(st.integers(1, 7), st.integers(1, 7), st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))
    def test_fuzz_a_cell_is_the_mean_of_what_lies_under_it(self, height, width, h, w, seed):
        pixels = np.random.RandomState(seed).randint(0, 256, (h, w)).astype(np.int64)
        made = area_sums(pixels, height, width)
        assert made.sum() == pixels.sum() * height * width
        for i in range(height):
            for j in range(width):
                mean = Fraction(0)
                for y in range(h):
                    for x in range(w):
                        tall = min(Fraction(i + 1, height), Fraction(y + 1, h)) - max(
                            Fraction(i, height), Fraction(y, h)
                        )
                        wide = min(Fraction(j + 1, width), Fraction(x + 1, w)) - max(Fraction(j, width), Fraction(x, w))
                        if tall > 0 and wide > 0:
                            mean += tall * height * wide * width * int(pixels[y, x])
                assert Fraction(int(made[i, j]), h * w) == mean

    def test_shrinking_by_a_whole_number_is_pillows_reduce(self, rng):
        pixels = rng.integers(0, 256, (32, 48)).astype(np.uint8)
        made = PixelImage(8, 12).transform_batch([pixels]).to_dense().reshape(8, 12)
        reduced = np.asarray(Image.fromarray(pixels).reduce(4)).astype(int)
        assert np.abs(made - reduced).max() <= 1  # Pillow rounds halves up

    def test_halves_go_to_the_even_neighbour(self):
        pixels = np.array([[0, 1, 2, 3]], dtype=np.uint8)
        assert PixelImage(1, 2).transform_batch([pixels]).to_dense().tolist() == [[0, 2]]

    @pytest.mark.parametrize("encoding", ["dense", "sparse"])
    @pytest.mark.parametrize("invert", [False, True])
    def test_a_reload_gives_the_same_integers(self, reloaded, digits, encoding, invert):
        image = PixelImage(5, 6, levels=9, invert=invert, encoding=encoding)
        again = reloaded(image)
        assert again == image
        assert again.transform_encoded(digits) == image.transform_encoded(digits)

    def test_two_levels_may_be_presence(self, digits):
        image = PixelImage(8, 8, levels=2, encoding="presence")
        made = image.transform_batch(digits).to_dense()
        assert made.tolist() == PixelImage(8, 8, levels=2).transform_batch(digits).to_dense().tolist()
        with pytest.raises(EmptySample) as refused:
            image.transform_batch([digits[0], np.zeros((8, 8))])
        assert refused.value.sample == 1

    def test_dark_ink_on_paper_can_be_turned_round(self):
        paper = np.array([[255, 0]], dtype=np.uint8)
        assert PixelImage(1, 2, levels=2, invert=True).transform_batch([paper]).to_dense().tolist() == [[0, 1]]

    def test_draws_a_sample(self):
        image = PixelImage(2, 2, levels=3)
        assert image.describe(image.transform_encoded([np.array([[0.0, 1.0], [0.5, 0.0]])])[0]) == " @\n= "

    @pytest.mark.parametrize(
        "options",
        [
            {"height": 0}, {"width": 257}, {"levels": 1}, {"levels": 257}, {"encoding": "presence"},
            {"encoding": "x"}, {"height": 2.0},
        ],
        ids=str,
    )  # fmt: skip
    def test_refuses_impossible_parameters(self, options):
        with pytest.raises(InvalidMetadata):
            PixelImage(**{"height": 8, "width": 8, **options})

    def test_the_description_never_changes(self):
        image = PixelImage(8, 4, levels=16, invert=True)
        assert image.to_dict() == {
            "id": "image-pixels", "version": 1, "height": 8, "width": 4, "levels": 16, "invert": True, "encoding": "dense",
        }  # fmt: skip
        for change in ({"invert": None}, {"levels": "16"}, {"encoding": None}):
            with pytest.raises(InvalidMetadata):
                featurizer_from_dict({**image.to_dict(), **change})


class TestReading:
    @pytest.mark.parametrize("name", ["one.png", "one.bmp", "one.gif", "one.tiff"])
    def test_files_of_lossless_formats_and_arrays_are_the_same(self, tmp_path, rng, name):
        pixels = rng.integers(0, 256, (9, 7)).astype(np.uint8)
        path = saved(tmp_path, pixels, name)
        for given_as in (path, str(path), Image.open(path), pixels, pixels.astype(int)):
            assert read_grey(given_as, 0).tolist() == pixels.tolist()

    def test_colours_become_grey_by_the_stated_integers(self, tmp_path, rng):
        colours = rng.integers(0, 256, (6, 5, 3)).astype(np.uint8)
        r, g, b = np.moveaxis(colours.astype(int), 2, 0)
        wanted = (19_595 * r + 38_470 * g + 7_471 * b + 32_768) >> 16
        assert read_grey(saved(tmp_path, colours), 0).tolist() == wanted.tolist()
        assert read_grey(colours, 0).tolist() == wanted.tolist()

    def test_what_is_transparent_is_paper(self, tmp_path):
        clear = np.zeros((1, 2, 4), dtype=np.uint8)
        clear[0, 1, 3] = 255
        assert read_grey(saved(tmp_path, clear), 0).tolist() == [[255, 0]]

    @pytest.mark.parametrize(
        ("given_as", "said"),
        [
            ("nowhere.png", "no image file"),
            (5, "no image"),
            (np.zeros((2, 2, 4)), "no image of grey or RGB"),
            (np.zeros((0, 3)), "no image of grey"),
            (np.full((2, 2), 2.0), "from 0 to 1"),
            (np.full((2, 2), 256), "from 0 to 255"),
            (np.array([[np.nan]]), "from 0 to 1"),
            (np.array([["a"]]), "from 0 to 255"),
        ],
        ids=range(8),
    )
    def test_what_is_no_image_is_named_by_its_place(self, given_as, said):
        with pytest.raises(SampleError, match=said) as refused:
            PixelImage(2, 2).transform_batch([np.zeros((2, 2)), given_as])
        assert refused.value.sample == 1

    def test_broken_and_strange_files_are_refused(self, tmp_path, rng):
        path = saved(tmp_path, rng.integers(0, 256, (64, 64)).astype(np.uint8))
        path.write_bytes(path.read_bytes()[:600])
        (tmp_path / "text.png").write_text("no image")
        Image.fromarray(np.zeros((2, 2), dtype=np.uint16)).save(tmp_path / "deep.png")
        for name, said in (("one.png", "cannot be read"), ("text.png", "no image that"), ("deep.png", "8 bits")):
            with pytest.raises(SampleError, match=said):
                read_grey(tmp_path / name, 0)

    def test_bombs_are_refused(self, tmp_path, monkeypatch):
        path = saved(tmp_path, np.zeros((100, 100), dtype=np.uint8))
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_000)
        with pytest.raises(SampleError, match="too large"):
            read_grey(path, 0)

    def test_one_image_is_no_list(self, tmp_path):
        path = saved(tmp_path, np.zeros((2, 2), dtype=np.uint8))
        for one in (str(path), path, np.zeros((2, 2)), Image.open(path)):
            with pytest.raises(SampleError, match="Put it into a list"):
                PixelImage(2, 2).transform_batch(one)


class TestGradients:
    def test_the_integers_are_scikit_images_rounded(self, digits):
        feature = pytest.importorskip("skimage.feature")
        image = HogImage(8, 8, cell=4, block=2)
        wanted = [
            np.rint(256 * feature.hog(np.rint(one * 255), 9, (4, 4), (2, 2), block_norm="L2-Hys")).astype(int).tolist()
            for one in digits
        ]
        assert image.transform_batch(digits).to_dense().tolist() == wanted

    def test_a_reload_gives_the_same_integers(self, reloaded, digits):
        image = HogImage(16, 16, orientations=7, cell=4, block=2, unit=512)
        again = reloaded(image)
        assert again == image
        assert again.hash() == image.hash()
        assert again.transform_encoded(digits) == image.transform_encoded(digits)

    def test_another_scikit_image_is_found_by_its_probe(self):
        record = HogImage(8, 8, cell=4).record()
        with pytest.raises(OtherLibrary, match=r'pip install "scikit-image==0\.1"'):
            featurizer_from_dict({**record, "probe": "0" * 16, "made_with": {"scikit-image": "0.1"}})

    def test_without_scikit_image_it_says_what_to_install(self, monkeypatch):
        """F-02: word for word."""
        record, real = HogImage(8, 8, cell=4).record(), builtins.__import__

        def without(name, *args, **kwargs):
            if name.split(".")[0] == "skimage":
                raise ImportError(name)
            return real(name, *args, **kwargs)

        monkeypatch.setattr(builtins, "__import__", without)
        with pytest.raises(ExtraMissing) as missing:
            featurizer_from_dict(record)
        assert 'pip install "commonlearn[images]"' in missing.value.user_message

    def test_no_value_of_real_images_is_near_a_half(self, digits):
        """F-04: so another machine's last bits change nothing here."""
        real = HogImage(16, 16, cell=4).transform_real(list(load_digits().images / 16.0)) * 256
        distance = np.abs(real - np.floor(real) - 0.5)
        assert distance[real > 0].min() > 1e-9

    @pytest.mark.parametrize(
        "options",
        [
            {"orientations": 8}, {"unit": 255}, {"cell": 9}, {"block": 3}, {"cell": 0}, {"orientations": 1},
            {"height": 256, "width": 256, "cell": 1, "block": 2},
        ],
        ids=str,
    )  # fmt: skip
    def test_refuses_impossible_parameters(self, options):
        with pytest.raises(InvalidMetadata):
            HogImage(**{"height": 8, "width": 8, "cell": 4, **options})

    def test_the_dimension_is_what_comes_out(self, digits):
        for size, cell, block in ((8, 4, 1), (8, 2, 2), (28, 7, 2), (30, 7, 3)):
            image = HogImage(size, size, cell=cell, block=block)
            assert image.transform_batch(digits[:1]).to_dense().shape == (1, image.dimension)
        assert len(HogImage(8, 8, cell=4).transform_batch([])) == 0


def test_handwritten_digits_from_files_and_from_arrays_are_the_same(tmp_path):
    folder = Path(os.environ.get("COMMONLEARN_DATA", "")) / "mnist"
    if not (os.environ.get("COMMONLEARN_DATA") and folder.is_dir()):
        pytest.skip("the data set mnist is not here: set COMMONLEARN_DATA")
    from commonlearn.datasets import fetch_mnist

    images = fetch_mnist("test", download=False).images[:10]
    paths = [saved(tmp_path, image, f"{i}.png") for i, image in enumerate(images)]
    for image in (PixelImage(14, 14, levels=16), HogImage(28, 28, cell=7)):
        assert image.transform_encoded(paths) == image.transform_encoded(list(images))
