// One run: its numbers, curves, samples, results and texts.

// section is a part of the page that stays as its content changes.
function section(name, heading) {
  const body = h("div");
  const element = h("section", { "aria-label": heading, class: name }, h("h3", {}, heading), body);
  return { element, body };
}

// runView draws one run; show(run, whole) is called with each change, whole unless only points were added.
function runView() {
  const parts = {
    cautions: section("cautioning", "Cautions"), curves: section("curves", "Training"), samples: section("samples", "Samples"), arrays: section("arrays", "Distributions and correlations"),
    results: section("results", "Observables"), about: section("about", "About this run"), logs: section("logs", "Logs and settings"),
  };
  const head = h("h2", { id: "name" });
  const line = h("p", { class: "line" });
  const why = h("p", { class: "why" });
  const tiles = h("ul", { class: "numbers", "aria-label": "Numbers" });
  const element = h("article", { "aria-labelledby": "name" }, head, line, why, tiles, Object.values(parts).map((part) => part.element));
  const hosts = { curves: new Map(), arrays: new Map(), logs: new Map() };
  const samples = h("div");
  parts.samples.body.append(samples);
  let last = null;

  const show = (run, whole) => {
    const { summary } = run;
    head.textContent = title(run);
    line.replaceChildren(...[badge(summary.state), bar(summary), summary.eta !== null && h("span", {}, `ETA ${duration(summary.eta)}`),
      summary.per_second !== null && h("span", {}, `${number(summary.per_second, 3)} ${summary.unit ?? "steps"}/s`),
      summary.host && h("span", {}, `on ${summary.host}`), summary.seen && h("span", {}, `last sign of life ${ago(summary.seen)}`)].filter(Boolean));
    why.textContent = summary.why ?? "";
    why.hidden = !summary.why;
    tiles.replaceChildren(...[summary.watched, ...(summary.tiles ?? [])].filter(Boolean).map(tile));
    curves(parts.curves, hosts.curves, run);
    if (whole || last !== run.id) {
      results(parts, run);
      arrays(parts.arrays, hosts.arrays, run);
      parts.samples.element.hidden = !run.samples;
      if (run.samples) picture(samples, run.samples);
      texts(parts.logs, hosts.logs, run);
    }
    last = run.id;
  };
  return { element, show };
}

function tile(t) {
  return h("li", {}, h("span", { class: "label" }, t.label), h("span", { class: "value" }, typeset(t.text), t.units && t.units !== "1" ? h("span", { class: "units" }, ` ${t.units}`) : ""),
    h("span", { class: "small quiet" }, [t.exact && `exact ${typeset(t.exact)}`, t.gap && `gap ${typeset(t.gap)}`, t.of].filter(Boolean).join(" · ")));
}

// keep updates hosts by name, in order, and removes those that are gone.
function keep(body, hosts, names, make) {
  for (const [name, host] of hosts) {
    if (names.includes(name)) continue;
    host.remove();
    hosts.delete(name);
  }
  names.forEach((name) => {
    if (!hosts.has(name)) {
      hosts.set(name, make(name));
      body.append(hosts.get(name));
    }
  });
}

function curves(part, hosts, run) {
  const all = (run.curves ?? []).filter((curve) => curve.y.some((y) => y !== null));
  part.element.hidden = all.length === 0;
  keep(part.body, hosts, all.map((curve) => curve.name), () => h("div"));
  all.forEach((curve, i) => {
    const host = hosts.get(curve.name);
    host.classList.toggle("wide", i === 0);
    chart(host, {
      title: curve.label, x: "training step", y: named(curve.label, curve.units), later: true, log: curve.log && spread(curve.y) > 30, tall: i === 0,
      lines: [{ label: curve.exact === null ? "" : curve.label, x: curve.x, y: curve.y, dy: curve.dy, color: 0 }],
      levels: curve.exact === null ? [] : [{ label: `exact ${number(curve.exact, 8)}`, y: curve.exact }],
    });
  });
}

// spread is how many times the largest of positive numbers is the least; 0 where some are not positive.
function spread(values) {
  let low = Infinity;
  let high = 0;
  for (const v of values) {
    if (v === null) continue;
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  return low > 0 ? high / low : 0;
}

function results(parts, run) {
  parts.cautions.element.hidden = !run.cautions?.length;
  if (run.cautions?.length) parts.cautions.body.replaceChildren(cautionsList(run));
  parts.results.element.hidden = !run.observables?.length;
  if (run.observables?.length) parts.results.body.replaceChildren(observablesTable(run), h("p", { class: "small quiet" }, run.exact ? `exact: ${run.exact}` : ""));
  const facts = [...(run.facts ?? []), { name: "folder", text: run.folder }];
  parts.about.body.replaceChildren(h("dl", {}, facts.map((fact) => [h("dt", {}, fact.name), h("dd", {}, fact.text)])),
    ...(run.notes?.length ? [h("ul", { class: "notes" }, run.notes.map((note) => h("li", {}, note)))] : []));
}

function arrays(part, hosts, run) {
  const all = run.arrays ?? [];
  part.element.hidden = all.length === 0;
  keep(part.body, hosts, all.map((array) => array.name), () => h("div"));
  for (const array of all) {
    if (array.picture) {
      const host = hosts.get(array.name);
      picture(host, array.picture);
      continue;
    }
    chart(hosts.get(array.name), { title: array.label, x: array.axis, y: named(array.name, array.units), marks: array.lines[0].x.length <= 40,
      lines: array.lines.map((line, i) => ({ ...line, label: line.label, color: i })) });
  }
}

// texts are open or shut as the reader left them, and stay at their end while they grow.
function texts(part, hosts, run) {
  const all = [...(run.logs ?? []).map((log) => ({ name: log.name, text: log.tail, note: log.size > log.tail.length ? `the end of ${log.size.toLocaleString("en")} bytes` : "" })),
    ...(run.settings ? [{ name: "run file with all defaults", text: run.settings, note: "" }] : [])];
  part.element.hidden = all.length === 0;
  keep(part.body, hosts, all.map((text) => text.name), (name) => {
    const note = h("span", { class: "small quiet" });
    const text = h("pre", { tabindex: "0", "aria-label": name });
    const host = h("details", {}, h("summary", {}, name, " ", note), text);
    return Object.assign(host, { note, text });
  });
  for (const { name, text, note } of all) {
    const host = hosts.get(name);
    host.note.textContent = note;
    if (host.text.textContent === text) continue;
    const atEnd = host.text.scrollTop + host.text.clientHeight >= host.text.scrollHeight - 4;
    host.text.textContent = text;
    if (atEnd) host.text.scrollTop = host.text.scrollHeight;
  }
}
