#!/usr/bin/env bash
# Builds FFmpeg's audio decoders (libavcodec), which the plugin decoder-libavcodec
# contains: for WebAssembly, and natively for the tests. Their source comes from the
# folder that FFMPEG_SOURCE names, or from Debian's source package. Where neither is
# there, the plugin is built without decoders.

source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# Faster versions of FFmpeg's files, for WebAssembly. Each includes the file that it replaces.
SIMD=$REPO/plugins/decoder-libavcodec/simd

# The decoders, by the names of FFmpeg's configure. plugins/decoder-libavcodec/src/codecs.rs
# assigns them to codecs.
DECODERS="aac ac3 eac3 dca truehd mlp
  wmav1 wmav2 wmapro wmalossless wmavoice xma1 xma2
  amrnb amrwb speex gsm gsm_ms ilbc qcelp evrc g723_1 g729
  adpcm_g722 adpcm_g726 adpcm_g726le nellymoser
  als wavpack tta ape tak mpc7 mpc8 flac alac
  cook ra_144 ra_288 sipr atrac1 atrac3 atrac3p qdm2 qdmc mace3 mace6 dolby_e
  dsd_lsbf dsd_msbf dsd_lsbf_planar dsd_msbf_planar
  adpcm_ms adpcm_ima_wav adpcm_ima_qt adpcm_ima_dk3 adpcm_ima_dk4 adpcm_swf
  adpcm_yamaha adpcm_ct adpcm_sbpro_4 adpcm_sbpro_3 adpcm_sbpro_2
  mp1float mp2float mp3float vorbis opus"

