// The plots of a report: planes, coordinates against epochs, history.

// The plane.

/// The points of a way up to an epoch that have both coordinates.
function until(way, epoch) {
  const out = [];
  way.e.forEach((e, i) => {
    if (e <= epoch && known(way.x[i]) && known(way.y[i])) out.push(i);
  });
  return out;
}
const pick = (values, indices) => indices.map((i) => (values ? values[i] : null));

function hover(group, who, way, i) {
  const lines = [
    `<b>${plain(who)}</b>  epoch ${number(way.e[i])}`,
    `${plain(group.complexity.label)}  ${withError(way.x[i], way.dx?.[i])}`,
    `${plain(group.generalization.label)}  ${withError(way.y[i], way.dy?.[i])}`,
  ];
  if (known(way.x0?.[i]) || known(way.y0?.[i])) {
    lines.push(`mean under permutation  ${number(way.x0?.[i])}, ${number(way.y0?.[i])}`);
  }
  return lines.join("<br>");
}

function meanTraces(group, layer, epoch, look) {
  const way = layer.mean;
  const indices = until(way, epoch);
  if (!indices.length) return [];
  const first = indices[0], last = indices[indices.length - 1];
  const x = pick(way.x, indices), y = pick(way.y, indices);
  const traces = [{ x, y, mode: "lines", line: { color: faint(look.axis, 0.6), width: 2, simplify: false }, hoverinfo: "skip" }];
  const nullPoints = indices.filter((i) => known(way.x0?.[i]) && known(way.y0?.[i]));
  if (nullPoints.length) {
    traces.push({
      x: pick(way.x0, nullPoints), y: pick(way.y0, nullPoints), mode: "lines",
      line: { color: look.quiet, width: 1.5, dash: "dot" }, hoverinfo: "skip",
    }, {
      x: pick(way.x0, nullPoints.slice(-1)), y: pick(way.y0, nullPoints.slice(-1)), mode: "markers",
      marker: { symbol: "diamond", size: 8, color: look.paper, line: { color: look.quiet, width: 1.3 } },
      text: [`<b>${plain(layer.name)}</b>  mean under permutation`], hovertemplate: "%{text}<extra></extra>",
    });
  }
  traces.push({
    x, y, mode: "markers",
    marker: {
      size: indices.length > 150 ? 4 : 5.5,
      color: indices.map((i) => timeColour(group.epochs, way.e[i])),
      coloraxis: "coloraxis",
    },
    text: indices.map((i) => hover(group, layer.name, way, i)),
    hovertemplate: "%{text}<extra></extra>",
  });
  const colour = look.layer(layer);
  const marks = [first, ...(layer.turn !== null && indices.includes(layer.turn) ? [layer.turn] : []), last];
  traces.push({
    x: pick(way.x, marks), y: pick(way.y, marks), mode: "markers",
    marker: {
      symbol: marks.map((i, at) => (at > 0 && i === layer.turn && i !== last ? "cross-thin" : "circle")),
      size: 9,
      color: marks.map((_, at) => (at === 0 && first !== last ? look.paper : colour)),
      line: { color: colour, width: 1.4 },
    },
    error_x: { type: "data", array: pick(way.dx, marks).map((e) => e ?? 0), color: colour, thickness: 1, width: 3 },
    error_y: { type: "data", array: pick(way.dy, marks).map((e) => e ?? 0), color: colour, thickness: 1, width: 3 },
    text: marks.map((i) => hover(group, layer.name, way, i)),
    hovertemplate: "%{text}<extra></extra>",
  });
  return traces;
}

function networkWay(layer, index) {
  const way = layer.networks[index];
  return way && { ...way, e: way.e ?? layer.mean.e };
}

function networkTraces(group, run, state, epoch, look) {
  const traces = [];
  run.networks.forEach((network, index) => {
    if (!state.networks.has(network)) return;
    for (const layer of run.layers) {
      const way = networkWay(layer, index);
      if (!way) continue;
      const indices = until(way, epoch);
      traces.push({
        x: pick(way.x, indices), y: pick(way.y, indices), mode: "lines+markers",
        line: { color: faint(look.axis, 0.4), width: 1 },
        marker: { size: 3.5, color: indices.map((i) => timeColour(group.epochs, way.e[i])), coloraxis: "coloraxis" },
        text: indices.map((i) => hover(group, `${layer.name}, network ${network}`, way, i)),
        hovertemplate: "%{text}<extra></extra>",
      });
    }
  });
  return traces;
}

