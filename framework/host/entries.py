import sys
sys.path[:] = [p for p in sys.path if p]  # not the current folder
import importlib.metadata, importlib.util, json

def origin(module):
    """Where a module is, without importing it; a parent is imported only if it is no package of its own."""
    top = importlib.util.find_spec(module.split(".")[0])
    spec = top if top is None or top.origin else importlib.util.find_spec(module)
    return spec and spec.origin

found = []
for d in importlib.metadata.distributions():
    for e in d.entry_points:
        if e.group != "helmholtz.parts":
            continue
        value = e.value.split("[")[0].strip()
        try:
            file = origin(value.split(":")[0])
        except Exception:
            file = None
        found.append({"name": e.name, "value": value, "file": file or "", "of": "%s %s" % (d.metadata["Name"], d.version)})
print(json.dumps(found))
