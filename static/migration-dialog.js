// Confirmations are pages of their own; where scripts run they open in a dialog over the live page.

export function askInDialog(root, dialog) {
  root.addEventListener("click", async (click) => {
    const link = click.target.closest("a[data-dialog]");
    if (!link || click.ctrlKey || click.metaKey || click.shiftKey) return;
    click.preventDefault();
    const answer = await fetch(link.href).catch(() => null);
    if (!answer?.ok || answer.redirected) return location.assign(link.href);
    fill(dialog, await answer.text());
    dialog.showModal();
    dialog.querySelector("input:not([type=hidden])")?.focus();
  });

  dialog.addEventListener("click", (click) => {
    if (!click.target.closest("[data-close]")) return;
    click.preventDefault();
    dialog.close();
  });

  dialog.addEventListener("submit", async (submit) => {
    submit.preventDefault();
    const form = submit.target;
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      if (answer.redirected) return dialog.close();
      fill(dialog, await answer.text());
      dialog.querySelector("[aria-invalid]")?.focus();
    } catch {
      form.submit(); // No connection: let the browser say so.
    } finally {
      button.disabled = false;
    }
  });
}

function fill(dialog, page) {
  const question = new DOMParser().parseFromString(page, "text/html").querySelector("#question");
  dialog.replaceChildren(document.adoptNode(question));
}
