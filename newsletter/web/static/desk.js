// The desk without this file shows everything; with it, it lets you choose, and follows your files.
"use strict";

const tools = document.querySelector(".tools");

function choose(name, value) {
  document.body.dataset[name] = value;
  sessionStorage.setItem(name, value);
}

// The letters come from the desk in their scheme: frames that a script turned or made are not put
// back where they were when the page is renewed.
function recolour(scheme) {
  document.cookie = `scheme=${scheme}; path=/; SameSite=Strict`;
  window.location.reload();
}

if (tools) {
  tools.hidden = false;
  for (const input of tools.querySelectorAll("input")) {
    if (input.name === "scheme") {
      input.addEventListener("change", () => recolour(input.value));
      continue;
    }
    const kept = sessionStorage.getItem(input.name);
    if (kept) input.checked = input.value === kept;
    if (input.checked) choose(input.name, input.value);
    input.addEventListener("change", () => choose(input.name, input.value));
  }
}

for (const form of document.forms) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button");
    button.disabled = true;
    button.textContent = button.dataset.busy;
  });
}

// What stood open before the page was made anew: rules, and what the check found.
const folds = [...document.querySelectorAll("details")];
const open = JSON.parse(sessionStorage.getItem("open"));
for (const each of folds) {
  if (open) each.open = open.includes(each.dataset.fold);
  each.addEventListener("toggle", () => {
    const now = folds.filter((fold) => fold.open).map((fold) => fold.dataset.fold);
    sessionStorage.setItem("open", JSON.stringify(now));
  });
}

// A letter in its sandbox tells nobody how far it is scrolled. The browser knows, and puts frames
// back where they were when it goes back to a page; not so when it loads the page again.
function renew() {
  window.location.assign("/static/turn.html");
}

// A page that was kept as it was is not the new one.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

async function follow() {
  try {
    const answer = await fetch("/changes", { cache: "no-store" });
    const { signature } = await answer.json();
    if (signature !== document.body.dataset.signature) {
      renew();
      return;
    }
  } catch {
    // The desk was closed, or is being opened again: the next look will tell.
  }
  setTimeout(follow, 1000);
}
follow();
