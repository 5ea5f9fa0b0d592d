"""SpinApps by the rules of Spin's operator and of spin.toml, and their scalers."""

import re

from rendered import APP_LABEL, label, name_of, quantity

HEALTH = "/.well-known/spin/health"

# The streams whose work a channel announces; by default the one of the channel's name.
STREAMS = {"video": ["video", "segment"], "mp3": ["mp3", "letter"]}


def check(rendered, manifest):
    complaints = []
    for name, app in rendered.apps.items():
        errors = [*operator_rules(app, rendered), *manifest_rules(app, manifest, rendered),
                  *probe_rules(app, manifest)]
        complaints += [f"SpinApp/{name}: {error}" for error in errors]
    complaints += scaling_rules(rendered, manifest)
    complaints += budget_rules(rendered)
    return complaints


def operator_rules(app, rendered):
    """What the operator's admission webhook refuses, or its controller cannot handle."""
    spec = app["spec"]
    if spec.get("enableAutoscaling"):
        if spec.get("replicas"):
            yield "spec.replicas cannot be set when enableAutoscaling is"
    elif spec.get("replicas", 0) < 1:
        yield "spec.replicas must be at least 1 without enableAutoscaling"
    executors = {(name_of(it), it["metadata"].get("namespace")) for it in rendered.of_kind("SpinAppExecutor")}
    if (spec["executor"], app["metadata"].get("namespace")) not in executors:
        yield f"spec.executor {spec['executor']} is not in its namespace"
    runtime = spec.get("runtimeConfig", {})
    if runtime.get("loadFromSecret") and len(runtime) > 1:
        yield "spec.runtimeConfig has loadFromSecret and more: the operator takes either"
    limits = spec.get("invocationLimits", {})
    for unknown in set(limits) - {"memory"}:
        yield f"spec.invocationLimits.{unknown}: the executor supports memory only"
    container = spec.get("resources", {}).get("limits", {}).get("memory")
    if container is None or "memory" not in limits:
        yield "it needs spec.resources.limits.memory and spec.invocationLimits.memory"
    elif quantity(limits["memory"]) > quantity(container):
        yield f"spec.invocationLimits.memory {limits['memory']} is above the container's {container}"
    volumes = {it["name"] for it in spec.get("volumes", [])}
    for mount in spec.get("volumeMounts", []):
        if mount["name"] not in volumes:
            yield f"spec.volumeMounts names {mount['name']}, which is not a volume"


def manifest_rules(app, manifest, rendered):
    spec = app["spec"]
    components = spec.get("components")
    if not components:
        yield "spec.components is missing: it would run all of them"
        return
    for unknown in [it for it in components if it not in manifest.components]:
        yield f"spec.components: spin.toml has no {unknown}"
        return
    used = set().union(*(manifest.used_by(it) for it in components))
    for variable in spec.get("variables", []):
        name = variable["name"]
        if name not in manifest.variables:
            yield f"variable {name} is not in spin.toml"
        elif name not in used:
            yield f"variable {name} is not read by {', '.join(components)}"
        elif manifest.variables[name].get("secret") and "secretKeyRef" not in variable.get("valueFrom", {}):
            yield f"variable {name} is a secret, but does not come from a Secret"
    values = rendered.values(app)
    for name in used:
        if manifest.variables.get(name, {}).get("required") and name not in values:
            yield f"variable {name} has no default and is not set"
    # A SQLite file is on one volume, which one pod mounts.
    on_file = any("persistentVolumeClaim" in it for it in spec.get("volumes", []))
    if on_file and (spec.get("enableAutoscaling") or spec.get("replicas", 1) > 1):
        yield "several pods cannot share its volume"


