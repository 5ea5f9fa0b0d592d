//! The assertions about audio are right, tested on MP3s that ffmpeg makes without the app.

use tonearm_e2e::audio_assert::assert_same;
use tonearm_e2e::media::{self, H264_AAC, LEFT, RIGHT, Recipe};
use tonearm_e2e::mp3::Decoded;
use tonearm_e2e::tag::id3::Id3;
use tonearm_e2e::tag::xing::Xing;

const MP3: Recipe<'_> = Recipe {
    name: "reference.mp3",
    video: false,
    output: &[
        "-c:a",
        "libmp3lame",
        "-q:a",
        "2",
        "-metadata",
        "title=naïve",
    ],
    ..H264_AAC
};

#[test]
fn a_good_mp3_passes() {
    let clip = MP3.make();
    assert_same(&Decoded::of(&clip.bytes()), &clip);
}

#[test]
fn its_tags_are_read() {
    let file = MP3.make().bytes();
    assert_eq!(Id3::of(&file).unwrap().text["TIT2"], "naïve");
    let xing = Xing::of(&file).unwrap();
    assert!(xing.variable_bitrate);
    assert_eq!(xing.frames.unwrap() as usize, Decoded::of(&file).frames);
    assert_eq!(xing.bytes.unwrap() as usize, file.len() - xing.offset);
    assert_eq!(xing.toc.unwrap().len(), 100);
    let lame = xing.lame.unwrap();
    assert_eq!(lame.encoder.get(..4), Some("Lavc"));
    assert_eq!(lame.delay, 576);
}

#[test]
#[should_panic(expected = "channel 0")]
fn swapped_channels_are_detected() {
    let mut clip = MP3.make();
    let file = clip.bytes();
    clip.tones.reverse();
    assert_same(&Decoded::of(&file), &clip);
}

#[test]
#[should_panic(expected = "samples")]
fn a_missing_tenth_of_a_second_is_detected() {
    let mut clip = MP3.make();
    let file = clip.bytes();
    clip.samples += clip.rate as usize / 10;
    assert_same(&Decoded::of(&file), &clip);
}

#[test]
#[should_panic(expected = "Hz")]
fn a_wrong_pitch_is_detected() {
    let mut clip = MP3.make();
    let file = clip.bytes();
    clip.tones[0].hertz *= 48.0 / 44.1;
    assert_same(&Decoded::of(&file), &clip);
}

/// Every clip can be made, and the index of each MP4 is where its name says.
#[test]
fn the_clips_have_the_layout_of_their_names() {
    let (end, front) = (media::mp4(), media::mp4_for_the_web());
    for (clip, first, second) in [(&end, "mdat", "moov"), (&front, "moov", "mdat")] {
        let file = clip.bytes();
        let at = |name: &str| {
            file.windows(4)
                .position(|bytes| bytes == name.as_bytes())
                .unwrap()
        };
        assert!(at(first) < at(second), "{}", clip.path.display());
        assert_eq!(clip.tones, [LEFT, RIGHT]);
    }
    assert!(media::video_without_audio().tones.is_empty());
}
