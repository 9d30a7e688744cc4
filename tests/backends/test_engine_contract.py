"""What every engine promises, asked of the fake and of the real model alike."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest

from assistant.backends import Engine
from assistant.backends.fake import FakeEngine
from assistant.backends.llama import LlamaEngine
from assistant.errors import ContextOverflow, ModelError
from assistant.records import Message, Piece, Sampling

PROMPT = "一年来，在上级党委的坚强领导下，全体干部职工"
SHORT = Sampling(max_tokens=12)
GREEDY = Sampling(max_tokens=12, temperature=0)
DIGITS = "0123456789０１２３４５６７８９"


@pytest.fixture(scope="module", params=["fake", pytest.param("llama", marks=pytest.mark.model)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """One engine for all the tests here: each must leave it usable for the next."""
    chosen: Engine = FakeEngine() if request.param == "fake" else LlamaEngine(request.getfixturevalue("gguf"))
    yield chosen
    chosen.close()


def written(
    engine: Engine, prompt: str, sampling: Sampling, cancel: Event | None = None
) -> tuple[str, Piece]:
    """Return the whole text and the last piece; only the last one may carry `finish` and counts."""
    pieces = list(engine.stream(prompt, sampling, cancel))
    assert all(piece == Piece(piece.text) and piece.text for piece in pieces[:-1])
    return "".join(piece.text for piece in pieces), pieces[-1]


def test_info_is_stable_and_plausible(engine: Engine) -> None:
    info = engine.start()
    assert info == engine.start()
    assert info.name
    assert info.context_tokens == 8192
    assert info.threads >= 1
    assert not info.chat


def test_stream_ends_with_the_counts(engine: Engine) -> None:
    text, last = written(engine, PROMPT, SHORT)
    assert text
    assert last.finish == "length"
    assert last.tokens == SHORT.max_tokens
    assert last.prompt_tokens == engine.count(PROMPT)
    assert 0 <= last.reused_tokens < last.prompt_tokens
    assert last.seconds >= last.prompt_seconds >= 0


def test_no_piece_breaks_a_character(engine: Engine) -> None:
    text, _ = written(engine, "表情符号：😀😁😂🤣😃😄😅😆", replace(GREEDY, max_tokens=24))
    assert "\ufffd" not in text
    assert text.encode("utf-8").decode("utf-8") == text


@pytest.mark.parametrize(("first", "last"), [(2, 3), (2, 5), (0, 1)])
def test_stop_string_ends_the_text_and_never_shows(engine: Engine, first: int, last: int) -> None:
    whole, _ = written(engine, PROMPT, replace(GREEDY, max_tokens=8))
    stop = whole[first:last]
    text, end = written(engine, PROMPT, replace(GREEDY, max_tokens=8, stop=("绝不出现的话", stop)))
    assert text == whole[: whole.index(stop)]
    assert end.finish == "stop"


def test_beginning_of_a_stop_string_is_text_after_all(engine: Engine) -> None:
    whole, _ = written(engine, PROMPT, GREEDY)
    text, end = written(engine, PROMPT, replace(GREEDY, stop=(whole[-1] + "绝不出现的话",)))
    assert (text, end.finish) == (whole, "length")


def test_same_seed_same_text(engine: Engine) -> None:
    texts = [written(engine, PROMPT, replace(SHORT, seed=seed))[0] for seed in (7, 8, 7, 8)]
    assert texts[:2] == texts[2:]
    assert texts[0] != texts[1]


def test_forbidden_characters_never_appear(engine: Engine) -> None:
    prompt = "1、2、3、4、5、6、７、８、"
    sampling = Sampling(max_tokens=12, temperature=1.5, top_k=0, top_p=1.0, min_p=0.0)
    free = "".join(written(engine, prompt, replace(sampling, seed=seed))[0] for seed in range(4))
    assert set(free) & set(DIGITS)
    for seed in range(8):
        text, _ = written(engine, prompt, replace(sampling, seed=seed, forbidden=DIGITS + "、"))
        assert text
        assert not set(text) & set(DIGITS + "、")


def test_overflow_says_by_how_much_and_leaves_the_engine_usable(engine: Engine) -> None:
    room = engine.start().context_tokens - engine.count(PROMPT)
    with pytest.raises(ContextOverflow, match="3 个"):
        list(engine.stream(PROMPT, Sampling(max_tokens=room + 3)))
    assert next(iter(engine.stream(PROMPT, Sampling(max_tokens=room)))).text
    assert written(engine, PROMPT, SHORT)[0]


def test_base_model_refuses_messages(engine: Engine) -> None:
    messages = (Message("user", "你好"),)
    with pytest.raises(ModelError, match="续写模型"):
        engine.count(messages)
    with pytest.raises(ModelError, match="续写模型"):
        list(engine.stream(messages, SHORT))


def test_common_beginning_is_reused_and_changes_nothing(engine: Engine) -> None:
    shared = "".join(f"第{number}项工作已经按照要求完成并通过检查。" for number in range(40))
    first, second = shared + "今年以来，我们", shared + "下一步，我们将"
    fresh, cold = written(engine, second, GREEDY)
    written(engine, "另一个开头。" * 60, replace(GREEDY, max_tokens=1))
    again, _ = written(engine, second, GREEDY)
    written(engine, first, GREEDY)
    warm_text, warm = written(engine, second, GREEDY)
    assert fresh == again == warm_text
    assert cold.reused_tokens == 0
    assert warm.reused_tokens > engine.count(shared) - 130


def test_cancel_before_the_first_token(engine: Engine) -> None:
    cancel = Event()
    cancel.set()
    text, last = written(engine, PROMPT, SHORT, cancel)
    assert (text, last.finish) == ("", "cancelled")


def test_cancel_ends_the_stream_with_the_next_piece(engine: Engine) -> None:
    cancel = Event()
    pieces = []
    for piece in engine.stream(PROMPT, Sampling(max_tokens=4000), cancel):
        pieces.append(piece)
        if len(pieces) == 3:
            cancel.set()
    assert len(pieces) == 4
    assert pieces[-1].finish == "cancelled"
    assert pieces[-1].text == ""
    assert written(engine, PROMPT, SHORT)[1].finish == "length"


def test_abandoned_stream_leaves_the_engine_usable(engine: Engine) -> None:
    before, _ = written(engine, PROMPT, GREEDY)
    for _ in engine.stream(PROMPT, Sampling(max_tokens=4000)):
        break  # the generator is closed here, as nothing holds it any more
    assert written(engine, PROMPT, GREEDY)[0] == before


def test_threads_get_their_own_text_in_turn(engine: Engine) -> None:
    prompts = [f"{PROMPT}在第{number}季度" for number in range(3)]
    alone = [written(engine, prompt, GREEDY)[0] for prompt in prompts]
    together: dict[int, str] = {}

    def ask(number: int) -> None:
        together[number] = written(engine, prompts[number], GREEDY)[0]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[number] for number in range(3)] == alone


def test_works_again_after_close(engine: Engine) -> None:
    before, _ = written(engine, PROMPT, GREEDY)
    engine.close()
    assert written(engine, PROMPT, GREEDY)[0] == before
