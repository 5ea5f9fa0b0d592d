//! An open file. Its container is detected and its headers are read once, however often the
//! audio is read.

use std::io::{Read, Seek};
use std::sync::Arc;

use tonearm_media_core::{
    Codec, CodecSet, DecoderPlugin, Demuxer, FileError, Input, Limits, ListedTrack, NoPlugin,
    Packet, ReadStep, Tags, Track, TrackChoice, TrackList, TrackSelector,
};

use tonearm_demux::{self as demux, Container};

/// An open file. A reader of its audio takes the demuxer and returns it, so that the next
/// one does not read the headers again.
pub struct OpenedFile {
    input: Input,
    container: Container,
    /// Offset of the container, after any ID3 tag.
    start: u64,
    /// Tags outside the container.
    tags: Tags,
    limits: Limits,
    plugin: Arc<dyn DecoderPlugin>,
    idle: Option<TrackReader>,
}

impl OpenedFile {
    /// Detects the container of a file and reads the tags outside it.
    ///
    /// # Errors
    /// `NotMedia`, `UnsupportedContainer`, `OverLimit`, `Read`.
    pub fn open(
        reader: impl Read + Seek + Send + 'static,
        limits: &Limits,
    ) -> Result<Self, FileError> {
        let mut input = Input::new(reader)?.counting(limits.max_items);
        limits.check_bytes(input.len())?;
        let (container, start) = demux::probe(&mut input)?;
        let tags = demux::read_tags(&mut input, container, start)?;
        Ok(Self {
            input,
            container,
            start,
            tags,
            limits: limits.clone(),
            plugin: Arc::new(NoPlugin),
            idle: None,
        })
    }

    /// Adds the decoders of a plugin to the built-in ones.
    #[must_use]
    pub fn with_plugin(mut self, plugin: Arc<dyn DecoderPlugin>) -> Self {
        self.plugin = plugin;
        self
    }

    /// The container.
    pub fn container(&self) -> Container {
        self.container
    }

