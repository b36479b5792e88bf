// The keys 1 to 5 mark the person who has the focus and go on to the next. Tab and the arrows work without it.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || !/^[1-5]$/.test(event.key)) return;
  const person = event.target.closest?.("[data-marks] fieldset");
  const choice = person?.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
  if (!choice) return;
  event.preventDefault();
  if (!choice.checked) choice.click();
  const all = [...document.querySelectorAll("[data-marks] fieldset")].filter((one) => !one.closest("[hidden]"));
  const next = all[all.indexOf(person) + 1];
  (next?.querySelector("input:checked") || next?.querySelector("input[type=radio]") || choice).focus();
});
