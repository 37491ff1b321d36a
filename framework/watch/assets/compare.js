// Several runs beside each other: their curves in one chart, an observable over the values of a sweep,
// and a table of observables.

function compareView(changed) {
  const what = h("select", { id: "what", onchange: changed });
  const which = h("select", { id: "which", onchange: changed });
  const [together, over, beside] = [h("div"), h("div"), h("div")];
  const element = h("section", { class: "compare", "aria-label": "Comparison" }, h("h3", {}, "Side by side"),
    h("p", { class: "choices" }, h("label", { for: "what" }, "curve "), what, h("label", { for: "which" }, " observable "), which), together, over, beside);

  const show = (runs, whole) => {
    element.hidden = runs.length < 2;
    if (element.hidden) return;
    options(what, unique(runs.flatMap((run) => run.curves ?? []), (curve) => curve.name, (curve) => named(curve.label, curve.units)));
    options(which, unique(runs.flatMap((run) => run.observables ?? []), (o) => o.name, (o) => o.name), runs[0].summary.watched?.name);
    overlay(together, runs, what.value);
    overSweep(over, runs, which.value);
    if (whole) beside.replaceChildren(...besideTable(runs));
  };
  return { element, show };
}

// unique are [value, label] of things with different values, in order.
function unique(things, value, label) {
  return [...new Map(things.map((thing) => [value(thing), label(thing)])).entries()];
}

// options replaces the choices of a select, and keeps what is chosen, at first what is preferred.
function options(select, entries, preferred) {
  const now = entries.map(([value]) => value).join("\n");
  if (select.entries === now) return;
  select.entries = now;
  const chosen = select.value || preferred;
  select.replaceChildren(...entries.map(([value, label]) => h("option", { value }, label)));
  if (entries.some(([value]) => value === chosen)) select.value = chosen;
  select.disabled = entries.length === 0;
}

function overlay(host, runs, name) {
  const found = runs.map((run, i) => ({ run, i, curve: run.curves?.find((curve) => curve.name === name) })).filter(({ curve }) => curve);
  host.hidden = found.length === 0;
  if (host.hidden) return;
  const { curve } = found[0];
  const exacts = new Map(found.filter((f) => f.curve.exact !== null).map((f) => [f.curve.exact, f.i]));
  chart(host, {
    title: `${curve.label} of ${found.length} runs`, x: "training step", y: named(curve.label, curve.units), later: true, tall: true,
    lines: found.map(({ run, i, curve: c }) => ({ label: labelOf(run), x: c.x, y: c.y, dy: found.length <= 8 ? c.dy : null, color: i % 16 })),
    levels: [...exacts].map(([y, i]) => (exacts.size === 1 ? { label: `exact ${number(y, 8)}`, y } : { label: "", y, color: i % 16 })),
  });
}

// overSweep draws an observable over the one swept key whose values differ, if it has numbers.
function overSweep(host, runs, name) {
  const points = runs.filter((run) => run.values?.length).map((run) => ({ run, o: run.observables?.find((o) => o.name === name) })).filter(({ o }) => o && o.value !== null);
  const keys = points.length > 1 ? points[0].run.values.map((value, k) => k).filter((k) => new Set(points.map(({ run }) => run.values[k]?.text)).size > 1) : [];
  const inner = keys[keys.length - 1];
  host.hidden = keys.length === 0 || points.some(({ run }) => (run.values[inner]?.value ?? null) === null);
  if (host.hidden) return;
  const groups = Map.groupBy ? Map.groupBy(points, outer(keys)) : grouped(points, outer(keys));
  const lines = [...groups].map(([label, those], color) => {
    const sorted = [...those].sort((a, b) => a.run.values[inner].value - b.run.values[inner].value);
    return { label: label || "estimate", color, x: sorted.map(({ run }) => run.values[inner].value), y: sorted.map(({ o }) => o.value), dy: sorted.map(({ o }) => o.stderr), exact: sorted.map(({ o }) => o.exact_value) };
  });
  const known = lines.filter((line) => line.exact.some((y) => y !== null));
  const exact = known.length === 0 ? [] : [{ label: "exact", color: "exact", rings: true, x: known.flatMap((line) => line.x), y: known.flatMap((line) => line.exact) }];
  chart(host, { title: `${name} over the sweep`, x: points[0].run.values[inner].key, y: named(name, points[0].o.units), marks: true, tall: true, lines: [...lines, ...exact] });
}

const outer = (keys) => ({ run }) => keys.slice(0, -1).map((k) => `${run.values[k].key} = ${run.values[k].text}`).join(", ");

function grouped(items, key) {
  const groups = new Map();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

// besideTable has the observables of all runs beside each other.
function besideTable(runs) {
  const names = unique(runs.flatMap((run) => run.observables ?? []), (o) => o.name, (o) => o.units);
  if (names.length === 0) return [];
  const rows = names.map(([name, units]) => h("tr", {}, h("th", { scope: "row" }, named(name, units)), runs.map((run) => {
    const o = run.observables?.find((one) => one.name === name);
    return h("td", { class: "figure" }, o ? typeset(o.text) : "–", o?.cautions?.length ? h("span", { class: "warn" }, " ⚠", h("span", { class: "hidden" }, " caution")) : "");
  })));
  return [table("Observables side by side", ["observable", ...runs.map(labelOf)], rows)];
}
