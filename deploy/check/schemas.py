"""Every document against its schema, refusing unknown fields.

The schemas of Kubernetes' own kinds come from the PyPI package kubernetes-validate; those
of SpinApp, SpinAppExecutor, ScaledObject and TriggerAuthentication from the definitions in
../shared/crds, if that folder exists.
"""

import functools
import json

import jsonschema
import kubernetes_validate
import yaml

from project import ROOT
from rendered import label

CRDS = ROOT.parent / "shared/crds"

# The oldest and the newest supported Kubernetes.
VERSIONS = ["1.30", "1.37"]


def check(rendered):
    complaints = []
    for document in rendered.documents:
        group = document["apiVersion"].rpartition("/")[0]
        if "." in group and not group.endswith(".k8s.io"):
            errors = custom(document)
        else:
            errors = builtin(json.dumps(document))
        complaints += [f"{label(document)}: {error}" for error in errors]
    return complaints


@functools.cache  # Overlays share most of their documents.
def builtin(text):
    document = json.loads(text)
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(document, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            return [f"{'.'.join(map(str, error.path))}: {error.message} (Kubernetes {version})"]
        except kubernetes_validate.SchemaNotFoundError as error:
            return [f"no such kind: {error.message}"]
    return []


def custom(document):
    definitions = crds()
    if definitions is None:
        return []
    version, kind = document["apiVersion"], document["kind"]
    schema = definitions.get((version, kind))
    if schema is None:
        return [f"nobody defines {version} {kind}"]
    errors = jsonschema.Draft7Validator(schema).iter_errors(document)
    return [f"{'.'.join(map(str, e.absolute_path))}: {e.message}" for e in errors]


@functools.cache
def crds():
    """{(apiVersion, kind): schema}, or None if the folder does not exist."""
    if not CRDS.is_dir():
        return None
    found = {}
    for file in sorted(CRDS.glob("*.yaml")):
        for definition in filter(None, yaml.safe_load_all(file.read_text())):
            spec = definition["spec"]
            for version in spec["versions"]:
                api = f"{spec['group']}/{version['name']}"
                schema = strict(version["schema"]["openAPIV3Schema"])
                found[api, spec["names"]["kind"]] = schema
    return found


def strict(schema):
    """The same schema, refusing unknown fields, which the API server drops silently."""
    if isinstance(schema, list):
        return [strict(it) for it in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(it) for key, it in schema.items()}
    open_ended = "additionalProperties" in schema or schema.get("x-kubernetes-preserve-unknown-fields")
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object" and not open_ended:
        made["additionalProperties"] = False
    return made
