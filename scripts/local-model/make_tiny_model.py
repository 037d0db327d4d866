#!/usr/bin/env python3
"""Write a tiny language model as a GGUF file: standard library only, deterministic, no download.

The weights are wired by hand. Token embeddings are one-hot and the output matrix holds next-token logits, so the
model is a bigram table; one attention head looks back for marker tokens and decides what an answer starts with: a
tool call when the prompt declares tools, a reasoning block when the prompt says "think", otherwise (and after a
tool's result) one fixed sentence. Under a grammar it closes JSON quickly. Its mean-pooled embeddings are bags of
words. What it says means nothing; the server, the protocol, the chat template, the sampler, the grammar, the
streaming and the token counts around it are the real ones.

usage: make_tiny_model.py OUT.gguf
"""

import hashlib
import struct
import sys

# === What it says ===

ANSWER_START = "assistant\n"  # one token, the last of every generation prompt
UNKNOWN, BEGIN, END, TURN = "<unk>", "<s>", "<|im_end|>", "<|im_start|>"

# Every token of a chain occurs once in it, so the bigram table replays it exactly.
CHAINS = {
    ANSWER_START: (
        "Hello ! ▁This ▁tiny ▁model ▁was ▁made ▁by ▁a ▁script , ▁so ▁its ▁words ▁mean ▁little ; "
        "▁the ▁protocol ▁around ▁them ▁is ▁real . <|im_end|>"
    ).split(),
    "<think>": "Nothing ▁here ▁needs ▁pondering </think> Hello".split(),
    "<tool_call>": ["\n"],
    "</tool_call>": [END],
}

# marker token: (attention score, what it makes an answer start with). The highest score in the prompt wins.
MARKERS = {
    "<tools>": (20.0, "<tool_call>"),
    "think": (33.0, "<think>"),
    "▁think": (33.0, "<think>"),
    "Think": (33.0, "<think>"),
    "</tool_response>": (45.0, None),
}
STARTS = ["<tool_call>", "<think>"]  # what a marker can ask for; each has one of the last dimensions

CONTROL = [UNKNOWN, BEGIN, END, TURN]
MARKUP = [
    "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>",
    "<tools>", "</tools>", "<think>", "</think>", ANSWER_START,
]  # fmt: skip
JSON_PIECES = '" { } [ ] : , example true false null name arguments 1 2 0 . -'.split()
WORDS = (
    "you can help me what weather in Paris city say hello please test json list one two three cat dog mat rug tax "
    "law on sat file read write call tool user system assistant are and of for with it that not use temperature "
    "unit celsius think Think"
).split()
SPACED_WORDS = ["▁" + word for word in WORDS]

TEMPLATE = """{%- if tools %}<|im_start|>system
You may call tools.
<tools>
{%- for tool in tools %}
{{ tool | tojson }}
{%- endfor %}
</tools>
For a call answer <tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call><|im_end|>
{% endif -%}
{%- for m in messages -%}
{%- if m.role == 'tool' %}<|im_start|>user
<tool_response>
{{ m.content }}
{% if loop.last %}</tool_response>{% endif %}<|im_end|>
{% elif m.role == 'assistant' %}<|im_start|>assistant
{% if m.reasoning_content %}<think>
{{ m.reasoning_content }}
</think>
{% endif %}{% if m.content %}{{ m.content }}{% endif %}{% for c in m.tool_calls or [] %}{% if m.content or not loop.first %}
{% endif %}<tool_call>
{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}
</tool_call>{% endfor %}<|im_end|>
{% else %}<|im_start|>{{ m.role }}
{{ m.content }}<|im_end|>
{% endif -%}
{%- endfor -%}
{%- if add_generation_prompt %}<|im_start|>assistant
{% endif -%}"""

# === Vocabulary ===

# Token types of the GGUF format.
NORMAL, UNKNOWN_TYPE, CONTROL_TYPE, USER_DEFINED, BYTE = 1, 2, 3, 4, 6


