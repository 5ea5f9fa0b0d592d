//! Metadata as symphonia reads it.

use tonearm_media_core::{Cover, Tags, tags::put, tags::put_year};

use symphonia::core::formats::FormatReader;
use symphonia::core::meta::{MetadataRevision, StandardTag};

/// What the file says about itself. Vorbis comments of a stream that goes on in
/// another come with that.
pub(super) fn read(reader: &mut dyn FormatReader) -> Tags {
    let mut tags = Tags::default();
    let mut metadata = reader.metadata();
    if let Some(revision) = metadata.skip_to_latest() {
        read_revision(revision, &mut tags);
    }
    tags
}

fn read_revision(revision: &MetadataRevision, tags: &mut Tags) {
    for tag in &revision.media.tags {
        match &tag.std {
            Some(StandardTag::TrackTitle(text)) => put(&mut tags.title, text),
            Some(StandardTag::Artist(text)) => put(&mut tags.artist, text),
            Some(StandardTag::Album(text)) => put(&mut tags.album, text),
            // The usual name among Vorbis comments is the latter.
            Some(StandardTag::Comment(text) | StandardTag::Description(text)) => {
                put(&mut tags.comment, text);
            }
            Some(
                StandardTag::ReleaseDate(text)
                | StandardTag::RecordingDate(text)
                | StandardTag::OriginalReleaseDate(text),
            ) => put_year(&mut tags.year, text),
            Some(StandardTag::ReleaseYear(year) | StandardTag::RecordingYear(year)) => {
                tags.year = tags.year.or(Some(*year));
            }
            _ => {}
        }
    }
    let pictures = revision.media.visuals.iter();
    let small = pictures.filter(|visual| visual.data.len() as u64 <= Cover::MAX_BYTES);
    tags.cover = tags.cover.take().or_else(|| {
        small
            .into_iter()
            .find_map(|visual| Cover::new(visual.data.to_vec()))
    });
}
