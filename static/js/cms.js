// In Wagtail's editor: a page that is just being autosaved for the first time is submitted when that has come back.
// Otherwise the same page would be made twice, and the second one refused because its address is taken.
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
})();
