//! Every container and codec that is read.

use crate::listen::{hear, snr};
use crate::make::{Desk, SECONDS, ffmpeg_decode};

/// name, rate, channels, words, 
struct Case { name: &'static str, film: bool, rate: u32, channels: usize, words: &'static str }

#[test]
fn explore() {
    let desk = Desk::new();
    let c = |name, film, rate, channels, words| Case { name, film, rate, channels, words };
    let x264 = "-c:v libx264 -preset ultrafast";
    let _ = x264;
    let cases = [
        c("a.mp4", true, 48000, 2, "-c:v libx264 -preset ultrafast -c:a aac"),
        c("front.mp4", true, 44100, 2, "-c:v libx264 -preset ultrafast -c:a aac -movflags +faststart"),
        c("frag.mp4", true, 44100, 2, "-c:v libx264 -preset ultrafast -c:a aac -movflags +frag_keyframe+empty_moov"),
        c("cmaf.mp4", true, 44100, 2, "-c:v libx264 -preset ultrafast -c:a aac -movflags +cmaf -frag_duration 500000"),
        c("dash.mp4", true, 44100, 2, "-c:v libx264 -preset ultrafast -c:a aac -movflags +dash+delay_moov+frag_keyframe+global_sidx"),
        c("a.mov", true, 44100, 2, "-c:v libx264 -preset ultrafast -c:a aac"),
        c("a.3gp", true, 16000, 1, "-c:v libx264 -preset ultrafast -c:a aac"),
        c("alac.m4a", false, 44100, 2, "-c:a alac"),
        c("mp3.mp4", false, 44100, 2, "-c:a libmp3lame"),
        c("mp2.mp4", false, 44100, 2, "-c:a mp2"),
        c("flac.mp4", false, 44100, 2, "-c:a flac -strict -2"),
        c("opus.mp4", false, 48000, 2, "-c:a libopus"),
        c("vorbis.mp4", false, 48000, 2, "-c:a libvorbis"),
        c("pcm16.mov", false, 48000, 2, "-c:a pcm_s16le"),
        c("pcm24be.mov", false, 48000, 2, "-c:a pcm_s24be"),
        c("pcm24le.mov", false, 48000, 2, "-c:a pcm_s24le"),
        c("pcmf.mov", false, 48000, 2, "-c:a pcm_f32le"),
        c("ulaw.mov", false, 8000, 1, "-c:a pcm_mulaw"),
        c("alac.mov", false, 44100, 2, "-c:a alac"),
        c("aac.mkv", true, 44100, 2, "-c:v libx264 -preset ultrafast -c:a aac"),
        c("vorbis.mkv", true, 44100, 2, "-c:v libx264 -preset ultrafast -c:a libvorbis"),
        c("flac.mkv", true, 44100, 2, "-c:v libx264 -preset ultrafast -c:a flac"),
        c("mp3.mkv", true, 44100, 2, "-c:v libx264 -preset ultrafast -c:a libmp3lame"),
        c("mp2.mkv", true, 44100, 2, "-c:v libx264 -preset ultrafast -c:a mp2"),
        c("pcm.mkv", true, 44100, 2, "-c:v libx264 -preset ultrafast -c:a pcm_s16le"),
        c("alac.mkv", true, 44100, 2, "-c:v libx264 -preset ultrafast -c:a alac"),
        c("opus.mkv", true, 48000, 2, "-c:v libx264 -preset ultrafast -c:a libopus"),
        c("vorbis.webm", true, 44100, 2, "-c:v libvpx -deadline realtime -c:a libvorbis"),
        c("opus.webm", true, 48000, 2, "-c:v libvpx -deadline realtime -c:a libopus"),
        c("opusmono.webm", false, 48000, 1, "-c:a libopus"),
        c("opusvoice.webm", false, 16000, 1, "-c:a libopus -b:a 16k -application voip"),
        c("opus51.webm", false, 48000, 6, "-c:a libopus -mapping_family 1"),
        c("opus.ogg", false, 48000, 2, "-c:a libopus"),
        c("vorbis.ogg", false, 44100, 2, "-c:a libvorbis"),
        c("flac.ogg", false, 44100, 2, "-c:a flac"),
        c("a.flac", false, 44100, 2, ""),
        c("a24.flac", false, 96000, 2, "-sample_fmt s32"),
        c("16.wav", false, 44100, 2, "-c:a pcm_s16le"),
        c("24.wav", false, 44100, 2, "-c:a pcm_s24le"),
        c("f32.wav", false, 44100, 2, "-c:a pcm_f32le"),
        c("u8.wav", false, 44100, 2, "-c:a pcm_u8"),
        c("adpcm.wav", false, 44100, 2, "-c:a adpcm_ms"),
        c("ima.wav", false, 44100, 2, "-c:a adpcm_ima_wav"),
        c("a.mp3", false, 44100, 2, "-c:a libmp3lame"),
        c("mono.mp3", false, 22050, 1, "-c:a libmp3lame"),
        c("a.aac", false, 44100, 2, "-c:a aac"),
        c("a.aiff", false, 44100, 2, ""),
        c("a24.aiff", false, 44100, 2, "-c:a pcm_s24be"),
        c("a.caf", false, 44100, 2, ""),
        c("alac.caf", false, 44100, 2, "-c:a alac"),
        c("a51.mp4", false, 48000, 6, "-c:a aac"),
        c("a71.mp4", false, 48000, 8, "-c:a aac"),
        c("flac51.mkv", false, 48000, 6, "-c:a flac"),
        c("vorbis51.mkv", false, 48000, 6, "-c:a libvorbis"),
        c("96.wav", false, 96000, 2, "-c:a pcm_s24le"),
    ];
    for case in cases {
        let path = match case.film {
            true => desk.film(case.name, case.rate, case.channels, case.words),
            false => desk.tones(case.name, case.rate, case.channels, case.words),
        };
        let theirs = ffmpeg_decode(&path);
        let their_frames = theirs.len() / case.channels;
        let truth = (SECONDS * case.rate as f64).round() as i64;
        match hear(&path) {
            Ok(heard) => {
                let db = if case.channels == heard.channels() && heard.info.output_rate == case.rate { snr(&heard.samples, &theirs) } else { f64::NAN };
                println!("{:14} {:6} {}x{} -> {}x{} ours {:+} theirs {:+} snr {:.1} conc {} trunc {} dur {:?}", case.name, heard.info.codec, heard.info.channels, heard.info.sample_rate, heard.info.output_channels, heard.info.output_rate, heard.frames() as i64 - truth, their_frames as i64 - truth, db, heard.concealed, heard.is_truncated, heard.info.duration);
            }
            Err(error) => println!("{:14} {error}", case.name),
        }
    }
}
