"""NetworkPolicies allow exactly the connections that are made.

Connections are made by SpinApps (hosts that spin.toml allows, with the overlay's values;
stores of the runtime config; the executor's OTLP endpoint), by KEDA and by the Ingress
controller.
"""

from urllib.parse import urlsplit

from project import parse_toml
from references import in_cluster
from rendered import label

NAMESPACE = "kubernetes.io/metadata.name"


def check(rendered, manifest):
    policies, pods = rendered.of_kind("NetworkPolicy"), rendered.pods()
    wanted, outside, complaints = connections(rendered, manifest)

    for name, (labels, _) in pods.items():
        for direction in ("Ingress", "Egress"):
            if not any(selects(it["spec"]["podSelector"], labels) and direction in types(it) for it in policies):
                complaints.append(f"{name}: no NetworkPolicy restricts its {direction.lower()}")

    for source, target, port in sorted(wanted):
        if not allows(policies, pods, "Egress", source, target, port):
            complaints.append(f"{source}: no NetworkPolicy lets it reach {target}:{port}")
        if not allows(policies, pods, "Ingress", target, source, port):
            complaints.append(f"{target}: no NetworkPolicy lets {source} in, to port {port}")
    for source in pods:
        for target, (_, ports) in pods.items():
            for port in ports.values():
                either = (allows(policies, pods, "Egress", source, target, port)
                          or allows(policies, pods, "Ingress", target, source, port))
                if either and (source, target, port) not in wanted:
                    complaints.append(f"{source}: it may reach {target}:{port}, and has no reason to")

    for source, where, port in sorted(outside):
        if not leaves(policies, pods[source][0], where, port):
            complaints.append(f"{source}: no NetworkPolicy lets it reach {where} port {port}")
    for source, (labels, _) in pods.items():
        ports = {port for name, where, port in outside if name == source and where == "outside"}
        for policy, rule in rules(policies, labels, "Egress"):
            if any("ipBlock" in peer for peer in rule.get("to", [])) or not rule.get("to"):
                allowed = {p.get("port") for p in rule.get("ports", [])} or {"any"}
                for port in sorted(map(str, allowed - ports)):
                    complaints.append(f"{label(policy)}: {source} connects to nothing outside at port {port}")
    complaints += comes_in(rendered, policies, pods)
    return complaints


def connections(rendered, manifest):
    """(source, target, port) within the namespace; otherwise the target is "outside" or a
    namespace."""
    wanted, outside, complaints = set(), set(), []
    services, pods = rendered.services(), rendered.pods()
    for name, app in rendered.apps.items():
        for url in urls(rendered, manifest, app):
            service, port = in_cluster(url, rendered.namespace)
            host = (urlsplit(url).hostname or "").split(".")
            if service is None and len(host) > 2 and host[2] == "svc":
                outside.add((name, host[1], port))
            elif service is None:
                outside.add((name, "outside", port))
            elif service in services:
                ports, selector = services[service]
                for target, (labels, named) in pods.items():
                    if selector.items() <= labels.items():
                        to = dict(ports).get(port, port)
                        wanted.add((name, target, named.get(to, to)))
    return wanted, outside, complaints


def urls(rendered, manifest, app):
    values, found = rendered.values(app), []
    for component in app["spec"].get("components", []):
        if component in manifest.components:
            found += manifest.outbound(component, values)
    secret = app["spec"].get("runtimeConfig", {}).get("loadFromSecret")
    config = parse_toml(rendered.secrets.get(secret, {}).get("runtime-config.toml", ""))
    for kind in ("key_value_store", "sqlite_database"):
        found += [store["url"] for store in config.get(kind, {}).values() if "url" in store]
    for executor in rendered.of_kind("SpinAppExecutor", app["spec"]["executor"]):
        found += executor["spec"].get("deploymentConfig", {}).get("otel", {}).values()
    return [url for url in found if ".spin.internal" not in url]


def comes_in(rendered, policies, pods):
    """Connections from other namespaces: the Ingress controller, and KEDA to Redis."""
    complaints = []
    for it in rendered.of_kind("Ingress"):
        for rule in it["spec"].get("rules", []):
            for path in rule["http"]["paths"]:
                name = path["backend"]["service"]["name"]
                if name in pods and not any(
                        peer.get("namespaceSelector") for _, r in rules(policies, pods[name][0], "Ingress")
                        for peer in r.get("from", [])):
                    complaints.append(f"{label(it)}: no NetworkPolicy lets its controller reach {name}")
    if rendered.of_kind("ScaledObject") and "redis" in pods:
        keda = {NAMESPACE: "keda"}
        peers = [peer for _, r in rules(policies, pods["redis"][0], "Ingress") for peer in r.get("from", [])]
        if not any("namespaceSelector" in p and selects(p["namespaceSelector"], keda) for p in peers):
            complaints.append("redis: no NetworkPolicy lets KEDA look at the queues")
    return complaints


def types(policy):
    return policy["spec"].get("policyTypes", ["Ingress"])


def rules(policies, labels, direction):
    for policy in policies:
        if direction in types(policy) and selects(policy["spec"]["podSelector"], labels):
            for rule in policy["spec"].get(direction.lower(), []):
                yield policy, rule


def allows(policies, pods, direction, this, other, port):
    """Whether `this` may connect to, or be reached by, `other` in the same namespace."""
    target = this if direction == "Ingress" else other
    named = {number: name for name, number in pods[target][1].items()}
    for _, rule in rules(policies, pods[this][0], direction):
        peers = rule.get("to" if direction == "Egress" else "from")
        ports = rule.get("ports")
        here = peers is None or any(
            "podSelector" in peer and "namespaceSelector" not in peer
            and selects(peer["podSelector"], pods[other][0]) for peer in peers)
        if here and (not ports or any(p.get("port") in (None, port, named.get(port)) for p in ports)):
            return True
    return False


def leaves(policies, labels, where, port):
    for _, rule in rules(policies, labels, "Egress"):
        if not any(p.get("port") in (None, port) for p in rule.get("ports", [{}])):
            continue
        for peer in rule.get("to", [{"ipBlock": {}}]):
            if where == "outside" and "ipBlock" in peer:
                return True
            if "namespaceSelector" in peer and selects(peer["namespaceSelector"], {NAMESPACE: where}):
                return True
    return False


def selects(selector, labels):
    for key, value in selector.get("matchLabels", {}).items():
        if labels.get(key) != value:
            return False
    for it in selector.get("matchExpressions", []):
        has, values = it["key"] in labels, it.get("values", [])
        fits = {
            "Exists": has,
            "DoesNotExist": not has,
            "In": labels.get(it["key"]) in values,
            "NotIn": labels.get(it["key"]) not in values,
        }[it["operator"]]
        if not fits:
            return False
    return True
