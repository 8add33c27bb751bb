"use strict";
// Zooming is a matter of layout: every block's place is a share of its lane's width.
const MOST = 400;

for (const strip of document.querySelectorAll("figure.strip")) {
  const view = strip.querySelector(".view");
  const wide = strip.querySelector(".all");
  const axis = strip.querySelector(".axis");
  const told = strip.querySelector("output");
  const span = Number(strip.dataset.span);
  const unit = strip.dataset.unit;
  let zoom = 1;

  const drawTicks = () => {
    const width = wide.clientWidth;
    const least = (span * 112) / width;
    const power = 10 ** Math.floor(Math.log10(least));
    const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= least);
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const from = Math.floor(((view.scrollLeft / width) * span) / step);
    const to = Math.ceil((((view.scrollLeft + view.clientWidth) / width) * span) / step);
    axis.replaceChildren();
    for (let n = Math.max(0, from); n <= to && n * step <= span; n++) {
      const share = (100 * n * step) / span;
      const tick = document.createElementNS(axis.namespaceURI, "text");
      tick.setAttribute("x", `${share}%`);
      tick.setAttribute("y", "16");
      tick.setAttribute("dx", "3");
      tick.setAttribute("class", "soft");
      tick.textContent = `${(n * step).toFixed(digits)} ${unit}`;
      const room = width * (1 - share / 100);
      const line = document.createElementNS(axis.namespaceURI, "line");
      for (const [name, value] of [["x1", `${share}%`], ["x2", `${share}%`], ["y1", "0"], ["y2", "18"]])
        line.setAttribute(name, value);
      line.setAttribute("stroke", "var(--others)");
      if (room > 8 * tick.textContent.length) axis.append(line, tick);
    }
  };

  // A label stays in sight as long as a part of its block is, and there is room for it.
  const placeLabels = () => {
    const width = wide.clientWidth;
    for (const block of strip.querySelectorAll(".block[data-label]")) {
      const start = (parseFloat(block.getAttribute("x")) / 100) * width;
      const end = start + (parseFloat(block.getAttribute("width")) / 100) * width;
      const hidden = Math.min(Math.max(0, view.scrollLeft - start), end - start);
      block.lastElementChild.setAttribute("x", hidden + 5);
      block.classList.toggle("tight", end - start - hidden < 7.5 * block.dataset.label + 8);
    }
  };

  const draw = () => {
    placeLabels();
    drawTicks();
  };

  const show = (wanted, centre) => {
    zoom = Math.min(MOST, Math.max(1, wanted));
    wide.style.width = `${100 * zoom}%`;
    view.scrollLeft = centre * wide.clientWidth - view.clientWidth / 2;
    draw();
  };
  const centre = () => (view.scrollLeft + view.clientWidth / 2) / wide.clientWidth;

  const actions = {
    in: () => show(zoom * 2, centre()),
    out: () => show(zoom / 2, centre()),
    all: () => show(1, 0.5),
  };
  for (const button of strip.querySelectorAll("button"))
    button.addEventListener("click", actions[button.dataset.action]);
  view.addEventListener("keydown", (event) => {
    const action = { "+": "in", "-": "out", 0: "all" }[event.key];
    if (action) actions[action]();
  });
  view.addEventListener("scroll", draw, { passive: true });
  for (const block of strip.querySelectorAll(".block")) {
    const tell = () => (told.textContent = block.querySelector("title").textContent);
    block.addEventListener("pointerenter", tell);
    block.addEventListener("click", () => {
      tell();
      const start = parseFloat(block.getAttribute("x")) / 100;
      const share = parseFloat(block.getAttribute("width")) / 100;
      show(0.9 / share, start + share / 2);
    });
  }
  new ResizeObserver(() => show(zoom, centre())).observe(view);
  strip.querySelector(".tools").hidden = false;
  show(1, 0.5);
}
