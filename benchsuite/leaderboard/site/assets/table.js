"use strict";
// The table of a board: sorted, searched and filtered by DataTables; columns are chosen here.
(() => {
  const element = document.getElementById("entries");
  const controls = document.getElementById("controls");
  const boxes = [...controls.querySelectorAll("[data-column]")];
  const MANY = 50;
  const [DIVISION, VERIFICATION] = [2, 3];

  // Numbers, with what has no value last whichever way they are sorted.
  DataTable.ext.type.order["measured-pre"] = (value) => (value === "" ? null : Number(value));
  const sorted = (sign) => (a, b) =>
    a === null || b === null ? (a === null) - (b === null) : sign * (a - b);
  DataTable.ext.type.order["measured-asc"] = sorted(1);
  DataTable.ext.type.order["measured-desc"] = sorted(-1);

  const last = element.tHead.rows[0].cells.length - 1;
  const measured = [0, last - 1, ...boxes.map((box) => Number(box.dataset.column))];
  const best = boxes.filter((box) => box.closest("fieldset") === boxes[0].closest("fieldset"));
  const table = new DataTable(element, {
    autoWidth: false,
    orderClasses: false,
    order: [[0, "asc"]],
    paging: element.tBodies[0].rows.length > MANY,
    pageLength: MANY,
    layout: { topStart: null, topEnd: null, bottomStart: "info", bottomEnd: "paging" },
    language: {
      info: "_START_ to _END_ of _TOTAL_ entries",
      infoEmpty: "no entry",
      infoFiltered: "(of _MAX_)",
      emptyTable: "There are no entries yet.",
      zeroRecords: "No entry is like that.",
    },
    columnDefs: [
      // A first press on a score shows the highest first.
      { targets: best.map((box) => Number(box.dataset.column)), orderSequence: ["desc", "asc", ""] },
      { targets: measured, type: "measured", searchable: false },
      { targets: [1, DIVISION, VERIFICATION, last], type: "html" },
      { targets: boxes.filter((box) => !box.checked).map((box) => Number(box.dataset.column)), visible: false },
    ],
  });
  element.classList.add("ready");
  performance.mark("table-ready");

  document.getElementById("search").addEventListener("input", (event) => {
    table.search(event.target.value).draw();
  });
  for (const [id, column] of [["division", DIVISION], ["verification", VERIFICATION]]) {
    document.getElementById(id).addEventListener("change", (event) => {
      const wanted = event.target.value;
      const fits = (cell) => cell.replace("✓", "").trim() === wanted;
      table.column(column).search.fixed(id, wanted ? fits : null).draw();
    });
  }

  function show(changed) {
    for (const box of changed) table.column(Number(box.dataset.column)).visible(box.checked, false);
    table.columns.adjust();
  }
  for (const box of boxes) box.addEventListener("change", () => show([box]));
  for (const button of controls.querySelectorAll("fieldset button")) {
    button.addEventListener("click", () => {
      const group = [...button.closest("fieldset").querySelectorAll("[data-column]")];
      const all = group.every((box) => box.checked);
      for (const box of group) box.checked = !all;
      show(group);
    });
  }
})();
