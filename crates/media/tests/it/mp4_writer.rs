//! A minimal writer of MP4 files: one audio track, whose boxes a test chooses.

/// A box.
pub fn bx(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let size = (body.len() + 8) as u32;
    [&size.to_be_bytes()[..], kind, &body].concat()
}

/// A box with version, flags, and 32-bit numbers.
pub fn full(kind: &[u8; 4], numbers: &[u32]) -> Vec<u8> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_be_bytes()).collect();
    bx(kind, &[&[0; 4], &bytes])
}

/// A file to write.
pub struct Mp4 {
    /// Ticks per second of the track.
    pub rate: u32,
    /// The sample description: its kind, channels, bits, and child boxes.
    pub entry: ([u8; 4], u16, u16, Vec<u8>),
    /// Numbers of samples and their ticks.
    pub times: Vec<(u32, u32)>,
    /// The table of sizes.
    pub sizes: Vec<u8>,
    /// The samples, in one chunk.
    pub data: Vec<u8>,
    /// Milliseconds, first tick and rate (in 65536ths) of each edit.
    pub edits: Vec<(u32, i32, u32)>,
}

impl Mp4 {
    /// PCM whose samples are blocks of all channels.
    pub fn pcm(rate: u32, entry: ([u8; 4], u16, u16, Vec<u8>), data: Vec<u8>) -> Self {
        let block = u32::from(entry.1) * u32::from(entry.2) / 8;
        let count = data.len() as u32 / block;
        Self {
            rate,
            entry,
            times: vec![(count, 1)],
            sizes: full(b"stsz", &[block, count]),
            data,
            edits: Vec::new(),
        }
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> Vec<u8> {
        let (kind, channels, bits, children) = &self.entry;
        let header = [
            &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0][..],
            &channels.to_be_bytes(),
            &bits.to_be_bytes(),
            &[0; 4],
            &(self.rate << 16).to_be_bytes(),
        ]
        .concat();
        let entry = bx(kind, &[&header, children]);
        let stsd = bx(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1], &entry]);
        let count: u32 = self.times.iter().map(|(count, _)| count).sum();
        let mut times = vec![self.times.len() as u32];
        times.extend(self.times.iter().flat_map(|&(count, ticks)| [count, ticks]));
        let ftyp = bx(b"ftyp", &[b"isom\0\0\0\0isom"]);
        let offset = ftyp.len() as u32 + 8;
        let stbl = bx(
            b"stbl",
            &[
                &stsd,
                &full(b"stts", &times),
                &full(b"stsc", &[1, 1, count, 1]),
                &self.sizes,
                &full(b"stco", &[1, offset]),
            ],
        );
        let ticks: u32 = self.times.iter().map(|(count, ticks)| count * ticks).sum();
        let mdhd = full(b"mdhd", &[0, 0, self.rate, ticks, 0x55c4_0000]);
        let hdlr = bx(b"hdlr", &[&[0; 8], b"soun", &[0; 13]]);
        let mdia = bx(b"mdia", &[&mdhd, &hdlr, &bx(b"minf", &[&stbl])]);
        let mut list = vec![self.edits.len() as u32];
        for &(length, start, rate) in &self.edits {
            list.extend([length, start.cast_unsigned(), rate]);
        }
        let edts = match self.edits.is_empty() {
            true => Vec::new(),
            false => bx(b"edts", &[&full(b"elst", &list)]),
        };
        let mut tkhd = full(b"tkhd", &[0, 0, 1, 0, 0, 0, 0, 0]);
        tkhd[11] = 3;
        let trak = bx(b"trak", &[&tkhd, &edts, &mdia]);
        let mvhd = full(b"mvhd", &[0, 0, 1000, 0, 0, 0]);
        let moov = bx(b"moov", &[&mvhd, &trak]);
        [ftyp, bx(b"mdat", &[&self.data]), moov].concat()
    }
}
