// A chart: lines with bands of one standard error, dashed levels of exact values, and a cursor that
// is moved by a pointer or by the arrow keys.
//
// spec: { title, x, y (labels of the axes), lines: [{ label, x, y, dy, color }], levels: [{ label, y, color }],
//         later (range of the later nine tenths), log, marks (a dot at each point), tall }; a line of rings is not joined

function chart(host, spec) {
  host.chart = spec;
  if (!host.box) build(host);
  draw(host);
}

function build(host) {
  host.classList.add("chart");
  host.readout = h("p", { class: "readout small", "aria-live": "off" });
  host.box = s("svg", { role: "img", tabindex: "0" });
  host.head = h("h4");
  host.keys = h("ul", { class: "keys small" });
  host.append(host.head, host.keys, host.box, host.readout);
  const at = (event) => {
    const box = host.box.getBoundingClientRect();
    if (box.width > 0 && host.scale) point(host, host.scale.from((event.clientX - box.left) * (host.scale.width / box.width)));
  };
  host.box.addEventListener("pointermove", at);
  host.box.addEventListener("pointerdown", at);
  host.box.addEventListener("pointerleave", () => point(host, null));
  host.box.addEventListener("blur", () => point(host, null));
  host.box.addEventListener("keydown", (event) => keyed(host, event));
  if (window.ResizeObserver) {
    new ResizeObserver(() => {
      if (host.scale && Math.abs(host.clientWidth - host.scale.width) > 2) draw(host);
    }).observe(host);
  }
}

function draw(host) {
  const { lines, levels = [], log } = host.chart;
  const width = Math.max(220, host.clientWidth || 640);
  const height = Math.round(Math.min(width * 0.62, host.chart.tall ? 340 : 220));
  const range = reach(lines, levels.map((l) => l.y), host.chart.later, log);
  host.head.textContent = host.chart.title;
  host.box.setAttribute("viewBox", `0 0 ${width} ${height}`);
  host.box.setAttribute("aria-label", spoken(host.chart));
  legend(host);
  if (!range) {
    host.scale = { width };
    host.box.replaceChildren(s("text", { x: width / 2, y: height / 2, class: "quiet middle" }, "no finite value yet"));
    return;
  }
  const scale = scaled(host.chart, range, width, height);
  host.scale = scale;
  const clip = `clip${(draw.clips = (draw.clips ?? 0) + 1)}`;
  host.cursor = s("g", { class: "cursor" });
  host.box.replaceChildren(
    s("clipPath", { id: clip }, s("rect", { x: scale.left, y: scale.top, width: scale.right - scale.left, height: scale.bottom - scale.top })),
    ...axes(host.chart, scale, height),
    s("g", { "clip-path": `url(#${clip})` }, lines.map((line) => band(line, scale)), levels.map((level) => dashed(level, scale)), lines.map((line) => stroke(line, scale, host.chart.marks))),
    host.cursor,
  );
  if (host.at !== undefined && host.at !== null) point(host, host.at);
}

// scaled are the places of numbers on the picture.
function scaled({ lines, log, marks }, [low, high], width, height) {
  const values = log ? powers(low, high) : ticks(low, high, Math.max(3, height / 45));
  const texts = tickTexts(values, log);
  const left = 14 + 6.6 * Math.max(...texts.map((t) => t.length), 2);
  const frame = { left: left + 16, right: width - 18, top: 8, bottom: height - 38, width };
  let [first, last] = extent(lines);
  if (marks) [first, last] = [first - 0.03 * (last - first), last + 0.03 * (last - first)];
  const f = log ? Math.log : (v) => v;
  return {
    ...frame, first, last, values, texts,
    x: (v) => frame.left + ((v - first) / (last - first)) * (frame.right - frame.left),
    y: (v) => frame.bottom - ((f(v) - f(low)) / (f(high) - f(low))) * (frame.bottom - frame.top),
    from: (px) => first + ((px - frame.left) / (frame.right - frame.left)) * (last - first),
  };
}

function axes(spec, scale, height) {
  const across = ticks(scale.first, scale.last, Math.max(2, (scale.right - scale.left) / 90));
  const words = tickTexts(across, false);
  return [
    s("g", { class: "grid" }, scale.values.map((v) => s("line", { x1: scale.left, x2: scale.right, y1: scale.y(v), y2: scale.y(v) }))),
    s("g", { class: "axis" },
      s("path", { d: `M${scale.left} ${scale.top}V${scale.bottom}H${scale.right}` }),
      scale.values.map((v, i) => s("text", { x: scale.left - 6, y: scale.y(v) + 4, class: "end" }, scale.texts[i])),
      across.map((v, i) => [s("path", { d: `M${scale.x(v)} ${scale.bottom}v4` }), s("text", { x: scale.x(v), y: scale.bottom + 17, class: "middle" }, words[i])]),
      s("text", { x: (scale.left + scale.right) / 2, y: height - 4, class: "middle label" }, spec.x),
      s("text", { transform: `translate(11 ${(scale.top + scale.bottom) / 2}) rotate(-90)`, class: "middle label" }, spec.y)),
  ];
}

// pieces are the stretches of a line between its gaps.
function pieces(line, scale, ok) {
  const all = [];
  let open = null;
  for (let i = 0; i < line.y.length; i++) {
    if (line.y[i] === null || line.x[i] === null || !ok(i)) open = null;
    else if (open) open.push(i);
    else all.push((open = [i]));
  }
  return all;
}

const visible = (scale) => (v) => Number.isFinite(scale.y(v));

