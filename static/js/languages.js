// In the editor of a question on a phone: one language at a time, chosen by buttons. Without this they stand below each other.
"use strict";
(() => {
  const { languages, label, stale } = document.currentScript.dataset;
  const names = JSON.parse(languages);
  const hasFault = (form, code) =>
    [...form.querySelectorAll(`.words > [data-contentpath="${code}"], .words > [data-contentpath$="_${code}"]`)]
      .some((field) => field.querySelector(".w-field--error, .error-message"));

  const begin = () => {
    const content = document.querySelector(".question");
    const form = content?.closest("form");
    if (!form || form.querySelector(".languages")) return;
    const bar = document.createElement("div");
    bar.className = "languages";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", label);
    const show = (code) => {
      form.dataset.language = code;
      for (const button of bar.children) button.setAttribute("aria-pressed", String(button.value === code));
    };
    for (const [code, name] of Object.entries(names)) {
      const button = document.createElement("button");
      button.type = "button";
      button.value = code;
      button.textContent = name;
      const isStale = form.querySelector(`[name="confirm_${code}"]`);
      if (hasFault(form, code)) button.textContent += " (!)";
      else if (isStale) button.textContent += ` (${stale})`;
      if (isStale) content.querySelector(`[data-contentpath="text"] [data-contentpath="${code}"] label`)?.append(` (${stale})`);
      button.addEventListener("click", () => show(code));
      bar.append(button);
    }
    const place = content.closest("section, [data-field-wrapper], [data-field]") ?? content;
    place.before(bar);
    show(Object.keys(names).find((code) => hasFault(form, code)) ?? Object.keys(names)[0]);
  };
  // Wagtail draws the blocks from its own scripts, some time after the page has come.
  const watch = new MutationObserver(begin);
  watch.observe(document, { childList: true, subtree: true });
  addEventListener("load", () => { begin(); watch.disconnect(); });
})();
