#!/usr/bin/env bash
# Makes the seed inputs of fuzz/corpus with ffmpeg: real files of a few kilobytes each.
# The corpus is in the repository; this documents where the seeds came from.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$REPO/fuzz/corpus"

# seed TARGET NAME OPTION...: a short tone, encoded with ffmpeg's options.
seed() {
  local target=$1 name=$2
  shift 2
  mkdir -p "$target" decode
  ffmpeg -hide_banner -loglevel error -nostdin -y -bitexact -f lavfi \
    -i "sine=440:sample_rate=16000:duration=${LENGTH:-0.2}" "$@" -fflags +bitexact \
    -flags:a +bitexact "$target/$name"
  [ "$target" = decode ] || cp "$target/$name" "decode/$name"
}

aac=(-c:a aac -b:a 16k)
seed demux_mp4 aac.mp4 "${aac[@]}"
seed demux_mp4 front.m4a "${aac[@]}" -movflags +faststart -metadata title=A
seed demux_mp4 fragments.mp4 "${aac[@]}" -movflags +frag_keyframe+empty_moov
seed demux_mp4 dash.mp4 "${aac[@]}" -movflags +dash+delay_moov+global_sidx
seed demux_mp4 alac.m4a -c:a alac
seed demux_mp4 flac.mp4 -c:a flac -strict -2
seed demux_mp4 opus.mp4 -c:a libopus
seed demux_mp4 mp3.mp4 -c:a libmp3lame
seed demux_mp4 ac3.mp4 -c:a ac3 -b:a 32k
seed demux_mp4 pcm.mov -c:a pcm_s24be -t 0.05
seed demux_mp4 ima.mov -c:a adpcm_ima_qt
seed demux_mp4 ulaw.mov -c:a pcm_mulaw -ar 8000
seed demux_matroska aac.mkv "${aac[@]}"
seed demux_matroska vorbis.mkv -c:a libvorbis
seed demux_matroska opus.webm -c:a libopus
seed demux_matroska live.webm -c:a libopus -live 1
seed demux_matroska flac.mkv -c:a flac
seed demux_matroska mp2.mkv -c:a mp2 -b:a 32k
seed demux_matroska pcm.mkv -c:a pcm_s16le -t 0.05
seed demux_avi mp3.avi -c:a libmp3lame -b:a 32k
seed demux_avi pcm.avi -c:a pcm_s16le -t 0.1
seed demux_avi ms.avi -c:a adpcm_ms
seed demux_avi ac3.avi -c:a ac3 -ar 48000 -b:a 64k
seed demux_flv aac.flv "${aac[@]}" -ar 44100
seed demux_flv mp3.flv -c:a libmp3lame -ar 22050
seed demux_flv pcm.flv -c:a pcm_s16le -ar 11025
seed demux_mpeg_ts aac.ts "${aac[@]}"
seed demux_mpeg_ts latm.ts "${aac[@]}" -mpegts_flags latm
seed demux_mpeg_ts mp2.ts -c:a mp2 -b:a 32k
seed demux_mpeg_ts opus.ts -c:a libopus
seed demux_mpeg_ts ac3.ts -c:a ac3 -b:a 64k -ar 48000
seed demux_mpeg_ts stamped.m2ts -c:a ac3 -b:a 64k -ar 48000 -mpegts_m2ts_mode 1
seed demux_mpeg_ts private.m2ts "${aac[@]}" -mpegts_m2ts_mode 1
seed demux_mpeg_ts lpcm.m2ts -c:a pcm_bluray -ar 48000 -t 0.03 -mpegts_m2ts_mode 1
seed demux_mpeg_ts lpcm24.m2ts -c:a pcm_bluray -sample_fmt s32 -ac 6 -ar 48000 -t 0.02 \
  -mpegts_m2ts_mode 1
