"""Relative links in Markdown files: the file exists, and so does the heading."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

FENCE = re.compile(r"^```.*?^```", re.M | re.S)
LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)", re.M)
HEADING = re.compile(r"^#+ (.*)$", re.M)


@cache
def anchors(file):
    """The anchors of a file's headings, as GitHub derives them."""
    found = set()
    for title in HEADING.findall(FENCE.sub("", file.read_text())):
        title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower()
        found.add(re.sub(r"[^\w\- ]", "", title).replace(" ", "-"))
    return found


def complaints(file):
    text = FENCE.sub("", file.read_text())
    for target in (one or other for one, other in LINK.findall(text)):
        # Links above the repository's root are GitHub's own pages.
        if re.match(r"\w+:|\.\./\.\./(compare|releases)/", target):
            continue
        path, _, anchor = target.partition("#")
        linked = file.parent / path if path else file
        if not linked.exists():
            yield f"{file}: {target}: no such file"
        elif anchor and anchor not in anchors(linked):
            yield f"{file}: {target}: no such heading"


listed = subprocess.run(["git", "ls-files", "*.md"], capture_output=True, text=True, check=True)
found = [it for name in listed.stdout.splitlines() for it in complaints(Path(name))]
print(*found, sep="\n", end="\n" if found else "")
sys.exit(bool(found))
