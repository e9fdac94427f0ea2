"""Settings of the documentation's builder (Sphinx)."""

from importlib.metadata import version as _version

project = "commonlearn"
author = "the contributors of commonlearn"
release = version = _version("commonlearn")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["conf.py"]
html_theme = "furo"
html_title = "commonlearn"
html_copy_source = False
# shown as they stand in the source, so that a reader needs no other page to read them
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 4
myst_linkify_fuzzy_links = False
# what is outside docs/ is read where it lies
myst_url_schemes = {"http": None, "https": None, "mailto": None}
suppress_warnings = ["ref.python", "myst.strikethrough"]
# the docstrings' types are words (“sequence of bytes”), not names of objects
nitpick_ignore_regex = [("py:.*", ".*")]
linkcheck_timeout = 20


def _skip(app, what, name, obj, skip, options):
    """Leave out what scikit-learn adds to each estimator, whose text refers to its own manual."""
    return True if name.startswith("set_") and name.endswith("_request") else None


def setup(app):
    """Hook the above in."""
    app.connect("autodoc-skip-member", _skip)
