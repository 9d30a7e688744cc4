// What the page does without the server: address, selection, insertion, autosave, keys, drops.
// Loaded before Gradio; nothing here sends text anywhere but to this server.
(() => {
  "use strict";

  const SAVE_AFTER = 1200; // milliseconds without typing
  const field = (id) => document.querySelector(`#${id} textarea, #${id} input`);
  const press = (id) => {
    const found = document.getElementById(id);
    const target = found && (found.matches("button, a") ? found : found.querySelector("button, a"));
    if (target) target.click();
  };

  // Gradio takes its own words from the browser's language; the page is Chinese throughout.
  Object.defineProperty(navigator, "language", { get: () => "zh-CN" });
  Object.defineProperty(navigator, "languages", { get: () => ["zh-CN", "zh"] });
  const address = new URL(location.href);
  const conversation = address.searchParams.get("c");
  address.searchParams.set("__theme", "light"); // taken out again by remember()
  history.replaceState(null, "", address);

  let dirty = false;
  let timer = 0;
  let current = "";
  let scope = { start: 0, text: "" };
  let shown = ""; // the selection that show() made: it points at a place and is no choice of the user

  const setText = (area, text, caret) => {
    const setter = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;
    setter.call(area, text);
    area.dispatchEvent(new Event("input", { bubbles: true }));
    if (caret !== undefined) area.setSelectionRange(caret, caret);
  };

  const insert = (text) => {
    const area = field("bg-canvas");
    if (!area || area.disabled) return false;
    const [from, to] = [area.selectionStart, area.selectionEnd];
    setText(area, area.value.slice(0, from) + text + area.value.slice(to), from + text.length);
    area.focus();
    return true;
  };

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };

  const show = (start, end) => {
    const area = field("bg-canvas");
    if (!area || start >= area.value.length) return;
    const whole = area.value;
    area.focus({ preventScroll: true });
    area.setSelectionRange(start, end);
    const probe = document.createElement("div"); // measures where the passage stands
    const style = getComputedStyle(area);
    for (const name of ["font", "lineHeight", "letterSpacing", "padding", "wordBreak", "textIndent"]) probe.style[name] = style[name];
    Object.assign(probe.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap", width: `${area.clientWidth}px`, boxSizing: "border-box" });
    probe.textContent = whole.slice(0, start) || " ";
    document.body.append(probe);
    area.scrollTop = Math.max(0, probe.offsetHeight - area.clientHeight / 2);
    probe.remove();
    shown = `${start}-${end}`;
    updateScope();
  };

  const flash = (button, said) => {
    const before = button.textContent;
    button.textContent = said;
    setTimeout(() => (button.textContent = before), 1200);
  };

  const ask = (target) => {
    const { act, name } = target.dataset;
    if (act === "rename") return prompt("对话改名为：", name);
    if (act === "delete") return confirm(`删除对话“${name}”？其中的消息、文稿和材料一并删除，不能恢复。`) ? name : null;
    if (act === "uncorpus") return confirm(`从资料库移出《${name}》？`) ? name : null;
    if (act === "retype") return corrections(target);
    return name ?? "";
  };

  // The corpus page lies over everything else, which rests meanwhile.
  const library = (open) => {
    const page = document.getElementById("bg-library");
    if (!page || document.body.classList.contains("bg-library-open") === open) return;
    document.body.classList.toggle("bg-library-open", open);
    for (const id of ["bg-left", "bg-middle", "bg-right"]) document.getElementById(id).inert = open;
    page.setAttribute("role", "dialog");
    page.setAttribute("aria-label", "资料库");
    page.tabIndex = -1;
    if (open) page.focus();
    else document.querySelector("[data-act=library]")?.focus();
  };
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && !event.target.closest?.("input, select")) library(false);
  });

  // What stands in the fields under which a document is corrected.
  const corrections = (target) => {
    const form = target.closest(".bg-form");
    const field = (name) => form.querySelector(`[data-field=${name}]`).value;
    const sections = [...form.querySelectorAll("[data-heading]")].map((item) => [item.dataset.heading, item.value]);
    return JSON.stringify({ genre: field("genre"), year: field("year"), sections: Object.fromEntries(sections) });
  };

  // Gradio refuses a whole batch for one file above its limit: that one stays behind, and is named.
  const LARGEST = 50 * 1024 * 1024;
  document.addEventListener(
    "change",
    (event) => {
      const input = event.target;
      if (input.type !== "file" || !input.closest("#bg-library")) return;
      const line = document.getElementById("bg-too-large");
      const large = [...input.files].filter((file) => file.size > LARGEST);
      const named = large.map((file) => `“${file.name}”有 ${Math.round(file.size / 1024 / 1024)} MB，超过了 50 MB 的上限，没有添加。请删去其中的图片，或者只保留要用的部分后再试。`);
      line.hidden = !large.length;
      line.textContent = named.join("\n");
      if (!large.length) return;
      const kept = new DataTransfer();
      for (const file of input.files) if (!large.includes(file)) kept.items.add(file);
      input.files = kept.files;
      if (!kept.files.length) event.stopImmediatePropagation();
    },
    true,
  );

  const local = {
    library: () => library(true),
    close: () => library(false),
    copy: (target) => copy(target.dataset.value).then(() => flash(target, "已复制")),
    insert: (target) => insert(target.dataset.value) && flash(target, "已插入"),
    export: () => press("bg-docx"),
    write: () => press("bg-write"),
    go_on: () => press("bg-go-on"),
    show: (target) => {
      const place = target.closest("[data-start]");
      show(Number(place.dataset.start), Number(place.dataset.end));
    },
  };

  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("[data-act]");
    if (target && local[target.dataset.act]) local[target.dataset.act](target);
  });

  // Autosave of the canvas: after a pause, on leaving it, and by a beacon when the page goes.
  const save = () => {
    clearTimeout(timer);
    if (dirty) {
      dirty = false;
      press("bg-save");
    }
  };
  document.addEventListener("input", (event) => {
    if (!event.target.closest?.("#bg-canvas")) return;
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER);
    const count = document.getElementById("bg-count");
    if (count) count.textContent = event.target.value.replace(/\s/g, "").length;
  });
  document.addEventListener("focusout", (event) => event.target.closest?.("#bg-canvas") && save());
  addEventListener("pagehide", () => {
    const area = field("bg-canvas");
    if (!dirty || !area || !current) return;
    const body = JSON.stringify({ conversation: current, text: area.value, shown: field("bg-shown")?.value ?? "" });
    navigator.sendBeacon("/bigan/save", new Blob([body], { type: "application/json" }));
  });

  // The outline is stored after a short pause and on leaving it; Alt+↑ and Alt+↓ move a line with all below it.
  let outlineTimer = 0;
  const saveOutline = () => {
    clearTimeout(outlineTimer);
    if (outlineTimer) press("bg-keep-outline");
    outlineTimer = 0;
  };
  document.addEventListener("input", (event) => {
    if (!event.target.closest?.("#bg-outline")) return;
    clearTimeout(outlineTimer);
    outlineTimer = setTimeout(saveOutline, 500);
  });
  document.addEventListener("focusout", (event) => event.target.closest?.("#bg-outline") && saveOutline());
  const indent = (line) => line.length - line.trimStart().length;
  const block = (lines, first) => {
    let last = first + 1;
    while (last < lines.length && lines[last].trim() && indent(lines[last]) > indent(lines[first])) last += 1;
    return last;
  };
  document.addEventListener("keydown", (event) => {
    const area = event.target;
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key) || !area.closest?.("#bg-outline") || area.disabled) return;
    event.preventDefault();
    const lines = area.value.split("\n");
    const before = area.value.slice(0, area.selectionStart);
    const first = before.split("\n").length - 1;
    const column = before.length - before.lastIndexOf("\n") - 1;
    const last = block(lines, first);
    let other = first - 1;
    while (event.key === "ArrowUp" && other >= 0 && indent(lines[other]) > indent(lines[first])) other -= 1;
    const [from, middle, to] = event.key === "ArrowUp" ? [other, first, last] : [first, last, last < lines.length ? block(lines, last) : last];
    if (from < 0 || middle === to || indent(lines[from]) !== indent(lines[middle])) return;
    const moved = [...lines.slice(0, from), ...lines.slice(middle, to), ...lines.slice(from, middle), ...lines.slice(to)];
    const line = event.key === "ArrowUp" ? from : from + to - middle;
    setText(area, moved.join("\n"), moved.slice(0, line).join("\n").length + (line ? 1 : 0) + column);
  });

  // What is selected on the canvas is what a revision acts on; a line above the box says so.
  const updateScope = () => {
    const area = field("bg-canvas");
    const line = document.getElementById("bg-scope");
    if (!area || !line) return;
    if (shown !== `${area.selectionStart}-${area.selectionEnd}`) shown = "";
    const text = shown ? "" : area.value.slice(area.selectionStart, area.selectionEnd);
    scope = text.trim() ? { start: area.selectionStart, text } : { start: 0, text: "" };
    line.hidden = !scope.text;
    line.textContent = scope.text ? `润色只改选中的${scope.text.replace(/\s/g, "").length}字：${scope.text.trim().slice(0, 20)}…（在文稿里点一下即取消）` : "";
  };
  document.addEventListener("selectionchange", () => {
    if (document.activeElement?.closest?.("#bg-canvas")) updateScope();
  });

  // Enter sends, Shift+Enter breaks the line; an input method that is composing keeps its Enter.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
      if (!event.target.closest?.("#bg-words") || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      press("bg-send");
    },
    true,
  );

  // Files dropped on the middle column are material, on the left column they go to the corpus.
  const zone = (event) => {
    if (event.target.closest?.("#bg-middle")) return "bg-files";
    if (event.target.closest?.("#bg-left, #bg-library")) return "bg-corpus-add";
    return "";
  };
  document.addEventListener("dragover", (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    const id = zone(event);
    const input = id && (document.querySelector(`#${id} input[type=file]`) || document.getElementById(id)?.parentElement.querySelector("input[type=file]"));
    if (!input) return;
    if (id === "bg-corpus-add") library(true);
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  window.bigan = {
    act: (event, send) => {
      const target = event.target.closest("[data-act]");
      if (!target || local[target.dataset.act]) return;
      const name = ask(target);
      if (name !== null) send({ act: target.dataset.act, value: target.dataset.value, name });
    },
    wanted: () => conversation ?? localStorage.getItem("bigan.conversation") ?? "",
    remember: (id) => {
      if (!id) return;
      current = id;
      dirty = false;
      localStorage.setItem("bigan.conversation", id);
      history.replaceState(null, "", `${location.pathname}?c=${id}`);
      const kept = localStorage.getItem("bigan.words");
      const area = field("bg-words");
      if (kept && area && !area.value) setText(area, kept);
      scope = { start: 0, text: "" };
    },
    keepWords: (words) => localStorage.setItem("bigan.words", words ?? ""),
    withSelection: (values) => {
      clearTimeout(timer); // sending keeps the canvas by itself
      dirty = false;
      values[5] = scope.text ? JSON.stringify(scope) : "";
      field("bg-canvas")?.setSelectionRange(0, 0);
      updateScope();
      return values;
    },
    download: () => press("bg-download"),
  };
})();
