// What is on the page, and how it changes.

const page = { title: "", runs: [], note: "" };
const state = { chosen: null, compared: new Set(), live: false };

const link = h("span", { class: "link", role: "status" });
const note = h("p", { class: "why", hidden: true });
const listed = h("div");
const view = runView();
const compared = compareView(() => render(true));
const heading = h("h1");
const made = h("span", { class: "small quiet" });
const main = document.getElementById("main");

function begin() {
  const tools = h("nav", { class: "tools", "aria-label": "This page" });
  document.getElementById("head").append(h("div", { class: "top" }, heading, link, made, tools));
  main.replaceChildren(note, h("section", { class: "list", "aria-label": "Runs" }, listed), compared.element, view.element);
  const data = document.getElementById("data");
  tools.append(h("button", { onclick: () => window.print() }, "Print"));
  if (data) {
    take(JSON.parse(data.textContent));
    return;
  }
  state.live = true;
  tools.prepend(h("a", { href: "report.html", download: "report.html" }, "Save as one file"));
  listen();
  setInterval(() => render(false), 10000); // "5 s ago" grows old
}

// listen takes what the server says; the browser connects again by itself.
function listen() {
  const events = new EventSource("events");
  say("connecting", "wait");
  events.addEventListener("open", () => say("live", "on"));
  events.addEventListener("error", () => say("connection lost, trying again", "off"));
  events.addEventListener("page", (event) => take(JSON.parse(event.data)));
  events.addEventListener("changes", (event) => change(JSON.parse(event.data)));
}

function say(text, kind) {
  if (link.textContent === text) return;
  link.textContent = text;
  link.className = `link ${kind}`;
}

function take(all) {
  Object.assign(page, { note: "", made: "" }, all, { runs: all.runs ?? [] });
  made.textContent = page.made ?? "";
  settle();
  render(true);
}

function change({ changes, note: now }) {
  let whole = false;
  page.note = now;
  for (const c of changes) {
    const i = page.runs.findIndex((run) => run.id === c.id);
    if (c.gone && i >= 0) page.runs.splice(i, 1);
    else if (c.run && i >= 0) page.runs[i] = c.run;
    else if (c.run) page.runs.push(c.run);
    else if (i >= 0) extend(page.runs[i], c);
    whole ||= c.gone || Boolean(c.run);
  }
  if (whole) settle();
  render(whole);
}

// mostPoints of a curve; beyond, neighbours become one, as a picture shows no more.
const mostPoints = 1500;

function extend(run, c) {
  if (c.summary) run.summary = c.summary;
  for (const curve of run.curves ?? []) {
    for (const [x, y, dy] of c.points?.[curve.name] ?? []) {
      curve.x.push(x);
      curve.y.push(y);
      curve.dy?.push(dy);
    }
    if (curve.x.length > mostPoints) halve(curve);
  }
}

// halve makes the means of pairs; the error of a mean of two is half the root of the sum of their squares.
function halve(curve) {
  const [x, y, dy] = [[], [], []];
  for (let i = 0; i < curve.x.length; i += 2) {
    const pair = i + 1 < curve.x.length && curve.y[i] !== null && curve.y[i + 1] !== null;
    x.push(pair ? (curve.x[i] + curve.x[i + 1]) / 2 : curve.x[i]);
    y.push(pair ? (curve.y[i] + curve.y[i + 1]) / 2 : curve.y[i]);
    if (curve.dy) dy.push(pair && curve.dy[i] !== null && curve.dy[i + 1] !== null ? Math.hypot(curve.dy[i], curve.dy[i + 1]) / 2 : curve.dy[i]);
  }
  Object.assign(curve, { x, y }, curve.dy && { dy });
}

// settle chooses a run where none is, one that is running first, and what is compared.
function settle() {
  const ids = new Set(page.runs.map((run) => run.id));
  if (!ids.has(state.chosen)) state.chosen = (page.runs.find((run) => run.summary.state === "running") ?? page.runs[0])?.id ?? null;
  state.compared = new Set([...state.compared].filter((id) => ids.has(id)));
  if (state.compared.size === 0 && !state.touched) page.runs.slice(0, 8).forEach((run) => state.compared.add(run.id));
}

function choose(id) {
  state.chosen = id;
  render(true);
  view.element.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

function compare(id, on) {
  state.touched = true;
  if (on) state.compared.add(id);
  else state.compared.delete(id);
  render(true);
}

function render(whole) {
  heading.textContent = page.title;
  document.title = page.title;
  note.textContent = page.note ?? "";
  note.hidden = !page.note;
  main.dataset.runs = String(page.runs.length);
  const several = page.runs.length > 1;
  listed.hidden = !several;
  if (several) runsTable(listed, page, state, choose, compare);
  compared.show(several ? page.runs.filter((run) => state.compared.has(run.id)) : [], whole);
  const run = page.runs.find((one) => one.id === state.chosen);
  view.element.hidden = !run;
  if (run) view.show(run, whole);
}

begin();
