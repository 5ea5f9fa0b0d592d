//! Converts symphonia's metadata.

use tonearm_media_core::{Cover, Tags, tags::put, tags::put_year};

use symphonia::core::formats::FormatReader;
use symphonia::core::meta::{MetadataRevision, StandardTag};

/// Reads the tags of the file. In a chained Ogg file, each link brings its own Vorbis
/// comments.
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
            // Vorbis comments usually have a DESCRIPTION.
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
    let visuals = revision.media.visuals.iter();
    let small = visuals.filter(|visual| visual.data.len() as u64 <= Cover::MAX_BYTES);
    tags.cover = tags.cover.take().or_else(|| {
        small
            .into_iter()
            .find_map(|visual| Cover::new(visual.data.to_vec()))
    });
}
