"""Scores what quality.sh encoded, and prints a table.

argument: the folder with clips/NN.wav and out/ENCODER/NN.{mp3,wav}, 48 kHz stereo.
"""

import sys
from pathlib import Path

import numpy
import soundfile
from visqol import VisqolApi
from zimtohrli import Pyohrli


def aligned(path: Path, length: int) -> numpy.ndarray:
    """Both channels, cut or padded to a length; ffmpeg has removed the encoder's delay."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    assert rate == 48000, f"{path}: {rate} Hz"
    samples = samples[:length]
    return numpy.pad(samples, ((0, length - len(samples)), (0, 0)))


def main(work: Path) -> None:
    visqol = VisqolApi()
    visqol.create(mode="audio")
    zimtohrli = Pyohrli()
    clips = sorted((work / "clips").glob("*.wav"))
    print(f"{len(clips)} clips\n")
    print("| encoder | kbit/s | ViSQOL mean | worst | Zimtohrli mean | worst |")
    print("|---|---|---|---|---|---|")
    for encoder in sorted((work / "out").iterdir()):
        kbits, scores, distance = [], [], []
        for clip in clips:
            original, _ = soundfile.read(clip, dtype="float32", always_2d=True)
            decoded = aligned(encoder / clip.name, len(original))
            seconds = len(original) / 48000
            size = (encoder / clip.name).with_suffix(".mp3").stat().st_size
            kbits.append(size * 8 / seconds / 1000)
            # ViSQOL takes one channel, so it gets the mean of both.
            mono = [signal.mean(axis=1).astype("float64") for signal in (original, decoded)]
            scores.append(visqol.measure_from_arrays(*mono, sample_rate=48000).moslqo)
            distance.append(
                max(zimtohrli.distance(original[:, n].copy(), decoded[:, n].copy()) for n in (0, 1))
            )
        print(
            f"| {encoder.name} | {numpy.mean(kbits):.0f} | {numpy.mean(scores):.3f} | {min(scores):.3f}"
            f" | {numpy.mean(distance):.5f} | {max(distance):.5f} |",
            flush=True,
        )


main(Path(sys.argv[1]))
