// The desk without this file shows everything; with it, it lets you choose, and follows your files.
"use strict";

const tools = document.querySelector(".tools");

function choose(name, value) {
  document.body.dataset[name] = value;
  sessionStorage.setItem(name, value);
  if (name === "scheme") recolour(value);
}

function recolour(scheme) {
  for (const frame of document.querySelectorAll("iframe")) {
    const address = `${frame.src.split("?")[0]}?scheme=${scheme}`;
    if (frame.src === address) continue;
    // A new frame: turning one that is still loading to another address may leave it empty.
    const fresh = frame.cloneNode();
    fresh.src = address;
    frame.replaceWith(fresh);
  }
}

if (tools) {
  tools.hidden = false;
  for (const input of tools.querySelectorAll("input")) {
    const kept = sessionStorage.getItem(input.name);
    if (kept) input.checked = input.value === kept;
    if (input.checked) choose(input.name, input.value);
    input.addEventListener("change", () => choose(input.name, input.value));
  }
}

// Where the page stood before it was made anew.
const place = sessionStorage.getItem("scroll");
if (place) window.scrollTo(0, Number(place));
sessionStorage.removeItem("scroll");

async function follow() {
  try {
    const answer = await fetch("/changes", { cache: "no-store" });
    const { signature } = await answer.json();
    if (signature !== document.body.dataset.signature) {
      sessionStorage.setItem("scroll", String(window.scrollY));
      window.location.reload();
      return;
    }
  } catch {
    // The desk was closed, or is being opened again: the next look will tell.
  }
  setTimeout(follow, 1000);
}
follow();