seed demux_mpeg_ts dts.ts -c:a dca -strict -2 -ac 2 -b:a 384k -ar 48000 -t 0.05
seed demux_mpeg_ts 302m.ts -c:a s302m -strict -2 -ac 2 -ar 48000 -t 0.03
seed demux_mpeg_ts truehd.m2ts -c:a truehd -strict -2 -ar 48000 -t 0.05 -mpegts_m2ts_mode 1
seed demux_mpeg_ps mp2.mpg -c:a mp2 -b:a 64k -ar 44100 -f mpeg
seed demux_mpeg_ps dvd.vob -c:a ac3 -b:a 64k -ar 48000 -f vob
seed demux_mpeg_ps lpcm.vob -c:a pcm_dvd -ar 48000 -t 0.05 -f vob
seed demux_mpeg_ps lpcm24.vob -c:a pcm_dvd -sample_fmt s32 -ac 6 -ar 48000 -t 0.02 -f vob
seed demux_adts aac.aac "${aac[@]}"
seed demux_loas aac.latm "${aac[@]}" -f latm
seed demux_ac3 a.ac3 -c:a ac3 -b:a 64k -ar 48000
seed demux_ac3 a.eac3 -c:a eac3 -b:a 64k -ar 48000
seed demux_dts a.dts -c:a dca -strict -2 -ac 2 -b:a 384k -ar 48000 -t 0.05
seed demux_truehd a.thd -c:a truehd -strict -2 -ar 48000 -t 0.05
seed demux_truehd a.mlp -c:a mlp -strict -2 -ar 48000 -t 0.05
seed demux_asf one.wma -c:a wmav1 -b:a 24k -metadata title=A -metadata album=B
# Objects that extend over several data packets.
seed demux_asf two.wma -c:a wmav2 -b:a 32k -packet_size 100
seed demux_asf mp3.wma -c:a libmp3lame -b:a 32k
seed demux_asf pcm.wma -c:a pcm_s16le -t 0.05
seed demux_asf ms.wma -c:a adpcm_ms
seed demux_real_media ac3.rm -c:a ac3 -ar 48000 -b:a 64k -metadata title=A
seed demux_real_media 144.rm -c:a real_144 -ar 8000
LENGTH=0.05
seed demux_wav 16.wav -c:a pcm_s16le
seed demux_wav float.wav -c:a pcm_f32le
seed demux_wav rf64.wav -c:a pcm_s24le -rf64 always
seed demux_wav ms.wav -c:a adpcm_ms
seed demux_wav mp3.wav -c:a libmp3lame
seed demux_wave64 a.w64 -c:a pcm_s16le
seed demux_aiff 16.aiff
seed demux_aiff 24.aiff -c:a pcm_s24be
seed demux_aiff ulaw.aiff -c:a pcm_mulaw
seed demux_au 16.au
seed demux_au ulaw.au -c:a pcm_mulaw
seed demux_au float.au -c:a pcm_f32be -metadata title=A
seed demux_caf 16.caf
seed demux_caf ima.caf -c:a adpcm_ima_qt
seed demux_caf alac.caf -c:a alac
seed demux_caf mp2.caf -c:a mp2 -b:a 32k
seed demux_ogg a.ogg -c:a libvorbis
seed demux_ogg b.ogg -c:a libopus
seed demux_ogg flac.ogg -c:a flac
seed demux_ogg speex.ogg -c:a libspeex
seed demux_ogg pages.ogg -c:a libopus -page_duration 20000
cat demux_ogg/b.ogg demux_ogg/flac.ogg >demux_ogg/chain.ogg
seed demux_flac a.flac
seed demux_flac 24.flac -c:a flac -sample_fmt s32 -frame_size 192
cat demux_flac/a.flac demux_flac/24.flac >demux_flac/joined.flac
tail -c 300 demux_flac/a.flac >demux_flac/frames.flac
seed demux_mp3 a.mp3 -c:a libmp3lame -b:a 32k
seed demux_mp3 a.mp2 -c:a mp2 -b:a 32k -f mp2
seed decode surround.mkv -ac 6 -c:a flac -t 0.02
seed decode high.wav -ar 96000 -c:a pcm_s16le -t 0.02

seed demux_wavpack stereo.wv -ac 2 -c:a wavpack
seed demux_wavpack surround.wv -ac 6 -c:a wavpack
seed demux_tta a.tta -ac 2 -c:a tta
LENGTH=0.1
seed demux_wav yamaha.wav -c:a adpcm_yamaha
seed demux_wav g726.wav -ar 8000 -c:a g726 -code_size 3
seed demux_wav dts.wav -ac 2 -ar 48000 -c:a dca -strict -2 -b:a 384k -f wav
seed demux_au g726.au -ar 8000 -c:a g726le -code_size 5

