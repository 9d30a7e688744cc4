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
  // These of its words it has in English only; a message not listed here says no more than that something failed.
  const LOST = "和笔杆的连接断了，正在重连。如果笔杆已经关闭，请重新启动；写过的内容都已保存。";
  const CHINESE = {
    Error: "出错了",
    Warning: "注意",
    Info: "提示",
    Success: "完成",
    Close: "关闭",
    undo: "撤销",
    "More tabs": "更多栏目",
    "chatbot conversation": "对话",
    "Connection to the server was lost. Attempting reconnection...": LOST,
    "Connection errored out.": LOST,
    "This application is currently busy. Please try again.": "现在忙，请稍后重试。",
  };
  const inChinese = (words) => {
    const known = CHINESE[words.trim()];
    if (known || !words.trim()) return known;
    if (/^bot's message/.test(words)) return "回复";
    return /^user's message: /.test(words) ? words.replace(/^user's message: /, "要求：") : undefined;
  };
  const translate = (element) => {
    for (const name of ["aria-label", "title"]) {
      const known = inChinese(element.getAttribute(name) ?? "");
      if (known) element.setAttribute(name, known);
    }
    if (!element.matches(".toast-title, .toast-message-text")) return;
    const said = element.textContent;
    if (!said.trim() || /[\u4e00-\u9fff]/.test(said)) return;
    element.title = said.trim();
    element.textContent = inChinese(said) ?? "没有做成，请重试；仍然这样，请重新启动笔杆。";
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      const element = target.closest ? target : target.parentElement;
      if (element) translate(element);
      for (const node of addedNodes) {
        if (!node.querySelectorAll) continue;
        translate(node);
        node.querySelectorAll("[aria-label], [title], .toast-title, .toast-message-text").forEach(translate);
      }
    }
  }).observe(document.documentElement, { childList: true, characterData: true, subtree: true, attributeFilter: ["aria-label", "title"] });
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
    if (act === "correct" || act === "own") return typed(target);
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

  // What stands in the field beside a button; an empty one is gone to instead.
  const typed = (target) => {
    const input = target.closest(".bg-line").querySelector("[data-field]");
    if (input.value.trim()) return input.value;
    input.focus();
    return null;
  };

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
      if (input.type !== "file") return;
      const line = document.getElementById(input.closest("#bg-library") ? "bg-too-large" : "bg-too-large-material");
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
    show: (target) => {
      const place = target.closest("[data-start]");
      show(Number(place.dataset.start), Number(place.dataset.end));
    },
  };

  // The bar between canvas and tabs shares the height between them: by pulling it, or by the arrow keys on it.
  const SHARE = "bigan.share"; // the canvas's part of the height, in percent
  const share = (percent) => {
    const kept = Math.min(85, Math.max(15, percent));
    document.documentElement.style.setProperty("--bg-share", kept);
    localStorage.setItem(SHARE, kept);
  };
  if (localStorage.getItem(SHARE)) share(Number(localStorage.getItem(SHARE)));
  const edges = () => [document.getElementById("bg-canvas"), document.getElementById("bg-tabs")].map((part) => part.getBoundingClientRect());
  document.addEventListener("pointermove", (event) => {
    if (!event.target.closest?.("#bg-split")?.hasPointerCapture?.(event.pointerId)) return;
    const [canvas, tabs] = edges();
    share((100 * (event.clientY - canvas.top)) / (tabs.bottom - canvas.top));
  });
  document.addEventListener("pointerdown", (event) => event.target.closest?.("#bg-split")?.setPointerCapture(event.pointerId));
  document.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -5, ArrowDown: 5 }[event.key];
    if (!step || !event.target.closest?.("#bg-split")) return;
    event.preventDefault();
    const [canvas, tabs] = edges();
    share((100 * canvas.height) / (canvas.height + tabs.height) + step);
  });

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

  // The fact ledger is drawn anew after every click: the words it is narrowed by and the folded kinds stay,
  // fields are empty again.
  let narrowed = "";
  const folded = new Set();
  const narrow = () => {
    for (const kind of document.querySelectorAll(".bg-kind")) {
      let left = 0;
      for (const entry of kind.querySelectorAll(".bg-fact")) {
        entry.hidden = !entry.textContent.includes(narrowed);
        left += !entry.hidden;
      }
      kind.hidden = !left;
      kind.querySelector("summary small").textContent = `${left}条`;
    }
    redraw.takeRecords();
  };
  const redraw = new MutationObserver((changes) => {
    const panel = document.getElementById("bg-facts");
    if (!panel || !changes.some((change) => panel.contains(change.target))) return;
    for (const kind of panel.querySelectorAll(".bg-kind")) kind.open = !folded.has(kind.dataset.kind);
    for (const form of panel.querySelectorAll(".bg-correct")) form.open = false;
    for (const field of panel.querySelectorAll(".bg-correct [data-field]")) field.value = field.getAttribute("value");
    const own = panel.querySelector(":scope .bg-line > [data-field]");
    const stored = [...panel.querySelectorAll("[data-act=unown]")].map((button) => button.dataset.value);
    if (own && stored.includes(own.value.trim().replace(/[。；;，,]+$/, ""))) own.value = "";
    const input = panel.querySelector("[data-filter]");
    if (!input) narrowed = "";
    else input.value = narrowed;
    narrow();
  });
  redraw.observe(document.documentElement, { childList: true, characterData: true, subtree: true });
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-filter]")) return;
    narrowed = event.target.value.trim();
    narrow();
  });
  document.addEventListener(
    "toggle",
    (event) => {
      const details = event.target;
      if (details.matches?.(".bg-kind")) folded[details.open ? "delete" : "add"](details.dataset.kind);
      if (details.matches?.(".bg-correct") && details.open) details.querySelector("[data-field]").select();
    },
    true,
  );
  // One small menu is open at a time; a click elsewhere or Escape closes it.
  const fold = (but) => {
    for (const menu of document.querySelectorAll(".bg-choose[open]")) if (menu !== but) menu.open = false;
  };
  document.addEventListener("click", (event) => fold(event.target.closest?.(".bg-choose")));

  // Escape stops the job at work; what it wrote stays.
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || document.body.classList.contains("bg-library-open")) return;
    fold();
    if (document.querySelector("#bg-stop")?.offsetParent) press("bg-stop");
  });

  // Enter shows the place of a finding, as a click does.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches?.("div[data-act=show]")) event.target.click();
  });

  // Enter in a field of the ledger presses the button beside it.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    if (event.target.matches?.("[data-field]")) event.target.closest(".bg-line")?.querySelector("button").click();
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
      const { act, value, about } = target.dataset;
      if (name !== null) send({ act, value, name, about });
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
