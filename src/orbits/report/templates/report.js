// Tables to work with: sort by a column, filter rows, copy as CSV. Without scripts they are
// plain tables.
"use strict";
(function () {
  function text(cell) { return cell.textContent.trim(); }

  function csv(table) {
    const quoted = (cell) => {
      const value = text(cell);
      return /[",\n]/.test(value) ? '"' + value.replace(/"/g, '""') + '"' : value;
    };
    return Array.from(table.rows)
      .filter((row) => !row.hidden)
      .map((row) => Array.from(row.cells, quoted).join(","))
      .join("\n") + "\n";
  }

  function fallback(value) {
    const area = document.createElement("textarea");
    area.value = value;
    area.setAttribute("aria-hidden", "true");
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }

  function copied(value) {
    if (!navigator.clipboard) { return Promise.resolve(fallback(value)); }
    return navigator.clipboard.writeText(value).then(() => true, () => fallback(value));
  }

  function sortBy(table, column, button) {
    const head = button.parentElement;
    const up = head.getAttribute("aria-sort") !== "ascending";
    table.querySelectorAll("thead th").forEach((one) => one.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const numeric = head.classList.contains("number");
    const key = (row) => {
      const value = text(row.cells[column]);
      return numeric ? (value === "" ? NaN : Number(value)) : value;
    };
    const order = (a, b) => {
      const first = key(a), second = key(b);
      if (numeric) {
        if (Number.isNaN(first) || Number.isNaN(second)) {
          return Number.isNaN(first) - Number.isNaN(second); // empty cells stay at the end
        }
        return up ? first - second : second - first;
      }
      const sign = first < second ? -1 : first > second ? 1 : 0;
      return up ? sign : -sign;
    };
    const body = table.tBodies[0];
    body.append(...Array.from(body.rows).sort(order));
  }

  function equip(box) {
    const table = box.querySelector("table");
    const number = box.id.replace("table-", "");
    const tools = document.createElement("div");
    tools.className = "tools";
    const label = document.createElement("label");
    const input = document.createElement("input");
    const button = document.createElement("button");
    const state = document.createElement("output");
    label.append("Filter table " + number, input);
    input.type = "search";
    button.type = "button";
    button.textContent = "Copy as CSV";
    button.setAttribute("aria-label", "Copy table " + number + " as CSV");
    tools.append(label, button, state);
    box.querySelector(".caption").after(tools);

    function filter() {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      const rows = Array.from(table.tBodies[0].rows);
      let kept = 0;
      for (const row of rows) {
        const line = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => line.includes(word));
        kept += row.hidden ? 0 : 1;
      }
      state.textContent = kept + " of " + rows.length + " rows";
    }
    input.addEventListener("input", filter);
    filter();
    button.addEventListener("click", () => {
      copied(csv(table)).then((done) => {
        state.textContent = done ? "copied" : "the browser does not let this page copy";
      });
    });
    Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
      const sort = document.createElement("button");
      sort.type = "button";
      sort.append(...head.childNodes);
      head.append(sort);
      sort.addEventListener("click", () => sortBy(table, column, sort));
    });
  }

  document.querySelectorAll(".table.full").forEach(equip);
})();
