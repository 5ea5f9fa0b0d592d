"""Compares the workspace's rust-version with what its dependencies need.

stdin: the output of `cargo metadata`.
"""

import json
import sys


def number(version):
    return tuple(int(part) for part in f"{version}.0.0".split(".")[:3])


packages = json.load(sys.stdin)["packages"]
own = [package for package in packages if package["source"] is None]
needed = max(
    (package for package in packages if package["source"] and package["rust_version"]),
    key=lambda package: number(package["rust_version"]),
)
version = needed["rust_version"]
wrong = [
    f"{package['name']} ({package['rust_version']})"
    for package in own
    if number(package["rust_version"] or "0") != number(version)
]
if wrong:
    sys.exit(
        f"rust-version must be {version}, which {needed['name']} {needed['version']} needs;"
        f" it differs in: {', '.join(wrong)}"
    )
print(f"rust-version {version} is what {needed['name']} {needed['version']} needs")
