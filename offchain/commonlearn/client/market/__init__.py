"""Markets from outside: what providers, participants, settlers and watchers do."""
