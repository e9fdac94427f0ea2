"""Twins of the money rules: what a stake costs, and who gets what; pure integers."""
