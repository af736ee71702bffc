"use strict";
(function () {
  const table = document.getElementById("students");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const words = document.getElementById("filter-text");
  const choices = ["filter-state", "filter-exercise", "filter-mistake"]
    .map((id) => document.getElementById(id))
    .filter((choice) => choice !== null);
  const shown = document.getElementById("shown");
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const states = new Map(rows.map((row) => [row, new Set(row.dataset.state.split(" "))]));
  document.getElementById("controls").hidden = false;

  function filter() {
    const wanted = words.value.trim().toLowerCase();
    const chosen = choices.map((choice) => choice.value).filter((value) => value !== "");
    let count = 0;
    for (const row of rows) {
      const keep = texts.get(row).includes(wanted) && chosen.every((value) => states.get(row).has(value));
      row.hidden = !keep;
      if (keep) count += 1;
    }
    shown.textContent = count + " of " + rows.length + " students shown";
  }

  function value(row, column) {
    const cell = row.cells[column];
    return cell.dataset.value ?? cell.textContent;
  }

  function sort(column, header) {
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const numeric = header.dataset.kind === "number";
    const order = new Intl.Collator(undefined, { numeric: true });
    const keyed = rows.map((row) => [value(row, column), row]);
    keyed.sort((a, b) => (numeric ? Number(a[0]) - Number(b[0]) : order.compare(a[0], b[0])) * (down ? -1 : 1));
    body.append(...keyed.map((pair) => pair[1]));
  }

  Array.from(table.tHead.rows[0].cells).forEach(function (header, column) {
    header.querySelector("button").addEventListener("click", () => sort(column, header));
  });
  for (const button of document.querySelectorAll("[data-mistake]")) {
    button.hidden = false;
    button.addEventListener("click", function () {
      words.value = "";
      for (const choice of choices) choice.value = choice.id === "filter-mistake" ? button.dataset.mistake : "";
      filter();
      document.getElementById("students-heading").focus();
    });
  }
  words.addEventListener("input", filter);
  for (const choice of choices) choice.addEventListener("change", filter);
  filter();
})();
