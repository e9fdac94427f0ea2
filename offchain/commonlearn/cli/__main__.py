"""``python -m commonlearn.cli``."""

from commonlearn.cli.main import app

app(prog_name="commonlearn")
