function startNetwork() {
  const frame = byId("network-frame");
  if (!frame) return;
  const drawing = byId("network-drawing");
  const [left, top, width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
  const layers = [...drawing.querySelectorAll(".layer")];
  const box = { left, top, width, height };
  // As high as the drawing needs, at most as the style says.
  frame.style.height = `${Math.min(frame.clientHeight, Math.max(160, (frame.clientWidth * height) / width))}px`;

  function apply() {
    drawing.setAttribute("viewBox", [box.left, box.top, box.width, box.height].join(" "));
  }

  function all() {
    Object.assign(box, { left, top, width, height });
    apply();
  }

  /** Zooms around a place of the drawing. */
  function zoom(factor, x = box.left + box.width / 2, y = box.top + box.height / 2) {
    const allowed = Math.min(Math.max(box.width * factor, 240), 2 * width) / box.width;
    box.left = x - (x - box.left) * allowed;
    box.top = y - (y - box.top) * allowed;
    box.width *= allowed;
    box.height *= allowed;
    apply();
  }

  function move(x, y) {
    box.left += x;
    box.top += y;
    apply();
  }

  /** Shows a layer in the middle with its neighbours around it. */
  function center(layer) {
    const place = layer.transform.baseVal.getItem(0).matrix;
    const shape = frame.clientWidth / Math.max(1, frame.clientHeight);
    box.width = Math.max(Math.min(width, frame.clientWidth), 240);
    box.height = box.width / shape;
    box.left = place.e + 79 - box.width / 2;
    box.top = place.f + 17 - box.height / 2;
    apply();
  }

  let drag = null;
  frame.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, y: event.clientY };
    frame.setPointerCapture(event.pointerId);
    frame.classList.add("moving");
  });
  frame.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const scale = drawing.getScreenCTM().a;
    move((drag.x - event.clientX) / scale, (drag.y - event.clientY) / scale);
    drag = { x: event.clientX, y: event.clientY };
  });
  for (const name of ["pointerup", "pointercancel"]) {
    frame.addEventListener(name, () => {
      drag = null;
      frame.classList.remove("moving");
    });
  }
  frame.addEventListener("wheel", (event) => {
    // The wheel alone scrolls the page.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
    zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, place.x, place.y);
  }, { passive: false });
  frame.addEventListener("keydown", (event) => {
    const step = box.width / 10;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (moves[event.key]) move(...moves[event.key]);
    else if (event.key === "+" || event.key === "=") zoom(1 / 1.25);
    else if (event.key === "-") zoom(1.25);
    else if (event.key === "0") all();
    else return;
    event.preventDefault();
  });

  const [search, status] = [byId("network-search"), byId("network-status")];
  let found = [];
  let place = -1;

  function showFound() {
    const layer = found[place];
    status.textContent = `${place + 1} of ${found.length}: ${layer.querySelector("title").textContent}`.slice(0, 120);
    center(layer);
  }

  search.addEventListener("input", () => {
    const text = search.value.trim().toLowerCase();
    found = text ? layers.filter((layer) => layer.querySelector("title").textContent.toLowerCase().includes(text)) : [];
    for (const layer of layers) layer.classList.toggle("found", found.includes(layer));
    drawing.classList.toggle("searching", text !== "");
    place = 0;
    if (found.length) return showFound();
    status.textContent = text ? "No layer" : "";
    if (!text) all();
  });
  function next() {
    if (!found.length) return;
    place = (place + 1) % found.length;
    showFound();
  }
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") next();
  });
  byId("network-next").addEventListener("click", next);
  byId("network-all").addEventListener("click", all);
  byId("network-in").addEventListener("click", () => zoom(1 / 1.25));
  byId("network-out").addEventListener("click", () => zoom(1.25));
  const hooked = layers.filter((layer) => layer.classList.contains("hooked"));
  byId("network-hooked").hidden = hooked.length === 0;
  byId("network-hooked").addEventListener("click", () => center(hooked[0]));
  addEventListener("beforeprint", all);
  byId("network-tools").hidden = false;
}

startNetwork();
