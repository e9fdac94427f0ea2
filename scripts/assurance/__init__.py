"""Checks that take longer than the test suite: static analysis, coverage, mutations, proofs, long random runs.

Each is a command that writes what it measured to ``reports/assurance/NAME.json``; ``python -m scripts.assurance`` turns
these into the tables of ``docs/assurance.md``.
"""
