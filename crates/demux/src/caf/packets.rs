//! Packets of coded audio, of one size or by the packet table.

use tonearm_media_core::{Demuxer, FileError, Input, Packet, ReadStep, Result, Track, fraction_of};

/// The packet table chunk, after its header: sizes and lengths of packets.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Table {
    /// Where the entries begin and end.
    pub(super) entries: (u64, u64),
    /// Number of packets.
    pub(super) packets: u64,
    /// Samples per channel that are played; 0 if unknown.
    pub(super) valid: u64,
    /// Samples per channel before them.
    pub(super) priming: u64,
}

/// Bytes of the header of the packet table.
pub(super) const TABLE_HEADER: u64 = 24;

impl Table {
    /// Parses the header of the chunk whose body is from `body` to `end`.
    pub(super) fn parse(input: &mut Input, body: u64, end: u64) -> Result<Self> {
        input.set_pos(body);
        let packets = i64::from_be_bytes(input.array()?);
        let valid = i64::from_be_bytes(input.array()?);
        let priming = i32::from_be_bytes(input.array()?);
        Ok(Self {
            entries: (body + TABLE_HEADER, end),
            packets: u64::try_from(packets).unwrap_or(0),
            valid: u64::try_from(valid).unwrap_or(0),
            priming: u64::try_from(priming).unwrap_or(0),
        })
    }
}

/// What the format description states of every packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Bytes; 0 if the table states them.
    pub(super) bytes: u64,
    /// Samples per channel; 0 if the table states them.
    pub(super) samples: u64,
    /// Whether the table leaves out samples because packets state them.
    pub(super) are_samples_in_packets: bool,
}

/// Reads packets.
pub(super) struct Packets {
    input: Input,
    /// Reads the packet table.
    table_input: Input,
    track: Track,
    shape: Shape,
    /// Absent in files with packets of one size.
    table: Option<Table>,
    /// Start and end of the audio data.
    data: (u64, u64),
    /// Number of the next packet, and where its data begins.
    number: u64,
    at: u64,
    /// Samples per channel before it.
    passed: u64,
}

impl Packets {
    /// Opens the data of `track`.
    ///
    /// # Errors
    /// `Damaged` where the sizes of packets are unknown.
    pub(super) fn open(
        input: Input,
        track: Track,
        shape: Shape,
        table: Option<Table>,
        data: (u64, u64),
    ) -> Result<Box<dyn Demuxer>> {
        let is_in_table = shape.bytes == 0 || (shape.samples == 0 && !shape.are_samples_in_packets);
        let is_too_short = |table: Table| {
            let (start, end) = table.entries;
            is_in_table && table.packets > end.saturating_sub(start)
        };
        if table.is_some_and(is_too_short) {
            return Err(FileError::Damaged {
                detail: "the packet table",
            });
        }
        if table.is_none() && shape.bytes == 0 {
            return Err(FileError::Damaged {
                detail: "a CAF file without a packet table",
            });
        }
        let mut table_input = input.clone();
        table_input.set_pos(table.map_or(0, |table| table.entries.0));
        let skip = table.map_or(0, |table| table.priming);
        let valid = table.map_or(0, |table| table.valid);
        let rate = f64::from(track.tick_rate.max(1));
        Ok(Box::new(Self {
            input,
            table_input,
            track: Track {
                skip,
                seconds: (valid > 0).then(|| valid as f64 / rate),
                ..track
            },
            shape,
            table,
            data,
            number: 0,
            at: data.0,
            passed: 0,
        }))
    }

    /// Size and length of the next packet; `None` after the last.
    fn next_size(&mut self) -> Result<Option<(u64, u64)>> {
        let Shape {
            bytes,
            samples,
            are_samples_in_packets,
        } = self.shape;
        let end = self.data.1.min(self.input.len());
        let Some(table) = self.table else {
            return Ok((self.at + bytes <= end).then_some((bytes, samples)));
        };
        if self.number >= table.packets {
            return Ok(None);
        }
        self.input.count_item()?;
        let bytes = if bytes == 0 {
            self.entry(&table)?
        } else {
            bytes
        };
        let samples = match samples == 0 && !are_samples_in_packets {
            true => self.entry(&table)?,
            false => samples,
        };
        Ok(Some((bytes, samples)))
    }

    /// The next number in the table, in seven bits to a byte.
    fn entry(&mut self, table: &Table) -> Result<u64> {
        let mut value = 0;
        for _ in 0..5 {
            if self.table_input.pos() >= table.entries.1 {
                break;
            }
            let [byte] = self.table_input.array()?;
            value = value << 7 | u64::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(FileError::Damaged {
            detail: "the packet table",
        })
    }

    fn read(&mut self, packet: &mut Packet, has_data: bool) -> Result<ReadStep> {
        let Some((bytes, samples)) = self.next_size()? else {
            return Ok(ReadStep::End);
        };
        if self.at + bytes > self.input.len() {
            return Err(FileError::Damaged {
                detail: "it ends too early",
            });
        }
        // What decodes beyond the valid samples is padding.
        let table = self.table.filter(|table| table.valid > 0);
        let end = table.map_or(u64::MAX, |table| table.priming.saturating_add(table.valid));
        let ticks = samples.min(end.saturating_sub(self.passed));
        packet.fill(
            &mut self.input,
            self.at,
            if has_data { bytes } else { 0 },
            ticks,
        )?;
        packet.is_exact = ticks < samples;
        self.number += 1;
        self.at += bytes;
        self.passed = self.passed.saturating_add(samples);
        Ok(ReadStep::Packet)
    }
}

impl Demuxer for Packets {
    fn track(&self) -> &Track {
        &self.track
    }

    fn next(&mut self, packet: &mut Packet) -> Result<ReadStep> {
        self.read(packet, true)
    }

    fn fraction(&self) -> f32 {
        fraction_of(
            self.at.saturating_sub(self.data.0),
            self.data.1.min(self.input.len()),
        )
    }

    /// The number of the next packet.
    fn position(&mut self) -> Option<u64> {
        Some(self.number)
    }

    fn seek(&mut self, position: u64) -> Result<()> {
        (self.number, self.at, self.passed) = (0, self.data.0, 0);
        if let Some(table) = self.table {
            self.table_input.set_pos(table.entries.0);
        }
        while self.number < position {
            let Some((bytes, samples)) = self.next_size()? else {
                break;
            };
            self.number += 1;
            self.at = self.at.saturating_add(bytes);
            self.passed = self.passed.saturating_add(samples);
        }
        Ok(())
    }
}
