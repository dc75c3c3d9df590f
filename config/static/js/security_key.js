/* A security key answers in place of a typed code (WebAuthn). Without scripts the code remains.

   <button type="button" data-key="get|create" data-key-field="name of the hidden field">, with either
   data-key-options (the id of a JSON element) or data-key-challenge (where to ask for them). */
(function () {
  "use strict";
  async function options(button, form) {
    if (button.dataset.keyOptions) {
      return JSON.parse(document.getElementById(button.dataset.keyOptions).textContent);
    }
    var body = new URLSearchParams({ kind: button.dataset.key });
    var token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    var answer = await fetch(button.dataset.keyChallenge, {
      method: "POST", body: body, credentials: "same-origin", headers: { "X-CSRFToken": token }
    });
    if (!answer.ok) { throw new Error("no challenge"); }
    return answer.json();
  }
  async function ask(button) {
    var form = button.form;
    var status = form.querySelector("[role=status]");
    if (status) { status.textContent = ""; }
    button.disabled = true;
    try {
      var asked = await options(button, form);
      var key = await (button.dataset.key === "create" ? webauthnJSON.create(asked) : webauthnJSON.get(asked));
      if (form.elements.otp) { form.elements.otp.value = ""; }
      form.elements[button.dataset.keyField].value = JSON.stringify(key);
      form.requestSubmit();
    } catch (error) {
      if (status) { status.textContent = button.dataset.keySorry; }
    } finally {
      button.disabled = false;
    }
  }
  document.querySelectorAll("button[data-key]").forEach(function (button) {
    if (!window.PublicKeyCredential || !window.webauthnJSON) { button.hidden = true; return; }
    button.hidden = false;
    button.addEventListener("click", function () { ask(button); });
  });
})();
