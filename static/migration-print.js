// The Print buttons of the report and of the preflight page.
document.addEventListener("click", (click) => {
  if (click.target.closest("[data-print]")) print();
});

// On paper nothing is folded.
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll(".findings details")) fold.open = true;
});
