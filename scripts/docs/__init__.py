"""Builds the documentation: ``python -m scripts.docs`` (``make docs``)."""