function limitShapes(limits, look) {
  const line = { color: look.axis, width: 1, dash: "dash" };
  return [
    ...limits.x.map(({ value }) => ({ type: "line", x0: value, x1: value, yref: "paper", y0: 0, y1: 1, line })),
    ...limits.y.map(({ value }) => ({ type: "line", y0: value, y1: value, xref: "paper", x0: 0, x1: 1, line })),
  ];
}

function limitNames(limits, look) {
  const font = { size: 11, color: look.quiet };
  return [
    ...limits.x.map(({ value, label }) => ({
      x: value, y: 0, yref: "paper", xanchor: "right", yanchor: "bottom", textangle: -90,
      text: plain(label), showarrow: false, font, yshift: 6,
    })),
    ...limits.y.map(({ value, label }) => ({
      x: 0, xref: "paper", y: value, xanchor: "left", yanchor: "bottom", text: plain(label), showarrow: false, font,
      xshift: 6,
    })),
  ];
}

const planeMargin = (group) => ({ l: leftMargin(group.generalization.range), r: 62, t: 26, b: 46 });

/// The points of a line, no two further apart than 5 pixels.
function sampled(points) {
  return points.flatMap((to, i) => {
    const from = points[Math.max(0, i - 1)];
    const parts = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 5));
    return Array.from({ length: parts }, (_, k) => ({
      x: from.x + ((to.x - from.x) * (k + 1)) / parts, y: from.y + ((to.y - from.y) * (k + 1)) / parts,
    }));
  });
}

/// Layers whose marks lie upon each other share a name.
function stacked(marked, atStarts) {
  const anchor = ({ marks }) => marks[atStarts ? 0 : marks.length - 1];
  const stacks = [];
  for (const one of marked) {
    const stack = stacks.find(([first]) => distance(anchor(first), anchor(one)) < 4);
    if (stack) stack.push(one);
    else stacks.push([one]);
  }
  return stacks.map((stack) => ({ stack, anchor: anchor(stack[0]) }));
}

/// "dense_1, dense_2", or "dense_1 … dense_3" of neighbours.
function namesOf(run, layers) {
  const [first, last] = [layers[0], layers[layers.length - 1]];
  const neighbours = run.layers.indexOf(last) - run.layers.indexOf(first) === layers.length - 1;
  return layers.length > 2 && neighbours ? `${first.name} … ${last.name}` : layers.map(({ name }) => name).join(", ");
}

/// The names of the layers at a time, at their starts or at their ends, and what they cost.
function placeNames(group, run, epoch, atStarts, width, height) {
  const across = ([low, high], value, size) => ((value - low) / (high - low)) * size;
  const point = (x, y) => ({
    x: across(group.complexity.range, x, width),
    y: height - across(group.generalization.range, y, height),
  });
  const at = (way, i) => point(way.x[i], way.y[i]);
  const marked = run.layers.map((layer) => ({ layer, indices: until(layer.mean, epoch) }))
    .filter(({ indices }) => indices.length)
    .map(({ layer, indices }) => {
      const turn = indices.includes(layer.turn) ? [layer.turn] : [];
      const kept = [indices[0], ...turn, indices[indices.length - 1]];
      return { layer, indices, kept, marks: kept.map((i) => at(layer.mean, i)) };
    });
  const ink = [];
  for (const { layer: { mean }, indices, kept, marks } of marked) {
    ink.push(...sampled(indices.map((i) => at(mean, i))));
    const nulls = indices.filter((i) => known(mean.x0?.[i]) && known(mean.y0?.[i]));
    ink.push(...sampled(nulls.map((i) => point(mean.x0[i], mean.y0[i]))));
    for (const { x, y } of marks) for (const shift of [-6, 6]) ink.push({ x: x + shift, y }, { x, y: y + shift });
    for (const i of kept) {
      const dx = mean.dx?.[i] ?? 0, dy = mean.dy?.[i] ?? 0;
      ink.push(...sampled([point(mean.x[i] - dx, mean.y[i]), point(mean.x[i] + dx, mean.y[i])]));
      ink.push(...sampled([point(mean.x[i], mean.y[i] - dy), point(mean.x[i], mean.y[i] + dy)]));
    }
  }
  for (const limit of run.limits.x) {
    const x = across(group.complexity.range, limit.value, width);
    const top = height - 8 - textWidth(limit.label, 11);
    for (let y = 0; y < height; y += 6) ink.push({ x, y }, ...(y > top ? [{ x: x - 8, y }] : []));
  }
  for (const limit of run.limits.y) {
    const y = height - across(group.generalization.range, limit.value, height);
    const right = 8 + textWidth(limit.label, 11);
    for (let x = 0; x < width; x += 6) ink.push({ x, y }, ...(x < right ? [{ x, y: y - 8 }] : []));
  }
  const labels = stacked(marked, atStarts).map(({ stack, anchor }) => ({
    text: shorten(namesOf(run, stack.map(({ layer }) => layer)), width * 0.4),
    layer: stack.length > 1 ? null : stack[0].layer,
    anchor,
    others: marked.filter((one) => !stack.includes(one)).flatMap(({ marks }) => marks),
  }));
  return { labels, ...place(labels, ink, width, height) };
}

