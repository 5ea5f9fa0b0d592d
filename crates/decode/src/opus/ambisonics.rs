//! Ambisonics of mapping family 2 (RFC 8486, 3.1) in stereo.

use tonearm_media_core::{ChannelPosition, Pcm};

/// The channels of a sound field that stereo needs. They are in the order of ACN, with
/// SN3D normalization.
pub(super) struct Ambisonics {
    channels: usize,
    /// Whether the last two channels are stereo outside the sound field.
    has_stereo: bool,
}

impl Ambisonics {
    pub(super) fn new(channels: usize) -> Self {
        let order = channels.isqrt();
        Self {
            channels,
            has_stereo: order * order + 2 == channels,
        }
    }

    /// Replaces all channels with two: those of two cardioid microphones that point to the
    /// left and to the right.
    pub(super) fn to_stereo(&self, pcm: &mut Pcm) {
        let channels = self.channels;
        if channels < 2 {
            return;
        }
        let frames = pcm.samples.len() / channels.max(1);
        let field = channels - if self.has_stereo { 2 } else { 0 };
        for frame in 0..frames {
            let source = &pcm.samples[frame * channels..][..channels];
            let all = source[0];
            let [mut left, mut right] = match field {
                // Without directions, both sides are the same.
                ..4 => [all, all],
                _ => [(all + source[1]) * 0.5, (all - source[1]) * 0.5],
            };
            if self.has_stereo {
                left += source[channels - 2];
                right += source[channels - 1];
            }
            pcm.samples[2 * frame] = left;
            pcm.samples[2 * frame + 1] = right;
        }
        pcm.samples.truncate(2 * frames);
        pcm.positions.clear();
        pcm.positions
            .extend([ChannelPosition::FrontLeft, ChannelPosition::FrontRight]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(channels: usize, samples: &[f32]) -> Vec<f32> {
        let mut pcm = Pcm {
            samples: samples.to_vec(),
            positions: vec![ChannelPosition::Other; channels],
            ..Pcm::default()
        };
        Ambisonics::new(channels).to_stereo(&mut pcm);
        assert_eq!(pcm.frames(), samples.len() / channels);
        pcm.samples
    }

    #[test]
    fn sources_at_the_sides_are_heard_on_one_side() {
        // W, Y, Z, X of sources on the left, on the right and in front.
        let samples = [1., 1., 0., 0., 1., -1., 0., 0., 1., 0., 0., 1.];
        assert_eq!(fold(4, &samples), [1., 0., 0., 1., 0.5, 0.5]);
    }

    #[test]
    fn stereo_beside_the_field_is_added() {
        assert_eq!(fold(6, &[0., 0., 0., 0., 0.25, 0.5]), [0.25, 0.5]);
        assert_eq!(fold(1, &[0.5, 0.25]), [0.5, 0.25]);
    }
}
