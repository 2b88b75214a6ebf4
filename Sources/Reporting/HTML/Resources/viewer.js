/** What the picture shows: an explanation's map or, instead, a channel of its layer. */
const viewer = {
  entry: page.entries[0],
  channel: null,
  changed: [],
};

/** Values of 0 to 1 on a grid. */
function gridOfMap(map) {
  const bytes = bytesOf(map.values);
  const values = new Float32Array(map.width * map.height);
  for (let index = 0; index < values.length; index++) {
    values[index] = (bytes[2 * index] + 256 * bytes[2 * index + 1]) / 65535;
  }
  return { width: map.width, height: map.height, values };
}

const layerBytes = page.layers.map((layer) => bytesOf(layer.values));

/** A channel of an explanation's layer, or null where the page does not hold it. */
function gridOfChannel(entry, channel) {
  const layer = entry.layer === null || entry.layer === undefined ? null : page.layers[entry.layer];
  const place = layer ? layer.channels.indexOf(channel) : -1;
  if (place < 0) return null;
  const size = layer.width * layer.height;
  const values = new Float32Array(size);
  for (let index = 0; index < size; index++) values[index] = layerBytes[entry.layer][place * size + index] / 255;
  return { width: layer.width, height: layer.height, values };
}

/** A grid at another size: linear between the centres of its places, the edges repeated. */
function resized(grid, width, height) {
  const places = (count, from) =>
    Array.from({ length: count }, (_, index) => {
      const place = Math.min(Math.max(((index + 0.5) * from) / count - 0.5, 0), from - 1);
      const first = Math.floor(place);
      return [first, Math.min(first + 1, from - 1), place - first];
    });
  const columns = places(width, grid.width);
  const values = new Float32Array(width * height);
  places(height, grid.height).forEach(([above, below, down], y) => {
    for (let x = 0; x < width; x++) {
      const [left, right, across] = columns[x];
      const upper = grid.values[above * grid.width + left] * (1 - across) + grid.values[above * grid.width + right] * across;
      const lower = grid.values[below * grid.width + left] * (1 - across) + grid.values[below * grid.width + right] * across;
      values[y * width + x] = upper * (1 - down) + lower * down;
    }
  });
  return { width, height, values };
}