class Vocabulary:
    """Tokens in order of their ids, each once, with its GGUF type."""

    def __init__(self):
        self.tokens, self.types, self.ids = [], [], {}
        for token in CONTROL:
            self._add(token, UNKNOWN_TYPE if token == UNKNOWN else CONTROL_TYPE)
        for token in MARKUP:
            self._add(token, USER_DEFINED)
        for byte in range(256):
            self._add("<0x%02X>" % byte, BYTE)
        for character in ["▁"] + [chr(code) for code in range(33, 127)]:
            self._add(character, NORMAL)
        for piece in JSON_PIECES + self._spoken() + SPACED_WORDS + WORDS:
            for length in range(1, len(piece) + 1):  # merging needs every prefix of a word
                self._add(piece[:length], NORMAL)
        self.ids["\n"] = self.ids["<0x0A>"]

    def __len__(self):
        return len(self.tokens)

    def _add(self, token, kind):
        if token not in self.ids:
            self.ids[token] = len(self.tokens)
            self.tokens.append(token)
            self.types.append(kind)

    @staticmethod
    def _spoken():
        silent = CONTROL + MARKUP + ["\n"]
        return [token for chain in CHAINS.values() for token in chain if token not in silent]


# === Weights ===

HASHED_DIMENSIONS = 64  # at least this many are shared by the tokens that have none of their own
HEAD_WIDTH = 32
FEED_FORWARD_WIDTH = 32


class Layout:
    """Which dimension of the residual stream belongs to which token."""

    def __init__(self, vocabulary):
        self.vocabulary = vocabulary
        named = [token for start, chain in CHAINS.items() for token in [start] + chain]
        named += CONTROL + MARKUP + JSON_PIECES + SPACED_WORDS + WORDS
        own = list(dict.fromkeys(vocabulary.ids[token] for token in named))
        self.own = {token: dimension for dimension, token in enumerate(own)}
        needed = len(own) + HASHED_DIMENSIONS + len(STARTS)
        self.width = (needed + 31) // 32 * 32
        self.hashed = range(len(own), self.width - len(STARTS))
        self.first_start = self.width - len(STARTS)

    def of(self, token_id):
        if token_id in self.own:
            return self.own[token_id]
        digest = hashlib.sha256(self.vocabulary.tokens[token_id].encode()).digest()
        return self.hashed[int.from_bytes(digest[:4], "big") % len(self.hashed)]

    def of_text(self, token):
        return self.of(self.vocabulary.ids[token])


def resting_logits(vocabulary):
    """What a grammar picks from when nothing else is asked for."""
    by_type = {NORMAL: -12.0, UNKNOWN_TYPE: -40.0, CONTROL_TYPE: -40.0, USER_DEFINED: -40.0, BYTE: -24.0}
    logits = [by_type[kind] - 0.01 * (i % 97) for i, kind in enumerate(vocabulary.types)]
    closing_first = {
        END: 5, "}": 4, "]": 3.5, "example": 3, "</tool_call>": 2.5, '"': 2, "true": 1.5, ":": 1, "1": 0.5,
        ",": 0, "{": -1, "name": -1, "arguments": -1, "null": -2, "[": -3,
    }  # fmt: skip
    for token, logit in closing_first.items():
        logits[vocabulary.ids[token]] = logit
    return logits


def transitions():
    """The bigram table: (from, to) -> logit."""
    table = {}
    for start, chain in CHAINS.items():
        for before, after in zip([start] + chain, chain):
            table[before, after] = 12.0
    table.update({
        (ANSWER_START, "{"): 8, (ANSWER_START, "<tool_call>"): 6, (ANSWER_START, "<think>"): 6,
        ("{", '"'): 6, ("[", '"'): 4.2, ('"', "example"): 15,
        ('"', END): 16,  # without a grammar it stops here
        ("example", '"'): 12, ("1", "}"): 5, ("1", "]"): 4, ("1", ","): 3, (":", '"'): 6, ("\n", "{"): 8,
        ("}", "</tool_call>"): 4.5,
    })  # fmt: skip
    return table


