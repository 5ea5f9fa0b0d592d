"""References: keys of ConfigMaps and Secrets, URLs, the Ingress."""

import re
from urllib.parse import urlsplit

from rendered import label

# The services that users reach from outside.
PUBLIC = {"gateway", "website"}
BODY_SIZE = "nginx.ingress.kubernetes.io/proxy-body-size"
UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}


def check(rendered, manifest):
    complaints = []
    for name, app in rendered.apps.items():
        complaints += [f"SpinApp/{name}: {error}" for error in app_rules(app, rendered, manifest)]
    for it in rendered.workloads():
        complaints += [f"{label(it)}: {error}" for error in workload_rules(it, rendered)]
    for it in rendered.of_kind("TriggerAuthentication"):
        for ref in it["spec"].get("secretTargetRef", []):
            complaints += [f"{label(it)}: {e}" for e in missing(rendered.secrets, "secret", ref)]
    for it in rendered.of_kind("Ingress"):
        complaints += [f"{label(it)}: {error}" for error in ingress_rules(it, rendered, manifest)]
    return complaints


def missing(known, what, ref):
    if ref["name"] not in known:
        yield f"nobody declares the {what} {ref['name']}"
    elif ref["key"] not in known[ref["name"]]:
        yield f"the {what} {ref['name']} has no key {ref['key']}"


def app_rules(app, rendered, manifest):
    spec = app["spec"]
    for variable in spec.get("variables", []):
        source = variable.get("valueFrom", {})
        if "secretKeyRef" in source:
            yield from missing(rendered.secrets, "secret", source["secretKeyRef"])
        if "configMapKeyRef" in source:
            yield from missing(rendered.config_maps(), "ConfigMap", source["configMapKeyRef"])
    secret = spec.get("runtimeConfig", {}).get("loadFromSecret")
    if secret:
        yield from missing(rendered.secrets, "secret", {"name": secret, "key": "runtime-config.toml"})
    for component in spec.get("components", []):
        entry = manifest.components.get(component, {})
        stores = {"key_value_stores", "sqlite_databases"} & set(entry)
        if stores and not secret:
            yield f"{component} has {', '.join(stores)}, but no runtime config says where: it would be lost with the pod"
    for volume in spec.get("volumes", []):
        claim = volume.get("persistentVolumeClaim", {}).get("claimName")
        if claim and not rendered.of_kind("PersistentVolumeClaim", claim):
            yield f"nobody declares the volume claim {claim}"
    yield from url_rules(app, rendered, manifest)


def url_rules(app, rendered, manifest):
    """Each address in the cluster belongs to a Service that will exist."""
    values = rendered.values(app)
    for component in app["spec"].get("components", []):
        if component not in manifest.components:
            continue
        for name in sorted(manifest.used_by(component)):
            value = manifest.value(name, values)
            if name.endswith("_address"):
                value = f"redis://{value}"
            if not re.match(r"\w+://", value) or name == "public_url":
                continue
            host = urlsplit(value).hostname or ""
            if host.endswith(".spin.internal"):
                callee = host.removesuffix(".spin.internal")
                if callee not in app["spec"]["components"]:
                    yield f"{name} is {value}, but {callee} is another SpinApp: Spin would refuse to start"
                continue
            inside, port = in_cluster(value, rendered.namespace)
            if inside is None:
                continue
            ports = dict(rendered.services().get(inside, ([], {}))[0])
            if not ports:
                yield f"{name} is {value}, but there will be no Service {inside}"
            elif port not in ports:
                yield f"{name} is {value}, but Service {inside} has port {', '.join(map(str, ports))}"


def in_cluster(url, namespace):
    """(service, port) for a URL in this namespace, else (None, port)."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 6379)
    labels = (parts.hostname or "").split(".")
    if len(labels) == 1 and labels[0] not in ("localhost", ""):
        return labels[0], port
    if labels[1:3] == [namespace, "svc"]:
        return labels[0], port
    return None, port


def workload_rules(it, rendered):
    spec = it["spec"]["template"]["spec"]
    maps = rendered.config_maps()
    for volume in spec.get("volumes", []):
        if "configMap" in volume and volume["configMap"]["name"] not in maps:
            yield f"nobody declares the ConfigMap {volume['configMap']['name']}"
        if "secret" in volume:
            for item in volume["secret"].get("items", []):
                ref = {"name": volume["secret"]["secretName"], "key": item["key"]}
                yield from missing(rendered.secrets, "secret", ref)
    if it["kind"] == "StatefulSet" and not rendered.of_kind("Service", it["spec"]["serviceName"]):
        yield f"there is no Service {it['spec']['serviceName']}"


def ingress_rules(it, rendered, manifest):
    services, hosts = rendered.services(), set()
    for rule in it["spec"].get("rules", []):
        hosts.add(rule.get("host"))
        for path in rule["http"]["paths"]:
            backend = path["backend"]["service"]
            ports = dict(services.get(backend["name"], ([], {}))[0])
            if backend["port"].get("number") not in ports:
                yield f"there will be no Service {backend['name']} with port {backend['port']}"
        yield from route_rules(rule["http"]["paths"], rendered, manifest)
    secured = {host for entry in it["spec"].get("tls", []) for host in entry["hosts"]}
    if hosts - secured:
        yield "passwords would cross the network in the clear: it has no TLS"
    gateway = rendered.apps.get("gateway")
    values = rendered.values(gateway) if gateway else {}
    size = it["metadata"].get("annotations", {}).get(BODY_SIZE)
    most = int(manifest.value("upload_max_bytes", values)) * int(manifest.value("upload_max_files", values))
    if size is not None and 0 < body_size(size) <= most:
        yield f"{BODY_SIZE} {size} is below what we take, {most} bytes and the form around them"
    for name, app in rendered.apps.items():
        url = rendered.values(app).get("public_url")
        if url and urlsplit(url).hostname not in hosts:
            yield f"public_url of {name} is {url}, which it does not serve"


def route_rules(paths, rendered, manifest):
    """Each route of the services that users reach leads to the SpinApp that runs them."""
    found = {(it["path"], it["pathType"], it["backend"]["service"]["name"]) for it in paths}
    for name, app in rendered.apps.items():
        for component in PUBLIC & set(app["spec"].get("components", [])):
            for route in manifest.routes(component):
                path = route.removesuffix("/...") or "/"
                kind = "Prefix" if route.endswith("/...") else "Exact"
                if (path, kind, name) not in found:
                    what = "and all below it" if kind == "Prefix" else "alone"
                    yield f"nothing leads from {path} {what} to {name}"


def body_size(text):
    number, unit = re.fullmatch(r"(\d+)([kmg]?)", text.lower()).groups()
    return int(number) * UNITS[unit]
