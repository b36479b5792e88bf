// Saves each answer as it is given, and shows the time left. Without it the buttons of the form do the same.
"use strict";
(() => {
  const form = document.querySelector("form[data-answers]");
  if (!form || !Waiting) return;
  const state = document.querySelector("[data-state]");
  // The questions of this page: a section each. Of one question a page the others come out of their templates, and go in and out of
  // the form: what is given in them stays in them.
  const parts = [...form.querySelectorAll("[data-slot]")];
  let current = form.querySelector(".pips") && parts[0]; // the only one that is shown
  for (const template of document.querySelectorAll("template[data-question]")) parts.push(document.adoptNode(template.content).querySelector("[data-slot]"));
  parts.sort((a, b) => a.dataset.slot - b.dataset.slot);
  const typing = new Map(); // part: the timer of what is being typed in it
  const touched = new Set(); // parts whose answer on the screen the server has not acknowledged
  let newest = Math.max(...parts.map((part) => Number(part.dataset.sequence)));

  const next = () => (newest = Math.max(newest + 1, Date.now()));
  const isAnswer = (name) => /^answer(-\d+)?$/.test(name);
  const partOf = (field) => parts.find((part) => part.contains(field));
  const fieldsOf = (part) => [...part.querySelectorAll("[name^=answer]")].filter((field) => isAnswer(field.name));
  const isChoice = (field) => field.type === "radio" || field.type === "checkbox";
  const values = (part) => fieldsOf(part).filter((field) => !isChoice(field) || field.checked).map((field) => field.value);

  const renumber = (order) => order.querySelectorAll("li").forEach((row, n, rows) => {
    row.querySelector("b").textContent = n + 1;
    const [above, below] = row.querySelectorAll("button");
    above.disabled = n === 0; below.disabled = n === rows.length - 1;
    for (const button of [above, below]) button.value = button.value.replace(/^(up|down)-\d+/, "$1-" + n);
  });

  const flagOf = (part) => part.querySelector("[name=flag]");
  const isAnswered = (part) => part.querySelector(".order") ? "given" in part.dataset
    : fieldsOf(part).some((field) => isChoice(field) ? field.checked : field.type !== "hidden" && field.value.trim() !== "");
  const pips = form.querySelector(".pips");
  const mark = (part) => { // in the rows that say what is answered
    if (!pips) return;
    const n = Number(part.dataset.slot) - 1, pip = pips.querySelectorAll("button")[n], line = form.querySelectorAll(".seg i")[n];
    const answered = isAnswered(part), flagged = flagOf(part).checked, isShown = part === current;
    pip.classList.toggle("d", answered);
    pip.classList.toggle("f", flagged);
    if (isShown) pip.setAttribute("aria-current", "step"); else pip.removeAttribute("aria-current");
    const name = pip.getAttribute("aria-label").split(",")[0];
    pip.setAttribute("aria-label", [name, answered && pips.dataset.answered, flagged && pips.dataset.flagged].filter(Boolean).join(", "));
    line.className = isShown ? "n" : answered ? "d" : "";
    form.querySelector("[data-done]").textContent = pips.querySelectorAll(".d").length;
  };

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
      if (isChoice(field)) field.checked = given.includes(field.value);
      else field.value = given[n] ?? "";
    });
  };
  for (const part of parts) {
    const item = Waiting.of(part.dataset.slot);
    if (!item) continue;
    newest = Math.max(newest, item.sequence);
    if (item.flag !== undefined && flagOf(part)) flagOf(part).checked = item.flag;
    if (!item.values) continue;
    touched.add(part);
    part.dataset.given = "";
    restore(part, item.values);
  }
  Waiting.whenAcknowledged((item) => {
    const part = parts.find((one) => one.dataset.slot === String(item.slot));
    if (!part || String(item.attempt) !== state.dataset.attempt) return;
    const seen = part.querySelector("[data-seen]");
    if (seen && item.values) seen.value = item.values.join("|"); // the form sends again only what has changed since
    if (!Waiting.of(item.slot)) touched.delete(part);
  });
  Waiting.flush();

  const put = (part, sequence = next()) => {
    clearTimeout(typing.get(part));
    touched.add(part);
    part.dataset.given = "";
    Waiting.keep(part.dataset.slot, values(part), sequence);
    mark(part);
  };
  const keep = (part) => { Waiting.sending(); put(part); Waiting.flush(); };
  form.addEventListener("change", (event) => {
    if (isAnswer(event.target.name)) keep(partOf(event.target));
    else if (event.target.name === "flag") {
      Waiting.keep(current.dataset.slot, null, next(), event.target.checked);
      mark(current);
      Waiting.flush();
    }
  });
  form.addEventListener("input", (event) => {
    if (isAnswer(event.target.name) && (event.target.type === "text" || event.target.inputMode === "decimal")) {
      const part = partOf(event.target);
      Waiting.sending();
      put(part); // kept with every sign, sent when the hands rest
      typing.set(part, setTimeout(Waiting.flush, 800));
    }
  });
  // --- From question to question, without a request -------------------------------------------------------------------------

  const show = (part) => {
    if ("unopened" in part.dataset) { delete part.dataset.unopened; Waiting.show(part.dataset.slot); }
    if (!current || part === current) return;
    current.replaceWith(part);
    current = part;
    const [, site] = /( · [^·]*)$/.exec(document.title) ?? ["", ""];
    document.title = part.dataset.title + site;
    const number = part.dataset.slot;
    parts.forEach(mark);
    document.querySelectorAll("a[hreflang]").forEach((link) => {
      const to = new URL(link.href);
      to.searchParams.set("q", number);
      link.href = to;
    });
    scrollTo(0, 0);
    const heading = part.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  };
  const leave = (part) => { // who goes on from lines in an order has answered with the order that is shown
    if (part.querySelector(".order") && !("given" in part.dataset)) put(part);
    clearTimeout(typing.get(part));
    return Waiting.flush();
  };
  const partAt = (number) => parts.find((part) => Number(part.dataset.slot) === number);
  const goTo = (part) => {
    if (!current) { // all stand on the page
      part.scrollIntoView();
      fieldsOf(part).find((field) => field.type !== "hidden")?.focus({ preventScroll: true });
      return;
    }
    leave(current);
    history.pushState(null, "", `${form.action}?q=${part.dataset.slot}`);
    show(part);
  };
  addEventListener("popstate", () => {
    const part = partAt(Number(new URLSearchParams(location.search).get("q") ?? parts[0].dataset.slot));
    if (!current || !part || part === current) return; // a link within the page
    leave(current);
    show(part);
  });
  const target = (button) => {
    const go = button?.value ?? "next", here = Number(current.dataset.slot);
    return partAt(go === "next" ? here + 1 : go === "prev" ? here - 1 : Number(/^to-(\d+)$/.exec(go)?.[1]));
  };

  // Whether the server holds all that the form would bring: then it only has to be gone to.
  const isSaved = () => !touched.size && !Waiting.trouble && navigator.onLine
    && parts.every((part) => {
      const seen = part.querySelector("[data-seen]");
      return seen ? seen.value === values(part).join("|") : "given" in part.dataset || (current && part !== current);
    });
  // Whether to finish is asked here. Where the browser has no dialogs, the page of finishing asks.
  const asking = document.querySelector("[data-finishing]");
  const ask = () => {
    const left = parts.filter((part) => !isAnswered(part)), list = asking.querySelector("[data-unanswered] ul");
    asking.querySelector("[data-given]").textContent = parts.length - left.length;
    asking.querySelector("[data-unanswered]").hidden = !left.length;
    list.replaceChildren(...left.map((part) => {
      const row = document.createElement("li"), button = document.createElement("button");
      button.className = "btn btn--second btn--square";
      button.textContent = part.dataset.slot;
      button.setAttribute("aria-label", `${list.dataset.question} ${part.dataset.slot}`);
      button.addEventListener("click", () => { asking.close(); goTo(part); });
      row.append(button);
      return row;
    }));
    asking.showModal();
  };
  asking?.querySelector("[data-back]").addEventListener("click", () => asking.close());
  asking?.addEventListener("click", (event) => { if (event.detail > 1) event.preventDefault(); }, true); // a double click on «finish» hands nothing in
  const finish = async () => {
    if (current) leave(current);
    await Waiting.flush();
    if (!isSaved()) return Waiting.trouble || !navigator.onLine;
    if (asking?.showModal) ask();
    else { Waiting.go(); location.assign(form.action + "finish/"); }
    return true;
  };

  let unfinished = false;
  form.addEventListener("submit", (event) => {
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
    if (current && target(event.submitter)) {
      event.preventDefault();
      goTo(target(event.submitter));
      return;
    }
    if (event.submitter?.value === "submit" && !unfinished) {
      event.preventDefault();
      const button = event.submitter;
      finish().then((done) => { unfinished = !done; if (!done) form.requestSubmit(button); }); // the form says what is not right
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

  form.addEventListener("click", (event) => { // a double click on «next» is one step
    if (current && event.detail > 1 && event.target.closest("[name=go]") && !event.target.closest(".order")) event.preventDefault();
  });
  parts.forEach((part) => { mark(part); if (!current || part === current) show(part); });
  // Answered while this script was still on its way: over a weak link the page stands before it.
  const changed = (field) => isChoice(field) ? field.checked !== field.defaultChecked
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
