"""Writes small CTranslate2 Whisper model directories that say what they are told to; nothing is downloaded.

Real weights cannot be shipped, and random ones babble. These are built so that the decoder's position alone
decides the next token: embeddings are nothing, positions are one-hot, every layer adds nothing, and the
output layer holds the script. The encoder and the attention still run on the sound with random weights, so a
model of tiny.en's size costs what tiny.en costs, and timestamps, alignment and probabilities go through the
real code.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

LANGUAGES = ("en",)
TIMESTAMPS = 1501  # <|0.00|> .. <|30.00|>, two hundredths apart
TEXT_POSITIONS = 448
NEVER = -30.0  # a logit that is as good as impossible

Weights = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Size:
    """The shape of a Whisper model (the published sizes of openai/whisper's model card)."""

    width: int
    heads: int
    layers: int
    tokens: int  # words and pieces of the tokenizer, special tokens apart


TOY = Size(64, 2, 1, 500)
TINY_EN = Size(384, 6, 4, 50_257)
BASE_EN = Size(512, 8, 6, 50_257)


@dataclass(frozen=True)
class Script:
    """What the model says of every 30 s window, whatever it hears.

    doubtful: words (without their space) that get a probability of about .3. no_speech: its no_speech_prob.
    hesitation: every token gets this probability, which sets the average log probability.
    """

    text: str = "Hello there, I led the audit of our models. It took three weeks."
    end_s: float = 4.0
    no_speech: float = 0.02
    doubtful: tuple[str, ...] = ()
    hesitation: float = 0.95


def write_whisper(
    folder: Path, script: Script = Script(), size: Size = TOY, quantization: str | None = None, seed: int = 0
) -> Path:
    """A complete model directory, as faster-whisper loads it without asking the hub for anything."""
    from ctranslate2.specs import WhisperSpec

    tokenizer, vocabulary = _tokenizer(script.text, size.tokens)
    spec = WhisperSpec(size.layers, size.heads, size.layers, size.heads)
    random = np.random.default_rng(seed)
    _fill_encoder(spec.encoder, size, random)
    _fill_decoder(spec.decoder, size, random, _logits(script, tokenizer, vocabulary, size.width))
    spec.register_vocabulary(vocabulary)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [vocabulary.index("<|endoftext|>")]
    spec.config.lang_ids = [vocabulary.index(f"<|{language}|>") for language in LANGUAGES]
    spec.config.alignment_heads = [(size.layers - 1, head) for head in range(size.heads)]
    spec.validate()
    spec.optimize(quantization=quantization)
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    tokenizer.save(str(folder / "tokenizer.json"))
    features = {
        "chunk_length": 30,
        "feature_size": 80,
        "hop_length": 160,
        "n_fft": 400,
        "sampling_rate": 16000,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(features), encoding="utf-8")
    return folder


def _tokenizer(text: str, tokens: int) -> tuple[Any, list[str]]:
    """A byte-level BPE that knows the script's words, filled up to `tokens`; and the list of all tokens."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

    start = Tokenizer(models.BPE())
    start.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=480, initial_alphabet=alphabet, show_progress=False)
    start.train_from_iterator([" " + text] * 3, trainer)
    trained = json.loads(start.to_str())["model"]
    known: dict[str, int] = trained["vocab"]
    for filler in range(tokens - len(known)):
        known[f"\u0120unused{filler}"] = len(known)
    tokenizer = Tokenizer(
        models.BPE(vocab=known, merges=[tuple(merge) for merge in trained["merges"]], fuse_unk=False)
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{language}|>" for language in LANGUAGES)]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    special += ["<|nospeech|>", "<|notimestamps|>"]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    words = sorted(known, key=lambda token: known[token])
    # Timestamps are in the model's vocabulary and not in the tokenizer, as in the published English models.
    return tokenizer, [*words, *special, *(f"<|{step * 0.02:.2f}|>" for step in range(TIMESTAMPS))]


def _logits(script: Script, tokenizer: Any, vocabulary: list[str], width: int) -> Weights:
    """For each decoder position what every token's logit shall be, shape (tokens, width)."""
    eot, first_time = vocabulary.index("<|endoftext|>"), len(vocabulary) - TIMESTAMPS
    end_time = first_time + round(script.end_s / 0.02)
    spoken: list[int] = tokenizer.encode(" " + script.text.strip()).ids
    tokens = [first_time, *spoken, end_time, eot]
    if len(tokens) > width:
        raise ValueError(f"a script of {len(tokens)} tokens needs a model at least that wide")
    doubtful = {token for word in script.doubtful for token in tokenizer.encode(" " + word).ids}
    logits = np.full((len(vocabulary), width), NEVER, np.float32)
    rivals = np.arange(len(tokenizer.encode(" ").ids), first_time - 9)  # ordinary words share what is left
    for position, token in enumerate(tokens):
        likely = script.hesitation if token in spoken else 0.99
        if token in doubtful:
            likely = 0.3
        logits[rivals, position] = np.log((1 - likely) / likely / len(rivals))
        logits[token, position] = 0.0
    logits[eot, len(tokens) :] = 0.0
    # At the first position Whisper's own no-speech token competes with all else.
    logits[vocabulary.index("<|nospeech|>"), 0] = np.log(script.no_speech / (1 - script.no_speech) / 0.99)
    return logits


def _fill_encoder(spec: Any, size: Size, random: np.random.Generator) -> None:
    width = size.width
    spec.conv1.weight, spec.conv1.bias = _random(random, width, 80, 3), _zeros(width)
    spec.conv2.weight, spec.conv2.bias = _random(random, width, width, 3), _zeros(width)
    steps = np.exp(-np.log(10_000) / (width // 2 - 1) * np.arange(width // 2))
    angles = np.arange(1500)[:, None] * steps[None]
    spec.position_encodings.encodings = np.concatenate([np.sin(angles), np.cos(angles)], 1).astype(np.float32)
    _norm(spec.layer_norm, width)
    for layer in spec.layer:
        _attention(layer.self_attention, size, random, fused=3)
        _feed_forward(layer.ffn, width, random)


def _fill_decoder(spec: Any, size: Size, random: np.random.Generator, logits: Weights) -> None:
    width = size.width
    spec.embeddings.weight = np.zeros((len(logits), width), np.float32)
    positions = np.zeros((TEXT_POSITIONS, width), np.float32)
    positions[np.arange(TEXT_POSITIONS), np.minimum(np.arange(TEXT_POSITIONS), width - 1)] = 1.0
    spec.position_encodings.encodings = positions
    # A one-hot vector normalises to sqrt(width - 1) at its place, -1/sqrt(width - 1) elsewhere: undo that.
    root = float(np.sqrt(width - 1))
    gain = np.float32(1 / (root + 1 / root))
    spec.layer_norm.gamma = np.full(width, gain, np.float32)
    spec.layer_norm.beta = np.full(width, gain / root, np.float32)
    spec.projection.weight, spec.projection.bias = logits, _zeros(len(logits))
    for layer in spec.layer:
        _attention(layer.self_attention, size, random, fused=3, silent=True)
        _attention(layer.attention, size, random, fused=1, silent=True)
        _feed_forward(layer.ffn, width, random, silent=True)


def _attention(spec: Any, size: Size, random: np.random.Generator, fused: int, silent: bool = False) -> None:
    """fused: 3 for query, key and value in one matrix (self attention), 1 for the query apart (cross)."""
    width = size.width
    _norm(spec.layer_norm, width)
    shapes = [3 * width, width] if fused == 3 else [width, 2 * width, width]
    for linear, rows in zip(spec.linear, shapes, strict=True):
        linear.weight, linear.bias = _random(random, rows, width), _zeros(rows)
    if silent:
        spec.linear[-1].weight = np.zeros((width, width), np.float32)


def _feed_forward(spec: Any, width: int, random: np.random.Generator, silent: bool = False) -> None:
    _norm(spec.layer_norm, width)
    spec.linear_0.weight, spec.linear_0.bias = _random(random, 4 * width, width), _zeros(4 * width)
    spec.linear_1.weight, spec.linear_1.bias = _random(random, width, 4 * width), _zeros(width)
    if silent:
        spec.linear_1.weight = np.zeros((width, 4 * width), np.float32)


def _norm(spec: Any, width: int) -> None:
    spec.gamma, spec.beta = np.ones(width, np.float32), _zeros(width)


def _zeros(size: int) -> Weights:
    return np.zeros(size, np.float32)


def _random(random: np.random.Generator, *shape: int) -> Weights:
    return (random.standard_normal(shape, np.float32) * 0.02).astype(np.float32)


def speech_like(seconds: float, seed: int = 1) -> npt.NDArray[np.int16]:
    """Noise that swells and falls five times a second, PCM16 at 16 kHz: sound to the model, no words."""
    count = int(seconds * 16_000)
    swell = 0.5 + 0.5 * np.sin(2 * np.pi * 5 * np.arange(count) / 16_000)
    noise = np.random.default_rng(seed).standard_normal(count)
    return (noise * swell * 3000).clip(-32768, 32767).astype(np.int16)


def words_of(heard: Sequence[Any]) -> str:
    """The recognised words as one line."""
    return " ".join(word.text for word in heard)


class CountingEngine:
    """Wraps a real engine and counts how often it is asked, and how many segments were drawn."""

    def __init__(self, engine: Any) -> None:
        self.engine, self.calls, self.drawn = engine, 0, 0

    def transcribe(self, audio: Any, **options: Any) -> tuple[Iterable[Any], object]:
        self.calls += 1
        segments, facts = self.engine.transcribe(audio, **options)

        def counted() -> Iterable[Any]:
            for segment in segments:
                self.drawn += 1
                yield segment

        return counted(), facts
