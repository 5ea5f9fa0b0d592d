//! What is to be heard, and from where to where.

use std::fs;

use crate::listen::{hear, snr};
use crate::make::{Desk, SECONDS, ffmpeg_decode, tones_input};

#[test]
fn sound_that_starts_late_starts_the_mp3() {
    let desk = Desk::new();
    let picture = "-f lavfi -t 4 -i testsrc=size=128x72:rate=25 -itsoffset 0.5";
    let input = tones_input(44_100, 2);
    for name in ["late.mp4", "late.mkv"] {
        let codecs = "-c:v libx264 -preset ultrafast -c:a aac";
        let path = desk.ffmpeg(name, &format!("{picture} {input} {codecs} OUT"));
        let heard = hear(&path).unwrap();
        let theirs = ffmpeg_decode(&path);
        // No silence is put in front, as ffmpeg puts none there.
        let difference = theirs.len() / 2 - heard.frames();
        assert!(difference < 1024, "{name}: {difference}");
        assert!(snr(&heard.samples, &theirs) > 85.0, "{name}");
    }
}

#[test]
fn a_film_cut_without_recoding_keeps_its_cut() {
    let desk = Desk::new();
    desk.film(
        "whole.mp4",
        44_100,
        2,
        "-c:v libx264 -preset ultrafast -g 25 -c:a aac",
    );
    let cut = desk.ffmpeg("cut.mp4", "-ss 1.3 -i DIR/whole.mp4 -t 1 -c copy OUT");
    let (heard, theirs) = (hear(&cut).unwrap(), ffmpeg_decode(&cut));
    let difference = (heard.frames() as i64 - theirs.len() as i64 / 2).abs();
    assert!(difference < 1024 + 44, "{difference}");
    assert!(snr(&heard.samples, &theirs) > 85.0);
}

#[test]
fn an_edit_list_may_leave_out_the_start() {
    let desk = Desk::new();
    let path = desk.tones("a.m4a", 44_100, 2, "-c:a alac");
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(4).position(|four| four == b"elst").unwrap();
    // Version and flags, one entry; its length in ms, its start in samples.
    bytes[at + 12..at + 16].copy_from_slice(&1500u32.to_be_bytes());
    bytes[at + 16..at + 20].copy_from_slice(&20_000u32.to_be_bytes());
    let edited = desk.path("edited.m4a");
    fs::write(&edited, &bytes).unwrap();
    let (whole, part) = (hear(&path).unwrap(), hear(&edited).unwrap());
    assert_eq!(part.frames(), 44_100 * 3 / 2);
    let expected = &whole.samples[2 * 20_000..];
    assert!(part.samples.iter().eq(&expected[..part.samples.len()]));
}

#[test]
fn several_tracks_yield_the_default_one() {
    let desk = Desk::new();
    let loud = tones_input(44_100, 2);
    let quiet = "-f lavfi -i sine=frequency=3000:sample_rate=44100:duration=3.217";
    let maps = "-map 0 -map 1 -c:a aac";
    let second = "-disposition:a:0 0 -disposition:a:1 default";
    for name in ["two.mp4", "two.mkv"] {
        let first = desk.ffmpeg(name, &format!("{loud} {quiet} {maps} OUT"));
        assert!(hear(&first).unwrap().tone(0, 400.0) > 0.4, "{name}");
        let renamed = format!("second-{name}");
        let path = desk.ffmpeg(&renamed, &format!("{loud} {quiet} {maps} {second} OUT"));
        let heard = hear(&path).unwrap();
        assert!(heard.tone(0, 3000.0) > 0.1, "{name}");
    }
}

#[test]
fn a_chained_ogg_plays_to_its_end() {
    let desk = Desk::new();
    let mut bytes = Vec::new();
    for name in ["one.ogg", "two.ogg"] {
        // Two streams of one file need numbers of their own.
        let serial = format!("-c:a libvorbis -serial_offset {}", bytes.len() + 1);
        bytes.extend(fs::read(desk.tones(name, 44_100, 2, &serial)).unwrap());
    }
    let chained = desk.path("chained.ogg");
    fs::write(&chained, bytes).unwrap();
    let heard = hear(&chained).unwrap();
    assert_eq!(heard.frames(), 2 * (SECONDS * 44_100.0).round() as usize);
}
