/* Makes forms nicer: fields that depend on another, one press of a button, focus on the list of faults, menus that close. */
"use strict";

(() => {
  const PATIENCE_MS = 20000;

  function valuesOf(form, name) {
    return [...form.elements]
      .filter((field) => field.name === name && !field.disabled)
      .filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked)
      .map((field) => field.value);
  }

  function fit(form) {
    for (const part of form.querySelectorAll("[data-show-if]")) {
      const condition = JSON.parse(part.dataset.showIf);
      const wanted = condition.in.map(String);
      const shown = valuesOf(form, condition.field).some((value) => wanted.includes(value));
      part.hidden = !shown;
      const fields = part.querySelectorAll("input, select, textarea");
      for (const field of fields) field.disabled = !shown;
      if (part.tagName === "FIELDSET") part.disabled = !shown;
    }
  }

  function buttonsOf(form) {
    return form.querySelectorAll("button[type=submit]:not([data-again])");
  }

  function release(form) {
    for (const button of buttonsOf(form)) button.disabled = false;
    for (const kept of form.querySelectorAll("input[data-pressed]")) kept.remove();
    delete form.dataset.sent;
  }

  function onSubmit(event) {
    const form = event.target;
    const pressed = event.submitter;
    if (event.defaultPrevented || form.method !== "post" || (pressed && "again" in pressed.dataset)) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    if (pressed && pressed.name) {
      const kept = document.createElement("input");
      Object.assign(kept, { type: "hidden", name: pressed.name, value: pressed.value });
      kept.dataset.pressed = "";
      form.append(kept);
    }
    for (const button of buttonsOf(form)) button.disabled = true;
    setTimeout(() => release(form), PATIENCE_MS);
  }

  for (const form of document.forms) {
    if (!form.querySelector("[data-show-if]")) continue;
    fit(form);
    form.addEventListener("input", () => fit(form));
    form.addEventListener("change", () => fit(form));
  }
  document.addEventListener("submit", onSubmit);
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.forms) release(form);
  });

  const faults = document.getElementById("error-summary");
  if (faults) {
    faults.focus();
  }

  for (const menu of document.querySelectorAll("details.menu")) {
    document.addEventListener("click", (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }
})();
