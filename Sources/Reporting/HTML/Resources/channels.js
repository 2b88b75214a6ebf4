function startChannels() {
  const table = byId("channel-table");
  if (!table) return;
  const pageSize = 12;
  const [filter, varying, status] = [byId("channel-filter"), byId("channel-varying"), byId("channel-status")];
  const headings = [...table.tHead.rows[0].cells];
  const order = { column: 4, isDescending: true };
  let first = 0;
  let entry = null;

  /** The channels that a text such as "3, 17-20" names; null where it names none. */
  function wanted(text) {
    const ranges = [...text.matchAll(/(\d+)(?:\s*[-–]\s*(\d+))?/g)].map(([, from, to]) => [Number(from), Number(to ?? from)]);
    return ranges.length ? (channel) => ranges.some(([from, to]) => channel >= from && channel <= to) : null;
  }

  function rows() {
    const isWanted = wanted(filter.value);
    const found = (viewer.entry.rows ?? []).filter(
      (row) => (!isWanted || isWanted(row[0])) && (!varying.checked || row[1] !== row[2]));
    const sign = order.isDescending ? -1 : 1;
    return found.sort((left, right) => {
      const [a, b] = [left[order.column], right[order.column]];
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * (a - b) || left[0] - right[0];
    });
  }

  /** A bar from the middle for a share of `largest`; its colours are the page's. */
  function bar(share, largest) {
    const half = largest > 0 ? (50 * Math.abs(share)) / largest : 0;
    const mark = make("i", { className: share < 0 ? "minus" : "plus" });
    mark.style.width = `${half}%`;
    mark.style.left = `${share < 0 ? 50 - half : 50}%`;
    const frame = make("span", { className: "share" }, mark);
    frame.setAttribute("aria-hidden", "true");
    return frame;
  }

  function thumbnail(channel) {
    const grid = gridOfChannel(viewer.entry, channel);
    if (!grid) return "–";
    const scale = 72 / Math.max(page.area.width, page.area.height);
    const canvas = make("canvas", {
      width: Math.max(1, Math.round(page.area.width * scale)), height: Math.max(1, Math.round(page.area.height * scale)),
    });
    drawMasked(canvas, grid);
    const button = make("button", { type: "button", className: "thumbnail", value: String(channel) }, canvas);
    button.setAttribute("aria-label", `Show channel ${channel} on the picture`);
    button.addEventListener("click", () => viewer.showChannel(channel));
    return button;
  }

  function mark() {
    for (const button of table.querySelectorAll(".thumbnail")) {
      button.setAttribute("aria-pressed", String(Number(button.value) === viewer.channel));
    }
  }

  function draw() {
    const found = rows();
    first = Math.max(0, Math.min(first, Math.floor((found.length - 1) / pageSize) * pageSize));
    const shown = found.slice(first, first + pageSize);
    const largest = Math.max(0, ...(viewer.entry.rows ?? []).map((row) => Math.abs(row[5] ?? 0)));
    table.tBodies[0].replaceChildren(
      ...shown.map((row) => {
        const number = (text, ...more) => make("td", { className: "number" }, text, ...more);
        return make(
          "tr", {}, make("td", {}, thumbnail(row[0])), number(String(row[0])),
          ...row.slice(1, 5).map((value) => number(inWords(value))),
          number(row[5] === null ? "–" : `${inWords(100 * row[5], 3)} %`, bar(row[5] ?? 0, largest)));
      }));
    const all = viewer.entry.channels ?? 0;
    const kept = (viewer.entry.rows ?? []).length;
    status.textContent =
      (found.length ? `${first + 1}–${first + shown.length} of ${found.length}` : "No channel")
      + (kept < all ? ` (the ${kept} largest weights of ${all})` : "");
    byId("channels-back").disabled = first === 0;
    byId("channels-on").disabled = first + pageSize >= found.length;
    byId("channel-caption").textContent = viewer.entry.rows
      ? `Channels of the hooked layer for ${viewer.entry.title}, ${viewer.entry.method}`
      : `${viewer.entry.method} does not weigh channels`;
    markSorted(headings, headings.find((heading) => heading.dataset.column === String(order.column)), order.isDescending);
    mark();
  }

  const again = () => {
    first = 0;
    draw();
  };
  for (const heading of headings.filter((heading) => heading.dataset.column)) {
    const column = Number(heading.dataset.column);
    makeSortable(heading, () => {
      order.isDescending = order.column === column ? !order.isDescending : column !== 0;
      order.column = column;
      again();
    });
  }
  filter.addEventListener("input", again);
  varying.addEventListener("change", again);
  byId("channels-back").addEventListener("click", () => { first -= pageSize; draw(); });
  byId("channels-on").addEventListener("click", () => { first += pageSize; draw(); });
  viewer.changed.push(() => {
    if (entry === viewer.entry) return mark();
    entry = viewer.entry;
    again();
  });
  byId("channel-tools").hidden = false;
}

startChannels();
