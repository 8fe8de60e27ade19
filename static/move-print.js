// The Print buttons of the report and of the preflight page.
document.addEventListener("click", (click) => {
  if (click.target.closest("[data-print]")) print();
});
