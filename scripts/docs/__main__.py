"""``make docs``: generate what is generated, then build the pages; every warning of the builder is an error."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.compiler import ROOT
from scripts.docs.abi_pages import abi_pages
from scripts.docs.package_pages import command_page, module_pages

GENERATED = ROOT / "docs" / "generated"
SITE = ROOT / "build" / "docs"


def generate(folder: Path = GENERATED) -> None:
    """Write the generated pages: contracts, commands, modules; what lay there before goes."""
    shutil.rmtree(folder, ignore_errors=True)
    for part, pages in (("contracts", abi_pages()), ("modules", module_pages()), ("commands", [command_page()])):
        (folder / part).mkdir(parents=True)
        for name, text in pages:
            (folder / part / f"{name}.md").write_text(text, encoding="utf-8")


def main() -> None:
    """Run the builder; with ``--links`` ask for every page outside as well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--links", action="store_true", help="also ask for every page outside; needs the internet")
    wanted = parser.parse_args()
    print("Generating the pages of contracts, commands and modules …", flush=True)
    generate()
    for builder in ("html", "linkcheck") if wanted.links else ("html",):
        call = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "-j", "auto"]
        where = ["-d", str(SITE / ".doctrees"), str(ROOT / "docs"), str(SITE / builder)]
        done = subprocess.run([*call, "-b", builder, *where], check=False)
        if done.returncode != 0:
            sys.exit(done.returncode)
    print(f"Open {SITE.relative_to(ROOT) / 'html' / 'index.html'}")


if __name__ == "__main__":
    main()
