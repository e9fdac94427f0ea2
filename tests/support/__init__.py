"""Helpers that several tests share; nothing outside tests imports them."""
