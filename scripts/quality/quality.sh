#!/usr/bin/env bash
# Scores the service and ffmpeg on music by two public measures: each clip is uploaded,
# converted and downloaded (tests/tests/quality.rs), decoded by ffmpeg, and compared with
# the original by a program that is independent of the encoder.
#
#   scripts/quality/quality.sh               make quality
#   CLIPS='a.flac b.wav' scripts/quality/quality.sh   your own music
#
# The music comes from Debian packages of games, under free licences; Tonearm contains
# none of it. Measures: ViSQOL (audio mode, 1 to 5, higher is better) and
# Zimtohrli (distance, lower is better), both from PyPI.

source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
source "$REPO/scripts/packages.sh"
source "$REPO/scripts/setup/apt.sh"
source "$REPO/scripts/setup/debian/packages.sh"
cd "$REPO"

MUSIC_PACKAGES='singularity-music planetblupi-music-ogg hyperrogue-music'
MEASURES='visqol-python==3.8.0 zimtohrli==0.2.1.post1 soundfile scipy'
SECONDS_EACH=12

work=$PWD/target/quality
mkdir -p "$work/clips"

fetch_music() {
  debian_like || fail "there is no apt to download music with: name your own, as CLIPS='a.flac b.wav'."
  # shellcheck disable=SC2086 # several packages
  unpack_packages "$work/music.new" $MUSIC_PACKAGES
  mv "$work/music.new" "$work/music"
}

fetch_measures() {
  rm -rf "$work/venv"
  python3 -m venv "$work/venv"
  # shellcheck disable=SC2086 # several packages
  "$work/venv/bin/pip" install --quiet $MEASURES
  touch "$work/venv/ready"
}

scripts/setup.sh --tests
# shellcheck disable=SC2046 # one argument a package
scripts/build.sh $(shipped_packages)
[ -e "$work/venv/ready" ] || step "ViSQOL and Zimtohrli from PyPI" fetch_measures

if [ -z "${CLIPS:-}" ]; then
  [ -d "$work/music" ] || step "music from Debian packages" fetch_music
  # The three longest pieces of each package.
  mapfile -t sources < <(for package in singularity/music planetblupi/music hyperrogue/music; do
    find "$work/music" -path "*$package/*" -name '*.ogg' -printf '%s %p\n' | sort -rn | sed -n '1,3s/^[0-9]* //p'
  done)
else
  # shellcheck disable=SC2206 # names separated by spaces
  sources=($CLIPS)
fi

# Clips from the middle of each piece, at 48 kHz, which both measures require.
rm -f "$work"/clips/*
count=0
for source in "${sources[@]}"; do
  count=$((count + 1))
  ffmpeg -v error -nostdin -y -ss 45 -t "$SECONDS_EACH" -i "$source" -ar 48000 -ac 2 -c:a pcm_s16le \
    "$work/clips/$(printf '%02d' "$count").wav"
  say "clip $count: $(basename "$source")"
done

mapfile -t native < <(native_packages)
QUALITY=$work cargo nextest run "${native[@]}" -E 'binary(quality)' --run-ignored only
"$work/venv/bin/python" scripts/quality/score.py "$work"
