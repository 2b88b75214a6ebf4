"use strict";

const page = JSON.parse(document.getElementById("data").textContent);

function byId(name) {
  return document.getElementById(name);
}

/** The bytes of a Base64 text. */
function bytesOf(text) {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = characters.charCodeAt(index);
  return bytes;
}

/** An element with properties and children; text children are plain text, never HTML. */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** A number with so many significant digits, without an exponent where it reads well. */
function inWords(number, digits = 4) {
  if (number === null || number === undefined) return "–";
  if (number === 0) return "0";
  const size = Math.abs(number);
  const text = size >= 1e-4 && size < 1e6 ? String(Number(number.toPrecision(digits))) : number.toExponential(digits - 1);
  return text.replace("-", "−");
}

/** Makes a heading a button that calls `sort`. */
function makeSortable(heading, sort) {
  const button = make("button", { type: "button" }, heading.textContent);
  button.addEventListener("click", sort);
  heading.replaceChildren(button);
}

/** Says which heading of a row sorts, and which way. */
function markSorted(headings, chosen, isDescending) {
  for (const heading of headings) {
    if (heading === chosen) heading.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
    else heading.removeAttribute("aria-sort");
  }
}

{
  const system = matchMedia("(prefers-color-scheme: dark)");
  const button = byId("theme");
  const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", isDark() ? "Show the page in light colours" : "Show the page in dark colours");
  };
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    show();
  });
  system.addEventListener("change", show);
  button.hidden = false;
  show();
}
