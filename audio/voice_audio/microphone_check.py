"""What a few seconds from a microphone say about it: loud enough, quiet enough, clipped, or nothing at
all."""

from dataclasses import dataclass

import numpy as np

from voice_audio.frames import is_digital_silence
from voice_audio.ports import FRAME_MS, Microphone, Samples, Sound, Speaker

FULL_SCALE = 32_768.0
LEAST_DBFS = -96.0
"""What an exact zero counts as: the step of PCM16."""
SPEECH_PERCENTILE, NOISE_PERCENTILE = 95, 10
"""Of the 20 ms levels: speech is what the loudest frames reach, noise what the quietest do (pauses between
words)."""

CLIPPED_SHARE = 0.001
QUIET_DBFS = -45.0
LOUD_ROOM_DB = 10.0
NOBODY_SPOKE_DB = 6.0
ECHO_FROM_S = 0.3
"""Of the room alone, before we speak."""
CLEAR_DB = 10.0
"""A voice so much over the echo of ours is heard through it, see voice_audio.resumption."""


@dataclass(frozen=True)
class MicrophoneLevels:
    """Levels in dB below full scale; clipped_share: 0..1 of the samples at the end of the scale;
    digital_silence: not one sample differed from zero; samples: everything heard, 16 kHz, shape (n,)."""

    speech_dbfs: float
    noise_dbfs: float
    clipped_share: float
    digital_silence: bool
    samples: Samples

    def advice(self) -> str:
        """One line for the person who has just spoken into the microphone."""
        over_noise_db = self.speech_dbfs - self.noise_dbfs
        if self.digital_silence:
            return "The microphone sends only silence: check its mute switch and the microphone permission."
        if self.clipped_share > CLIPPED_SHARE:
            return "The microphone is clipping: move back a little or turn its level down."
        if over_noise_db < NOBODY_SPOKE_DB:
            return (
                "No voice stands out from the room: speak while the check runs, or pick another microphone."
            )
        if self.speech_dbfs < QUIET_DBFS:
            return "You are very quiet: move closer or turn the microphone's level up."
        if over_noise_db < LOUD_ROOM_DB:
            return "The room is almost as loud as your voice: move closer or find a quieter place."
        return "The microphone hears you well."


def measure(microphone: Microphone, seconds: float) -> MicrophoneLevels:
    """Reads `seconds` of sound (at least one frame) and measures it. Frames handed out while the microphone
    has trouble count as what they are: silence."""
    frames = [microphone.read() for _ in range(max(1, round(seconds * 1000 / FRAME_MS)))]
    return measure_frames(np.stack(frames))


def measure_frames(frames: Samples) -> MicrophoneLevels:
    """The same for frames already heard. frames: int16, shape (count, samples in a frame)."""
    rms = np.sqrt(np.mean(np.square(frames.astype(np.float64) / FULL_SCALE), axis=1))
    levels_dbfs = np.maximum(20 * np.log10(np.maximum(rms, 1e-9)), LEAST_DBFS)
    noise, speech = np.percentile(levels_dbfs, [NOISE_PERCENTILE, SPEECH_PERCENTILE])
    return MicrophoneLevels(
        speech_dbfs=float(speech),
        noise_dbfs=float(noise),
        clipped_share=float(np.mean((frames >= 32_767) | (frames == -32_768))),
        digital_silence=is_digital_silence(frames),
        samples=frames.reshape(-1),
    )


@dataclass(frozen=True)
class EchoCheck:
    """What the microphone heard while we spoke. echo_dbfs: what 95 % of the 20 ms levels stay below."""

    echo_dbfs: float
    noise_dbfs: float

    def is_heard(self) -> bool:
        """Whether our voice stands out from the room at all."""
        return self.echo_dbfs - self.noise_dbfs >= NOBODY_SPOKE_DB

    def is_in_the_way(self, speech_dbfs: float) -> bool:
        """Whether a person this loud cannot be told from our own voice by level."""
        return self.echo_dbfs > speech_dbfs - CLEAR_DB

    def advice(self, speech_dbfs: float) -> str:
        """One line for a person whose voice is at `speech_dbfs`."""
        over_db = speech_dbfs - self.echo_dbfs
        if not self.is_heard():
            return "The microphone does not hear the interviewer: headphones, or a quiet loudspeaker."
        if self.is_in_the_way(speech_dbfs):
            return (
                "The interviewer comes back loud into the microphone: take a turn back by key or words, lower"
                " the volume, or wear headphones."
            )
        return f"Your voice is {over_db:.0f} dB over the interviewer's in the microphone: clear enough."


def measure_echo(microphone: Microphone, speaker: Speaker, line: Sound) -> EchoCheck:
    """Plays `line` while nobody speaks and measures what comes back. Raises DeviceProblem."""
    quiet = measure(microphone, ECHO_FROM_S)
    speaker.play(line)
    frames = [microphone.read() for _ in range(max(2, round((line.duration_ms + 100) / FRAME_MS)))]
    speaker.stop()
    heard = measure_frames(np.stack(frames))
    return EchoCheck(heard.speech_dbfs, quiet.noise_dbfs)
