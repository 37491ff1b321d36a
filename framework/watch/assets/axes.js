// Ranges and ticks.

// ticks are round numbers from low to high, about so many.
function ticks(low, high, about) {
  const span = high - low;
  if (!(span > 0)) return [low];
  const rough = span / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((m) => m * power >= rough * 0.999) ?? 10);
  const all = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step && all.length < 50; k++) all.push(k * step);
  return all;
}

// powers are the powers of ten from low to high, with 2 and 5 times them where there are few.
function powers(low, high) {
  const all = [];
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const every = Math.max(1, Math.ceil((last - first) / 6));
  for (let e = first; e <= last; e += every) {
    for (const m of last - first <= 2 ? [1, 2, 5] : [1]) {
      const v = m * 10 ** e;
      if (v >= low * 0.999 && v <= high * 1.001) all.push(v);
    }
  }
  return all;
}

// tickTexts writes ticks with the decimals that their distance needs.
function tickTexts(values, log) {
  const largest = Math.max(...values.map(Math.abs));
  if (log) return values.map(powerText);
  if (values.length < 2) return values.map((v) => number(v, 4));
  const step = Math.abs(values[1] - values[0]);
  if (largest >= 1e6 || (largest < 1e-3 && largest > 0)) {
    const digits = Math.max(0, Math.min(12, Math.ceil(Math.log10(largest / step) - 0.3)));
    return values.map((v) => (v === 0 ? "0" : typeset(v.toExponential(digits).replace("e+", "e"))));
  }
  let decimals = 0;
  while (decimals < 12 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6 * step * 10 ** decimals) decimals++;
  return values.map((v) => typeset((Math.abs(v) < step * 1e-6 ? 0 : v).toFixed(decimals)));
}

// powerText writes 0.00001 as ten to the power of minus five.
function powerText(v) {
  const e = Math.floor(Math.log10(v) + 1e-9);
  if (e > -3 && e < 5) return number(v, 4);
  const m = Math.round(v / 10 ** e);
  return `${m === 1 ? "" : `${m}·`}10${[...String(e)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("")}`;
}

// reach is the range of lines with their errors. Of the steps of a training it is that of the later nine
// tenths, so that the first steps from a random start do not flatten the rest.
function reach(lines, levels, later, log) {
  let low = Infinity;
  let high = -Infinity;
  const take = (v) => {
    if (v === null || v === undefined || !Number.isFinite(v) || (log && v <= 0)) return;
    low = Math.min(low, v);
    high = Math.max(high, v);
  };
  for (const line of lines) {
    for (let i = later ? Math.floor(line.y.length / 10) : 0; i < line.y.length; i++) {
      const y = line.y[i];
      const dy = line.dy?.[i] ?? 0;
      if (y === null) continue;
      take(y);
      take(y - dy);
      take(y + dy);
    }
  }
  levels.forEach(take);
  if (low > high) return null;
  if (log) return [low / 1.15, high * 1.15];
  const room = high > low ? 0.05 * (high - low) : Math.abs(high) * 0.05 || 1;
  return [low - room, high + room];
}

function extent(lines) {
  let low = Infinity;
  let high = -Infinity;
  for (const line of lines) {
    for (const x of line.x) {
      if (x === null) continue;
      low = Math.min(low, x);
      high = Math.max(high, x);
    }
  }
  if (low > high) return [0, 1];
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}