function band(line, scale) {
  if (!line.dy) return null;
  const seen = visible(scale);
  const place = (i, sign) => `${scale.x(line.x[i]).toFixed(1)} ${scale.y(line.y[i] + sign * line.dy[i]).toFixed(1)}`;
  return pieces(line, scale, (i) => line.dy[i] !== null && seen(line.y[i] - line.dy[i]) && seen(line.y[i] + line.dy[i])).map((piece) =>
    piece.length === 1
      ? s("path", { class: `bars c${line.color}`, d: `M${place(piece[0], 1)}L${place(piece[0], -1)}` })
      : s("path", { class: `band c${line.color}`, d: `M${piece.map((i) => place(i, 1)).join("L")}L${piece.reverse().map((i) => place(i, -1)).join("L")}Z` }));
}

function stroke(line, scale, marks) {
  const seen = visible(scale);
  const place = (i) => [scale.x(line.x[i]).toFixed(1), scale.y(line.y[i]).toFixed(1)];
  return pieces(line, scale, (i) => seen(line.y[i])).map((piece) => [
    piece.length > 1 && !line.rings && s("path", { class: `line c${line.color} d${Math.floor(line.color / 8)}`, d: "M" + piece.map((i) => place(i).join(" ")).join("L") }),
    line.rings && piece.map((i) => s("circle", { class: `ring c${line.color}`, cx: place(i)[0], cy: place(i)[1], r: 5.5 })),
    !line.rings && (marks || piece.length === 1) && piece.map((i) => s("circle", { class: `dot c${line.color}`, cx: place(i)[0], cy: place(i)[1], r: 2.6 })),
  ]);
}

function dashed(level, scale) {
  if (!Number.isFinite(scale.y(level.y))) return null;
  return s("line", { class: level.color === undefined ? "exact" : `exact c${level.color}`, x1: scale.left, x2: scale.right, y1: scale.y(level.y), y2: scale.y(level.y) });
}

function legend(host) {
  const { lines, levels = [] } = host.chart;
  const banded = lines.some((line) => line.dy?.some((dy) => dy !== null));
  const entries = [...lines.filter((line) => line.label).map((line) => h("li", {}, h("span", { class: `swatch c${line.color} ${line.rings ? "circle" : ""}`, "aria-hidden": "true" }), line.label)),
    ...levels.filter((level) => level.label).map((level) => h("li", {}, h("span", { class: `swatch dash ${level.color === undefined ? "exact" : `c${level.color}`}`, "aria-hidden": "true" }), level.label))];
  if (banded) entries.push(h("li", { class: "quiet" }, "bands: ± one standard error"));
  host.keys.replaceChildren(...entries);
}

// spoken is what a chart says to those who do not see it.
function spoken(spec) {
  const parts = spec.lines.slice(0, 8).map((line) => {
    const i = line.y.findLastIndex((y) => y !== null);
    return i < 0 ? `${line.label ?? ""} no value` : `${line.label ?? ""} ${withError(line.y[i], line.dy?.[i])} at ${number(line.x[i])}`;
  });
  const exact = (spec.levels ?? []).map((level) => `exact ${number(level.y, 8)}`);
  return `${spec.title}. ${spec.y} against ${spec.x}. Last: ${[...parts, ...exact].join("; ")}. Arrow keys read values.`;
}

// point shows the values nearest to x, or none.
function point(host, x) {
  host.at = x;
  if (!host.cursor) return;
  const scale = host.scale;
  const near = x === null ? [] : host.chart.lines.map((line) => ({ line, i: nearest(line, x) })).filter(({ i }) => i >= 0);
  if (near.length === 0) {
    host.cursor.replaceChildren();
    host.readout.textContent = "";
    return;
  }
  const here = near.reduce((a, b) => (Math.abs(b.line.x[b.i] - x) < Math.abs(a.line.x[a.i] - x) ? b : a));
  const at = here.line.x[here.i];
  host.cursor.replaceChildren(s("line", { x1: scale.x(at), x2: scale.x(at), y1: scale.top, y2: scale.bottom }),
    ...near.filter(({ line, i }) => Number.isFinite(scale.y(line.y[i]))).map(({ line, i }) => s("circle", { class: `dot c${line.color}`, cx: scale.x(line.x[i]), cy: scale.y(line.y[i]), r: 3.5 })));
  const values = near.slice(0, 6).map(({ line, i }) => (line.label && host.chart.lines.length > 1 ? `${line.label}: ` : "") + withError(line.y[i], line.dy?.[i]));
  host.readout.textContent = `${host.chart.x} ${number(at, 8)} — ${values.join("; ")}`;
}

function nearest(line, x) {
  let best = -1;
  for (let i = 0; i < line.x.length; i++) {
    if (line.y[i] !== null && line.x[i] !== null && (best < 0 || Math.abs(line.x[i] - x) < Math.abs(line.x[best] - x))) best = i;
  }
  return best;
}

// keyed moves the cursor by points of the first line, by ten with shift.
function keyed(host, event) {
  const line = host.chart.lines.find((l) => l.y.some((y) => y !== null));
  if (!line || !["ArrowLeft", "ArrowRight", "Home", "End", "Escape"].includes(event.key)) return;
  event.preventDefault();
  host.readout.setAttribute("aria-live", "polite");
  if (event.key === "Escape") return point(host, null);
  const seen = line.x.map((x, i) => i).filter((i) => line.y[i] !== null);
  const now = host.at === null || host.at === undefined ? seen.length - 1 : seen.indexOf(nearest(line, host.at));
  const step = (event.shiftKey ? 10 : 1) * (event.key === "ArrowLeft" ? -1 : 1);
  const to = event.key === "Home" ? 0 : event.key === "End" ? seen.length - 1 : Math.max(0, Math.min(seen.length - 1, now + step));
  point(host, line.x[seen[to]]);
}
