// The panel of choices on the live page. Its forms belong to the person who asked for them, so no
// push carries it: the head says by a mark when it would look otherwise, and the page is asked.
// Whoever is typing there is left alone, and notified.
const REST_MS = 2000;

const root = document.getElementById("migration");
const panel = () => document.getElementById("migration-choices");
const wanted = () => document.getElementById("migration-head").dataset.choices;

let askedAt = 0;
let due = 0;

export function freshenChoices() {
  clearTimeout(due);
  if (panel().dataset.choices !== wanted()) due = setTimeout(freshen, askedAt + REST_MS - Date.now());
}

async function freshen() {
  if (isTouched(panel())) return tell();
  askedAt = Date.now();
  const answer = await fetch(root.dataset.page).catch(() => null);
  if (!answer?.ok) return; // The next news asks again.
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("migration-choices");
  const old = panel();
  if (!fresh) return;
  if (isTouched(old)) return tell();
  for (const details of old.querySelectorAll("details[open][id]")) {
    fresh.querySelector(`#${details.id}`)?.setAttribute("open", "");
  }
  old.replaceWith(document.adoptNode(fresh));
}

function tell() {
  const note = panel().querySelector("[data-overtaken]");
  if (note) note.hidden = false;
}

function isTouched(panel) {
  if (panel.querySelector("input:focus, select:focus, [aria-invalid]")) return true;
  return [...panel.querySelectorAll("input:not([type=hidden]), select")].some(isChanged);
}

function isChanged(control) {
  if (control.tagName !== "SELECT") return control.value !== control.defaultValue;
  const first = [...control.options].findIndex((option) => option.defaultSelected);
  return control.selectedIndex !== Math.max(0, first);
}

root.addEventListener("focusout", () => setTimeout(freshenChoices));