function layerNames(group, run, epoch, width, height, look) {
  if (run.atStarts === undefined) {
    // Once, as they stand at the end: names that change sides while time plays are hard to follow.
    const [starts, ends] = [true, false].map((atStarts) =>
      placeNames(group, run, group.times[group.times.length - 1], atStarts, width, height).cost);
    run.atStarts = starts <= ends;
  }
  const { labels, placed } = placeNames(group, run, epoch, run.atStarts, width, height);
  return placed.flatMap((found, i) => {
    if (!found) return [];
    const colour = labels[i].layer ? look.layer(labels[i].layer) : look.ink;
    const { x, y } = middle(found.box);
    return [{
      x: x / width, xref: "paper", xanchor: "center", y: 1 - y / height, yref: "paper", yanchor: "middle",
      text: plain(labels[i].text), showarrow: false, font: { size: 12, color: colour }, borderpad: 0,
    }, ...(found.led ? [leader(found, width, height, colour)] : [])];
  });
}

function leader({ box, anchor }, width, height, colour) {
  const { x, y } = nearestIn(box, anchor);
  return {
    x: anchor.x / width, xref: "paper", y: 1 - anchor.y / height, yref: "paper", text: "",
    ax: x - anchor.x, ay: y - anchor.y, showarrow: true, arrowhead: 0, arrowwidth: 0.7, standoff: 5,
    arrowcolor: colour,
  };
}

function drawPlane(div, group, run, state) {
  const look = theme();
  const epoch = group.times[state.time];
  const margin = planeMargin(group);
  const width = div.clientWidth - margin.l - margin.r;
  const height = div.clientHeight - margin.t - margin.b;
  const traces = [
    ...networkTraces(group, run, state, epoch, look),
    ...(state.mean ? run.layers.flatMap((layer) => meanTraces(group, layer, epoch, look)) : []),
  ];
  const bar = group.epochs;
  Plotly.react(div, traces, layout(look, {
    width: div.clientWidth,
    height: div.clientHeight,
    margin,
    xaxis: axis(look, group.complexity.label, { ...numbered(group.complexity.range), nticks: 8 }),
    yaxis: axis(look, group.generalization.label, { ...numbered(group.generalization.range), nticks: 8 }),
    shapes: limitShapes(run.limits, look),
    annotations: [...limitNames(run.limits, look), ...layerNames(group, run, epoch, width, height, look)],
    coloraxis: {
      colorscale: look.time,
      cmin: timeColour(bar, bar.range[0]),
      cmax: timeColour(bar, bar.range[1]),
      colorbar: {
        title: { text: "epoch", font: { size: 12 } }, thickness: 9, outlinewidth: 0, len: 1, x: 1.02, xpad: 0,
        tickvals: bar.ticks.filter((tick) => tick[1]).map((tick) => timeColour(bar, tick[0])),
        ticktext: bar.ticks.filter((tick) => tick[1]).map((tick) => tick[1]),
        tickfont: { size: 11 },
      },
    },
  }), config);
}

// Curves against epochs, of a plane's coordinates or of the history.

/// The outline of one standard error to both sides; a piece ends where a value is not known.
function band(x, y, error) {
  const out = { x: [], y: [] };
  for (let from = 0; from < y.length; ) {
    let to = from;
    while (to < y.length && known(y[to]) && known(error[to])) ++to;
    for (let i = from; i < to; ++i) out.x.push(x[i]) && out.y.push(y[i] - error[i]);
    for (let i = to - 1; i >= from; --i) out.x.push(x[i]) && out.y.push(y[i] + error[i]);
    if (to > from) out.x.push(null) && out.y.push(null);
    from = to + 1;
  }
  return out;
}

