"use strict";
(function () {
  const table = document.getElementById("students");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const words = document.getElementById("filter-text");
  const state = document.getElementById("filter-state");
  const shown = document.getElementById("shown");
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  document.getElementById("controls").hidden = false;

  function filter() {
    const wanted = words.value.trim().toLowerCase();
    let count = 0;
    for (const row of rows) {
      const states = row.dataset.state.split("|");
      const keep = texts.get(row).includes(wanted) && (!state.value || states.includes(state.value));
      row.hidden = !keep;
      if (keep) count += 1;
    }
    shown.textContent = count + " of " + rows.length + " students shown";
  }

  function sort(column, header) {
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const numeric = header.dataset.kind === "number";
    const order = new Intl.Collator(undefined, { numeric: true });
    const keyed = rows.map((row) => [row.cells[column].dataset.value, row]);
    keyed.sort((a, b) => (numeric ? Number(a[0]) - Number(b[0]) : order.compare(a[0], b[0])) * (down ? -1 : 1));
    body.append(...keyed.map((pair) => pair[1]));
  }

  Array.from(table.tHead.rows[0].cells).forEach(function (header, column) {
    header.querySelector("button").addEventListener("click", () => sort(column, header));
  });
  words.addEventListener("input", filter);
  state.addEventListener("change", filter);
  filter();
})();
