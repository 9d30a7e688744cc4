"""Marks of secrecy and of internal use that stand in a text made for the public."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.knowledge.genres import load_genres
from assistant.knowledge.structure import parse_elements
from assistant.records import Finding

SOURCE = "《中华人民共和国保守国家秘密法》；《政府信息公开条例》第十四条、第十七条：公开前进行保密审查"
PUBLIC_GENRES = ("公告", "通告", "公报", "倡议书")
_PUBLIC_TITLE = re.compile(
    r"公示|通告|公告|公报|公开信|倡议书|信息公开|新闻稿|通稿|招聘|招生|招标|告(?:广大|全[县市区体])[^，。]{0,6}书|办事指南|公开年度报告|解读|问答"
)
_PUBLIC = re.compile(
    r"(?:网站|官网|门户网|公众号|客户端|公示栏|公开栏|公告栏|报纸|日报|电视台|媒体|微博|抖音|站点|橱窗)[^。\n]{0,10}(?:公布|发布|公开|公示|刊登|推送|刊发|播出|张贴|发表)"
    r"|(?:面向|向)(?:全)?社会(?:各界)?(?:公开|公布|发布|公示|招聘)|现(?:予以?|将[^。\n]{0,30})公示|特此(?:公告|通告|公示)"
    r"|(?:此件|本文)(?:主动)?公开|公开方式[：:]主动公开|广大(?:市民|群众|居民|村民|业主|读者|网友)"
)  # fmt: skip
_SECRET = re.compile(
    r"(?m)^[ 　]*[（(【\[]?(?:(?:密级[：:]\s*)?(?:绝密|机密|秘密)(?:[ 　]*[★☆*][^\n]{0,10}|[ 　]*(?:级|件)?(?=[ 　]*[）)】\]]?$)))[ 　]*[）)】\]]?[ 　]*$"
)
_INTERNAL_WORDS = (
    r"内部(?:资料|文件|材料|使用|参考|参阅|掌握|传阅|刊物|情况)|(?:不得|请勿|严禁|不准|切勿)(?:外传|外泄|扩散|公开|转发)|"
    r"(?:阅后|会后|用后)(?:请)?(?:收回|退回|销毁)|(?:此件|本文)不(?:予)?公开|不予公开|仅供(?:内部|领导|工作)[一-龥]{0,2}(?:参考|参阅|使用|掌握)|仅限内部"
)  # fmt: skip
_INTERNAL = re.compile(
    rf"(?m)^[ 　]*[（(【\[]?[^\n。，（(]{{0,10}}(?:{_INTERNAL_WORDS})[^\n。]{{0,14}}[）)】\]]?[ 　]*$|[（(【\[](?:{_INTERNAL_WORDS})[^\n。）)】\]]{{0,14}}[）)】\]]"
)


def check_disclosure(text: str, genre: str) -> Iterator[Finding]:
    """Yield a finding for each mark of secrecy or internal use, on a line or in brackets, in a text for the public."""
    if not _is_public(text, genre):
        return
    for pattern, what in ((_SECRET, "密级标志"), (_INTERNAL, "内部资料的标识")):
        for match in pattern.finditer(text):
            quote = match.group().strip(" 　")
            start = match.start() + match.group().index(quote)
            yield Finding(
                rule="secrecy-in-public",
                severity="error",
                start=start,
                end=start + len(quote),
                quote=quote,
                message=f"公开发布的文稿残留{what}“{quote}”",
                suggestion="确可公开的删去标识；不应公开的不得发布",
                source=SOURCE,
            )


def _is_public(text: str, genre: str) -> bool:
    if genre in PUBLIC_GENRES and genre in load_genres():
        return True
    title = "".join(element.text for element in parse_elements(text) if element.kind == "title")
    return bool(_PUBLIC_TITLE.search(title) or _PUBLIC.search(text))
