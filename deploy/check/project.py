"""The project's own declarations: spin.toml, and the Secrets that secrets.sh prints."""

import base64
import os
import re
import subprocess
from pathlib import Path

import yaml

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Manifest:
    """The parts of spin.toml that a deployment depends on."""

    def __init__(self, document):
        self.variables = document["variables"]
        self.components = document["component"]
        self.triggers = document["trigger"]

    @classmethod
    def read(cls):
        return cls(tomllib.loads((ROOT / "spin.toml").read_text()))

    def used_by(self, component):
        """The variables that a component or its triggers refer to."""
        entry = self.components[component]
        texts = list(entry.get("variables", {}).values())
        texts += entry.get("allowed_outbound_hosts", [])
        texts += [t.get("address", "") for t in self.redis_triggers(component)]
        return {name for text in texts for name in TEMPLATE.findall(text)}

    def redis_triggers(self, component):
        return [t for t in self.triggers.get("redis", []) if t["component"] == component]

    def routes(self, component):
        return [t["route"] for t in self.triggers["http"] if t["component"] == component]

    def outbound(self, component, values):
        """The URLs that a component may connect to, and those of its Redis triggers."""
        texts = list(self.components[component].get("allowed_outbound_hosts", []))
        texts += [t["address"] for t in self.redis_triggers(component)]
        return [TEMPLATE.sub(lambda found: self.value(found[1], values), text) for text in texts]

    def value(self, name, values):
        default = self.variables.get(name, {}).get("default", "")
        return str(values.get(name, default) or "")


def parse_toml(text):
    return tomllib.loads(text)


def declared_secrets():
    """{name: {key: value}} of the output of deploy/spinkube/secrets.sh, once for each kind
    of store: the keys are the same, the addresses differ."""
    script = ROOT / "deploy/spinkube/secrets.sh"
    own = {"EMAIL_API_KEY": "key"}
    theirs = own | {
        "REDIS_URL": "rediss://user:password@redis.example.org:6380",
        "LIBSQL_URL": "https://users.example.org",
        "LIBSQL_TOKEN": "token",
    }
    made = []
    for settings in (own, theirs):
        done = subprocess.run(
            [script], env=os.environ | settings, check=True, capture_output=True, text=True)
        documents = [it for it in yaml.safe_load_all(done.stdout) if it]
        made.append({it["metadata"]["name"]: decoded(it["data"]) for it in documents})
    assert {k: set(v) for k, v in made[0].items()} == {k: set(v) for k, v in made[1].items()}
    return {"own": made[0], "theirs": made[1]}


def decoded(data):
    return {key: base64.b64decode(value).decode() for key, value in data.items()}