# le WIDTH NUMBER..., be WIDTH NUMBER...: numbers of so many bytes.
le() {
  local number width=$1 at
  for number in "${@:2}"; do
    for ((at = 0; at < width; at++)); do
      # shellcheck disable=SC2059
      printf "\\x$(printf %02x $((number >> 8 * at & 255)))"
    done
  done
}
be() {
  local number width=$1 at
  for number in "${@:2}"; do
    for ((at = width - 1; at >= 0; at--)); do
      # shellcheck disable=SC2059
      printf "\\x$(printf %02x $((number >> 8 * at & 255)))"
    done
  done
}
noise() { le 1 $(seq "$1"); }

# Containers that ffmpeg does not write, with sound that is none.
mkdir -p demux_ape demux_musepack7 demux_musepack8 demux_dsf demux_dsdiff
{
  printf 'MAC '
  le 2 3990 0
  le 4 52 24 8 0 64 0 0 0 0 0 0
  le 2 2000 32
  le 4 73728 100 2
  le 2 16 2
  le 4 44100 84 118
  noise 64
} >demux_ape/new.ape
{
  printf 'MAC '
  le 2 3800 2000 0 2
  le 4 44100 0 0 2 100 42 75
  le 1 3 5
  noise 64
} >demux_ape/old.ape
{
  printf 'MP+\x07'
  le 4 2 0 0 0 0 $((100 << 4))
  noise 12
  le 4 $((50 << 12))
  noise 8
} >demux_musepack7/sv7.mpc
{
  printf 'MPCKSH\x0c\0\0\0\0\x08\x64\0\x11\x10AP\x13'
  noise 16
  printf 'RG\x04\0AP\x07'
  noise 4
  printf 'SE\x03'
} >demux_musepack8/sv8.mpc
{
  printf 'DSD '
  le 8 28 348 0
  printf 'fmt '
  le 8 52
  le 4 1 0 2 2 2822400 1
  le 8 800
  le 4 64 0
  printf 'data'
  le 8 268
  noise 256
} >demux_dsf/a.dsf
{
  printf 'FRM8'
  be 8 154
  printf 'DSD FVER'
  be 8 4
  printf '\1\5\0\0PROP'
  be 8 60
  printf 'SND FS  '
  be 8 4
  be 4 2822400
  printf 'CHNL'
  be 8 10
  printf '\0\2SLFTSRGTCMPR'
  be 8 6
  printf 'DSD \0\0DSD '
  be 8 40
  noise 40
} >demux_dsdiff/a.dff
for file in demux_{ape,musepack7,musepack8,dsf,dsdiff}/*; do cp "$file" decode/; done

# A packet of each configuration after the byte that selects it.
mkdir -p aac_elements
number=0
sound='sin(3000*t)+random(0)*lt(mod(t\,0.05)\,0.01)'
all="$sound|sin(900*t)"
for layout in 3.0 4.0 5.0 5.1; do
  all+="|$sound"
  packet=aac_elements/$layout
  # shellcheck disable=SC2059
  printf "\\x$((number++))" >"$packet"
  ffmpeg -hide_banner -loglevel error -nostdin -bitexact -f lavfi \
    -i "aevalsrc=$all:c=$layout:s=48000:d=0.3" -c:a aac -b:a 128k -f adts pipe: |
    ffmpeg -hide_banner -loglevel error -i pipe: -c copy -frames:a 5 -f adts pipe: |
    ffmpeg -hide_banner -loglevel error -i pipe: -map 0:a -c copy -ss 0.08 \
        -bsf:a aac_adtstoasc -f data pipe: >>"$packet"
done

# Frames of AMR, which ffmpeg does not encode: two modes, comfort noise and no data.
mkdir -p demux_amr
{ printf '#!AMR\n'; for _ in 1 2 3; do printf '\74%31s\4%12s\104%5s\174' x y z; done; } \
  >demux_amr/narrow.amr
{ printf '#!AMR-WB\n'; for _ in 1 2 3; do printf '\4%17s\104%60s\114%5s\174' x y z; done; } \
  >demux_amr/wide.awb
for file in demux_amr/*; do cp "$file" decode/; done

# Headers of RealAudio and blocks in each order, for which ffmpeg has no encoder.
mkdir -p demux_real_audio
# real NAME ROWS ROW PACKET CODEC ORDER FRAME: a file of version 4 with two blocks, whose sizes
# are two bytes each.
real() {
  local file=demux_real_audio/$1
  printf '.ra\375\0\4\0\0.ra4\0\0\0\0\0\4\0\0\0\71\0\0\0\0%b\0\0\0\0\0\0\0\0\0\0\0\0' "$7" >"$file"
  printf '%b%b%b\0\0\37\100\0\0\0\20\0\1\4%s\4%s\0\0\0\1A\1B\0\1C' "$2" "$3" "$4" "$6" "$5" >>"$file"
  seq 5000 2>/dev/null | head -c 5600 >>"$file"
  cp "$file" "decode/$1"
}
real 288.ra '\0\14' '\0\344' '\0\0' 28_8 Int4 '\0\46'
real sipr.ra '\0\6' '\0\350' '\0\0' sipr sipr '\0\350'
real cook.ra '\0\16' '\0\144' '\0\12' cook genr '\0\144'
{ printf '.ra\375\0\3\0\26'; printf '%14s' x; printf '\1A\0\0\1B\0\4lpcJ'; seq 100 | head -c 200; } \
  >demux_real_audio/144.ra
cp demux_real_audio/144.ra decode/

# A frame of DV, which has a fixed size.
mkdir -p demux_dv
{
  ffmpeg -loglevel quiet -nostdin -bitexact -f lavfi -i color=s=720x480:r=30000/1001 \
    -f lavfi -i sine=440:sample_rate=48000 -target ntsc-dv -ac 2 -t 0.3 -f dv pipe: || true
} | head -c 120000 >demux_dv/ntsc.dv

mkdir -p joining multipart encoder session
{ printf '\0\3'; cat decode/a.mp3; } >joining/a.mp3
{ printf '\0\1'; cat decode/a.mp2; } >joining/mp2
form='Content-Disposition: form-data; name="file"; filename="a b.mp4"\r\nContent-Type: video/mp4\r\n\r\n'
# shellcheck disable=SC2059 # the form has escapes of its own
printf "\x07--x\r\n${form}one\r\n--y\r\n--x \r\n${form}\r\n--x--\r\n" >multipart/two
printf "\x01preamble\r\n--x\r\nContent-Disposition: form-data; name*=UTF-8''%%c3%%a4\r\n\r\n\r\n--x" >multipart/unfinished
printf 'mp3.example.org\nhttps://mp3.example.org\na=1; __Host-tonearm=eyJh.b_-c; tonearm=x\n__Host-tonearm="2"' >session/public
printf '[::1]:3000\nhttp://[::1]:3000\n__Host-tonearm\n; =;__Host-tonearm==\xff;__Host-tonearm=' >session/local

# The beginnings of videos, each up to the start of a video frame of 16 KiB or more.
mkdir -p video_split
{ printf '\7\0\0\0\10wide\0\0\0\0mdat\0\0\100\0e\210\204\0'; cat decode/a.ac3; } >video_split/h264.mp4
printf '\377\0\0\0\0mdat\0\0\100\0&\1\257\23\0\0\0\0' >video_split/h265.mp4
printf '\0\0\0\0\1mdat\0\0\0\0\0\1\0\0\0\1\0\0icpf\0\0\0\0' >video_split/prores.mov
printf '\1\32\105\337\243\200\30\123\200\147\377\26\124\256\153\212\256\210\327\201\1\203\201\1\237\103\266\165\377\243\100\0\201\0\0\0' >video_split/block.mkv
printf '\20RIFF\0\0\1\0AVI LIST\0\0\1\0movi01wb\1\0\0\0\0\00000dc\0\100\0\0' >video_split/film.avi
printf '\3FLV\1\5\0\0\0\11\0\0\0\0\11\0\100\0\0\0\0\0\0\0\0' >video_split/film.flv
