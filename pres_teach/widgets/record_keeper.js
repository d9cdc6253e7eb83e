// The learner's work: saved to a file, restored from one, begun again, and remembered by this browser.
export default {
  render(context) {
    return view(context, "record", ({ model, root, body, watch, ask }) => {
      root.setAttribute("aria-label", "Your work");
      const state = h("p", { class: "pt-state" });
      const offer = h("div", { class: "pt-region", role: "status" });
      const notice = h("div", { class: "pt-region", role: "status" });
      const sure = h("div", { class: "pt-region" });
      const file = h("input", { type: "file", class: "pt-hidden", tabindex: "-1", accept: ".sqlite,.db,.prt,application/octet-stream,application/vnd.sqlite3", "aria-label": "A file saved earlier" });
      const save = h("button", { type: "button", class: "pt-primary", onclick: () => { wanted = true; ask({ do: "save" }); } }, "Save my work to this computer");
      const restore = h("button", { type: "button", onclick: () => file.click() }, "Restore from a file");
      const again = h("button", { type: "button", class: "pt-danger", onclick: () => askAgain() }, "Start this case again");
      body.append(
        h("p", { class: "pt-eyebrow" }, "Your work"),
        state, offer,
        h("div", { class: "pt-actions" }, save, restore, file, again),
        sure, notice,
        h("p", { class: "pt-soft pt-small pt-foot" }, "On Binder everything is gone ten minutes after you leave. Save a file, or come back with this same browser: it keeps a copy of your steps, on this computer only."));

      let wanted = false;
      watch("file", () => {
        const data = model.get("file");
        if (!wanted || !data || !data.byteLength) return;
        wanted = false;
        download(root, data, model.get("file_name"), "application/octet-stream");
        say("done", `Saved as ${model.get("file_name")}.`);
      });
      file.addEventListener("change", async () => {
        const one = file.files[0];
        if (!one) return;
        if (one.size > 50e6) {
          say("refused", "This file is larger than any record: please choose the file you saved here.");
        } else {
          model.set("given", new DataView(await one.arrayBuffer()));
          model.save_changes();
          ask({ do: "restore", name: one.name });
        }
        file.value = "";
      });

      const say = (kind, text) => notice.replaceChildren(...(text ? [h("p", { class: `pt-note pt-is-${kind === "refused" ? "wrong" : "right"} pt-arrives` }, badge(kind === "refused" ? "wrong" : "right", kind === "refused" ? "Not done" : "Done"), ` ${text}`)] : []));
      const drawNotice = () => { const one = model.get("notice") || {}; say(one.kind, one.text); };

      const askAgain = () => {
        const back = h("button", { type: "button", class: "pt-primary", onclick: () => { sure.replaceChildren(); again.focus(); } }, "Go back");
        sure.replaceChildren(h("div", { class: "pt-note pt-is-wrong pt-arrives", role: "alertdialog", "aria-label": "Start again?" },
          h("p", {}, badge("alarm", "Start again?")),
          h("p", {}, "The case goes back to its beginning, in every lesson. What you did before stays in your file, but the patient will know nothing of it."),
          h("div", { class: "pt-actions" }, back, h("button", { type: "button", class: "pt-danger", onclick: () => { sure.replaceChildren(); declined = true; ask({ do: "again" }); } }, "Start again"))));
        back.focus();
      };

      let declined = false;
      const drawOffer = () => {
        const text = memory.read(model.get("journal_key"));
        const kept = memory.steps(text);
        const steps = model.get("steps");
        state.textContent = steps ? `${steps} ${steps === 1 ? "step" : "steps"} of this case ${steps === 1 ? "is" : "are"} kept.` : "No step of this case is taken yet.";
        if (declined || kept <= steps) return offer.replaceChildren();
        if (offer.firstChild) return;
        offer.replaceChildren(h("div", { class: "pt-note" },
          h("p", {}, `This browser remembers ${kept} ${kept === 1 ? "step" : "steps"} of this case${steps ? `, ${steps} ${steps === 1 ? "is" : "are"} here` : ""}.`),
          h("div", { class: "pt-actions" },
            h("button", { type: "button", class: "pt-primary", onclick: () => { offer.replaceChildren(); model.set("offered", text); model.save_changes(); declined = true; ask({ do: "bring" }); } }, "Bring them back"),
            h("button", { type: "button", onclick: () => { declined = true; offer.replaceChildren(); } }, "No thanks"))));
      };
      watch(["steps", "journal_key"], drawOffer);
      watch("notice", drawNotice);
      drawOffer();
      drawNotice();
    });
  },
};
