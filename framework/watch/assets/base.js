// Elements and texts. Texts of runs become text nodes, never markup.

const SVG = "http://www.w3.org/2000/svg";

// fill sets attributes, listeners ("onclick") and children of an element, and returns it.
function fill(element, attributes, kids) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...kids.flat(Infinity).filter((kid) => kid !== null && kid !== undefined && kid !== false));
  return element;
}

const h = (tag, attributes, ...kids) => fill(document.createElement(tag), attributes, kids);
const s = (tag, attributes, ...kids) => fill(document.createElementNS(SVG, tag), attributes, kids);

// typeset replaces the signs of a terminal: "-1.5 +- 0.2" becomes "−1.5 ± 0.2".
function typeset(text) {
  return String(text ?? "").replaceAll("+-", "±").replace(/(^|[\s(e])-(?=\d)/g, "$1−");
}

// named is a quantity with its units in brackets; pure numbers have none.
const named = (label, units) => (units && units !== "1" ? `${label} (${units})` : label);

// number is x with as many digits as are worth reading.
function number(x, digits = 6) {
  if (x === null || x === undefined) return "–";
  if (x !== 0 && (Math.abs(x) < 1e-4 || Math.abs(x) >= 1e7)) return typeset(x.toExponential(Math.min(digits - 1, 3)).replace(/\.?0+e/, "e").replace("e+", "e"));
  return typeset(String(Number(x.toPrecision(digits))));
}

// withError gives a value two digits of its error.
function withError(y, dy) {
  if (y === null || y === undefined) return "–";
  if (!(dy > 0)) return number(y);
  const decimals = 1 - Math.floor(Math.log10(dy));
  if (decimals > 12 || decimals < -6) return `${number(y, 8)} ± ${number(dy, 2)}`;
  const places = Math.max(0, decimals);
  return typeset(`${y.toFixed(places)} +- ${dy.toFixed(places)}`);
}

// duration is a number of seconds in the two units that say it.
function duration(seconds) {
  if (seconds === null || seconds === undefined || !(seconds >= 0)) return "–";
  const t = Math.round(seconds);
  if (t < 60) return `${t} s`;
  if (t < 3600) return `${Math.floor(t / 60)} min ${t % 60} s`;
  if (t < 86400) return `${Math.floor(t / 3600)} h ${Math.floor((t % 3600) / 60)} min`;
  return `${Math.floor(t / 86400)} d ${Math.floor((t % 86400) / 3600)} h`;
}

// ago is how long before now a time in seconds since 1970 was.
function ago(time) {
  if (!time) return "";
  const seconds = Date.now() / 1000 - time;
  return seconds < 15 ? "just now" : `${duration(seconds)} ago`;
}

const stateMarks = { done: "✓", running: "▶", waiting: "◷", stopped: "■", failed: "✕" };

// badge is the state of a run, told by sign, word and colour.
function badge(state) {
  return h("span", { class: `badge ${stateMarks[state] ? state : ""}` }, h("span", { "aria-hidden": "true" }, stateMarks[state] ?? "·"), ` ${state}`);
}

// bar is how far a run has come.
function bar(summary) {
  const { done, total, unit } = summary;
  if (!total) return h("span", { class: "quiet" }, "–");
  const text = `${done.toLocaleString("en")} / ${total.toLocaleString("en")} ${unit ?? ""}`;
  return h("span", { class: "bar" }, h("progress", { max: total, value: Math.min(done, total), "aria-label": text }), h("span", { class: "small figures" }, text));
}

// labelOf is what tells a run from the others on the page.
const labelOf = (run) => run.point || title(run);

const title = (run) => (run.point ? `${run.name} · ${run.point}` : run.name || run.folder);