/** The photograph at a size, as RGBA bytes. */
function photographPixels(width, height, context) {
  context.imageSmoothingQuality = "high";
  context.drawImage(byId("photograph"), 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

/** The photograph of what the network saw, where a grid masks it. */
function drawMasked(canvas, grid) {
  const { area, background } = page;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(
    byId("photograph"), area.x, area.y, area.width, area.height, 0, 0, canvas.width, canvas.height);
  const picture = context.getImageData(0, 0, canvas.width, canvas.height);
  const mask = resized(grid, canvas.width, canvas.height).values;
  for (let index = 0; index < mask.length; index++) {
    for (let color = 0; color < 3; color++) {
      const place = 4 * index + color;
      picture.data[place] = background[color] + (picture.data[place] - background[color]) * mask[index];
    }
  }
  context.putImageData(picture, 0, 0);
}

/** Draws an explanation or channel in small, as the viewer would. */
function drawOverlay(target, photograph, grid, area, colors, opacity, threshold) {
  const { width, data } = photograph;
  const count = colors.length / 3;
  let shown = 0;
  let shownSum = 0;
  let sum = 0;
  for (let y = 0; y < photograph.height; y++) {
    for (let x = 0; x < width; x++) {
      const place = 4 * (y * width + x);
      const inside = x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height;
      let share = 0.6;
      let red = 255, green = 255, blue = 255;
      if (inside) {
        const value = grid ? grid.values[(y - area.y) * area.width + x - area.x] : 0;
        sum += value;
        const isShown = grid !== null && value >= threshold;
        if (isShown) {
          shown++;
          shownSum += value;
        }
        share = isShown ? opacity : 0;
        const color = 3 * Math.min(Math.floor(value * count), count - 1);
        [red, green, blue] = [colors[color], colors[color + 1], colors[color + 2]];
      }
      target.data[place] = data[place] + (red - data[place]) * share + 0.5;
      target.data[place + 1] = data[place + 1] + (green - data[place + 1]) * share + 0.5;
      target.data[place + 2] = data[place + 2] + (blue - data[place + 2]) * share + 0.5;
      target.data[place + 3] = 255;
    }
  }
  return { area: shown / (area.width * area.height), sum: sum > 0 ? shownSum / sum : 0 };
}

async function startViewer() {
  const image = byId("photograph");
  await image.decode();
  const canvas = byId("viewer");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const photograph = photographPixels(page.width, page.height, context);
  // Truncation after adding a half, not the rounding of clamped arrays, which would add another half.
  const target = { data: new Uint8Array(photograph.data.length) };
  const output = context.createImageData(page.width, page.height);
  const palettes = new Map(page.colorMaps.map(({ name, colors }) => [name, bytesOf(colors)]));
  const [opacity, threshold, colors] = [byId("opacity"), byId("threshold"), byId("colors")];
  let grid = null;

  function current() {
    const { entry, channel } = viewer;
    const source = channel === null ? entry.map && gridOfMap(entry.map) : gridOfChannel(entry, channel);
    grid = source ? resized(source, page.area.width, page.area.height) : null;
  }

  function draw() {
    const palette = palettes.get(colors.value);
    const shown = drawOverlay(
      target, photograph, grid, page.area, palette, opacity.value / 100, threshold.value / 100);
    output.data.set(target.data);
    context.putImageData(output, 0, 0);
    byId("opacity-value").value = `${opacity.value} %`;
    byId("threshold-value").value = inWords(threshold.value / 100, 2);
    const percent = (share) => `${(100 * share).toFixed(0)} %`;
    byId("readout").textContent =
      grid === null
        ? "This method gave no map for the class."
        : threshold.value === "0"
          ? "The whole map is shown."
          : `${percent(shown.area)} of what the network saw, with ${percent(shown.sum)} of the map's sum.`;
    const what = viewer.channel === null ? viewer.entry.title : `channel ${viewer.channel}`;
    canvas.setAttribute(
      "aria-label", `${image.alt} with the map of ${what}, ${viewer.entry.method}, opacity ${opacity.value} %`);
    const scale = byId("scale").getContext("2d");
    const line = scale.createImageData(256, 1);
    for (let x = 0; x < 256; x++) {
      const color = 3 * Math.min(Math.floor((x / 255) * (palette.length / 3)), palette.length / 3 - 1);
      line.data.set([palette[color], palette[color + 1], palette[color + 2], 255], 4 * x);
    }
    scale.putImageData(line, 0, 0);
  }

  function show() {
    const { entry, channel } = viewer;
    current();
    byId("subject").textContent = entry.title;
    byId("about").textContent = entry.subtitle;
    byId("viewer-caption").textContent =
      channel === null ? `${entry.method}: ${entry.title}` : `Channel ${channel} of the hooked layer, over its own range`;
    byId("back").hidden = channel === null;
    byId("notes").replaceChildren(...entry.notes.map((note) => make("li", {}, note)));
    for (const button of byId("gallery").children) {
      button.setAttribute("aria-pressed", String(page.entries[button.value] === entry));
    }
    draw();
    for (const notify of viewer.changed) notify();
  }

  viewer.choose = (entry) => {
    viewer.entry = entry;
    viewer.channel = null;
    show();
  };
  viewer.showChannel = (channel) => {
    viewer.channel = viewer.channel === channel ? null : channel;
    show();
  };

  for (const { name } of page.colorMaps) colors.append(make("option", { value: name }, name));
  colors.value = page.colorMap;
  opacity.value = Math.round(100 * page.alpha);
  opacity.addEventListener("input", draw);
  threshold.addEventListener("input", draw);
  colors.addEventListener("change", draw);
  byId("back").addEventListener("click", () => viewer.showChannel(viewer.channel));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && viewer.channel !== null) viewer.showChannel(viewer.channel);
  });
  byId("save").addEventListener("click", () => {
    canvas.toBlob((file) => {
      const address = URL.createObjectURL(file);
      make("a", { href: address, download: `${image.alt.replace(/\.[^.]*$/, "")}.report.png` }).click();
      URL.revokeObjectURL(address);
    });
  });

  if (page.entries.length > 1) {
    const gallery = byId("gallery");
    const scale = Math.min(1, 288 / Math.max(page.area.width, page.area.height));
    const [width, height] = [page.area.width, page.area.height].map((side) => Math.max(1, Math.round(side * scale)));
    const palette = palettes.get(page.colorMap);
    // Where all are of one class, which the heading names, only the methods tell them apart.
    const isOfOneClass = page.entries.every((entry) => entry.title === page.entries[0].title);
    page.entries.forEach((entry, index) => {
      const small = make("canvas", { width, height });
      const pen = small.getContext("2d", { willReadFrequently: true });
      pen.drawImage(image, page.area.x, page.area.y, page.area.width, page.area.height, 0, 0, width, height);
      const picture = pen.getImageData(0, 0, width, height);
      if (entry.map) {
        const map = resized(gridOfMap(entry.map), width, height);
        drawOverlay(picture, picture, map, { x: 0, y: 0, width, height }, palette, page.alpha, 0);
        pen.putImageData(picture, 0, 0);
      }
      const words = isOfOneClass
        ? [make("span", {}, entry.method)]
        : [make("span", {}, entry.title), make("span", { className: "method" }, entry.method)];
      const button = make("button", { type: "button", value: String(index) }, small, ...words);
      button.addEventListener("click", () => viewer.choose(entry));
      gallery.append(button);
    });
    gallery.hidden = false;
  }

  if (page.height > page.width) image.parentElement.classList.add("tall");
  image.hidden = true;
  canvas.hidden = false;
  document.querySelector(".controls").hidden = false;
  show();
}

startViewer();
