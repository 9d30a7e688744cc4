"""One GGUF model in llama.cpp: tokens, prompt memory, sampling. Runs in the worker process only.

The worker, which alone imports llama_cpp, hands the library in. It generates in one thread; counting
tokens may go on in another meanwhile.
"""

from __future__ import annotations

import codecs
import ctypes
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from assistant.backends.llama_chat import TEMPLATE_KEY, looks_instruct, render_chat
from assistant.backends.stops import StopFilter
from assistant.errors import ContextOverflow, ModelError
from assistant.records import EngineInfo, Message, Piece, Sampling

# Tokens evaluated at once. A prompt is always cut at multiples of this number and reused up to such a
# multiple, so the same prompt is evaluated in the same pieces whether it is new or partly known, and
# gives the same text: with other pieces logits differed by up to 2 (gemma-3-270m Q4_K_M, measured).
# Against 512 the prompt speed measured was 0.96, with 64 it was 0.78.
BLOCK = 128
DEFAULT_CONTEXT = 8192
PENALTY_WINDOW = 64  # tokens the repeat penalty looks back on; llama.cpp's own default

_ABORTED = 2  # llama_decode: stopped by the abort callback (llama.h)
_ERROR_LEVEL = 4  # GGML_LOG_LEVEL_ERROR (ggml.h)
_CONTROL = 1 << 3  # LLAMA_TOKEN_ATTR_CONTROL (llama.h)

Cancelled: TypeAlias = Callable[[], bool]


