#!/usr/bin/env bash
# Scores encoders on music by two public measures, blind: each clip is encoded, decoded
# by ffmpeg, and compared with the original by a program that knows nothing of encoders.
#
#   scripts/quality/quality.sh               make quality
#   CLIPS='a.flac b.wav' scripts/quality/quality.sh   your own music
#
# The music is what Debian packages of games carry, under free licences; nothing of it
# comes with Tonearm. Measures: ViSQOL (audio mode, 1 to 5, higher is better) and
# Zimtohrli (distance, lower is better), both from PyPI.

source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
source "$REPO/scripts/debian-packages.sh"
cd "$REPO"

MUSIC_PACKAGES='singularity-music planetblupi-music-ogg hyperrogue-music'
MEASURES='visqol-python==3.8.0 zimtohrli==0.2.1.post1 soundfile scipy'
SECONDS_EACH=12

work=$PWD/target/quality
mkdir -p "$work/clips"

fetch_music() {
  debian_like || fail "there is no apt to get music from: name your own, as CLIPS='a.flac b.wav'."
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
scripts/build.sh mp3-lame mp3-rust
cargo build --target-dir target -p tonearm-e2e --bin encode-with
[ -e "$work/venv/ready" ] || step "ViSQOL and Zimtohrli from PyPI" fetch_measures

if [ -z "${CLIPS:-}" ]; then
  [ -d "$work/music" ] || step "music from Debian packages" fetch_music
  # The three longest pieces of each package.
  mapfile -t sources < <(for package in singularity/music planetblupi/music hyperrogue/music; do
    find "$work/music" -path "*$package/*" -name '*.ogg' -printf '%s %p\n' | sort -rn | sed -n '1,3s/^[0-9]* //p'
  done)
else
  # shellcheck disable=SC2206 # names apart by spaces
  sources=($CLIPS)
fi

# Clips from the middle of each piece, 48 kHz, which both measures want.
rm -f "$work"/clips/*
count=0
for source in "${sources[@]}"; do
  count=$((count + 1))
  ffmpeg -v error -nostdin -y -ss 45 -t "$SECONDS_EACH" -i "$source" -ar 48000 -ac 2 -c:a pcm_s16le \
    "$work/clips/$(printf '%02d' "$count").wav"
  say "clip $count: $(basename "$source")"
done

wasm=target/$WASM_TARGET/release
# encode_by NAME CLIP OUT: the encoders that are compared.
encode_by() {
  local clip=$2 out=$3
  ours() { ffmpeg -v error -nostdin -i "$clip" -f f32le - | target/debug/encode-with "$wasm/$1.wasm" "$out" 48000 2 "${@:2}" >/dev/null; }
  theirs() { ffmpeg -v error -nostdin -y -i "$clip" -c:a libmp3lame "$@" "$out"; }
  case $1 in
  lame-v2-q5) ours mp3_lame quality=2 effort=5 ;;
  lame-v2-q5-independent) ours mp3_lame quality=2 effort=5 independent ;;
  lame-v2-q7) ours mp3_lame quality=2 effort=7 ;;
  lame-v1-q7) ours mp3_lame quality=1 effort=7 ;;
  rust-v2) ours mp3_rust quality=2 ;;
  ffmpeg-v2) theirs -q:a 2 ;;
  ffmpeg-v1-q7) theirs -q:a 1 -compression_level 7 ;;
  esac
}

for encoder in ffmpeg-v2 lame-v2-q5 lame-v2-q5-independent lame-v2-q7 ffmpeg-v1-q7 lame-v1-q7 rust-v2; do
  mkdir -p "$work/out/$encoder"
  for clip in "$work"/clips/*.wav; do
    name=$(basename "$clip" .wav)
    encode_by "$encoder" "$clip" "$work/out/$encoder/$name.mp3"
    ffmpeg -v error -nostdin -y -i "$work/out/$encoder/$name.mp3" -c:a pcm_s16le "$work/out/$encoder/$name.wav"
  done
done
"$work/venv/bin/python" scripts/quality/score.py "$work"
