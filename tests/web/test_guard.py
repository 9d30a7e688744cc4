"""What the server refuses, with which headers it answers, and that its page names no other site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.web.app import create_app
from tests.web.fakes import FakeAssistant

BASE = "http://127.0.0.1:7860"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> FakeAssistant:
    return FakeAssistant(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def client(assistant: FakeAssistant) -> Iterator[TestClient]:
    with TestClient(create_app(assistant), base_url=BASE) as made:
        yield made


def test_page_is_chinese_and_names_no_other_site(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert '<html\n\tlang="zh-CN"' in page.text or 'lang="zh-CN"' in page.text
    assert set(re.findall(r"https?://([^/\"'\\\s<>]+)", page.text)) <= {"127.0.0.1:7860"}
    assert "新建对话" in page.text


def test_no_stylesheet_or_script_of_the_page_imports_from_elsewhere(client: TestClient) -> None:
    page = client.get("/").text
    linked = re.findall(r'(?:src|href)="(\.?/[^"]+\.(?:js|css))"', page)
    assert len(linked) >= 3
    for path in linked:
        text = client.get(path.lstrip(".")).text
        assert re.findall(r"@import\s+url\(\s*['\"]?https?:|url\(\s*['\"]?https?:", text) == []


@pytest.mark.parametrize("path", ["/", "/bigan/page.js", "/theme.css", "/monitoring", "/assets/none.js"])
def test_every_answer_carries_the_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "img-src 'self' data: blob:;" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert [name for name in headers if name.startswith("access-control-")] == []


def test_scripts_of_the_page_carry_a_nonce_of_its_own(client: TestClient) -> None:
    pages = [client.get("/"), client.get("/")]
    nonces = [re.search(r"'nonce-([^']+)'", page.headers["content-security-policy"])[1] for page in pages]
    assert nonces[0] != nonces[1]
    for page, nonce in zip(pages, nonces, strict=True):
        scripts = re.findall(r"<script[^>]*>", page.text)
        assert len(scripts) > 3
        assert [tag for tag in scripts if f'nonce="{nonce}"' not in tag] == []


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:7860", 200),
        ("localhost:7860", 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("192.168.1.5:7860", 400),
    ],
)
def test_only_requests_for_this_machine_are_answered(client: TestClient, host: str, status: int) -> None:
    assert client.get("/", headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": BASE}, 200),
        ({"origin": BASE, "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
def test_what_another_site_started_is_refused(
    client: TestClient, assistant: FakeAssistant, headers: dict[str, str], status: int
) -> None:
    conversation = assistant.workspace.create_conversation().id
    answer = client.post("/bigan/save", json={"conversation": conversation, "text": "正文"}, headers=headers)
    assert answer.status_code == status
    assert bool(assistant.workspace.current_version(conversation)) == (status == 200)
    assert client.post("/gradio_api/queue/join", json={}, headers=headers).status_code in (
        (403,) if status == 403 else (400, 422)
    )


@pytest.mark.parametrize(
    "path",
    [
        "/monitoring", "/monitoring/summary", "/gradio_api/runs", "/gradio_api/info", "/gradio_api/openapi.json",
        "/gradio_api/proxy=http://127.0.0.1:1/x", "/gradio_api/file=http://127.0.0.1:1/x", "/gradio_api/file=https://127.0.0.1:1/x",
        "/gradio_api/file=HTTP://127.0.0.1:1/x", "/gradio_api/file=//127.0.0.1:1/x", "/gradio_api/file/http://127.0.0.1:1/x",
        "/docs", "/openapi.json", "/manifest.json", "/login", "/gradio_api/vibe-code/", "/gradio_api/dev/reload", "/gradio_api/deep_link",
    ],
)  # fmt: skip
def test_routes_the_page_does_not_need_are_closed(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_files_outside_the_page_s_own_folder_are_not_served(
    client: TestClient, assistant: FakeAssistant
) -> None:
    assert assistant.settings.database.exists()
    for path in (assistant.settings.database, Path(__file__)):
        assert client.get(f"/gradio_api/file={path}").status_code in (403, 404)


def test_what_a_closing_page_sends_is_kept(client: TestClient, assistant: FakeAssistant) -> None:
    conversation = assistant.workspace.create_conversation().id
    assert client.post("/bigan/save", json={"conversation": conversation, "text": "最后一句。"}).json() == {
        "saved": True
    }
    assert assistant.workspace.current_version(conversation).text == "最后一句。"
    assert client.post("/bigan/save", json={"conversation": "没有这个", "text": "字"}).json() == {
        "saved": False
    }
