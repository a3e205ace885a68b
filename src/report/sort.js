// Makes the heads of tables buttons that sort. Without it the tables are plain ones.
"use strict";
for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const key = (row, column) => {
    const cell = row.cells[column];
    const rank = cell.dataset.rank;
    return rank === undefined ? cell.textContent.trim() : Number(rank);
  };
  const order = (a, b) =>
    typeof a === "number" ? (typeof b === "number" ? a - b : 1) : typeof b === "number" ? -1 : a.localeCompare(b, "en", { numeric: true });
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const numbers = head.classList.contains("number");
      const was = head.getAttribute("aria-sort");
      // Of numbers the largest are asked for first, of names the first.
      const rises = was === null ? !numbers : was === "descending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", rises ? "ascending" : "descending");
      const rows = [...body.rows].sort((a, b) => (rises ? 1 : -1) * order(key(a, column), key(b, column)));
      body.append(...rows);
    });
  });
}
