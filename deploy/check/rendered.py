"""An overlay as `kubectl kustomize` renders it."""

import os
import subprocess

import yaml

APP_LABEL = "core.spinkube.dev/app-name"


class Rendered:
    """The documents of an overlay, and what the operator will create from them."""

    def __init__(self, documents, secrets):
        self.documents = documents
        self.failure = None
        self.apps = {name_of(it): it for it in self.of_kind("SpinApp")}
        self.namespace = next(
            (it["metadata"].get("namespace", "default") for it in self.of_kind("SpinApp")), "default")
        # The overlay's own Secrets, or those that secrets.sh prints, with the addresses of
        # the Redis and the users of this overlay.
        own_redis = ("Service", "redis") in {(it["kind"], name_of(it)) for it in documents}
        own_users = bool(self.of_kind("PersistentVolumeClaim", "users"))
        self.secrets = dict(secrets["own" if own_redis else "theirs"])
        self.secrets["tonearm-users"] = secrets["own" if own_users else "theirs"]["tonearm-users"]
        for it in self.of_kind("Secret"):
            self.secrets[name_of(it)] = it.get("data", {}) | it.get("stringData", {})

    @classmethod
    def of(cls, folder, secrets):
        kubectl = os.environ.get("KUBECTL", "kubectl")
        done = subprocess.run([kubectl, "kustomize", folder], capture_output=True, text=True)
        if done.returncode:
            failed = cls([], secrets)
            failed.failure = f"kubectl kustomize: {done.stderr.strip()}"
            return failed
        documents = yaml.load_all(done.stdout, Loader=yaml.CSafeLoader)
        return cls([it for it in documents if it], secrets)

    def of_kind(self, kind, name=None):
        return [it for it in self.documents
                if it["kind"] == kind and (name is None or name_of(it) == name)]

    def config_maps(self):
        return {name_of(it): it.get("data", {}) for it in self.of_kind("ConfigMap")}

    def values(self, app):
        """Each variable of a SpinApp with its value; None if it is not declared."""
        maps, values = self.config_maps(), {}
        for variable in app["spec"].get("variables", []):
            value = variable.get("value")
            source = variable.get("valueFrom", {})
            if "configMapKeyRef" in source:
                ref = source["configMapKeyRef"]
                value = maps.get(ref["name"], {}).get(ref["key"])
            if "secretKeyRef" in source:
                ref = source["secretKeyRef"]
                value = self.secrets.get(ref["name"], {}).get(ref["key"])
            values[variable["name"]] = value
        return values

    def services(self):
        """{name: (ports, selector)}; a port is (number, name or number of its target).
        The operator creates one for each SpinApp."""
        found = {name: ([(80, 80)], {APP_LABEL: name}) for name in self.apps}
        for it in self.of_kind("Service"):
            ports = [(p["port"], p.get("targetPort", p["port"])) for p in it["spec"]["ports"]]
            found[name_of(it)] = (ports, it["spec"].get("selector", {}))
        return found

    def pods(self):
        """{name: (labels, {port name: number})} of every kind of pod that will exist."""
        found = {}
        for name, app in self.apps.items():
            labels = app["spec"].get("podLabels", {}) | {APP_LABEL: name}
            found[name] = (labels, {"http-app": 80})
        for it in self.workloads():
            template = it["spec"]["template"]
            ports = {p.get("name"): p["containerPort"]
                     for c in template["spec"]["containers"] for p in c.get("ports", [])}
            found[name_of(it)] = (template["metadata"].get("labels", {}), ports)
        return found

    def workloads(self):
        return [it for kind in ("Deployment", "StatefulSet", "DaemonSet", "Job")
                for it in self.of_kind(kind)]


def name_of(document):
    return document["metadata"]["name"]


def label(document):
    return f"{document['kind']}/{name_of(document)}"


def quantity(text):
    """The bytes in a Kubernetes quantity such as 64Mi."""
    units = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "k": 10**3, "M": 10**6, "G": 10**9}
    text = str(text)
    for unit, factor in units.items():
        if text.endswith(unit):
            return int(float(text[: -len(unit)]) * factor)
    return int(text)
