"""The border of an energy in JAX, as a ratio: a call of 1000 configurations on 32 x 32 sites by the host, over one of the same function in a loop.

    go test -c -o /tmp/host.test ./framework/host
    python python/bench_border.py /tmp/host.test

Both take turns; each number is the median of the rounds. The package helmholtz has to be installed, or on PYTHONPATH.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Dict, List

import numpy as np

PLUGIN = Path(__file__).parent / "tests" / "parts" / "jax_phi4.py"
ROUNDS, CALLS = 7, 100


def functions() -> Dict[str, Callable[[], Any]]:
    """What a script of its own would call: the energies of a batch, and their slope, arrays of numpy in and out."""
    import jax
    import jax.numpy as jnp
    jax.config.update("jax_enable_x64", True)

    def energy(x: Any) -> Any:
        steps = sum((jnp.roll(x, 1, axis) - x)**2 for axis in (0, 1))
        return (x**2 + x**4 + steps).sum()
    x = np.random.default_rng(1).normal(size=(1000, 32, 32))
    value, slope = jax.jit(jax.vmap(energy)), jax.jit(jax.vmap(jax.value_and_grad(energy)))
    return {"value": lambda: np.asarray(value(x)), "slope": lambda: [np.asarray(v) for v in slope(x)]}


def loop(call: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    for _ in range(CALLS):
        call()
    return (time.perf_counter() - begin) / CALLS * 1e3


def host(program: str, plugin: Path) -> Dict[str, float]:
    """Milliseconds of a call by the host."""
    done = subprocess.run([program, "-test.run", "^$", "-test.bench", "PythonEnergy", "-test.benchtime", f"{CALLS}x"], check=True, text=True,
                          stdout=subprocess.PIPE, env={**os.environ, "HELMHOLTZ_BENCH_PHI4": str(plugin)})
    rows = [line.split() for line in done.stdout.splitlines() if "ns/op" in line]
    return {row[0].split("/")[1].split("-")[0]: float(row[2]) / 1e6 for row in rows}


def main() -> None:
    plain = functions()
    times: Dict[str, List[List[float]]] = {name: [] for name in plain}
    for call in plain.values():
        call()
    with tempfile.TemporaryDirectory() as folder:
        plugin = Path(folder) / "helmholtz-plugin-jax-phi4"
        plugin.write_text(f"#!{sys.executable}\n" + PLUGIN.read_text())
        plugin.chmod(0o755)
        for _ in range(ROUNDS):
            through = host(sys.argv[1], plugin)
            for name, call in plain.items():
                times[name].append([through[name], loop(call)])
    for name, rounds in times.items():
        ours, theirs = (statistics.median(r[k] for r in rounds) for k in (0, 1))
        print(f"{name}: host {ours:.2f} ms, loop {theirs:.2f} ms, ratio {statistics.median(a / b for a, b in rounds):.2f}")


if __name__ == "__main__":
    main()
