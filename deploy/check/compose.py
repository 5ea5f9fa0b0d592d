"""deploy/compose: the schema of the PyPI package compose-spec, and the rules for pods."""

import json
import re
from urllib.parse import urlsplit

import yaml
from compose_spec.compose_spec import PyCompose

from pods import image_rules
from project import ROOT, parse_toml

FILE = ROOT / "deploy/compose/compose.yaml"
VARIABLE = "SPIN_VARIABLE_"
# ${NAME}, ${NAME:-default}, ${NAME:?complaint} and the like.
PLACEHOLDER = re.compile(r"\$\{(\w+)(?::?([-?])([^}]*))?\}")


def check(manifest, file=FILE):
    text = file.read_text()
    document = yaml.safe_load(text)
    filled = yaml.safe_load(PLACEHOLDER.sub(stand_in, text))
    try:
        PyCompose.from_json(json.dumps(filled | {
            # Ports contain placeholders, so only their shape is checked.
            "services": {n: it | ({"ports": ["127.0.0.1:1:3000"]} if "ports" in it else {})
                         for n, it in filled["services"].items()}})).validate()
    except ValueError as error:
        return [str(error)]
    complaints, run = [], {}
    for name, service in document["services"].items():
        for component in components(service):
            run.setdefault(component, []).append(name)
        errors = [*container_rules(service), *manifest_rules(service, manifest),
                  *connection_rules(name, service, filled, manifest)]
        complaints += [f"{name}: {error}" for error in errors]
    for component in manifest.components:
        if len(run.get(component, [])) != 1:
            complaints.append(f"component {component} is run by {run.get(component, 'nobody')}")
    return complaints


def stand_in(placeholder):
    """A value for a placeholder: its default, or one of the right kind."""
    if placeholder[2] == "-" and placeholder[3]:
        return placeholder[3]
    return "https://filled.example.org" if placeholder[1].endswith("_URL") else "filled"


def components(service):
    command = service.get("command", [])
    return [command[at + 1] for at, it in enumerate(command) if it == "-c"]


def container_rules(service):
    yield from image_rules(service["image"])
    if not re.fullmatch(r"[1-9]\d*:\d+", str(service.get("user", ""))):
        yield "it may run as root: user must be numbers above 0"
    if not service.get("read_only"):
        yield "it can write to its file system"
    if service.get("cap_drop") != ["ALL"] or "no-new-privileges:true" not in service.get("security_opt", []):
        yield "it has privileges"
    if "mem_limit" not in service:
        yield "it has no memory limit"


def manifest_rules(service, manifest):
    known = [it for it in components(service) if it in manifest.components]
    for unknown in set(components(service)) - set(known):
        yield f"spin.toml has no component {unknown}"
    used = set().union(*(manifest.used_by(it) for it in known))
    for key, value in service.get("environment", {}).items():
        name = key.removeprefix(VARIABLE).lower()
        if name not in manifest.variables:
            yield f"{key} is no variable of spin.toml"
        elif name not in used:
            yield f"{key} is of no use to {', '.join(known)}"
        elif manifest.variables[name].get("secret"):
            defaults = [it[3] for it in PLACEHOLDER.finditer(value) if it[2] == "-"]
            if not PLACEHOLDER.search(value) or any(defaults):
                yield f"{key} is a secret, and has a value here"


def connection_rules(name, service, document, manifest):
    """Each service that a service connects to shares one of its networks."""
    values = {key.removeprefix(VARIABLE).lower(): value
              for key, value in document["services"][name].get("environment", {}).items()}
    urls = [url for it in components(service) if it in manifest.components
            for url in manifest.outbound(it, values)]
    stores = set()
    for config in service.get("configs", []):
        content = document["configs"].get(config["source"], {}).get("content", "")
        if config["target"].endswith(".toml"):
            parsed = parse_toml(content)
            urls += [store["url"] for store in parsed.get("key_value_store", {}).values()]
            stores |= {"key_value_stores"} if parsed.get("key_value_store") else set()
    for component in components(service):
        if "key_value_stores" in manifest.components.get(component, {}) and not stores:
            yield f"{component} has a key-value store, but no runtime config says where"
    networks = service.get("networks", [])
    for url in urls:
        host = urlsplit(url).hostname or ""
        if host.endswith(".spin.internal"):
            yield f"it would look for {host} in itself"
        elif "." in host:
            if all((document["networks"].get(it) or {}).get("internal") for it in networks):
                yield f"{url}: none of its networks leads outside"
        elif host not in document["services"]:
            yield f"{url}: there is no service {host}"
        elif not set(networks) & set(document["services"][host].get("networks", [])):
            yield f"{url}: it shares no network with {host}"
