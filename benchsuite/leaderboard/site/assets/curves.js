"use strict";
// Curves over generations of several entries, and their numbers as a table.
function curves(part) {
  const { anchors, charts: { curve }, entries, measurements } = benchsuite.take("board");
  const { make, written } = benchsuite;
  const SPREAD = 0.2;
  const within = (query) => part.querySelector(query);
  const drawn = new Map(); // key -> { label, series, look }, in the order of drawing
  const known = new Set(entries.map((entry) => entry.name));
  const of = within(".of");
  let asked = 0;

  function say(sentence) {
    within(".said").textContent = sentence;
  }

  async function add(key) {
    if (drawn.has(key)) return;
    const anchor = anchors.find((one) => one.key === key);
    if (!anchor && !known.has(key)) throw new Error(`There is no entry ${key}.`);
    const found = anchor ?? { label: key, series: (await benchsuite.entry(key, part.dataset.board)).series };
    const taken = new Set([...drawn.values()].map((one) => one.place));
    let place = 0;
    while (taken.has(place)) place += 1;
    if (key === "=control") place = -1;
    drawn.set(key, { ...found, place, look: charts.look(place, key) });
  }

  function rows(measurement) {
    const found = { means: [], intervals: [], seeds: [] };
    [...drawn.values()].forEach(({ label, series, look }, number) => {
      const aside = SPREAD * ((number + 0.5) / drawn.size - 0.5);
      for (const point of series[of.value]) {
        const row = { entry: label, place: point.generation + aside, ...look };
        if (point.mean !== null) found.means.push({ ...row, mean: point.mean / measurement.factor });
        if (point.lower !== null) {
          found.intervals.push({ ...row, lower: point.lower / measurement.factor, upper: point.upper / measurement.factor });
        }
        for (const [seed, value] of Object.entries(point.seeds)) {
          const said = `${label}, generation ${point.generation}, seed ${seed}: ${written(value, measurement)} ${measurement.unit}`;
          found.seeds.push({ ...row, value: value / measurement.factor, said });
        }
      }
    });
    return found;
  }

  /** The ends of the axis: the first and the last generation, with room for what stands aside. */
  function generations(rows) {
    const places = rows.map((row) => Math.round(row.place));
    const [first, last] = [Math.min(...places), Math.max(...places)];
    const room = SPREAD / 2 + 0.02 * (last - first);
    return [first - room, last + room];
  }

  async function draw() {
    const turn = (asked += 1);
    const measurement = measurements[of.value];
    const data = rows(measurement);
    const names = [...drawn.values()].map((one) => one.label).join(", ");
    legend();
    numbers(measurement);
    within("figcaption").textContent = `${measurement.title}: ${measurement.unit} · ${measurement.direction}`;
    const chart = structuredClone(curve);
    const values = data.seeds.map((row) => row.value);
    for (const { encoding } of values.length ? chart.layer : []) {
      encoding.x.scale.domain = generations(data.seeds);
      encoding.y.scale.domain = charts.domain(values);
    }
    const label = `${measurement.title} over generations for ${names}; the numbers follow as a table.`;
    await charts.draw(within(".chart"), chart, data, label);
    if (turn === asked) part.dataset.drawn = [...drawn.keys()].join(" ");
  }

  function legend() {
    within(".drawn-entries").replaceChildren(...[...drawn].map(([key, one]) => {
      const button = make("button", { type: "button", "aria-label": `Take ${one.label} away` }, swatch(one.look), one.label);
      button.addEventListener("click", () => {
        drawn.delete(key);
        say(`${one.label} is taken away.`);
        draw();
        within(".name").focus();
      });
      return make("li", {}, button);
    }));
  }

  function swatch({ colour, dash, width }) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const line = document.createElementNS(space, "line");
    const given = { x1: 1, x2: 33, y1: 6, y2: 6, stroke: colour, "stroke-width": width, "stroke-dasharray": dash.join(" ") };
    for (const [name, value] of Object.entries(given)) line.setAttribute(name, value);
    svg.setAttribute("viewBox", "0 0 34 12");
    svg.setAttribute("class", "swatch");
    svg.setAttribute("aria-hidden", "true");
    svg.append(line);
    return svg;
  }

  function numbers(measurement) {
    const table = within("table");
    const shown = [...drawn.values()].map((one) => [one.label, one.series[of.value]]);
    const generations = [...new Set(shown.flatMap(([, points]) => points.map((point) => point.generation)))].sort((a, b) => a - b);
    table.caption.textContent = `${measurement.title}, ${measurement.unit}: mean over seeds and its 95 % interval`;
    const heads = ["Entry", ...generations.map((generation) => `Generation ${generation}`)];
    table.tHead.replaceChildren(make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head))));
    table.tBodies[0].replaceChildren(...shown.map(([label, points]) => {
      const by = new Map(points.map((point) => [point.generation, point]));
      return make("tr", {}, make("th", { scope: "row" }, label), ...generations.map((generation) => cell(by.get(generation), measurement)));
    }));
  }

  function cell(point, measurement) {
    if (!point || point.mean === null) return make("td", {}, "–");
    const ends = point.lower === null ? "" : ` [${written(point.lower, measurement)}, ${written(point.upper, measurement)}]`;
    return make("td", {}, written(point.mean, measurement), make("span", { class: "interval" }, ends));
  }

  async function show(keys) {
    for (const key of [...drawn.keys()]) if (!key.startsWith("=") && !keys.includes(key)) drawn.delete(key);
    for (const key of keys) await add(key);
    await draw();
  }

  of.append(...measurements.map((one, number) => make("option", { value: number }, one.title)));
  of.addEventListener("change", draw);
  const options = entries.map((entry) => make("option", { value: entry.name }, entry.title));
  within("#names").append(...options);
  const name = within(".name");
  const another = async () => {
    const key = name.value.trim();
    if (!key) return;
    try {
      await add(key);
      await draw();
      say(`${key} is drawn.`);
      name.value = "";
    } catch (failure) {
      say(failure.message);
    }
  };
  within(".add").addEventListener("click", another);
  name.addEventListener("keydown", (event) => event.key === "Enter" && another());
  let wanted = part.dataset.selected.split(" ").filter(Boolean);
  let seen = false;
  charts.whenSeen(part, () => {
    seen = true;
    show(wanted);
  });
  return {
    /** Draw these entries, and the anchors that are drawn; once there is somebody to see it. */
    show(keys) {
      wanted = keys;
      return seen ? show(keys) : undefined;
    },
  };
}

const drawnCurves = [...document.querySelectorAll(".curves")].map(curves);
