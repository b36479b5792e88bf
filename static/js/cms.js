// In Wagtail's editor: a page that is just being autosaved for the first time is submitted when that has come back.
// Otherwise the same page would be made twice, and the second one refused because its address is taken.
// And a field of rich text has the name of its label: Wagtail's editor gives it none (WCAG 4.1.2).
"use strict";
(() => {
  let saving = false;
  let held = null; // the submit that waits

  const release = () => {
    saving = false;
    if (!held) return;
    const { form, name, value } = held;
    held = null;
    if (name) { // the button itself may be disabled by now, or drawn anew
      const deed = document.createElement("input");
      deed.type = "hidden"; deed.name = name; deed.value = value;
      form.append(deed);
    }
    form.requestSubmit();
  };
  document.addEventListener("w-autosave:save", () => { saving = true; });
  document.addEventListener("w-autosave:success", release);
  document.addEventListener("w-autosave:error", release);

  addEventListener("submit", (event) => {
    if (!saving || !event.target.matches("[data-edit-form]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held = { form: event.target, name: event.submitter?.name, value: event.submitter?.value };
  }, true);

  const nameFields = () => {
    for (const box of document.querySelectorAll(".public-DraftEditor-content:not([aria-label])")) {
      const id = box.closest(".w-field")?.querySelector("[data-draftail-input]")?.id, label = id && document.querySelector(`label[for="${CSS.escape(id)}"]`);
      if (label) box.setAttribute("aria-label", label.firstChild.textContent.trim() || label.textContent.trim());
    }
  };
  addEventListener("load", () => {
    nameFields();
    new MutationObserver(nameFields).observe(document.body, { childList: true, subtree: true });
  });
})();
