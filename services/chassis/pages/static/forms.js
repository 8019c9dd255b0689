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

  function dayOf(text) {
    const parts = text.match(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/);
    return parts ? `${parts[3]}-${parts[2].padStart(2, "0")}-${parts[1].padStart(2, "0")}` : text;
  }

  function amountOf(text) {
    const plain = text.replace(/\s/g, "");
    return Number(/^\d{1,3}([.,]\d{3})+$/.test(plain) ? plain.replace(/[.,]/g, "") : plain.replace(",", "."));
  }

  function holds(form, clause) {
    const wanted = "in" in clause ? clause.in.map(String) : null;
    return valuesOf(form, clause.field).some((value) => {
      if (wanted) return wanted.includes(value);
      if (!value) return false;
      if ("before" in clause && !(dayOf(value) < clause.before)) return false;
      if ("after" in clause && !(dayOf(value) > clause.after)) return false;
      if ("min" in clause && !(amountOf(value) >= clause.min)) return false;
      return !("max" in clause) || amountOf(value) <= clause.max;
    });
  }

  function fit(form) {
    for (const part of form.querySelectorAll("[data-show-if]")) {
      const condition = JSON.parse(part.dataset.showIf);
      const shown = (condition.all || [condition]).every((clause) => holds(form, clause));
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

  for (const button of document.querySelectorAll("button[data-of]")) {
    const chosen = button.form.elements[button.dataset.of];
    button.hidden = true;
    chosen.addEventListener("change", () => button.form.requestSubmit(button));
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
