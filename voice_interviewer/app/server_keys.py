"""Where the key of a server comes from."""

KEYRING_SERVICE = "voice-interviewer"
"""`keyring set voice-interviewer URL` puts a key there."""


def key_for(url: str, given: str, variable: str) -> tuple[str, str]:
    """The key of the server at that address, and one line about why there is none: what the settings give
    (environment first), else the keyring's. variable: the one that would hold it."""
    if given:
        return given, ""
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return "", f"no keyring is installed, so a key is only looked for in {variable}"
    try:
        return keyring.get_password(KEYRING_SERVICE, url) or "", ""
    except keyring.errors.KeyringError:
        return "", f"there is no keyring here, so a key is only looked for in {variable}"