def probe_rules(app, manifest):
    """Probes must match a route. A worker's must be its health check, which announces due
    work whose notification was lost."""
    spec = app["spec"]
    known = [it for it in spec.get("components", []) if it in manifest.components]
    checks = spec.get("checks", {})
    paths = {kind: checks.get(kind, {}).get("httpGet", {}).get("path") for kind in ("readiness", "liveness")}
    for kind, path in paths.items():
        if path is None:
            yield f"it has no {kind} probe"
        elif path != HEALTH and path not in [health(r) for it in known for r in manifest.routes(it)]:
            yield f"its {kind} probe asks {path}, which is not a health check of its"
    for component in known:
        own = [health(it) for it in manifest.routes(component)]
        if manifest.redis_triggers(component) and paths["readiness"] not in own:
            yield f"readiness must probe {own[0]}, which announces due work of {component}"


def health(route):
    return re.sub(r"/\.\.\.$", "", route) + "/healthz"


def scaling_rules(rendered, manifest):
    complaints, scaled = [], {}
    for it in rendered.of_kind("HorizontalPodAutoscaler") + rendered.of_kind("ScaledObject"):
        target = it["spec"]["scaleTargetRef"]
        if target.get("kind", "Deployment") != "Deployment" or target["name"] not in rendered.apps:
            complaints.append(f"{label(it)}: it scales {target['name']}, which the operator does not create")
            continue
        scaled.setdefault(target["name"], []).append(label(it))
        if not rendered.apps[target["name"]]["spec"].get("enableAutoscaling"):
            complaints.append(f"{label(it)}: SpinApp/{target['name']} has no enableAutoscaling")
        triggers = it["spec"].get("triggers", [])
        streams = streams_of(rendered.apps[target["name"]], manifest)
        for trigger in triggers:
            complaints += [f"{label(it)}: {error}" for error in
                           trigger_rules(trigger, target["name"], streams, rendered)]
        for stream in streams - {it["metadata"].get("stream") for it in triggers}:
            if triggers:
                complaints.append(f"{label(it)}: nothing scales on {stream}")
    for name, app in rendered.apps.items():
        scalers = scaled.get(name, [])
        if app["spec"].get("enableAutoscaling") and len(scalers) != 1:
            complaints.append(f"SpinApp/{name}: exactly one scaler is needed, there are {len(scalers)}")
    return complaints


def streams_of(app, manifest):
    components = [it for it in app["spec"].get("components", []) if it in manifest.components]
    channels = {t["channel"] for it in components for t in manifest.redis_triggers(it)}
    return {f"tonearm:queue:{name}" for it in channels for name in STREAMS.get(it, [it])}


def trigger_rules(trigger, name, streams, rendered):
    app, metadata = rendered.apps[name], trigger["metadata"]
    if trigger["type"] != "redis-streams":
        yield f"trigger {trigger['type']}: the queues are redis-streams"
    if metadata.get("stream") not in streams:
        yield f"it watches {metadata.get('stream')}, and {name} works on {', '.join(sorted(streams))}"
    if "consumerGroup" in metadata or int(metadata.get("streamLength", 0)) < 1:
        yield "it has to count by streamLength: what is done leaves the stream"
    variable = metadata.get("addressFromEnv", "").replace("SPIN_VARIABLE_", "").lower()
    values = rendered.values(app)
    if variable not in values:
        yield f"addressFromEnv {metadata.get('addressFromEnv')} is not a variable of {name}"
    tls = "true" if values.get("redis_scheme") == "rediss" else "false"
    if metadata.get("enableTLS", "false") != tls:
        yield f"enableTLS must be {tls}, as redis_scheme says"
    wanted = trigger.get("authenticationRef", {}).get("name")
    found = rendered.of_kind("TriggerAuthentication", wanted) if wanted else []
    if values.get("redis_credentials") and not found:
        yield f"its TriggerAuthentication {wanted} is missing"


def budget_rules(rendered):
    complaints = []
    for it in rendered.of_kind("PodDisruptionBudget"):
        selected = it["spec"]["selector"].get("matchLabels", {}).get(APP_LABEL)
        if selected not in rendered.apps:
            complaints.append(f"{label(it)}: it protects {selected}, which is not a SpinApp")
        if it["spec"].get("maxUnavailable") in (0, "0%") or "minAvailable" in it["spec"]:
            complaints.append(f"{label(it)}: with one pod left no node could ever be drained: "
                              "say maxUnavailable: 1")
    return complaints