/// `curves`: [{ name, color, e, y, error, low (the null), others: [{ e, y }] }]
function drawCurves(div, title, epochs, range, curves, now, limits = []) {
  const look = theme();
  const names = curves.map((curve) => shorten(curve.name, div.clientWidth * 0.34));
  const ends = curves.map((curve) => curve.y.findLastIndex(known));
  const margin = { l: leftMargin(range), r: 28 + Math.max(0, ...names.map((name) => textWidth(name, 12))), t: 10, b: 46 };
  const height = div.clientHeight - margin.t - margin.b;
  const traces = [], annotations = [], shapes = [];
  for (const curve of curves) {
    const x = curve.e.map((e) => shown(epochs, e));
    if (curve.error?.some(known)) {
      traces.push({
        ...band(x, curve.y, curve.error), mode: "lines", line: { width: 0, simplify: false },
        fill: "toself", fillcolor: faint(curve.color, 0.2), hoverinfo: "skip",
      });
    }
    for (const other of curve.others ?? []) {
      traces.push({
        x: other.e.map((e) => shown(epochs, e)), y: other.y, mode: "lines",
        line: { color: faint(curve.color, 0.5), width: 1, simplify: false }, hoverinfo: "skip",
      });
    }
    if (curve.low?.some(known)) {
      traces.push({
        x, y: curve.low, mode: "lines", line: { color: curve.color, width: 1.5, dash: "dot" },
        text: curve.low.map((y, i) => `<b>${plain(curve.name)}</b>  epoch ${number(curve.e[i])}<br>mean under permutation  ${number(y)}`),
        hovertemplate: "%{text}<extra></extra>",
      });
    }
    traces.push({
      x, y: curve.y, mode: curve.y.filter(known).length > 1 ? "lines" : "markers",
      line: { color: curve.color, width: 1.8, simplify: false }, marker: { color: curve.color, size: 6 },
      cliponaxis: false,
      text: curve.y.map((y, i) => `<b>${plain(curve.name)}</b>  epoch ${number(curve.e[i])}<br>${withError(y, curve.error?.[i])}`),
      hovertemplate: "%{text}<extra></extra>",
    });
  }
  const present = curves.map((_, i) => i).filter((i) => ends[i] >= 0);
  const wanted = present.map((i) => (1 - (curves[i].y[ends[i]] - range[0]) / (range[1] - range[0])) * height);
  const gap = Math.min(15, (height + 10) / Math.max(1, present.length));
  spread(wanted, gap, height).forEach((y, k) => {
    const curve = curves[present[k]];
    annotations.push({
      x: 1, xref: "paper", xanchor: "left", xshift: 16, y: 1 - y / height, yref: "paper", yanchor: "middle",
      text: plain(names[present[k]]), showarrow: false, borderpad: 0,
      font: { size: Math.min(12, gap / 1.2), color: curve.color },
    });
    shapes.push({
      type: "line", xref: "paper", xsizemode: "pixel", xanchor: 1, x0: 4, x1: 15, yref: "paper",
      y0: 1 - wanted[k] / height, y1: 1 - y / height, line: { color: curve.color, width: 0.8 },
    });
  });
  const lines = { x: [], y: limits };
  shapes.push(...limitShapes(lines, look));
  annotations.push(...limitNames(lines, look));
  if (known(now)) {
    shapes.push({
      type: "line", x0: shown(epochs, now), x1: shown(epochs, now), yref: "paper", y0: 0, y1: 1,
      line: { color: look.axis, width: 1, dash: "dot" },
    });
  }
  Plotly.react(div, traces, layout(look, {
    width: div.clientWidth, height: div.clientHeight, margin, annotations, shapes,
    xaxis: epochAxis(look, epochs),
    yaxis: axis(look, title, { ...numbered(range), nticks: 7 }),
  }), config);
}

function drawCoordinate(div, group, run, state, which) {
  const { value, error, low, scale, title } = which;
  const look = theme();
  const curves = run.layers.map((layer) => ({
    name: layer.label,
    color: look.layer(layer),
    e: layer.mean.e,
    y: state.mean ? layer.mean[value] : layer.mean[value].map(() => null),
    error: state.mean ? layer.mean[error] : null,
    low: state.mean ? layer.mean[low] : null,
    others: run.networks.flatMap((network, index) => {
      const way = state.networks.has(network) ? networkWay(layer, index) : null;
      return way ? [{ e: way.e, y: way[value] }] : [];
    }),
  }));
  const last = state.time === group.times.length - 1;
  const limits = group.plane ? [] : run.limits.y;  // what no plane shows
  drawCurves(div, title(group), group.epochs, group[scale].range, curves, last ? null : group.times[state.time], limits);
}

const coordinates = {
  complexity: {
    value: "x", error: "dx", low: "x0", scale: "complexityCurve", title: (group) => group.complexity.label,
  },
  generalization: {
    value: "y", error: "dy", low: "y0", scale: "generalizationCurve", title: (group) => group.generalization.label,
  },
};

function drawHistory(div, history) {
  const look = theme();
  const curves = history.curves.map((curve) => ({
    name: curve.name,
    color: curve.name.startsWith("val_") ? look.ink : look.quiet,
    e: curve.e,
    y: curve.y,
    error: curve.dy,
  }));
  drawCurves(div, history.title, history.epochs, history.range, curves, null);
}
