// Configurations: images of lattices, clouds of points, histograms.

// picture draws p into host, unless it is drawn there already.
function picture(host, p) {
  if (host.drawn === p) return;
  host.drawn = p;
  host.classList.add("picture");
  const kinds = { tiles, cloud, histogram };
  host.replaceChildren(...(kinds[p.kind]?.(p) ?? []), h("p", { class: "small quiet" }, p.caption));
}

// tiles are images side by side, each cell some whole pixels wide, so that all sites are alike.
function tiles(p) {
  const shades = Uint8Array.from(atob(p.shades ?? ""), (c) => c.charCodeAt(0));
  const size = p.rows * p.columns;
  const n = Math.floor(shades.length / size);
  if (!(n > 0)) return [];
  const colours = p.palette.map((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  const cell = Math.max(1, Math.round((n > 1 ? 96 : 288) / Math.max(p.rows, p.columns)));
  const all = [];
  for (let k = 0; k < n; k++) {
    const canvas = h("canvas", { width: p.columns, height: p.rows, "aria-hidden": "true" });
    canvas.style.width = `${p.columns * cell}px`;
    canvas.style.height = `${Math.max(p.rows * cell, p.rows === 1 ? 12 : 0)}px`;
    const context = canvas.getContext("2d");
    const image = context.createImageData(p.columns, p.rows);
    for (let i = 0; i < size; i++) {
      image.data.set([...(colours[shades[k * size + i]] ?? [127, 127, 127]), 255], 4 * i);
    }
    context.putImageData(image, 0, 0);
    all.push(canvas);
  }
  return [h("div", { class: "tiles", role: "img", "aria-label": p.caption }, all), scaleOf(p)];
}

// scaleOf says what the colours mean.
function scaleOf(p) {
  const strip = h("canvas", { width: p.palette.length, height: 1, class: "strip", "aria-hidden": "true" });
  const context = strip.getContext("2d");
  p.palette.forEach((colour, i) => {
    context.fillStyle = colour;
    context.fillRect(i, 0, 1, 1);
  });
  return h("p", { class: "scale small" }, number(p.low, 3), strip, number(p.high, 3), p.names?.[0] ? ` ${p.names[0]}` : "");
}

// cloud are points of which equal lengths are equal along both axes; those of one configuration stand out.
function cloud(p) {
  const box = p.edges?.length >= 2;
  const [x0, x1] = box ? [0, p.edges[0]] : widened(p.x);
  const [y0, y1] = box ? [0, p.edges[1]] : widened(p.y);
  const width = 460;
  const height = Math.max(80, Math.min(460, (width * (y1 - y0)) / (x1 - x0)));
  const unit = Math.min(width / (x1 - x0), height / (y1 - y0));
  const [left, low] = [46 + (width - unit * (x1 - x0)) / 2, 8 + height - (height - unit * (y1 - y0)) / 2];
  const x = (v) => (left + unit * (v - x0)).toFixed(1);
  const y = (v) => (low - unit * (v - y0)).toFixed(1);
  const dot = (i) => `M${x(p.x[i])} ${y(p.y[i])}h0`;
  const each = p.each > 1 ? p.each : 0;
  const paths = [[], []];
  p.x.forEach((_, i) => p.x[i] !== null && p.y[i] !== null && paths[i < each ? 1 : 0].push(dot(i)));
  const across = ticks(x0, x1, 5);
  const up = ticks(y0, y1, 5);
  return [s("svg", { viewBox: `0 0 ${width + 60} ${height + 50}`, role: "img", "aria-label": p.caption, class: "cloud" },
    s("g", { class: "axis" },
      s("rect", { x: x(x0), y: y(y1), width: unit * (x1 - x0), height: unit * (y1 - y0) }),
      across.map((v, i) => s("text", { x: x(v), y: low + 17, class: "middle" }, tickTexts(across)[i])),
      up.map((v, i) => s("text", { x: left - 6, y: Number(y(v)) + 4, class: "end" }, tickTexts(up)[i])),
      s("text", { x: x((x0 + x1) / 2), y: low + 36, class: "middle label" }, p.names?.[0] ?? "x"),
      s("text", { transform: `translate(${left - 34} ${y((y0 + y1) / 2)}) rotate(-90)`, class: "middle label" }, p.names?.[1] ?? "y")),
    s("path", { class: "cloudy c0", d: paths[0].join("") }), s("path", { class: "one c1", d: paths[1].join("") }))];
}

function widened(values) {
  const [low, high] = extent([{ x: values }]);
  const room = 0.04 * (high - low);
  return [low - room, high + room];
}

// histogram has the edges of its bins in x, one more than densities in y.
function histogram(p) {
  const [width, height] = [520, 220];
  const top = Math.max(...p.y, 1e-300);
  const [x0, x1] = [p.x[0], p.x[p.x.length - 1]];
  const x = (v) => 50 + ((v - x0) / (x1 - x0)) * (width - 60);
  const y = (v) => height - 38 - (v / (1.05 * top)) * (height - 46);
  const across = ticks(x0, x1, 6);
  const up = ticks(0, 1.05 * top, 4);
  return [s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": p.caption },
    p.y.map((v, i) => s("rect", { class: "column c0", x: x(p.x[i]), width: Math.max(0.5, x(p.x[i + 1]) - x(p.x[i]) - 1), y: y(v), height: y(0) - y(v) })),
    s("g", { class: "axis" }, s("path", { d: `M50 8V${y(0)}H${width - 10}` }),
      across.map((v, i) => s("text", { x: x(v), y: y(0) + 17, class: "middle" }, tickTexts(across)[i])),
      up.map((v, i) => s("text", { x: 44, y: y(v) + 4, class: "end" }, tickTexts(up)[i])),
      s("text", { x: width / 2, y: height - 4, class: "middle label" }, p.names?.[0] ?? "x"),
      s("text", { transform: `translate(11 ${height / 2}) rotate(-90)`, class: "middle label" }, p.names?.[1] ?? "density")))];
}
