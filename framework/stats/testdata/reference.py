"""Makes reference.json: numbers of ArviZ, pyerrors and pymbar that the tests of
framework/stats compare with.

    python3 -m venv /tmp/stv
    /tmp/stv/bin/pip install arviz==0.23.4 arviz-stats==0.8.0 pyerrors==2.17.0 pymbar==4.0.3
    /tmp/stv/bin/python reference.py > reference.json

Columns are not stored: reference_test.go makes the same ones from their lines in the
file, by splitmix64 and the formulas in column() below.
"""
import json
import sys
import warnings
from importlib.metadata import version

import numpy as np

warnings.filterwarnings("ignore")
import arviz as az
import autograd.numpy as anp
import pyerrors as pe
import pymbar
from arviz_stats.base import array_stats
from pymbar import timeseries

MASK = (1 << 64) - 1


def uniforms(seed, n):
    """n numbers in (0, 1): output i of splitmix64 from the seed, its upper 53 bits and a half."""
    out = np.empty(n)
    state = seed
    for i in range(n):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        out[i] = (((z ^ (z >> 31)) >> 11) + 0.5) * 2.0**-53
    return out


def normals(seed, n):
    u = uniforms(seed, 2 * n)
    return np.sqrt(-2 * np.log(u[0::2])) * np.cos(2 * np.pi * u[1::2])


