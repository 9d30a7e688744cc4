"""The real server, the real model and a real browser: what a 笔杆子 does in one sitting."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(1200)]
sync_api = pytest.importorskip("playwright.sync_api", reason="没有安装 playwright")

REPOSITORY = Path(__file__).resolve().parents[2]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 600_000  # milliseconds: a small machine that is busy otherwise
DRAFT = "起草2023年抓党建述职报告的存在问题部分，围绕理论学习、组织活动、党建业务融合三个方面"
PARAGRAPH = "我局2023年召开党组会议24次，搞了主题党日活动12次，党员参加率达到96.5%，投入经费3.2万元。"
FIGURES = ("2023年", "24次", "12次", "96.5%", "3.2万元")
LATIN = {"Word", "Markdown", "Gemma"}


@dataclass
class Server:
    """The program as a user starts it, in a home of its own."""

    home: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "assistant", "--no-browser", "--port", str(self.port)],
            cwd=REPOSITORY,
            env={**os.environ, "BIGAN_HOME": str(self.home)},
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                with urlopen(self.address, timeout=5):
                    return
            except OSError:
                assert self.process.poll() is None, "the server ended"
                time.sleep(0.3)
        raise AssertionError("the server did not answer")

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait(30)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@dataclass
class Sitting:
    """The open page and what the browser asked for and complained of."""

    page: Any
    server: Server
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def canvas(self) -> str:
        return str(self.page.locator("#bg-canvas textarea").input_value())

    @property
    def last_reply(self) -> str:
        return str(self.page.locator(".bg-reply .bg-text").last.inner_text())

    def open(self) -> None:
        self.page.goto(self.server.address)
        self.page.locator("#bg-status .bg-ok").wait_for()

    def new(self) -> None:
        used, before = self.page.locator(".bg-reply").count(), self.page.url
        # The next click must not overtake this one, which ends whatever the page is following.
        with self.page.expect_response(lambda response: "/queue/join" in response.url):
            self.page.locator("#bg-new").click()
        if used:  # else the conversation is still unused and stays
            self.page.wait_for_function("before => location.href !== before", arg=before)
            self.page.locator(".bg-reply").first.wait_for(state="detached")
        self.page.wait_for_function("document.querySelector('#bg-canvas textarea')?.value === ''")

    def ask(self, words: str) -> None:
        replies = self.page.locator(".bg-reply").count()
        self.page.locator("#bg-words textarea").fill(words)
        self.page.locator("#bg-send").click()
        self.page.locator(".bg-reply").nth(replies).wait_for()

    def finish(self) -> None:
        self.page.locator(".bg-growing").wait_for(state="detached")
        self.page.locator("#bg-send").wait_for()

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()

    def wait_for_text(self, longer_than: int) -> str:
        self.page.wait_for_function(
            "length => document.querySelector('#bg-canvas textarea')?.value.length > length", arg=longer_than
        )
        return self.canvas


@pytest.fixture(scope="module")
def sitting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sitting]:
    server = Server(tmp_path_factory.mktemp("home"))
    server.start()
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="en-US")
        page.set_default_timeout(PATIENCE)
        made = Sitting(page, server)
        page.on("request", lambda request: made.requests.append(request.url))
        page.on("pageerror", lambda error: made.errors.append(str(error)))
        page.on(
            "console",
            lambda said: made.errors.append(said.text) if "Content Security Policy" in said.text else None,
        )
        made.open()
        yield made
        browser.close()
    server.kill()


@pytest.fixture(scope="module")
def drafted(sitting: Sitting) -> list[str]:
    """A draft in the canvas; returns what stood there while it grew."""
    sitting.new()
    sitting.ask(DRAFT)
    seen: list[str] = []
    while sitting.page.locator("#bg-stop").is_visible():
        seen.append(sitting.canvas)
        sitting.page.wait_for_timeout(200)
    sitting.finish()
    seen.append(sitting.canvas)
    return seen


def test_the_page_is_chinese_even_in_an_english_browser(sitting: Sitting) -> None:
    shown = sitting.page.locator("body").inner_text()
    assert "新建对话" in shown
    assert set(re.findall(r"[A-Za-z]{4,}", shown)) <= LATIN
    titles = sitting.page.eval_on_selector_all(
        "[title],[placeholder],[aria-label]",
        "all => all.map(e => [e.title, e.placeholder, e.getAttribute('aria-label')].join(' '))",
    )
    assert set(re.findall(r"[A-Za-z]{4,}", " ".join(titles))) <= LATIN


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1366, 768), (1920, 1080)])
def test_the_page_fills_the_window_and_does_not_scroll(sitting: Sitting, width: int, height: int) -> None:
    sitting.page.set_viewport_size({"width": width, "height": height})
    size = sitting.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    for name in ("#bg-send", "#bg-docx", "#bg-txt", "#bg-tabs", "#bg-status"):
        box = sitting.page.locator(name).bounding_box()
        assert box["x"] + box["width"] <= width, name
        assert box["y"] + box["height"] <= height, name
    sitting.page.set_viewport_size({"width": 1366, "height": 768})
    assert size == [width, height]


def test_a_draft_grows_in_the_canvas(sitting: Sitting, drafted: list[str]) -> None:
    assert len(set(drafted)) > 3
    text = drafted[-1]
    for topic in ("理论学习", "组织活动", "党建业务融合"):
        assert topic in text
    for ordinal in ("一是", "二是", "三是"):
        assert ordinal in text
    assert "写好了" in sitting.last_reply


def test_an_evidence_entry_shows_its_passage(sitting: Sitting, drafted: list[str]) -> None:
    sitting.tab("依据")
    entry = sitting.page.locator("details.bg-entry").first
    entry.locator("summary").click()
    quoted = entry.locator("blockquote").first
    quoted.wait_for()
    marked = quoted.locator("mark").first.inner_text()
    assert marked in drafted[-1]
    assert "《" in entry.locator("figcaption").first.inner_text()
    assert sitting.page.locator("#bg-scope").is_hidden()  # pointing at a sentence is not choosing it


def test_an_edit_is_saved_by_itself(sitting: Sitting, drafted: list[str]) -> None:
    area = sitting.page.locator("#bg-canvas textarea")
    area.click()
    sitting.page.keyboard.press("Control+End")
    sitting.page.keyboard.insert_text(f"\n{PARAGRAPH}")
    sitting.tab("版本")
    sitting.page.locator(".bg-panel:visible .bg-row", has_text="手工修改").first.wait_for()
    assert int(sitting.page.locator("#bg-count").inner_text()) == len("".join(sitting.canvas.split()))


def test_polishing_the_selected_paragraph_keeps_its_figures_and_all_else(
    sitting: Sitting, drafted: list[str]
) -> None:
    before = sitting.canvas
    assert PARAGRAPH in before
    sitting.page.locator("#bg-canvas textarea").evaluate(
        "(area, text) => { const at = area.value.indexOf(text); area.focus(); area.setSelectionRange(at, at + text.length); }",
        PARAGRAPH,
    )
    sitting.page.locator("#bg-scope", has_text="润色只改选中的").wait_for()
    sitting.ask("润色这一段，别改数字")
    sitting.finish()
    after = sitting.canvas
    head = before[: before.index(PARAGRAPH)]
    assert after.startswith(head)
    assert [figure for figure in FIGURES if figure not in after[len(head) :]] == []
    assert "都保留了" in sitting.last_reply
    sitting.page.locator(".bg-panel:visible .bg-diff").wait_for()


def test_follow_ups_act_on_the_part_they_name(sitting: Sitting, drafted: list[str]) -> None:
    before = sitting.canvas.split("\n")
    sitting.ask("加一条关于人才队伍的")
    sitting.finish()
    added = sitting.canvas.split("\n")
    (new,) = [line for line in added if line not in before]
    assert new.startswith("四是")
    assert "人才" in new
    assert [line for line in added if line != new] == before
    assert "加了第4条" in sitting.last_reply
    sitting.tab("依据")
    last = new.rstrip("。").rsplit("。", 1)[-1]  # taken from an exemplar, and said to be
    entry = sitting.page.locator(".bg-entry", has_text=last).first
    assert entry.locator(".bg-tag").inner_text() in ("引用", "改写")
    sitting.ask("删掉第四条")
    sitting.finish()
    assert sitting.canvas.split("\n") == before
    assert "删去了第四条" in sitting.last_reply


def test_a_formulation_is_quoted_and_can_be_inserted(sitting: Sitting, drafted: list[str]) -> None:
    sitting.ask("“四个意识”的规范表述是什么？出自哪里？")
    sitting.finish()
    card = sitting.page.locator(".bg-formulation").last
    wording = card.locator(".bg-wording").inner_text()
    assert wording == "政治意识、大局意识、核心意识、看齐意识"
    assert re.search(r"出处：《.+》（.*\d{4}", card.inner_text())
    sitting.page.locator("#bg-canvas textarea").evaluate(
        "area => { area.focus(); area.setSelectionRange(area.value.length, area.value.length); }"
    )
    card.locator("[data-act=insert]").click()
    assert sitting.canvas.endswith(wording)
    sitting.tab("版本")
    sitting.page.locator(".bg-panel:visible .bg-row .bg-now").wait_for()


def test_word_export_is_one_click(sitting: Sitting, drafted: list[str], tmp_path: Path) -> None:
    from docx import Document

    with sitting.page.expect_download() as download:
        sitting.page.locator("#bg-docx").click()
    name = download.value.suggested_filename
    assert re.fullmatch(r"《.+》.*\.docx", name)
    download.value.save_as(tmp_path / name)
    text = "\n".join(paragraph.text for paragraph in Document(str(tmp_path / name)).paragraphs)
    assert [figure for figure in FIGURES if figure not in text] == []


def test_files_join_the_corpus_are_corrected_and_leave_it(
    sitting: Sitting, sample: Path, tmp_path: Path
) -> None:
    page = sitting.page
    bad = tmp_path / "坏.docx"
    bad.write_bytes(b"no zip")
    own = tmp_path / "本局2023年工作总结.txt"
    own.write_text("本局2023年工作总结\n一、几点认识\n工作中还有短板，调查研究不够深入。\n", encoding="utf-8")
    page.locator("[data-act=library]").click()
    assert page.get_by_role("dialog", name="资料库").is_visible()
    page.locator("#bg-library input[type=file]").set_input_files([bad, own, sample])
    page.locator(".bg-imported", has_text="添加了2份，1份没有添加").wait_for()
    assert "“坏.docx”的内容不是 Word 文档" in page.locator(".bg-file.bg-failed").inner_text()
    shelf = page.locator("#bg-shelf-list")
    shelf.get_by_role("button", name="本局2023年工作总结").click()
    page.locator("[data-heading=几点认识]").select_option("存在问题")
    page.locator("[data-field=year]").fill("2019")
    page.locator("[data-act=retype]").click()
    page.locator(".bg-by-hand").wait_for()
    for label, choice in (("种类", "我的材料"), ("部分", "存在问题"), ("年份", "2019年")):
        page.locator("#bg-library-bar").get_by_label(label, exact=True).click()
        page.locator(f"[data-testid=dropdown-option][aria-label='{choice}']").click()
    page.locator(".bg-total", has_text="符合条件的1份").wait_for()
    assert "工作总结·2019" in shelf.locator(".bg-row").inner_text()
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#bg-preview [data-act=uncorpus]").click()
    shelf.get_by_text("没有符合条件的资料").wait_for()
    page.locator("[data-act=close]").click()
    page.locator("#bg-library").wait_for(state="hidden")
    assert "自己的1份" in page.locator("[data-act=library]").inner_text()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_the_corpus_page_fits_the_window(sitting: Sitting, width: int, height: int) -> None:
    page = sitting.page
    sitting.open()  # nothing narrowed by what was done before
    page.set_viewport_size({"width": width, "height": height})
    page.locator("[data-act=library]").click()
    page.locator("#bg-shelf-list .bg-row").nth(20).wait_for()
    for name in ("#bg-library-bar", "#bg-shelf-list", "#bg-preview", "[data-act=close]"):
        box = page.locator(name).bounding_box()
        assert min(box["x"], box["y"]) >= 0, name
        assert box["x"] + box["width"] <= width, name
        assert box["y"] + box["height"] <= height, name
    tops = {
        round(page.locator(name).bounding_box()["y"] + page.locator(name).bounding_box()["height"] / 2)
        for name in ("#bg-corpus-add", "[data-act=close]", "#bg-library-bar .bg-filter >> nth=0")
    }
    assert max(tops) - min(tops) <= 2, "the bar is one line"
    rows = page.locator("#bg-shelf-list")
    assert rows.evaluate("e => e.scrollHeight > e.clientHeight && getComputedStyle(e).overflowY") == "auto"
    page.keyboard.press("Escape")
    page.locator("#bg-library").wait_for(state="hidden")
    page.set_viewport_size({"width": 1366, "height": 768})


def test_reload_finds_everything(sitting: Sitting, drafted: list[str]) -> None:
    replies = sitting.page.locator(".bg-reply").count()
    canvas = sitting.canvas
    sitting.page.wait_for_timeout(2000)
    address = sitting.page.url
    sitting.page.reload()
    sitting.wait_for_text(0)
    assert sitting.page.url == address
    assert sitting.canvas == canvas
    assert sitting.page.locator(".bg-reply").count() == replies
    assert sitting.page.locator("#bg-chat").get_by_text(DRAFT).first.is_visible()
    sitting.page.locator(".bg-formulation").first.wait_for()
    sitting.tab("依据")
    sitting.page.locator("details.bg-entry").first.wait_for()


def test_after_an_edit_by_hand_the_other_sentences_keep_what_they_rest_on(sitting: Sitting) -> None:
    page = sitting.page
    sitting.new()
    sitting.ask(DRAFT)
    sitting.finish()
    sitting.tab("依据")

    def linked() -> dict[str, tuple[str, tuple[str, ...]]]:
        """Return for each sentence its degree and the words of its passages."""
        return {
            entry.locator(".bg-sentence").inner_text(): (
                entry.locator(".bg-tag").inner_text(),
                tuple(entry.locator("blockquote").all_text_contents()),
            )
            for entry in page.locator("#bg-evidence .bg-entry").all()
        }

    before = linked()
    quoted = [sentence for sentence, (degree, _) in before.items() if degree == "引用"]
    slightly, wholly = max(quoted, key=len), next(s for s in quoted if s != max(quoted, key=len))
    changed, own = slightly.replace("，", "、", 1), "这句话是我自己写的，没有别的出处。"
    page.locator("#bg-canvas textarea").fill(sitting.canvas.replace(slightly, changed).replace(wholly, own))
    page.locator("#bg-evidence .bg-user", has_text=own).wait_for()
    page.reload()
    sitting.wait_for_text(0)
    sitting.tab("依据")
    page.locator("#bg-evidence .bg-user", has_text=own).wait_for()
    after = linked()
    assert {s: after[s] for s in before if s not in (slightly, wholly)} == {
        s: before[s] for s in before if s not in (slightly, wholly)
    }
    assert after[changed][1][0] == before[slightly][1][0]  # linked again to the same passage
    assert after[own] == ("手写", ())
    assert slightly not in after


def test_corrected_and_added_facts_reach_the_draft_and_the_review(sitting: Sitting, tmp_path: Path) -> None:
    page = sitting.page
    sitting.new()
    file = tmp_path / "台账.txt"
    lines = [f"{month}月份走访群众{month * 9 + 2}户。" for month in range(1, 13)]
    file.write_text("全年组织活动开展主题党日12次。\n" + "\n".join(lines), encoding="utf-8")
    page.locator("#bg-middle input[type=file]").first.set_input_files(str(file))
    sitting.tab("事实")
    ledger = page.locator("#bg-facts")
    ledger.locator("[data-filter]").fill("主题党日")
    assert ledger.locator(".bg-fact:visible").count() == 1
    ledger.locator(".bg-correct summary:visible").click()
    ledger.locator(".bg-correct[open] [data-field]").fill("13")
    page.keyboard.press("Enter")
    ledger.locator(".bg-was", has_text="您更正的，原为“12次”").wait_for()
    assert ledger.locator(".bg-fact:visible").count() == 1  # still narrowed
    ledger.locator(".bg-line > [data-field]").first.fill("组织活动新增党员5名")
    page.keyboard.press("Enter")
    ledger.locator(".bg-own", has_text="组织活动新增党员5名").wait_for()
    page.reload()
    sitting.tab("事实")
    ledger.locator(".bg-was").wait_for()
    sitting.ask("起草2023年抓党建述职报告的主要工作部分，围绕组织活动、服务群众两个方面")
    sitting.finish()
    assert "主题党日13次" in sitting.canvas
    assert "新增党员5名" in sitting.canvas
    assert "12次" not in sitting.canvas
    page.locator("#bg-canvas textarea").fill(sitting.canvas + "\n全年开展主题党日12次。")
    sitting.tab("审校")
    page.locator("#bg-findings .bg-entry", has_text="您已更正为“13次”").get_by_role(
        "button", name="改正", exact=True
    ).click()
    page.wait_for_function("document.querySelector('#bg-canvas textarea').value.endsWith('主题党日13次。')")
    assert "“12次”改为“13次”" in sitting.last_reply


def test_findings_are_fixed_at_once_taken_back_and_ignored(sitting: Sitting) -> None:
    page = sitting.page
    sitting.new()
    text = "各支部要认真部暑，截止目前已经完成。\n一是抓学习。二是抓作风。四是抓落实。"
    page.locator("#bg-canvas textarea").fill(text)
    sitting.tab("审校")
    panel = page.locator("#bg-findings")
    panel.get_by_role("button", name="全部改正").click()
    page.wait_for_function("text => document.querySelector('#bg-canvas textarea').value !== text", arg=text)
    assert "截至目前" in sitting.canvas
    page.locator("#bg-back").click()
    page.wait_for_function("text => document.querySelector('#bg-canvas textarea').value === text", arg=text)
    assert "撤销了“全部改正" in sitting.last_reply
    jump = panel.locator(".bg-entry", has_text="四是")
    jump.get_by_role("button", name="忽略").click()
    panel.get_by_text("本稿忽略的 1条").wait_for()
    page.reload()
    sitting.tab("审校")
    panel.get_by_text("本稿忽略的 1条").wait_for()
    assert jump.count() == 0
    panel.get_by_text("本稿忽略的 1条").click()
    panel.get_by_role("button", name="恢复提示").click()
    jump.wait_for()


def test_enter_sends_and_escape_stops(sitting: Sitting) -> None:
    sitting.new()
    sitting.page.locator("#bg-words textarea").fill(DRAFT)
    sitting.page.keyboard.press("Enter")
    sitting.wait_for_text(10)
    sitting.page.keyboard.press("Escape")
    sitting.finish()
    assert "停在这里" in sitting.last_reply


def test_a_material_that_cannot_be_read_does_not_keep_the_others_out(
    sitting: Sitting, tmp_path: Path
) -> None:
    page = sitting.page
    sitting.new()
    good, picture = tmp_path / "好.txt", tmp_path / "照片.png"
    good.write_text("走访企业35家。", encoding="utf-8")
    picture.write_bytes(b"\x89PNG")
    page.locator("#bg-middle input[type=file]").first.set_input_files([str(picture), str(good)])
    page.locator("#bg-composer .bg-chip", has_text="好.txt").wait_for()
    page.locator("#bg-notice", has_text="照片.png").wait_for()
    assert page.locator("#bg-composer .bg-chip").count() == 1
    page.locator("#bg-composer .bg-chip [data-act=drop]").click()
    page.locator("#bg-composer .bg-chip").wait_for(state="detached")


def test_a_fact_marked_not_to_be_used_stays_marked(sitting: Sitting, tmp_path: Path) -> None:
    page = sitting.page
    sitting.new()
    file = tmp_path / "台账.txt"
    file.write_text("全年召开党组会议24次，党员参加率96.5%。", encoding="utf-8")
    page.locator("#bg-middle input[type=file]").first.set_input_files(str(file))
    sitting.tab("事实")
    pressed = page.locator('.bg-fact [data-act=never][data-value="24次"][aria-pressed=true]')
    page.get_by_role("button", name="不用：24次").click()
    pressed.wait_for()
    page.reload()
    sitting.tab("事实")
    pressed.wait_for()
    assert page.locator(".bg-fact", has_text="96.5%").locator("[aria-pressed=true]").count() == 0
    page.get_by_role("button", name="不用：24次").click()
    pressed.wait_for(state="detached")


def test_stop_ends_a_draft_and_keeps_it(sitting: Sitting, drafted: list[str]) -> None:
    sitting.new()
    sitting.ask(DRAFT)
    partial = sitting.wait_for_text(10)
    started = time.monotonic()
    sitting.page.locator("#bg-stop").click()
    sitting.finish()
    assert time.monotonic() - started < 30
    assert "停在这里" in sitting.last_reply
    assert sitting.canvas.startswith(partial[:10])
    assert "三是" not in sitting.canvas


def test_a_killed_server_loses_nothing(sitting: Sitting, drafted: list[str]) -> None:
    sitting.new()
    sitting.ask(DRAFT)
    sitting.wait_for_text(10)
    sitting.page.wait_for_timeout(1500)  # the reply is stored once a second, when it has grown
    sitting.page.wait_for_function(
        "text => document.querySelector('#bg-canvas textarea').value !== text", arg=sitting.canvas
    )
    sitting.page.wait_for_timeout(300)
    address = sitting.page.url
    sitting.server.kill()
    said = sitting.page.locator(".toast-message-text").first
    said.wait_for()
    assert "连接断了" in said.inner_text()
    assert re.findall(r"[A-Za-z]{4,}", sitting.page.locator(".toast-body").first.inner_text()) == []
    sitting.page.goto("about:blank")
    sitting.server.start()
    sitting.page.goto(address)
    sitting.page.locator(".bg-reply", has_text="（上次没有写完）").wait_for()
    assert len(sitting.canvas) > 10
    sitting.page.locator("#bg-status .bg-ok").wait_for()
    sitting.tab("版本")
    sitting.page.locator(".bg-panel:visible .bg-row", has_text="未写完的稿子").first.wait_for()


def test_a_whole_document_is_outlined_edited_killed_and_goes_on(sitting: Sitting) -> None:
    page = sitting.page
    sitting.new()
    sitting.ask("写一篇2024年度工作总结")
    page.locator(".bg-reply [data-act=write]").wait_for()
    sitting.tab("提纲")
    outline = page.locator("#bg-outline textarea")
    assert "一、主要工作及成效" in outline.input_value()
    outline.fill(
        # Points enough that the part is not finished before the server is killed.
        "标题：甲局2024年度工作总结\n一、存在问题（约600字）\n  理论学习\n  调查研究\n  组织活动\n  服务群众\n"
        "二、下一步打算（约100字）\n  理论学习\n    材料：明年办读书班4期。\n结尾：特此报告。"
    )
    page.locator("#bg-outline-said", has_text="共2个部分、5点").wait_for()
    outline.evaluate(
        "area => { area.focus(); area.setSelectionRange(area.value.indexOf('二、'), area.value.indexOf('二、')); }"
    )
    page.keyboard.press("Alt+ArrowUp")
    assert outline.input_value().index("二、下一步打算") < outline.input_value().index("一、存在问题")
    page.locator("#bg-outline-said [data-act=write]").click()
    page.wait_for_function(
        "() => document.querySelector('#bg-canvas textarea').value.includes('二、存在问题\\n一是')"
    )
    finished = sitting.canvas.split("\n二、存在问题")[0]
    assert finished.startswith("甲局2024年度工作总结\n一、下一步打算\n一是")
    assert "明年办读书班4期。" in finished
    page.wait_for_timeout(1500)
    address = page.url
    page.goto("about:blank")
    sitting.server.kill()
    sitting.server.start()
    page.goto(address)
    page.locator(".bg-reply [data-act=go_on]").last.click()
    page.locator(".bg-reply", has_text="写好了").wait_for()
    sitting.finish()
    assert sitting.canvas.startswith(finished + "\n二、存在问题\n一是")
    assert sitting.canvas.endswith("\n特此报告。")
    assert sitting.canvas.count("二、存在问题") == 1
    assert "全篇审校过" in sitting.last_reply


def test_nothing_was_asked_of_any_other_machine(sitting: Sitting, drafted: list[str]) -> None:
    assert len(sitting.requests) > 100
    own = (sitting.server.address, "data:", f"blob:{sitting.server.address}")
    assert [address for address in sitting.requests if not address.startswith(own)] == []
    assert sitting.errors == []
