// What all plots of a report share: colours, numbers, axes, and names that do not touch. Text that
// came from a run goes through `plain` before it reaches Plotly, which reads some HTML in labels.

const byId = (id) => document.getElementById(id);
const known = (value) => value !== null && value !== undefined;
let data = null;  // the numbers of the page, read when it starts
const plain = (text) =>
  String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

// How things look.

const dark = matchMedia("(prefers-color-scheme: dark)");
const coarse = matchMedia("(pointer: coarse)");
let printing = false;

function theme() {
  const css = getComputedStyle(document.documentElement);
  const colour = (name) => css.getPropertyValue(name).trim();
  const onDark = dark.matches && !printing;
  return {
    ink: printing ? "#000000" : colour("--ink"),
    quiet: printing ? "#55555a" : colour("--quiet"),
    axis: printing ? "#8a8a8e" : colour("--axis"),
    paper: printing ? "#ffffff" : colour("--paper"),
    layer: (layer) => (onDark ? layer.dark : layer.light),
    time: onDark ? data.time.dark : data.time.light,
  };
}

const faint = (hex, alpha) =>
  `rgba(${[1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)).join(",")},${alpha})`;

function number(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  return (size !== 0 && (size < 1e-4 || size >= 1e5) ? value.toExponential(3)
    : String(Number(value.toPrecision(4)))).replace("-", "−");
}
const withError = (value, error) =>
  number(value) + (error === null || error === undefined ? "" : ` ± ${number(error)}`);

// Axes.

function axis(look, title, more) {
  return {
    title: { text: plain(title), standoff: 8, font: { size: 13 } },
    color: look.ink,
    linecolor: look.axis,
    tickcolor: look.axis,
    showline: true,
    showgrid: false,
    zeroline: false,
    ticks: "outside",
    ticklen: 4,
    fixedrange: coarse.matches,
    ...more,
  };
}

function epochAxis(look, epochs) {
  const log = epochs.log;
  return axis(look, "epoch", {
    type: log ? "log" : "linear",
    range: log ? epochs.range.map(Math.log10) : epochs.range,
    tickvals: epochs.ticks.map((tick) => tick[0]),
    ticktext: epochs.ticks.map((tick) => tick[1]),
    tickangle: 0,
  });
}

/// 0 has no place on a logarithmic axis: it stands where the axis begins.
const shown = (epochs, e) => (epochs.log && e < epochs.range[0] ? epochs.range[0] : e);
const timeColour = (epochs, e) => (epochs.log ? Math.log10(shown(epochs, e)) : e);

function layout(look, more) {
  return {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: look.ink },
    hoverlabel: { bgcolor: look.paper, bordercolor: look.axis, font: { color: look.ink, size: 12 }, align: "left" },
    hovermode: "closest",
    dragmode: coarse.matches ? false : "zoom",
    showlegend: false,
    ...more,
  };
}

const config = { displayModeBar: false, responsive: false };

// Names that do not touch. Boxes are in pixels.

const context = document.createElement("canvas").getContext("2d");
function textWidth(text, size) {
  context.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  return context.measureText(text).width;
}

/// `text` in at most so many pixels: its middle gives way.
function shorten(text, most) {
  let out = text;
  for (let kept = text.length - 1; kept > 2 && textWidth(out, 12) > most; --kept) {
    out = `${text.slice(0, Math.ceil(kept / 2))}…${text.slice(-Math.floor(kept / 2))}`;
  }
  return out;
}

/// One way of writing numbers an axis, that of the figures.
function numbered(range) {
  const largest = Math.max(...range.map(Math.abs));
  return { range, exponentformat: largest < 1e-4 || largest >= 1e5 ? "power" : "none" };
}

/// Room for the axis label and tick labels as wide as those of this range.
function leftMargin(range) {
  const step = (range[1] - range[0]) / 7;
  const decimals = Math.min(6, Math.max(0, Math.ceil(-Math.log10(step))));
  return 32 + Math.max(...range.map((value) => textWidth(value.toFixed(decimals), 12)));
}

