/* A form is sent once: the button rests while the answer is awaited, and wakes when the page is
   shown again from the browser's memory. The server is safe without this (config/http/once.py). */
(function () {
  "use strict";
  function rest(form) {
    form.querySelectorAll("button[type=submit]").forEach(function (button) {
      button.disabled = true;
      if (button.dataset.busy) {
        button.dataset.words = button.textContent;
        button.textContent = button.dataset.busy;
      }
    });
  }
  function wake(form) {
    delete form.dataset.sent;
    form.querySelectorAll("button[type=submit]").forEach(function (button) {
      button.disabled = false;
      if (button.dataset.words) { button.textContent = button.dataset.words; }
    });
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("form[data-once]")) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    window.setTimeout(function () { rest(form); }, 0);
  });
  document.addEventListener("input", function (event) {
    var form = event.target.closest("form[data-unsent]");
    if (form) { form.dataset.touched = "1"; }
  });
  /* Nothing typed is lost to the back button or a closed window without a question. */
  window.addEventListener("beforeunload", function (event) {
    if (document.querySelector("form[data-touched]:not([data-sent])")) { event.preventDefault(); }
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { document.querySelectorAll("form[data-once]").forEach(wake); }
  });
  /* Unfold copies a chosen file's name into the nearest text field: in our forms that is another
     field's, or none. */
  document.addEventListener("change", function (event) {
    if (event.target.matches(".im-form input[type=file]")) { event.stopImmediatePropagation(); }
  }, true);
  /* Filters take effect when chosen; the button stays for those without scripts. */
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form[data-instant]");
    if (form && event.target.matches("select, input[type=checkbox], input[type=date]")) { form.requestSubmit(); }
  });
})();