class Model:
    """A loaded GGUF with one context and what is in the context's memory; `library` is llama_cpp."""

    def __init__(self, library: Any, path: str, context_tokens: int, threads: int) -> None:
        self._lib = library
        self._path = path
        self._log = library.llama_log_callback(_log)
        library.llama_log_set(self._log, None)
        library.llama_backend_init()
        self._model = library.llama_model_load_from_file(
            path.encode("utf-8"), library.llama_model_default_params()
        )
        if not self._model:
            raise ModelError(
                f"模型文件“{Path(path).name}”读不进来：文件不完整、已损坏，或是这个版本还不支持的模型。",
                "请重新下载这个文件，或换一个模型。",
            )
        self._vocab = library.llama_model_get_vocab(self._model)
        self._tokens_known = library.llama_vocab_n_tokens(self._vocab)
        trained = library.llama_model_n_ctx_train(self._model)
        wanted = min(context_tokens or DEFAULT_CONTEXT, trained)
        self.threads = threads or default_threads()
        self._context = self._new_context(wanted)
        self.context_tokens = min(wanted, library.llama_n_ctx(self._context))
        self._memory = library.llama_get_memory(self._context)
        self._evaluated: list[int] = []  # the tokens whose keys and values are in the memory
        self._biases = lru_cache(maxsize=16)(self._new_bias)

    def _new_context(self, tokens: int) -> Any:
        parameters = self._lib.llama_context_default_params()
        parameters.n_ctx = tokens
        parameters.n_batch = parameters.n_ubatch = BLOCK
        parameters.n_threads = parameters.n_threads_batch = self.threads
        # Flash attention stays on llama.cpp's "auto": measured 1.45 times the speed at 6,000 tokens.
        context = self._lib.llama_init_from_model(self._model, parameters)
        if not context:
            raise ModelError(
                f"内存不够给模型开 {tokens} 个词元的上下文。",
                "请在设置里调小上下文长度，或换一个小一些的模型，或关闭其他程序。",
            )
        return context

    # What is loaded

    @cached_property
    def metadata(self) -> dict[str, str]:
        """The GGUF's scalar metadata as strings."""
        count = self._lib.llama_model_meta_count(self._model)
        keys = [self._text(self._lib.llama_model_meta_key_by_index, place) for place in range(count)]
        return {
            key: self._text(self._lib.llama_model_meta_val_str_by_index, place)
            for place, key in enumerate(keys)
        }

    def _text(self, read: Any, place: int) -> str:
        size = read(self._model, place, ctypes.create_string_buffer(1), 1) + 1
        buffer = ctypes.create_string_buffer(max(size, 1))
        read(self._model, place, buffer, size)
        return buffer.value.decode("utf-8", "replace")

    @cached_property
    def chat(self) -> bool:
        """Whether messages go through the file's template; see `looks_instruct`."""
        return looks_instruct(self.metadata, self._token_text(self._lib.llama_vocab_eos(self._vocab)))

    def info(self) -> EngineInfo:
        """Return what is loaded, with the instruction sets this build of llama.cpp uses."""
        system = self._lib.llama_print_system_info().decode("utf-8", "replace")
        features = dict(re.findall(r"(\w+) = (\w+)", system))
        return EngineInfo(
            name=self.metadata.get("general.name") or Path(self._path).stem,
            path=self._path,
            context_tokens=self.context_tokens,
            threads=self.threads,
            chat=self.chat,
            features={**features, "build": self._lib.__version__},
        )

    # Text to tokens

    def _token_text(self, token: int) -> str:
        """Return the name of `token` in the vocabulary, as "<bos>"; "" where the model has no such token."""
        if token < 0:
            return ""
        text: bytes = self._lib.llama_vocab_get_text(self._vocab, token) or b""
        return text.decode("utf-8", "replace")

    def tokens(self, prompt: str | tuple[Message, ...]) -> list[int]:
        """Return the tokens of `prompt` with the opening token, where the model has one, exactly once."""
        bos = self._lib.llama_vocab_bos(self._vocab)
        opening = [bos] if bos >= 0 and self._lib.llama_vocab_get_add_bos(self._vocab) else []
        if isinstance(prompt, str):
            return opening + self._tokenize(prompt, special=False)
        tokens = self._tokenize(self._rendered(prompt), special=True)
        return tokens if tokens[:1] == [bos] else opening + tokens

    def _rendered(self, messages: tuple[Message, ...]) -> str:
        if not self.chat:
            raise ModelError(
                "这个模型是续写模型，没有可用的对话模板，不能按对话方式使用。",
                "请换一个对话模型（名称里常带 Instruct 或 it），或改用续写方式的提示。",
            )
        # A control token spelt out in a message must not end the message, so its spelling is broken.
        safe = [Message(message.role, self._controls.sub(_apart, message.content)) for message in messages]
        eos = self._token_text(self._lib.llama_vocab_eos(self._vocab))
        bos = self._token_text(self._lib.llama_vocab_bos(self._vocab))
        return render_chat(self.metadata[TEMPLATE_KEY], safe, bos, eos)

    @cached_property
    def _controls(self) -> re.Pattern[str]:
        control = (
            self._token_text(token)
            for token in range(self._tokens_known)
            if self._lib.llama_vocab_get_attr(self._vocab, token) & _CONTROL
        )
        spelt = sorted((text for text in control if len(text) > 1), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, spelt)) or r"\Z.")

    def _tokenize(self, text: str, special: bool) -> list[int]:
        data = text.encode("utf-8", "replace")
        room = len(data) + 2
        buffer = (ctypes.c_int32 * room)()
        count = self._lib.llama_tokenize(self._vocab, data, len(data), buffer, room, False, special)
        if count < 0:
            raise ModelError("提示太长，模型分不了词。", "请减少材料后重试。")
        return list(buffer[:count])

    # Tokens to text

    def _piece(self, token: int) -> bytes:
        size = 64
        while True:
            buffer = ctypes.create_string_buffer(size)
            written = self._lib.llama_token_to_piece(self._vocab, token, buffer, size, 0, False)
            if written >= 0:
                return buffer.raw[:written]
            size = -written

    @cached_property
    def _pieces(self) -> list[bytes]:
        return [self._piece(token) for token in range(self._tokens_known)]

    def _new_bias(self, forbidden: str) -> Any:
        """Return llama.cpp's bias list that makes every token with a character of `forbidden` impossible.

        A character that is spread over several tokens begins in one that ends within it; those that
        could begin a forbidden one are impossible as well.
        """
        whole = [character.encode("utf-8", "replace") for character in set(forbidden)]
        starts = {character[:size] for character in whole for size in range(1, len(character))}
        parts = [re.escape(character) for character in whole] + [
            re.escape(start) + rb"\Z" for start in starts
        ]
        pattern = re.compile(b"|".join(parts))
        banned = [token for token, piece in enumerate(self._pieces) if pattern.search(piece)]
        biases = (self._lib.llama_logit_bias * len(banned))()
        for place, token in enumerate(banned):
            biases[place].token = token
            biases[place].bias = float("-inf")
        return biases

    # Generation

    def _sampler(self, sampling: Sampling) -> Any:
        """Return llama.cpp's sampler chain for `sampling`.

        The chain is built natively, because `Llama` drops logit_bias without a word when it is given
        together with a logits processor.
        """
        # The wrapper hides that llama_sampler_init_penalties changed its parameters between versions.
        chain = self._lib._internals.LlamaSampler()
        if sampling.forbidden:
            biases = self._biases(sampling.forbidden)
            bias = self._lib.llama_sampler_init_logit_bias(self._tokens_known, len(biases), biases)
            self._lib.llama_sampler_chain_add(chain.sampler, bias)
        wanted = sampling.top_k if sampling.temperature > 0 else 1
        if wanted > 0 and sampling.repeat_penalty >= 1:
            # The penalty lowers at most as many tokens as it looks back on, so the best `wanted` after it
            # are among these; it takes its time over each token, and vocabularies have 262,144.
            chain.add_top_k(wanted + PENALTY_WINDOW)
        chain.add_penalties(
            n_vocab=self._tokens_known,
            penalty_last_n=PENALTY_WINDOW,
            penalty_repeat=sampling.repeat_penalty,
            penalty_freq=0.0,
            penalty_present=0.0,
        )
        if sampling.temperature <= 0:
            chain.add_greedy()
            return chain
        chain.add_top_k(sampling.top_k)
        chain.add_top_p(sampling.top_p, 1)
        chain.add_min_p(sampling.min_p, 1)
        chain.add_temp(sampling.temperature)
        chain.add_dist(sampling.seed % 0xFFFFFFFF)  # 0xFFFFFFFF itself asks llama.cpp for a random seed
        return chain

    def _check_fit(self, prompt_tokens: int, max_tokens: int) -> None:
        """Raise ContextOverflow unless prompt and output fit the context, ModelError for no prompt at all."""
        if not prompt_tokens:
            raise ModelError("提示是空的，模型没有可接着写的内容。", "请先输入内容。")
        over = prompt_tokens + max_tokens - self.context_tokens
        if over > 0:
            raise ContextOverflow(
                f"提示（{prompt_tokens} 个词元）加上要写的内容（最多 {max_tokens} 个）"
                f"比模型能容纳的 {self.context_tokens} 个多出 {over} 个。",
                "请减少材料或依据，缩短要写的篇幅，或在设置里调大上下文长度。",
            )

    def stream(self, tokens: list[int], sampling: Sampling, cancelled: Cancelled) -> Iterator[Piece]:
        """Yield the text after `tokens`; the last piece has `finish` and the counts."""
        begun = time.perf_counter()
        self._check_fit(len(tokens), sampling.max_tokens)
        reused = self._reuse(tokens)
        complete = self._evaluate(tokens[reused:], cancelled)
        evaluated = time.perf_counter()
        last = Piece("", "cancelled")
        for piece in self._written(sampling, cancelled) if complete else ():
            if piece.finish:
                last = piece
            else:
                yield piece
        yield replace(
            last,
            prompt_tokens=len(tokens),
            reused_tokens=reused,
            prompt_seconds=evaluated - begun,
            seconds=time.perf_counter() - begun,
        )

    def _reuse(self, tokens: list[int]) -> int:
        """Cut the memory back to what it shares with `tokens`, in whole blocks; return its tokens.

        At least the last token stays to be evaluated, since its logits are needed.
        """
        limit = min(len(tokens) - 1, len(self._evaluated))
        same = next((place for place in range(limit) if tokens[place] != self._evaluated[place]), limit)
        keep = same // BLOCK * BLOCK
        if not self._lib.llama_memory_seq_rm(self._memory, 0, keep, -1):
            self._lib.llama_memory_clear(self._memory, True)  # recurrent models forget all or nothing
            keep = 0
        del self._evaluated[keep:]
        return keep

    def _evaluate(self, tokens: list[int], cancelled: Cancelled) -> bool:
        """Evaluate prompt `tokens` block by block; return False when cancelled before the end.

        llama.cpp asks the callback at every node of its graph. It is set for prompts only: between
        single tokens a look at the flag does, without a call into Python 456 times a token.
        """
        callback = self._lib.ggml_abort_callback(lambda _: cancelled())
        self._lib.llama_set_abort_callback(self._context, callback, None)
        try:
            for start in range(0, len(tokens), BLOCK):
                if cancelled() or not self._decode(tokens[start : start + BLOCK]):
                    return False
        finally:
            self._lib.llama_set_abort_callback(self._context, self._lib.ggml_abort_callback(0), None)
        return True

    def _decode(self, tokens: Sequence[int]) -> bool:
        """Evaluate at most BLOCK tokens after those in the memory; return False when that was aborted."""
        array = (ctypes.c_int32 * len(tokens))(*tokens)
        result = self._lib.llama_decode(self._context, self._lib.llama_batch_get_one(array, len(tokens)))
        if result == 0:
            self._evaluated += tokens
            return True
        if result != _ABORTED:
            self._lib.llama_memory_clear(self._memory, True)
            self._evaluated.clear()
            raise ModelError(f"模型计算失败（代码 {result}）。", "请再试一次；仍不行请调小上下文长度。")
        return False

    def _written(self, sampling: Sampling, cancelled: Cancelled) -> Iterator[Piece]:
        """Yield what is generated after the evaluated prompt; the last piece has `finish` and `tokens`."""
        chain = self._sampler(sampling)
        stops = StopFilter(sampling.stop)
        # Bytes of an unfinished character wait in the decoder; those left at the end are dropped.
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        text = ""
        for count in range(1, sampling.max_tokens + 1):
            token = self._lib.llama_sampler_sample(chain.sampler, self._context, -1)
            if self._lib.llama_vocab_is_eog(self._vocab, token):
                yield Piece(stops.rest(), "stop", tokens=count - 1)
                return
            text, stopped = stops.feed(decoder.decode(self._piece(token)))
            if stopped:
                yield Piece(text, "stop", tokens=count)
                return
            if count == sampling.max_tokens:
                break
            if text:
                yield Piece(text)
            if cancelled():
                yield Piece(stops.rest(), "cancelled", tokens=count)
                return
            self._decode([token])
        yield Piece(text + stops.rest(), "length", tokens=sampling.max_tokens)


def default_threads() -> int:
    """Return the number of physical cores this process may use.

    A second thread on the same core adds nothing where memory bandwidth is the limit. llama-cpp-python's
    own default is half the logical processors: 1 on a machine with 2.
    """
    import psutil

    allowed = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(allowed, psutil.cpu_count(logical=False) or allowed)


def _apart(control: re.Match[str]) -> str:
    return f"{control[0][0]} {control[0][1:]}"


def _log(level: int, text: bytes, _: Any) -> None:
    """Pass on llama.cpp's errors only; they end up in the message when the process dies."""
    if level == _ERROR_LEVEL:
        sys.stderr.write(text.decode("utf-8", "replace"))
        sys.stderr.flush()
