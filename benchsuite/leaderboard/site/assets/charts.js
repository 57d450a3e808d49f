"use strict";
// Drawing with Vega: as SVG whose colours are the page's, its expressions interpreted, not evaluated.
const charts = (() => {
  const { config } = benchsuite.take("board").charts;
  const OPTIONS = {
    mode: "vega-lite",
    ast: true,
    actions: false,
    renderer: "svg",
    defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
    config: { ...config, aria: false },
  };
  const POINTS = ["square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-left", "triangle-right"];
  const DASHES = [[1, 0], [7, 3], [2, 2], [8, 3, 2, 3]];
  const COLOURS = 7;

  return {
    /** How the entry drawn at a place looks; the control has the colour of ink. */
    look(place, key) {
      if (key === "=control") return { colour: "currentColor", dash: DASHES[0], shape: "circle", width: 2.6 };
      const turn = Math.floor(place / COLOURS);
      const at = place % COLOURS;
      return {
        colour: `var(--regime-${at + 1})`,
        dash: DASHES[(at + turn) % DASHES.length],
        shape: POINTS[at],
        width: 1.9,
      };
    },
    /** Draw a chart with these data sets in place of what is there; `label` says what it shows. */
    async draw(element, chart, datasets, label) {
      await benchsuite.vega();
      const before = element.drawing;
      element.setAttribute("aria-label", label);
      element.drawing = await vegaEmbed(element, { ...structuredClone(chart), datasets }, OPTIONS);
      if (before) before.finalize();
      return element.drawing;
    },
    /** Do something once a part of the page is about to be seen. */
    whenSeen(part, draw) {
      const watch = new IntersectionObserver((seen) => {
        if (!seen.some((one) => one.isIntersecting)) return;
        watch.disconnect();
        draw();
      }, { rootMargin: "400px" });
      watch.observe(part);
    },
    /** The ends of an axis that shows these values with room around them. */
    domain(values) {
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const room = 0.09 * (high - low) || Math.abs(high) * 0.1 || 1;
      return [low - room, high + room];
    },
  };
})();
