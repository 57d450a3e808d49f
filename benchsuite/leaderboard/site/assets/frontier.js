"use strict";
// Entries as points: an axis of the board, or its aggregate, against the cost or another axis.
(() => {
  const part = document.querySelector(".frontier");
  const { axes, charts: { frontier }, entries, measurements } = benchsuite.take("board");
  const { make, written } = benchsuite;
  const cost = measurements.at(-1);
  const POINTS = { factor: 1, decimals: 1, unit: "points" };
  const FEW = 14;
  const measures = [
    { title: "Score", of: (entry) => entry.score, scale: POINTS },
    ...axes.map((axis) => ({ title: axis[0].toUpperCase() + axis.slice(1), of: (entry) => entry.axes[axis], scale: POINTS })),
    { title: `Cost: ${cost.title}`, of: (entry) => entry.cost, scale: cost },
  ];
  const [up, across] = [part.querySelector(".up"), part.querySelector(".across")];

  function rows(x, y) {
    const shown = entries.filter((entry) => [x, y].every((one) => Number.isFinite(one.of(entry)?.[0])));
    const fronts = shown.filter((entry) => entry.frontier).length;
    return shown.map((entry) => {
      const [value, lower, upper] = y.of(entry).map((end) => (end === null ? null : end / y.scale.factor));
      const said = [y, x].map((one) => `${one.title} ${written(one.of(entry)[0], one.scale)} ${one.scale.unit}`);
      return {
        name: entry.name,
        x: x.of(entry)[0] / x.scale.factor,
        y: value,
        ...(shown.length <= 4 * FEW ? { lower, upper } : {}),
        colour: entry.frontier ? "var(--regime-1)" : "var(--muted)",
        fill: entry.frontier ? "var(--regime-1)" : "transparent",
        shape: entry.frontier ? "diamond" : "circle",
        named: entry.frontier && fronts <= FEW ? entry.name : "",
        said: `${entry.name}: ${said.join(", ")}${entry.frontier ? "; on the frontier" : ""}`,
      };
    });
  }

  async function draw() {
    const [x, y] = [measures[across.value], measures[up.value]];
    const points = rows(x, y);
    const chart = structuredClone(frontier);
    for (const layer of chart.layer) {
      layer.encoding.x.title = `${x.title} (${x.scale.unit})`;
      if (points.length) {
        layer.encoding.y.scale.domain = charts.domain(points.flatMap((one) => [one.y, one.lower ?? one.y, one.upper ?? one.y]));
        layer.encoding.x.scale.domain = charts.domain(points.map((one) => one.x));
      }
    }
    part.querySelector("figcaption").textContent = `${y.title} (${y.scale.unit}) against ${x.title} (${x.scale.unit})`;
    const label = `${y.title} against ${x.title} of ${points.length} entries; the table has the numbers.`;
    const { view } = await charts.draw(part.querySelector(".chart"), chart, { points }, label);
    view.addEventListener("click", (_event, item) => {
      if (item?.datum?.name) location.href = `entries/${item.datum.name}/index.html`;
    });
    part.dataset.points = points.length;
  }

  for (const [select, first] of [[up, 0], [across, measures.length - 1]]) {
    select.append(...measures.map((one, number) => make("option", { value: number }, one.title)));
    select.value = first;
    select.addEventListener("change", draw);
  }
  charts.whenSeen(part, draw);
})();