def embeddings(vocabulary, layout):
    weights = bytearray()
    for token_id in range(len(vocabulary)):
        row = [0.0] * layout.width
        row[layout.of(token_id)] = 1.0
        weights += float16(row)
    return bytes(weights)


def output_weights(vocabulary, layout):
    resting = resting_logits(vocabulary)
    leading_to = {}
    for (before, after), logit in transitions().items():
        leading_to.setdefault(vocabulary.ids[after], []).append((layout.of_text(before), logit))
    weights = bytearray()
    for token_id, token in enumerate(vocabulary.tokens):
        row = [resting[token_id]] * layout.width
        for dimension, logit in leading_to.get(token_id, []):
            row[dimension] = logit
        if token == "Hello":  # after any word that leads nowhere: start the sentence
            loose = [layout.of_text(word) for word in WORDS + SPACED_WORDS if word not in JSON_PIECES]
            for dimension in list(layout.hashed) + loose:
                row[dimension] = max(row[dimension], 8.0)
        row[layout.first_start:] = [18.0 if start == token else 0.0 for start in STARTS]
        weights += float16(row)
    return bytes(weights)


def wired(rows, columns, cells):
    """A matrix of zeros with a few cells set, as (shape, GGUF type, bytes)."""
    matrix = [0.0] * (rows * columns)
    for row, column, value in cells:
        matrix[row * columns + column] = value
    return (columns, rows), FLOAT16, float16(matrix)


def tensors(vocabulary, layout):
    width, last = layout.width, HEAD_WIDTH - 1
    query = [(last, dimension, HEAD_WIDTH**0.5) for dimension in range(width)]
    key = [(last, layout.of_text(token), score) for token, (score, _) in MARKERS.items()]
    value = [(STARTS.index(start), layout.of_text(token), 1.0) for token, (_, start) in MARKERS.items() if start]
    output = [(layout.first_start + i, i, 1.0) for i in range(len(STARTS))]
    unit_norm = float32([width**-0.5] * width)
    table = (width, len(vocabulary))
    return {
        "token_embd.weight": (table, FLOAT16, embeddings(vocabulary, layout)),
        "output.weight": (table, FLOAT16, output_weights(vocabulary, layout)),
        "output_norm.weight": ((width,), FLOAT32, unit_norm),
        "blk.0.attn_norm.weight": ((width,), FLOAT32, unit_norm),
        "blk.0.ffn_norm.weight": ((width,), FLOAT32, float32([1.0] * width)),
        "blk.0.attn_q.weight": wired(HEAD_WIDTH, width, query),
        "blk.0.attn_k.weight": wired(HEAD_WIDTH, width, key),
        "blk.0.attn_v.weight": wired(HEAD_WIDTH, width, value),
        "blk.0.attn_output.weight": wired(width, HEAD_WIDTH, output),
        "blk.0.ffn_gate.weight": wired(FEED_FORWARD_WIDTH, width, []),
        "blk.0.ffn_up.weight": wired(FEED_FORWARD_WIDTH, width, []),
        "blk.0.ffn_down.weight": wired(width, FEED_FORWARD_WIDTH, []),
    }


# === The file format ===
# GGUF version 3: header, key-value pairs, tensor descriptions, tensor data, each tensor aligned.

ALIGNMENT = 32
FLOAT32, FLOAT16 = 0, 1  # tensor types


def float16(values):
    return struct.pack("<%de" % len(values), *values)


def float32(values):
    return struct.pack("<%df" % len(values), *values)


def string(text):
    return struct.pack("<Q", len(text.encode())) + text.encode()


