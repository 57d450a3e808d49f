"use strict";
// Two entries, paired by seed at the last generation.
(() => {
  const { entries, generations, measurements, quantiles } = benchsuite.take("board");
  const { make, written } = benchsuite;
  const POINTS = { title: "score (aggregate)", unit: "points", best: "higher", direction: "higher is better", factor: 1, decimals: 1 };
  const names = entries.map((entry) => entry.name);
  const [a, b] = ["a", "b"].map((id) => document.getElementById(id));
  const table = document.getElementById("compare");
  const unknown = document.getElementById("unknown");
  let asked = 0;

  /** Mean of differences with the margins of its intervals: of this row, and of all together. */
  function paired(differences) {
    const count = differences.length;
    if (!count) return null;
    const mean = differences.reduce((sum, one) => sum + one, 0) / count;
    if (count < 2) return { mean, count };
    const spread = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (count - 1);
    const error = Math.sqrt(spread / count);
    return { mean, count, each: quantiles.each[count - 2] * error, together: quantiles.together[count - 2] * error };
  }

  function verdict(pairs, best) {
    const gain = { higher: (value) => value, lower: (value) => -value, zero: (value) => -Math.abs(value) }[best];
    const found = paired(pairs.map(([first, second]) => gain(first) - gain(second)));
    if (!found || found.each === undefined || !(Math.abs(found.mean) > found.each)) return ["unclear", "?", "unclear"];
    const perhaps = Math.abs(found.mean) > found.together ? "" : "perhaps ";
    return found.mean > 0 ? ["better", "✓", `A ${perhaps}better`] : ["worse", "✕", `B ${perhaps}better`];
  }

  function row(measurement, first, second) {
    const seeds = Object.keys(first).filter((seed) => seed in second);
    const pairs = seeds.map((seed) => [first[seed], second[seed]]);
    const difference = paired(pairs.map(([one, other]) => one - other));
    const page = measurement.page && make("a", { href: `metrics/${measurement.page}.html` }, measurement.title);
    const head = make("th", { scope: "row" }, page ?? measurement.title, " ", make("span", { class: "unit" }, `${measurement.unit} · ${measurement.direction}`));
    if (!difference) return make("tr", {}, head, make("td", { colspan: 4 }, without(first, second)));
    const mean = (of) => pairs.reduce((sum, pair) => sum + pair[of], 0) / pairs.length;
    const ends = difference.each === undefined ? "one seed, no interval" : `[${[-1, 1].map((sign) => written(difference.mean + sign * difference.each, measurement, true)).join(", ")}]`;
    const [look, sign, words] = verdict(pairs, measurement.best);
    return make(
      "tr", {}, head,
      make("td", {}, written(mean(0), measurement)),
      make("td", {}, written(mean(1), measurement)),
      make("td", {}, written(difference.mean, measurement, true), " ", make("span", { class: "interval" }, `${ends} over ${difference.count} seed${difference.count === 1 ? "" : "s"}`)),
      make("td", {}, make("span", { class: `verdict ${look}` }, make("span", { "aria-hidden": "true" }, sign), ` ${words}`)),
    );
  }

  /** Why two entries cannot be compared; scores have no generations, and lack all seeds or none. */
  function without(first, second) {
    const lacking = [["A", first], ["B", second]].filter(([, seeds]) => !Object.keys(seeds).length);
    if (!lacking.length) return "They have no seed in common.";
    return `${lacking.map(([name]) => name).join(" and ")} ${lacking.length > 1 ? "have" : "has"} no value here.`;
  }

  /** The values at the board's last generation, whatever the last one is that there is. */
  const last = (points) => points.find((point) => point.generation === generations)?.seeds ?? {};

  async function compare() {
    const turn = (asked += 1);
    const pair = [a.value, b.value];
    const [first, second] = await Promise.all(pair.map((name) => benchsuite.entry(name, "")));
    if (turn !== asked) return;
    table.caption.textContent = `A is ${pair[0]}, B is ${pair[1]}`;
    table.tBodies[0].replaceChildren(
      row(POINTS, first.score, second.score),
      ...measurements.map((one, number) => row(one, last(first.series[number]), last(second.series[number]))),
    );
    for (const curve of drawnCurves) curve.show(["=control", "=blind", ...pair]);
  }

  function fromAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const missing = ["a", "b"].map((key) => asked.get(key)).filter((name) => name && !names.includes(name));
    unknown.textContent = missing.map((name) => `There is no entry ${name}.`).join(" ");
    for (const [select, key, other] of [[a, "a", 0], [b, "b", 1]]) {
      const name = asked.get(key);
      const free = names.find((one) => one !== asked.get("a") && one !== asked.get("b"));
      select.value = names.includes(name) ? name : (asked.size ? free : names[other]) ?? names[0];
    }
    compare();
  }

  if (!names.length) {
    table.caption.textContent = "There are no entries to compare.";
    return;
  }
  for (const select of [a, b]) {
    select.append(...entries.map((entry) => make("option", { value: entry.name }, entry.name)));
    select.addEventListener("change", () => location.replace(`#${new URLSearchParams({ a: a.value, b: b.value })}`));
  }
  addEventListener("hashchange", fromAddress);
  fromAddress();
})();
