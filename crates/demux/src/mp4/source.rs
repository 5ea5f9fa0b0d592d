//! The samples of a track: those of the tables, then those of the fragments.

use tonearm_media_core::{Result, fraction_of};

use super::fragments::{Fragments, SampleStep};
use super::table::Samples;

/// Set in a position that is an offset of a fragment. Other positions are numbers of
/// samples.
pub(super) const IN_FRAGMENTS: u64 = 1 << 47;

/// Iterates over the samples of a track.
pub(super) struct Source {
    samples: Option<Samples>,
    /// The samples from the first one, for seeking.
    start: Option<Samples>,
    /// Number of samples read.
    passed: u64,
    fragments: Option<Fragments>,
    /// Offset of the first fragment.
    first_fragment: u64,
}

impl Source {
    pub(super) fn new(
        samples: Option<Samples>,
        fragments: Option<Fragments>,
        first_fragment: u64,
    ) -> Self {
        Self {
            start: samples.clone(),
            samples,
            passed: 0,
            fragments,
            first_fragment,
        }
    }

    /// The next sample.
    pub(super) fn next(&mut self) -> Result<SampleStep> {
        if let Some(samples) = &mut self.samples {
            match samples.next()? {
                Some(sample) => {
                    self.passed += 1;
                    return Ok(SampleStep::Sample(sample));
                }
                None if self.fragments.is_some() => {
                    let end = samples.time();
                    self.samples = None;
                    if let Some(fragments) = &mut self.fragments {
                        fragments.begin_at(end);
                    }
                }
                None => return Ok(SampleStep::End),
            }
        }
        match &mut self.fragments {
            Some(fragments) => fragments.next(),
            None => Ok(SampleStep::End),
        }
    }

    /// The position before the next sample.
    pub(super) fn position(&mut self) -> Option<u64> {
        match (&self.samples, &mut self.fragments) {
            (None, Some(fragments)) => fragments.position().map(|at| at | IN_FRAGMENTS),
            _ => Some(self.passed),
        }
    }

    /// Returns to the first sample.
    pub(super) fn restart(&mut self) {
        self.samples = self.start.clone();
        self.passed = 0;
        if let Some(fragments) = &mut self.fragments {
            fragments.seek(self.first_fragment);
            fragments.begin_at(0);
        }
    }

    /// Continues at a [`position`](Self::position).
    pub(super) fn seek(&mut self, position: u64) -> Result<()> {
        if position & IN_FRAGMENTS != 0 {
            self.samples = None;
            if let Some(fragments) = &mut self.fragments {
                fragments.seek(position & !IN_FRAGMENTS);
            }
            return Ok(());
        }
        self.restart();
        while self.passed < position
            && let Some(samples) = &mut self.samples
            && samples.next()?.is_some()
        {
            self.passed += 1;
        }
        Ok(())
    }

    /// The part that was read, 0 to 1.
    pub(super) fn fraction(&self, len: u64) -> f32 {
        match (&self.fragments, &self.samples) {
            (Some(fragments), _) => fraction_of(fragments.offset(), len),
            (None, Some(samples)) => samples.fraction(),
            (None, None) => 1.0,
        }
    }
}
