"""Checks Kubernetes manifests of Tonearm without a cluster.

    scripts/check-deploy.sh deploy/spinkube/overlays/laptop …

A folder is an overlay, rendered by `kubectl kustomize`; a file is for Docker Compose.
Without arguments, the project's own are checked. Each complaint is one line; the exit
status is 1 if there is any.

| module      | what is checked                                                          |
|-------------|--------------------------------------------------------------------------|
| schemas     | every document against its schema, unknown fields refused                |
| spinapps    | the rules of Spin's operator, KEDA and spin.toml beyond the schema        |
| references  | keys of ConfigMaps and Secrets, service URLs, the Ingress                 |
| network     | NetworkPolicies allow exactly the connections that are made               |
| pods        | nothing runs as root, no image is `latest`                                |
| compose     | a file for Docker Compose, by the same kind of rules                      |
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import compose
import network
import pods
import references
import schemas
import spinapps
from project import ROOT, Manifest, declared_secrets
from rendered import Rendered


def check_overlay(rendered, manifest):
    if rendered.failure:
        return [rendered.failure]
    complaints = schemas.check(rendered)
    for module in (spinapps, references, network, pods):
        try:
            complaints += module.check(rendered, manifest)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # Documents may have any shape where their schemas are missing.
            complaints.append(f"{module.__name__}: the document has an unexpected shape: {error!r}")
    return complaints


def main(arguments):
    manifest, secrets = Manifest.read(), declared_secrets()
    if schemas.crds() is None:
        print(f"SKIPPED: {schemas.CRDS} is not there: SpinApps and KEDA's kinds are not "
              "checked against their schemas", file=sys.stderr)
    paths = [Path(it) for it in arguments]
    if not paths:
        paths = sorted((ROOT / "deploy/spinkube/overlays").iterdir()) + [compose.FILE]
    files, folders = [it for it in paths if it.is_file()], [it for it in paths if not it.is_file()]
    complaints = [f"{file}: {it}" for file in files for it in compose.check(manifest, file)]
    with ThreadPoolExecutor() as pool:
        overlays = pool.map(lambda folder: Rendered.of(folder, secrets), folders)
    for folder, rendered in zip(folders, overlays):
        complaints += [f"{folder}: {it}" for it in check_overlay(rendered, manifest)]
    for complaint in complaints:
        print(complaint)
    if not complaints:
        print("No complaints about", *(it.name for it in paths))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