# Debian's source package for this machine's release. A private list of sources and private
# package lists leave the system alone, and apt checks the hash against the signed index.
fetch_source() {
  local lists=$stage/apt file apt
  mkdir -p "$lists/sources" "$lists/lists/partial"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    if [ -f "$file" ]; then
      sed -n 's/^deb \(.*\)/deb-src \1/p' "$file" >"$lists/sources/$(basename "$file" .list).list"
    fi
  done
  for file in /etc/apt/sources.list.d/*.sources; do
    if [ -f "$file" ]; then
      sed 's/^Types:.*/Types: deb-src/' "$file" >"$lists/sources/$(basename "$file")"
    fi
  done
  apt=(apt-get -q -o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$lists/sources"
    -o "Dir::State::Lists=$lists/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
  # A foreign source without source packages is no reason to fail.
  "${apt[@]}" update || true
  (cd "$lists" && "${apt[@]}" source --download-only ffmpeg)
  # Whoever distributes the plugin must offer the source.
  mkdir "$new/source" "$stage/source"
  cp "$lists"/ffmpeg_*.orig.tar.?z "$lists"/ffmpeg_*.dsc "$new/source/"
  tar xf "$lists"/ffmpeg_*.orig.tar.?z --strip-components=1 -C "$stage/source"
}

# configure_and_make TARGET REPLACEMENTS OPTION...: into $new/TARGET. make prefers a file of
# the build folder to the source's, so REPLACEMENTS, a folder or nothing, is copied there.
configure_and_make() {
  local target=$1 replacements=$2 decoder decoders=()
  shift 2
  for decoder in $DECODERS; do decoders+=("--enable-decoder=$decoder"); done
  mkdir "$stage/$target"
  cd "$stage/$target"
  # Neither --enable-gpl nor --enable-nonfree: the result is under the LGPL 2.1 or later.
  # The prefix ends up in the libraries, so it names no folder of this machine.
  "$source/configure" --prefix=/ffmpeg --disable-everything --disable-programs --disable-doc \
    --disable-avdevice --disable-avformat --disable-avfilter --disable-swscale \
    --disable-postproc --disable-network --disable-pthreads --disable-w32threads \
    --disable-autodetect --disable-iconv --disable-debug --disable-stripping --disable-asm \
    --disable-runtime-cpudetect --optflags=-O3 "${decoders[@]}" "$@"
  if [ -n "$replacements" ]; then cp -r "$replacements/." .; fi
  nice make -j"$(nproc)" DESTDIR="$stage/installed/$target" install-libs install-headers
  mv "$stage/installed/$target/ffmpeg" "$new/$target"
}

# FFmpeg includes <signal.h> and asks for the CPU time, which libc emulates, and names two
# functions that WASI does not have and no decoder calls.
build_wasm() {
  printf '%s\n' '#pragma once' \
    'static inline int mkstemp(char *name) { (void)name; return -1; }' \
    'static inline char *tempnam(const char *dir, const char *name) { (void)dir; (void)name; return 0; }' \
    >"$stage/wasi.h"
  configure_and_make wasm32 "$SIMD" --enable-cross-compile --target-os=none --arch=wasm32 \
    --cc="$sdk/bin/wasm32-wasip2-clang" --ar="$sdk/bin/ar" --ranlib="$sdk/bin/ranlib" --nm="$sdk/bin/nm" \
    --extra-cflags="-msimd128 -D_WASI_EMULATED_SIGNAL -D_WASI_EMULATED_PROCESS_CLOCKS -include $stage/wasi.h"
}

build_native() { configure_and_make native "" --cc=cc --enable-pic; }

# The hash of the script and the replacements, the C compiler for WebAssembly, and the source
# if it is a folder.
stamp() {
  say "$(stamp_of "${BASH_SOURCE[0]}" "$SIMD"/*/*.c) $(cat "$sdk/STAMP" "$sdk/VERSION" 2>/dev/null | tr '\n' ' ')${FFMPEG_SOURCE:-Debian}"
}

made() { [ "$(cat "$FFMPEG/STAMP" 2>/dev/null)" = "$(stamp)" ]; }

can_fetch() { have apt-get && [ -d /etc/apt ]; }

make_libraries() {
  if [ -n "${FFMPEG_SOURCE:-}" ] && ! [ -x "$FFMPEG_SOURCE/configure" ]; then
    fail "FFMPEG_SOURCE is $FFMPEG_SOURCE, but there is no configure in it: set it to the unpacked source of FFmpeg 5.1 or newer, or unset it."
  fi
  only_one
  made && return
  mkdir -p "$CACHE"
  stage=$(mktemp -d "$CACHE/stage.XXXXXX")
  trap 'rm -rf "$stage"' EXIT
  new=$stage/ffmpeg
  mkdir "$new"
  source=${FFMPEG_SOURCE:-$stage/source}
  if [ -z "${FFMPEG_SOURCE:-}" ]; then
    step "FFmpeg's source from Debian" fetch_source ||
      without "Debian's source package of FFmpeg could not be fetched (above)"
  fi
  step "FFmpeg's audio decoders for WebAssembly" build_wasm
  step "FFmpeg's audio decoders for this machine" build_native
  cp "$source/RELEASE" "$new/VERSION"
  stamp >"$new/STAMP"
  replace_folder "$new" "$FFMPEG"
}

# without REASON: everything else still builds and runs.
without() {
  say "FFmpeg's audio decoders: none, since $1. Video with AC-3, DTS, WMA and other codecs" \
    "cannot be converted. Set FFMPEG_SOURCE to the unpacked source of FFmpeg 5.1 or newer and run this again."
  exit 0
}

# shellcheck source=/dev/null
sdk=${WASI_SDK_PATH:-$(. "$CACHE/env" && say "$WASI_SDK")}
if ! made; then
  [ -n "${FFMPEG_SOURCE:-}" ] || can_fetch || without "FFMPEG_SOURCE is not set and there is no apt to fetch the source with"
  have make || without "make is missing"
  have xz || without "xz is missing, which unpacks the source"
  make_libraries
fi
say "FFmpeg's audio decoders: $FFMPEG (FFmpeg $(cat "$FFMPEG/VERSION"))"
