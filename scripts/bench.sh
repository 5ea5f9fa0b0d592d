#!/usr/bin/env bash
# Measures conversions as ratios to ffmpeg's cost in the same run (make bench).
#
# The music comes from Debian packages of free games; the speech is eSpeak reading the
# project's docs. To use your own files, of ten minutes or more each:
#   BENCH_MUSIC=music.flac BENCH_SPEECH=speech.wav make bench
#
# BENCH_ONLY=Opus measures only rows whose name contains that.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source "$REPO/scripts/packages.sh"
source "$REPO/scripts/setup/apt.sh"
source "$REPO/scripts/setup/debian/packages.sh"
cd "$REPO"

work=$REPO/target/bench
mkdir -p "$work"

make_music() {
  [ -d "$work/music" ] || {
    rm -rf "$work/music.new"
    unpack_packages "$work/music.new" singularity-music
    mv "$work/music.new" "$work/music"
  }
  find "$work/music" -name '*.ogg' -printf "file '%p'\n" | sort >"$work/music.txt"
  ffmpeg -v error -nostdin -y -f concat -safe 0 -i "$work/music.txt" -t 660 -ar 48000 -ac 2 "$work/music.flac"
}

make_speech() {
  # Not in one pipe: a writer fails once its reader has closed the pipe.
  head -c 14000 <(cat docs/*.md | tr -d '|`#*') | espeak-ng --stdin -w "$work/speech.new.wav"
  mv "$work/speech.new.wav" "$work/speech.wav"
}

scripts/setup.sh --tests
# shellcheck disable=SC2046 # one argument a package
scripts/build.sh $(shipped_packages)
say "building the host"
cargo build --quiet --locked --profile host --target-dir target -p tonearm-host

if [ -z "${BENCH_MUSIC:-}" ]; then
  debian_like || fail "there is no apt to download music with: name your own, as BENCH_MUSIC=music.flac."
  [ -e "$work/music.flac" ] || step "music from a Debian package" make_music
  BENCH_MUSIC=$work/music.flac
fi
if [ -z "${BENCH_SPEECH:-}" ]; then
  program espeak-ng espeak-ng
  [ -e "$work/speech.wav" ] || step "speech by eSpeak" make_speech
  BENCH_SPEECH=$work/speech.wav
fi
export BENCH_MUSIC BENCH_SPEECH TONEARM_HOST=$REPO/target/host/tonearm-host

mapfile -t native < <(native_packages)
say "$(nproc) cores; $(ffmpeg -version | sed -n '1s/ Copyright.*//p'); $("$TONEARM_HOST" --version)"
cargo nextest run "${native[@]}" -E 'binary(bench)' --run-ignored only --no-capture
