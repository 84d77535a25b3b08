"""Which language was heard, and what is said when it is none that is understood."""

SURE = 0.7
"""A probability from here on is believed. Of 3 s of ten English recordings Whisper base took none for another
language (.64 to .998); 5 s of a German one it gave .73, all of it .98."""
_NAMES = {
    "ar": "Arabic",
    "bn": "Bengali",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "ta": "Tamil",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}


def another(language: str, probability: float) -> bool:
    """Whether that is surely another language than English."""
    return language not in ("", "en") and probability >= SURE


def language_name(language: str) -> str:
    """Its name in English: "German" for "de"; for one without a name here, "another language"."""
    return _NAMES.get(language, "another language")


def notice(language: str) -> str:
    """One line for the screen."""
    name = language_name(language)
    return f"That sounded like {name}. Only English is understood; the answer is not assessed."