const overlap = (a, b) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const nearestIn = (box, { x, y }) => ({
  x: Math.min(Math.max(x, box.x), box.x + box.width), y: Math.min(Math.max(y, box.y), box.y + box.height),
});
const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
const distanceTo = (box, points) => Math.min(...points.map((point) => distance(point, nearestIn(box, point))));

/// Whether the line between two points comes within `clear` of a third.
function passes(from, to, point, clear) {
  const length = distance(from, to) ** 2 || 1;
  const share = ((point.x - from.x) * (to.x - from.x) + (point.y - from.y) * (to.y - from.y)) / length;
  const t = Math.min(Math.max(share, 0), 1);
  return distance(point, { x: from.x + t * (to.x - from.x), y: from.y + t * (to.y - from.y) }) < clear;
}

const middle = (box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

/// For each label { text, anchor, others } the free box near its anchor that hides the least of
/// `ink`, or nothing: beside the anchor where none of the other marks could be meant, else `led` by a
/// line. With what all that costs.
function place(labels, ink, width, height) {
  const placed = labels.map(() => null);
  // The first round takes what is free; the second lets each move once all are there.
  for (let round = 0; round < 2; ++round) {
    labels.forEach((label, i) => {
      placed[i] = bestPlace(label, placed.filter((other, k) => other && k !== i), ink, width, height);
    });
  }
  return { placed, cost: placed.reduce((sum, found) => sum + (found ? found.cost : 1000), 0) };
}

function bestPlace({ text, anchor, others }, taken, ink, width, height) {
  const size = { width: textWidth(text, 12) + 4, height: 15 };
  let best = null;
  for (let radius = 8; radius < 200; radius *= 1.35) {
    for (let i = 0; i < 24; ++i) {
      const dx = Math.cos((i * Math.PI) / 12), dy = Math.sin((i * Math.PI) / 12);
      const x = anchor.x + dx * (radius + size.width / 2) - size.width / 2;
      const y = anchor.y + dy * (radius + size.height / 2) - size.height / 2;
      const box = { ...size, x, y };
      if (x < 2 || y < -20 || x + box.width > width || y + box.height > height) continue;
      if (taken.some((other) => overlap(box, other.box))) continue;
      const end = nearestIn(box, anchor), gap = distance(anchor, end), led = gap > 14;
      const beside = distanceTo(box, others);
      if (!led && beside < gap + 6) continue;
      let cost = gap + 3 * (1 - dx);
      if (led) {
        cost += 12 + (beside < 6 ? 60 : 0);
        cost += 180 * others.filter((mark) => passes(anchor, end, mark, 6)).length;
        cost += 120 * taken.filter((other) => passes(anchor, end, middle(other.box), 12)).length;
      }
      if (best && cost >= best.cost) continue;  // before the many points of ink
      if (led) cost += 4 * ink.filter((point) => passes(anchor, end, point, 3)).length;
      for (const point of ink) {
        const outside = point.x < x - 2 || point.x > x + box.width + 2;
        if (!outside && point.y > y - 2 && point.y < y + box.height + 2) cost += 12;
      }
      if (!best || cost < best.cost) best = { cost, box, anchor, led };
    }
  }
  return best;
}

/// Heights near the wanted ones, in their order, at least `gap` apart, within [0, height].
function spread(wanted, gap, height) {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const pools = [];
  order.forEach((index, i) => {
    pools.push({ sum: wanted[index] - i * gap, count: 1 });
    while (pools.length > 1) {
      const [before, last] = pools.slice(-2);
      if (before.sum / before.count <= last.sum / last.count) break;
      pools.splice(-2, 2, { sum: before.sum + last.sum, count: before.count + last.count });
    }
  });
  const most = Math.max(0, height - gap * (wanted.length - 1));
  const heights = [];
  let i = 0;
  for (const pool of pools) {
    for (let k = 0; k < pool.count; ++k, ++i) {
      heights[order[i]] = Math.min(Math.max(pool.sum / pool.count, 0), most) + i * gap;
    }
  }
  return heights;
}