class Metadata:
    """GGUF key-value pairs; the number before each value is its type in the format."""

    def __init__(self):
        self.count, self.bytes = 0, bytearray()

    def _pair(self, key, kind, payload):
        self.count += 1
        self.bytes += string(key) + struct.pack("<I", kind) + payload

    def u32(self, key, value):
        self._pair(key, 4, struct.pack("<I", value))

    def f32(self, key, value):
        self._pair(key, 6, struct.pack("<f", value))

    def boolean(self, key, value):
        self._pair(key, 7, struct.pack("<?", value))

    def text(self, key, value):
        self._pair(key, 8, string(value))

    def array(self, key, kind, items):
        self._pair(key, 9, struct.pack("<IQ", kind, len(items)) + b"".join(items))


def metadata(vocabulary, layout):
    pairs = Metadata()
    pairs.text("general.architecture", "llama")
    pairs.text("general.name", "tiny-bigram")
    pairs.text("general.license", "cc0-1.0")
    pairs.u32("general.file_type", 1)
    pairs.u32("llama.context_length", 8192)
    pairs.u32("llama.embedding_length", layout.width)
    pairs.u32("llama.block_count", 1)
    pairs.u32("llama.feed_forward_length", FEED_FORWARD_WIDTH)
    pairs.u32("llama.vocab_size", len(vocabulary))
    pairs.u32("llama.attention.head_count", 1)
    pairs.u32("llama.attention.head_count_kv", 1)
    pairs.u32("llama.attention.key_length", HEAD_WIDTH)
    pairs.u32("llama.attention.value_length", HEAD_WIDTH)
    pairs.f32("llama.attention.layer_norm_rms_epsilon", 1e-9)
    pairs.u32("llama.rope.dimension_count", HEAD_WIDTH)
    # So slow that the last pair of dimensions, where the markers are, does not turn with the position.
    pairs.f32("llama.rope.freq_base", 1e30)
    pairs.text("tokenizer.ggml.model", "llama")
    pairs.text("tokenizer.ggml.pre", "default")
    pairs.array("tokenizer.ggml.tokens", 8, [string(token) for token in vocabulary.tokens])
    scores = [
        float(len(token)) if kind == NORMAL else 0.0 for token, kind in zip(vocabulary.tokens, vocabulary.types)
    ]
    pairs.array("tokenizer.ggml.scores", 6, [struct.pack("<f", score) for score in scores])
    pairs.array("tokenizer.ggml.token_type", 5, [struct.pack("<i", kind) for kind in vocabulary.types])
    pairs.u32("tokenizer.ggml.bos_token_id", vocabulary.ids[BEGIN])
    pairs.u32("tokenizer.ggml.eos_token_id", vocabulary.ids[END])
    pairs.u32("tokenizer.ggml.unknown_token_id", vocabulary.ids[UNKNOWN])
    pairs.boolean("tokenizer.ggml.add_bos_token", False)
    pairs.boolean("tokenizer.ggml.add_eos_token", False)
    pairs.boolean("tokenizer.ggml.add_space_prefix", False)
    pairs.text("tokenizer.chat_template", TEMPLATE)
    return pairs


def aligned(data):
    return data + bytes(-len(data) % ALIGNMENT)


def model():
    vocabulary = Vocabulary()
    layout = Layout(vocabulary)
    pairs = metadata(vocabulary, layout)
    descriptions, data = bytearray(), bytearray()
    weights = tensors(vocabulary, layout)
    for name, (shape, kind, values) in weights.items():
        dimensions = b"".join(struct.pack("<Q", size) for size in shape)
        descriptions += string(name) + struct.pack("<I", len(shape)) + dimensions
        descriptions += struct.pack("<IQ", kind, len(data))
        data += aligned(values)
    header = b"GGUF" + struct.pack("<IQQ", 3, len(weights), pairs.count)
    return aligned(header + bytes(pairs.bytes) + bytes(descriptions)) + bytes(data)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], "wb") as file:
        file.write(model())