    /// Whether `track` is MP3 according to its container, so that
    /// [`remux`](crate::remux()) may succeed. False where the track cannot be opened.
    ///
    /// # Errors
    /// `Read`.
    pub fn is_mp3(&mut self, track: &TrackSelector) -> Result<bool, FileError> {
        let is_only = matches!(track, TrackSelector::Default | TrackSelector::Number(1));
        if self.container == Container::Mp3 && is_only {
            return Ok(true);
        }
        match self.reader(track) {
            Ok(reader) => {
                let codec = reader.track().params.codec;
                self.put_back(reader);
                Ok(codec == Codec::Mp3)
            }
            Err(error) if error.is_permanent() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The audio tracks, at most [`TrackList::MAX`], of a file whose audio may not be
    /// decodable. Empty where the file has no readable headers.
    pub fn audio_tracks(&self) -> Vec<ListedTrack> {
        self.track_list(&TrackSelector::Default).tracks
    }

    /// The tags outside the container.
    pub(crate) fn tags(&self) -> &Tags {
        &self.tags
    }

    pub(crate) fn plugin(&self) -> &Arc<dyn DecoderPlugin> {
        &self.plugin
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A cursor at the first byte of the container, and the offset of that.
    pub(crate) fn bytes(&self) -> (Input, u64) {
        let mut input = self.input.clone();
        input.set_pos(self.start);
        (input, self.start)
    }

    /// A reader at the first packet of a track.
    pub(crate) fn reader(&mut self, selector: &TrackSelector) -> Result<TrackReader, FileError> {
        let idle = self.idle.take();
        if let Some(mut reader) = idle.filter(|reader| reader.selector == *selector)
            && reader.rewind()?
        {
            return Ok(reader);
        }
        TrackReader::open(self, selector)
    }

    /// The same file, with nothing read from it yet.
    pub(crate) fn reopened(&self) -> Self {
        Self {
            input: self.input.clone(),
            container: self.container,
            start: self.start,
            tags: self.tags.clone(),
            limits: self.limits.clone(),
            plugin: Arc::clone(&self.plugin),
            idle: None,
        }
    }

    /// Numbers of the tracks that match a selector and can be decoded, best first. Empty
    /// where the file has no readable headers.
    pub(crate) fn preferred(&self, selector: &TrackSelector) -> Vec<u32> {
        self.track_list(selector).preferred
    }

    fn track_list(&self, selector: &TrackSelector) -> TrackList {
        let choice = self.choice(selector);
        let input = self.input.counting(self.limits.max_items);
        // The list is complete even if the track cannot be opened.
        let _ = demux::open(input, self.container, self.start, &choice);
        choice.found()
    }

    /// The choice of a track among all codecs that can be decoded.
    fn choice(&self, selector: &TrackSelector) -> TrackChoice {
        let decodable = CodecSet::with_plugin(self.plugin.codecs());
        TrackChoice::new(selector.clone(), decodable)
    }

    /// Returns a reader for the next use.
    pub(crate) fn put_back(&mut self, reader: TrackReader) {
        self.idle = Some(reader);
    }
}

/// Reads the packets of one track, more than once.
pub(crate) struct TrackReader {
    demuxer: Box<dyn Demuxer>,
    tracks: TrackList,
    selector: TrackSelector,
    /// Counts items of the container, together with the demuxer.
    input: Input,
    /// Position of the first packet, if the demuxer can return to it.
    first: Option<u64>,
    /// Whether no packet was read yet.
    is_unread: bool,
}

impl TrackReader {
    pub(crate) fn open(file: &OpenedFile, selector: &TrackSelector) -> Result<Self, FileError> {
        let input = file.input.counting(file.limits.max_items);
        let choice = file.choice(selector);
        let mut demuxer = demux::open(input.clone(), file.container, file.start, &choice)?;
        Ok(Self {
            first: demuxer.position(),
            demuxer,
            tracks: choice.found(),
            selector: selector.clone(),
            input,
            is_unread: true,
        })
    }

    /// Whether reading can start in the middle.
    pub(crate) fn is_seekable(&self) -> bool {
        self.first.is_some()
    }

    /// Returns to the first packet; false where the demuxer cannot.
    fn rewind(&mut self) -> Result<bool, FileError> {
        if self.is_unread {
            return Ok(true);
        }
        let Some(first) = self.first else {
            return Ok(false);
        };
        self.input.reset_items();
        self.demuxer.seek(first)?;
        self.is_unread = true;
        Ok(true)
    }

    /// Returns to the first packet, and reopens the track where the demuxer cannot seek.
    pub(crate) fn rewind_or_reopen(
        &mut self,
        file: &OpenedFile,
        selector: &TrackSelector,
    ) -> Result<(), FileError> {
        if !self.rewind()? {
            *self = Self::open(file, selector)?;
        }
        Ok(())
    }

    /// The tracks of the file.
    pub(crate) fn tracks(&self) -> &TrackList {
        &self.tracks
    }

    pub(crate) fn track(&self) -> &Track {
        self.demuxer.track()
    }

    pub(crate) fn next(&mut self, packet: &mut Packet) -> Result<ReadStep, FileError> {
        let step = self.demuxer.next(packet);
        self.record_step(step.as_ref().ok());
        step
    }

    pub(crate) fn skip_packet(&mut self, packet: &mut Packet) -> Result<ReadStep, FileError> {
        let step = self.demuxer.skip_packet(packet);
        self.record_step(step.as_ref().ok());
        step
    }

    /// Records a step. After another track has replaced the first one, seeking cannot
    /// restore it.
    #[inline]
    fn record_step(&mut self, step: Option<&ReadStep>) {
        self.is_unread = false;
        if step == Some(&ReadStep::NewTrack) {
            self.first = None;
        }
    }

    pub(crate) fn position(&mut self) -> Option<u64> {
        self.demuxer.position()
    }

    pub(crate) fn seek(&mut self, position: u64) -> Result<(), FileError> {
        self.is_unread = false;
        self.demuxer.seek(position)
    }

    pub(crate) fn fraction(&self) -> f32 {
        self.demuxer.fraction()
    }
}
