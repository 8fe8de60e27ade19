// What is chosen under "Options" is said on the fold itself, while it is being chosen.
const said = document.querySelectorAll("[data-choice]");

function textOf(control) {
  if (control.tagName !== "SELECT") return control.value;
  return control.selectedIndex > 0 ? control.selectedOptions[0].text : "";
}

function say(choice) {
  const controls = choice.dataset.choice.split(" ").map((id) => document.getElementById(id));
  const texts = controls.map(textOf).filter(Boolean);
  const { empty, filled } = choice.dataset;
  const value = controls.length === 1 ? texts[0] : texts.length;
  choice.textContent = texts.length ? filled.replace("{}", () => value) : empty;
}

document.querySelector("form.destination").addEventListener("input", () => said.forEach(say));
// A browser that goes back fills the form again, without an event.
addEventListener("pageshow", () => said.forEach(say));
