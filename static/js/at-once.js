// Where scripts run, the page that follows may come as the answer to the form: it says itself where it stands (waiting.js).
"use strict";
for (const field of document.querySelectorAll("[data-at-once]")) field.disabled = false;
