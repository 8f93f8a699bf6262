// The page around the plots: the plotting library, the controls, and when to draw again.

function fail(reason) {
  for (const note of document.querySelectorAll(".failed")) {
    note.textContent =
      `The plots could not be drawn (${reason}). The tables below hold the main numbers, ` +
      "plane.csv all of them, and the folder figures the same planes as images.";
    note.hidden = false;
  }
  for (const plot of document.querySelectorAll(".plot, .controls")) plot.hidden = true;
}

async function loadPlotly() {
  const packed = Uint8Array.from(atob(byId("plotly").textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script);
  if (typeof Plotly === "undefined") throw new Error("the plotting library did not start");
}

let states = [];  // of the controls, one a plane

function drawGroup(g) {
  const group = data.planes[g];
  group.runs.forEach((run, r) => {
    if (group.plane) {
      drawPlane(byId(`plane-${g}-${r}`), group, run, states[g]);
      drawCoordinate(byId(`complexity-${g}-${r}`), group, run, states[g], coordinates.complexity);
    }
    drawCoordinate(byId(`generalization-${g}-${r}`), group, run, states[g], coordinates.generalization);
  });
}

function drawAll() {
  data.planes.forEach((_, g) => drawGroup(g));
  data.history.forEach((history) => drawHistory(byId(history.id), history));
}

/// At most one drawing a frame, however fast the slider moves.
function soon(draw) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };
}

function connectTime(controls, group, state, redraw) {
  const slider = controls.querySelector("input[type=range]");
  const output = controls.querySelector("output");
  const play = controls.querySelector("button");
  const show = (time) => {
    state.time = time;
    slider.value = time;
    output.textContent = `epoch ${number(group.times[time])}`;
    redraw();
  };
  slider.max = group.times.length - 1;
  slider.addEventListener("input", () => show(Number(slider.value)));
  show(state.time);

  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = "play";
  };
  play.addEventListener("click", () => {
    if (timer) return stop();
    if (state.time === group.times.length - 1) show(0);
    play.textContent = "stop";
    const stride = Math.max(1, Math.round(group.times.length / 120));
    timer = setInterval(() => {
      show(Math.min(state.time + stride, group.times.length - 1));
      if (state.time === group.times.length - 1) stop();
    }, 60);
  });
}

function connect(g) {
  const state = states[g];
  const controls = byId(`controls-${g}`);
  const redraw = soon(() => drawGroup(g));
  if (data.planes[g].plane) connectTime(controls, data.planes[g], state, redraw);
  for (const box of controls.querySelectorAll("input[type=checkbox]")) {
    box.addEventListener("change", () => {
      if (box.value === "mean") state.mean = box.checked;
      else if (box.checked) state.networks.add(Number(box.value));
      else state.networks.delete(Number(box.value));
      redraw();
    });
  }
}

async function start() {
  data = JSON.parse(byId("report-data").textContent);
  states = data.planes.map((group) => ({ time: group.times.length - 1, mean: true, networks: new Set() }));
  await loadPlotly();
  data.planes.forEach((_, g) => connect(g));
  drawAll();
  const redraw = soon(drawAll);
  addEventListener("resize", redraw);
  dark.addEventListener("change", redraw);
  addEventListener("beforeprint", () => {
    printing = true;
    drawAll();
  });
  addEventListener("afterprint", () => {
    printing = false;
    drawAll();
  });
}

start().catch((error) => fail(error.message));
