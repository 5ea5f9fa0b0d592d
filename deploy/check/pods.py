"""Pods that the operator does not create: their user and privileges. And every image."""

from rendered import label


def check(rendered, _manifest):
    complaints = []
    for name, app in rendered.apps.items():
        complaints += [f"SpinApp/{name}: {error}" for error in image_rules(app["spec"]["image"])]
    for it in rendered.workloads():
        complaints += [f"{label(it)}: {error}" for error in workload_rules(it)]
    level = [it["metadata"].get("labels", {}).get("pod-security.kubernetes.io/enforce")
             for it in rendered.of_kind("Namespace")]
    if level not in (["baseline"], ["restricted"]):
        complaints.append("Namespace: pod-security.kubernetes.io/enforce must be baseline or restricted")
    return complaints


def image_rules(image):
    tag = image.rpartition("/")[2].partition("@")[0].partition(":")[2]
    if "@sha256:" not in image and tag in ("", "latest"):
        yield f"image {image} has no version"


def workload_rules(it):
    spec = it["spec"]["template"]["spec"]
    pod = spec.get("securityContext", {})
    if spec.get("automountServiceAccountToken") is not False:
        yield "it gets a token for the API server, which it does not need"
    if pod.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "its seccompProfile is not RuntimeDefault"
    for container in spec["containers"] + spec.get("initContainers", []):
        own = container.get("securityContext", {})
        yield from image_rules(container["image"])
        if not (own | pod).get("runAsNonRoot") or (pod | own).get("runAsUser") == 0:
            yield f"container {container['name']} may run as root"
        if not own.get("readOnlyRootFilesystem"):
            yield f"container {container['name']} can write to its file system"
        if own.get("allowPrivilegeEscalation") is not False or own.get("capabilities", {}).get("drop") != ["ALL"]:
            yield f"container {container['name']} has privileges"
        if "memory" not in container.get("resources", {}).get("limits", {}):
            yield f"container {container['name']} has no memory limit"
