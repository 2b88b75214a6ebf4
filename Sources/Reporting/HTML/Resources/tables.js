for (const table of document.querySelectorAll("table.sortable")) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const isNumber = heading.classList.contains("number");
    const key = (row) => {
      const cell = row.cells[column];
      return isNumber ? ("value" in cell.dataset ? Number(cell.dataset.value) : null) : cell.textContent;
    };
    makeSortable(heading, () => {
      const descending = heading.getAttribute("aria-sort") === (isNumber ? null : "ascending");
      const sign = descending ? -1 : 1;
      const rows = [...table.tBodies[0].rows].map((row) => [key(row), row]);
      rows.sort(([left], [right]) => {
        if (left === null || right === null) return (left === null) - (right === null);
        return sign * (isNumber ? left - right : left.localeCompare(right, "en", { numeric: true }));
      });
      table.tBodies[0].append(...rows.map(([, row]) => row));
      markSorted(headings, heading, descending);
    });
  });
}