def column(kind, seed, chains, draws, a=0.0):
    """draws x chains multiples of 2^-20; row t is draw t of all chains."""
    n = chains * draws
    if kind == "constant":
        x = np.full(n, a)
    elif kind == "normal":  # of standard deviation a
        x = a * normals(seed, n)
    elif kind == "pareto":  # P(x > y) = y^(-1/a): the shape of the tail is k = a
        x = uniforms(seed, n) ** -a
    elif kind == "log_pareto":
        x = -a * np.log(uniforms(seed, n))
    elif kind == "cauchy":
        x = np.tan(np.pi * (uniforms(seed, n) - 0.5))
    elif kind == "levels":  # whole numbers 0 to a - 1
        x = np.floor(a * uniforms(seed, n))
    else:
        z = normals(seed, n).reshape(draws, chains)
        x = z.copy()
        phi = 0.8 if kind == "start" else a
        for t in range(1, draws):  # stationary, of variance 1 and tau = (1 + a)/(1 - a)
            x[t] = phi * x[t - 1] + np.sqrt(1 - phi * phi) * z[t]
        if kind == "stuck":  # half of the chains elsewhere
            x[:, chains // 2 :] += 3
        elif kind == "wide":  # half of the chains spread three times as far
            x[:, chains // 2 :] *= 3
        elif kind == "start":  # a start that decays within a draws
            x += 10 * np.exp(-np.arange(draws) / a)[:, None]
        elif kind != "autoregressive":
            raise ValueError(kind)
    return np.round(x.reshape(draws, chains) * 2**20) / 2**20  # libraries round logarithms differently


def case(of, kind, seed, chains, draws, a, **values):
    return {"of": of, "kind": kind, "seed": seed, "chains": chains, "draws": draws, "a": a, "values": values}


def main():
    cases = []

    # ArviZ: k-hat of log weights.
    for kind, seed, n, a in [
        ("log_pareto", 1, 10000, 0.3), ("log_pareto", 2, 10000, 0.7), ("log_pareto", 3, 10000, 1.2),
        ("log_pareto", 4, 1003, 0.5), ("log_pareto", 5, 99, 0.9), ("log_pareto", 6, 30, 0.4),
        ("normal", 7, 10000, 0.1), ("normal", 8, 10000, 1.0), ("normal", 9, 5001, 3.0), ("levels", 10, 2000, 500.0),
    ]:
        x = column(kind, seed, 1, n, a).ravel()
        cases.append(case("weights", kind, seed, 1, n, a, k=float(az.psislw(x.copy())[1])))
    # ArviZ-stats: k-hat of columns, the larger of both tails.
    for kind, seed, n, a in [
        ("normal", 11, 10000, 1.0), ("cauchy", 12, 10000, 0.0), ("pareto", 13, 10000, 0.4), ("pareto", 14, 400, 0.8),
        ("log_pareto", 15, 2500, 1.0), ("autoregressive", 16, 900, 0.5),
    ]:
        x = column(kind, seed, 1, n, a)
        k = array_stats.pareto_khat(x.T, r_eff=1.0, tail="both")
        cases.append(case("tails", kind, seed, 1, n, a, k=float(np.max(k[1] if isinstance(k, tuple) else k))))

    # ArviZ: chains.
    for kind, seed, m, n, a in [
        ("autoregressive", 21, 4, 1000, 0.0), ("autoregressive", 22, 4, 1001, 0.7), ("autoregressive", 23, 3, 333, -0.5),
        ("autoregressive", 24, 64, 20, 0.8), ("autoregressive", 25, 2, 5000, 0.99), ("stuck", 26, 2, 1000, 0.5),
        ("stuck", 27, 8, 151, 0.3), ("wide", 28, 4, 500, 0.5), ("cauchy", 29, 4, 1000, 0.0), ("levels", 30, 4, 501, 5.0),
        ("pareto", 31, 4, 1000, 1.5), ("autoregressive", 32, 4, 7, 0.0), ("autoregressive", 33, 2, 4, 0.0),
        ("start", 34, 4, 400, 100.0),
    ]:
        x = column(kind, seed, m, n, a).T.copy()
        cases.append(case("chains", kind, seed, m, n, a, rhat=float(az.rhat(x, method="rank")), split=float(az.rhat(x, method="split")),
                          bulk=float(az.ess(x, method="bulk")), tail=float(az.ess(x, method="tail"))))

    # pyerrors: the Gamma method for one chain.
    for kind, seed, n, a, s in [
        ("autoregressive", 41, 5000, 0.0, 1.5), ("autoregressive", 42, 5000, 0.8, 1.5), ("autoregressive", 43, 5001, 0.95, 2.0),
        ("autoregressive", 44, 1000, -0.4, 1.5), ("pareto", 45, 3000, 0.3, 2.0), ("levels", 46, 999, 2.0, 1.5),
    ]:
        o = pe.Obs([column(kind, seed, 1, n, a).ravel()], ["e"])
        o.gamma_method(S=s)
        cases.append(case("gamma", kind, seed, 1, n, a, S=s, value=o.value, stderr=o.e_dvalue["e"], stderr_stderr=o.e_ddvalue["e"],
                          tau=2 * o.e_tauint["e"], tau_stderr=2 * o.e_dtauint["e"], window=int(o.e_windowsize["e"])))
    # Functions of means: the Binder cumulant of x, and sqrt(<x^2>/<x^2 of the next seed> + 1).
    for kind, seed, n, a, s in [("autoregressive", 51, 8000, 0.9, 1.5), ("autoregressive", 53, 2001, 0.5, 2.0)]:
        x, y = column(kind, seed, 1, n, a).ravel(), column(kind, seed + 1, 1, n, a).ravel()
        x2, x4, y2 = (pe.Obs([c], ["e"]) for c in (x**2, x**4, y**2))
        for name, o in {
            "binder": pe.derived_observable(lambda m: 1 - m[1] / (3 * m[0] ** 2), [x2, x4]),
            "root": pe.derived_observable(lambda m: anp.sqrt(m[0] / m[1] + 1), [x2, y2]),
        }.items():
            o.gamma_method(S=s)
            cases.append(case(name, kind, seed, 1, n, a, S=s, value=o.value, stderr=o.e_dvalue["e"], stderr_stderr=o.e_ddvalue["e"],
                              tau=2 * o.e_tauint["e"], tau_stderr=2 * o.e_dtauint["e"], window=int(o.e_windowsize["e"])))

    # pymbar: the start of a chain.
    for seed, n, a in [(61, 1000, 30.0), (62, 999, 60.0), (63, 2000, 20.0)]:
        x = column("start", seed, 1, n, a).ravel()
        t0, g, effective = timeseries.detect_equilibration(x, fast=False, nskip=1)
        cases.append(case("equilibration", "start", seed, 1, n, a, start=int(t0), g=float(g), effective=float(effective)))

    # pymbar: BAR. The model is normal, the target is normal with mean "shift" and width "scale",
    # times exp(lnz): ln w = lnz - ((x-shift)/scale)^2/2 - ln scale + x^2/2, ln Z = lnz.
    for seed, n, reverse, shift, scale, lnz in [
        (71, 2000, 1000, 0.5, 1.0, 3.0), (73, 1001, 4000, 1.0, 0.7, -2.0), (75, 500, 500, 4.0, 1.0, 100.0), (77, 300, 700, 0.0, 1.0, -50.0),
        (79, 400, 400, 8.0, 0.5, 0.0),
    ]:
        def lnw(x):
            return lnz - ((x - shift) / scale) ** 2 / 2 - np.log(scale) + x * x / 2

        f, r = lnw(normals(seed, n)), lnw(shift + scale * normals(seed + 1, reverse))
        with np.errstate(all="ignore"):
            result = pymbar.bar(-f, r, method="bisection", relative_tolerance=1e-14, maximum_iterations=10000)
            u = np.zeros((2, n + reverse))  # reduced energies of the two densities
            u[1] = -np.concatenate([f, r])
            mbar = pymbar.MBAR(u, np.array([n, reverse]), solver_protocol="robust")
            overlap = mbar.compute_overlap()["scalar"]
        c = case("bar", "normal", seed, 1, n, 1.0, reverse=reverse, shift=shift, scale=scale, lnz=lnz, log_z=-float(result["Delta_f"]),
                 stderr=float(result["dDelta_f"]), overlap=float(overlap))
        cases.append(c)

    for c in cases:  # JSON has no infinities
        c["values"] = {k: (v if np.isfinite(v) else repr(float(v))) for k, v in c["values"].items()}
    packages = ("arviz", "arviz-stats", "pyerrors", "pymbar", "numpy", "scipy")
    header = {"made_by": "reference.py", "python": sys.version.split()[0], "versions": {p: version(p) for p in packages}}
    print('{"header": ' + json.dumps(header) + ',\n "cases": [')
    print(",\n".join(json.dumps(c) for c in cases))
    print("]}")


main()
