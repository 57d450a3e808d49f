"use strict";
// Data comes as scripts that call `give`: from disk, a page may load scripts and nothing else.
const benchsuite = (() => {
  const given = new Map();
  const loading = new Map();
  const HUGE = 1e9; // from here on numbers are written with a power of ten

  function load(name, address) {
    if (!loading.has(name)) {
      loading.set(name, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = address;
        script.onload = () => resolve(given.get(name));
        script.onerror = () => reject(new Error(`${name} cannot be loaded`));
        document.head.append(script);
      }));
    }
    return loading.get(name);
  }

  return {
    give: (name, value) => given.set(name, value),
    take: (name) => given.get(name),
    /** The data of an entry; `board` is the way from this page to the board's folder. */
    entry: (name, board) => load(name, `${board}entries/${name}/data.js`),
    /** Vega is large, so it is loaded where something is to be drawn. */
    vega: () => load("vega", `${document.documentElement.dataset.top}assets/vega.js`),
    /** Make an element; what it holds is text or elements, never markup. */
    make(tag, attributes = {}, ...inside) {
      const made = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
      made.append(...inside);
      return made;
    },
    /** Write a number of a measurement as its pages do. */
    written(value, { factor, decimals }, signed = false) {
      if (value === null || value === undefined || !Number.isFinite(value)) return "–";
      const scaled = value / factor;
      const text = decimals === null || Math.abs(scaled) >= HUGE
        ? String(Number(scaled.toPrecision(3)))
        : scaled.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
      if (!/[1-9]/.test(text)) return text.replace("-", "");
      return (signed && value > 0 ? "+" : "") + text.replaceAll("-", "−");
    },
  };
})();
