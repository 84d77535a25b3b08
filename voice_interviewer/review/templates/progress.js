"use strict";
// Draws each plot from its own data; what it says stands in the table below it too.
(() => {
  const root = document.documentElement;
  const boxes = [...document.querySelectorAll(".plot")];
  const drawn = new Map();
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();

  const axis = (more) => ({
    stroke: colour("--soft"),
    font: "12px system-ui, sans-serif",
    grid: { show: false },
    ticks: { show: false },
    ...more,
  });

  function ends(plot, names) {
    // The first and the last day are all there is room for; uPlot would centre them and cut them off.
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.fillStyle = colour("--soft");
    ctx.font = `${12 * ratio}px system-ui, sans-serif`;
    ctx.textBaseline = "top";
    const y = bbox.top + bbox.height + 5 * ratio;
    ctx.textAlign = "left";
    ctx.fillText(names[0] || "", bbox.left, y);
    ctx.textAlign = "right";
    if (names.length > 1) ctx.fillText(names[names.length - 1] || "", bbox.left + bbox.width, y);
    ctx.restore();
  }

  function band(plot, low, high) {
    const { ctx, bbox } = plot;
    const top = plot.valToPos(high, "y", true);
    const bottom = plot.valToPos(low, "y", true);
    ctx.save();
    ctx.fillStyle = colour("--band");
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
    ctx.restore();
  }

  function zero(plot) {
    const { ctx, bbox } = plot;
    const y = plot.valToPos(0, "y", true);
    ctx.save();
    ctx.strokeStyle = colour("--edge");
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
  }

  const whole = (u, splits) => splits.map((value) => (Number.isInteger(value) ? String(value) : ""));
  const bars = () => uPlot.paths.bars({ size: [0.72, 44], align: 0 });
  const line = (name) => ({
    stroke: colour(name),
    width: 2,
    spanGaps: true,
    points: { show: true, size: 7, fill: colour(name), stroke: colour(name) },
  });

  function look(kind, data) {
    const found = data.series[0].filter((value) => value !== null);
    const most = Math.max(...found, 0);
    if (kind === "shares") {
      const part = (name) => ({ fill: colour(name), stroke: colour(name), width: 0, paths: bars(), points: { show: false } });
      return {
        height: 96,
        series: [part("--not"), part("--after"), part("--once")],
        values: [data.series[2], data.series[1], data.series[0]],
        y: [0, 1],
        left: null,
        under: () => {},
      };
    }
    if (kind === "counts") {
      const bar = { fill: colour("--after"), stroke: colour("--after"), width: 0, paths: bars(), points: { show: false } };
      return {
        height: 128,
        series: [bar],
        values: data.series,
        y: [0, Math.max(2, most)],
        left: axis({ size: 26, gap: 4, values: whole, incrs: [1, 2, 5, 10, 20, 50] }),
        under: zero,
      };
    }
    if (kind === "gap") {
      const far = Math.max(2, ...found.map(Math.abs));
      return {
        height: 128,
        series: [line("--once")],
        values: data.series,
        y: [-far, far],
        left: axis({ size: 30, gap: 4, values: (u, s) => s.map((v) => (v > 0 ? `+${v}` : String(v))), incrs: [1, 2] }),
        under: zero,
      };
    }
    const [low, high] = data.band;
    return {
      height: 128,
      series: [line("--once")],
      values: data.series,
      y: [Math.min(low, ...found) - 15, Math.max(high, most) + 15],
      left: axis({ size: 34, gap: 4, incrs: [20, 50, 100] }),
      under: (plot) => band(plot, low, high),
    };
  }

  function draw(box) {
    drawn.get(box)?.destroy();
    const data = JSON.parse(box.dataset.plot);
    const shown = look(box.dataset.kind, data);
    const plot = new uPlot(
      {
        width: Math.max(80, box.clientWidth),
        height: shown.height,
        padding: [shown.left ? 10 : 4, 2, 0, 2],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: [-0.5, data.days.length - 0.5] },
          y: { range: shown.y },
        },
        axes: [axis({ size: 20, values: (u, splits) => splits.map(() => "") }), shown.left || { show: false }],
        series: [{}, ...shown.series],
        hooks: { drawClear: [shown.under], draw: [(each) => ends(each, data.days)] },
      },
      [data.days.map((_, at) => at), ...shown.values],
      box,
    );
    drawn.set(box, plot);
  }

  // Only what comes into view is drawn: somebody who practised for months has hundreds of them.
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        seen.unobserve(entry.target);
        draw(entry.target);
      }
    },
    { rootMargin: "400px" },
  );
  boxes.forEach((box) => seen.observe(box));

  const sized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const plot = drawn.get(target);
      const width = Math.max(80, target.clientWidth);
      if (plot && plot.width !== width) plot.setSize({ width, height: plot.height });
    }
  });
  boxes.forEach((box) => sized.observe(box));

  const again = () => [...drawn.keys()].forEach(draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  addEventListener("beforeprint", () => {
    root.classList.add("printing");
    boxes.forEach(draw);
  });
  addEventListener("afterprint", () => {
    root.classList.remove("printing");
    again();
  });
  root.dataset.ready = "plots";
})();
