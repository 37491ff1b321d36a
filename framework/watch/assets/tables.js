// Tables: the runs of the page, and the observables of a run.

// table is one with a caption for those who hear it, in a box that scrolls where it is too wide.
function table(caption, heads, rows) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))), h("tbody", {}, rows)));
}

const runHeads = ["compare", "run", "state", "progress", "value ± error", "exact gap", "ESS", "ETA", "last sign of life"];

// runsTable has a row for each run. What is under a finger or has the focus stays the same element.
function runsTable(host, page, state, choose, compare) {
  const ids = page.runs.map((run) => run.id).join("\n");
  if (host.ids !== ids) {
    host.ids = ids;
    host.rows = new Map(page.runs.map((run) => [run.id, runRow(run, choose, compare)]));
    host.replaceChildren(table("Runs", runHeads, [...host.rows.values()].map((row) => row.element)));
  }
  const labels = new Set(page.runs.flatMap((run) => run.summary.watched?.label ?? [])); // one for all stands in the head
  state.label = labels.size === 1 ? [...labels][0] : "";
  host.querySelectorAll("thead th")[4].textContent = `${state.label || "value"} ± error`;
  for (const run of page.runs) host.rows.get(run.id).update(run, state);
}

function runRow(run, choose, compare) {
  const check = h("input", { type: "checkbox", "aria-label": `compare ${labelOf(run)}`, onchange: () => compare(run.id, check.checked) });
  const button = h("button", { class: "pick", onclick: () => choose(run.id) });
  const cells = runHeads.slice(2).map(() => h("td"));
  const element = h("tr", {}, h("td", {}, check), h("th", { scope: "row", title: run.folder }, button), cells);
  const update = (now, state) => {
    const { summary } = now;
    const { watched } = summary;
    button.replaceChildren(labelOf(now), summary.cautions ? h("span", { class: "warn" }, ` ⚠ ${summary.cautions}`, h("span", { class: "hidden" }, " cautions")) : "");
    button.setAttribute("aria-pressed", String(state.chosen === now.id));
    element.classList.toggle("chosen", state.chosen === now.id);
    check.checked = state.compared.has(now.id);
    const ess = summary.tiles?.find((tile) => tile.name === "effective_sample_size");
    const texts = [badge(summary.state), bar(summary), watched ? `${state.label ? "" : `${watched.label} `}${typeset(watched.text)}` : "–", typeset(watched?.gap ?? "–"), typeset(ess?.text ?? "–"),
      summary.eta === null ? "–" : duration(summary.eta), ago(summary.seen)];
    cells.forEach((cell, i) => {
      if (texts[i] instanceof Node) cell.replaceChildren(texts[i]);
      else if (cell.textContent !== texts[i]) cell.textContent = texts[i];
    });
  };
  return { element, update };
}

// observablesTable marks what should not be trusted, with the number of the reason below.
function observablesTable(run) {
  const chains = run.observables.some((o) => o.chains);
  const exact = run.observables.some((o) => o.exact);
  const heads = ["observable", "value ± error", "units", ...(exact ? ["exact", "deviation"] : []), ...(chains ? ["chains"] : [])];
  const rows = run.observables.map((o) =>
    h("tr", { class: o.cautions?.length ? "cautioned" : undefined },
      h("th", { scope: "row", title: o.long }, o.name),
      h("td", { class: "figure" }, typeset(o.text), o.cautions?.length ? h("span", { class: "warn" }, " ⚠", h("sup", {}, [...o.cautions].sort((a, b) => a - b).map((k) => k + 1).join(",")), h("span", { class: "hidden" }, " caution")) : ""),
      h("td", {}, o.units === "1" ? "" : o.units),
      exact && [h("td", { class: "figure" }, typeset(o.exact)), h("td", { class: "figure" }, typeset(o.deviation))],
      chains && h("td", { class: "figure" }, typeset(o.chains))));
  return table("Observables", heads, rows);
}

// cautionsList names each reason once, with what it concerns.
function cautionsList(run) {
  const most = 4;
  return h("ol", { class: "cautions" }, run.cautions.map((c) => {
    const of = c.of.length > most + 1 ? `${c.of.slice(0, most).join(", ")} and ${c.of.length - most} more` : c.of.join(", ");
    return h("li", {}, h("strong", {}, of), ": ", typeset(c.text), " ", h("code", {}, c.code));
  }));
}
