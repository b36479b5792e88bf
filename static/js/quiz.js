// Saves each answer as it is given, and shows the time left. Without it the buttons of the form do the same.
"use strict";
(() => {
  const form = document.querySelector("form[data-answers]");
  if (!form || !Waiting) return;
  const state = document.querySelector("[data-state]");
  // The questions on this page: the form is the only one, or holds a section for each.
  const parts = form.dataset.slot ? [form] : [...form.querySelectorAll("[data-slot]")];
  const typing = new Map(); // part: the timer of what is being typed in it
  const touched = new Set(); // parts whose answer on the screen the server has not acknowledged
  let newest = Math.max(...parts.map((part) => Number(part.dataset.sequence)));

  const next = () => (newest = Math.max(newest + 1, Date.now()));
  const isAnswer = (name) => /^answer(-\d+)?$/.test(name);
  const partOf = (field) => parts.find((part) => part === form || part.contains(field));
  const fieldsOf = (part) => [...form.elements].filter((field) => isAnswer(field.name) && part.contains(field));

  const values = (part) => {
    const own = new Set(fieldsOf(part).map((field) => field.name));
    return [...new FormData(form)].filter(([name]) => own.has(name)).map(([, value]) => value);
  };

  const renumber = (order) => order.querySelectorAll("li").forEach((row, n, rows) => {
    row.querySelector("b").textContent = n + 1;
    const [above, below] = row.querySelectorAll("button");
    above.disabled = n === 0; below.disabled = n === rows.length - 1;
    for (const button of [above, below]) button.value = button.value.replace(/^(up|down)-\d+/, "$1-" + n);
  });

  // What was given here and never reached the server stands in the fields again.
  const restore = (part, given) => {
    const order = part.querySelector(".order");
    if (order) {
      const lines = given.map((value) => fieldsOf(part).find((field) => field.value === value)?.closest("li"));
      lines.forEach((line) => line && order.append(line));
      renumber(order);
      return;
    }
    fieldsOf(part).forEach((field, n) => {
      if (field.type === "radio" || field.type === "checkbox") field.checked = given.includes(field.value);
      else field.value = given[n] ?? "";
    });
  };
  for (const part of parts) {
    const item = Waiting.of(part.dataset.slot);
    if (!item) continue;
    newest = Math.max(newest, item.sequence);
    touched.add(part);
    restore(part, item.values);
  }
  Waiting.whenAcknowledged((item) => {
    const part = parts.find((one) => one.dataset.slot === String(item.slot));
    if (!part || String(item.attempt) !== state.dataset.attempt) return;
    const seen = part.querySelector("[data-seen]");
    if (seen) seen.value = item.values.join("|"); // the form sends again only what has changed since
    if (!Waiting.of(item.slot)) touched.delete(part);
  });
  Waiting.flush();

  const put = (part, sequence = next()) => { clearTimeout(typing.get(part)); touched.add(part); Waiting.keep(part.dataset.slot, values(part), sequence); };
  const keep = (part) => { Waiting.sending(); put(part); Waiting.flush(); };
  form.addEventListener("change", (event) => { if (isAnswer(event.target.name)) keep(partOf(event.target)); });
  form.addEventListener("input", (event) => {
    if (isAnswer(event.target.name) && (event.target.type === "text" || event.target.inputMode === "decimal")) {
      const part = partOf(event.target);
      Waiting.sending();
      put(part); // kept with every sign, sent when the hands rest
      typing.set(part, setTimeout(Waiting.flush, 800));
    }
  });
  // One question a page: whether the server holds its answer and its mark as they stand, and where a button leads.
  const isSaved = () => {
    const seen = form.querySelector("[data-seen]"), flag = form.elements.flag;
    return seen && parts[0] === form && !touched.size && flag.checked === flag.defaultChecked
      && seen.value === values(form).join("|") && !Waiting.trouble && navigator.onLine;
  };
  const target = (button) => {
    const go = button?.value ?? "next", here = Number(form.dataset.slot);
    if (go === "submit") return form.action + "finish/";
    const number = go === "next" ? here + 1 : go === "prev" ? here - 1 : Number(/^to-(\d+)$/.exec(go)?.[1]);
    return number > 0 ? `${form.action}?q=${number}` : "";
  };
  form.addEventListener("submit", (event) => {
    let to;
    const order = event.submitter?.closest(".order");
    if (order) { // move the line here, without loading the page anew
      event.preventDefault();
      const line = event.submitter.closest("li");
      const up = event.submitter.value.startsWith("up-");
      const other = up ? line.previousElementSibling : line.nextElementSibling;
      if (other) up ? other.before(line) : other.after(line);
      renumber(order);
      (event.submitter.disabled ? line.querySelector("button:not(:disabled)") : event.submitter).focus();
      keep(partOf(order));
      return;
    }
    if (isSaved() && (to = target(event.submitter))) { // the server has all that the form would bring: only go there
      event.preventDefault();
      Waiting.go();
      location.assign(to);
      return;
    }
    const number = next();
    touched.forEach((part) => put(part, number)); // kept until a page tells that the form has arrived
    if (Waiting.trouble || !navigator.onLine) { // the form would be lost on the browser's own page
      event.preventDefault();
      Waiting.flush();
      return;
    }
    form.elements.sequence.value = number;
    Waiting.go();
  });

  // Answered while this script was still on its way: over a weak link the page stands before it.
  const changed = (field) => field.type === "radio" || field.type === "checkbox" ? field.checked !== field.defaultChecked
    : field.options ? !([...field.options].find((option) => option.defaultSelected) || field.options[0]).selected
    : field.value !== field.defaultValue;
  for (const part of parts) if (!touched.has(part) && fieldsOf(part).some(changed)) keep(part);

  const clock = document.querySelector("[data-closes]");
  if (clock) {
    const skew = Date.parse(clock.dataset.now) - Date.now(); // this device's clock may be wrong: the server's counts
    const left = clock.querySelector("[data-left]");
    const tick = () => {
      const seconds = Math.max(0, Math.round((Date.parse(clock.dataset.closes) - Date.now() - skew) / 1000));
      left.textContent = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
      clock.classList.toggle("timer--short", seconds < 120);
      if (seconds === 300 || seconds === 60) Waiting.say(state.dataset.minutes + " " + seconds / 60, "due"); // spoken: role=status
      if (seconds === 0) { clearInterval(ticking); Waiting.go(); Waiting.flush().finally(() => location.reload()); } // in the grace what waits is still taken
    };
    const ticking = setInterval(tick, 1000);
    tick();
  }
})();
