//! Two writers of one upload, a gateway that dies at any operation, and time that passes, in
//! any order: the upload is always a prefix of the file, never shorter than what a client
//! was told, and a job exactly when it is whole.

use std::time::Duration;

use proptest::prelude::*;
use tonearm_api::Progress;
use tonearm_blobs::{StoredPiece, assemble, delete};
use tonearm_jobs::piece_blobs;

use super::*;

#[derive(Debug, Clone, Copy)]
enum Step {
    /// A writer asks for the offset and begins a request.
    Begin { writer: usize, checksum: bool },
    /// Bytes arrive.
    Push { writer: usize, bytes: usize },
    /// The body ends.
    End { writer: usize },
    /// The connection breaks.
    Interrupt { writer: usize },
    /// The gateway of the writer dies between two requests.
    Kill { writer: usize },
    /// The gateway dies after so many more operations of the next step.
    DieIn { operations: usize },
    /// Seconds pass.
    Pass { seconds: u64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    use Step::*;
    let writer = 0..2usize;
    let step = prop_oneof![
        6 => (writer.clone(), prop::bool::weighted(0.1)).prop_map(|(writer, checksum)| Begin { writer, checksum }),
        12 => (writer.clone(), 1..3000usize).prop_map(|(writer, bytes)| Push { writer, bytes }),
        3 => writer.clone().prop_map(|writer| End { writer }),
        2 => writer.clone().prop_map(|writer| Interrupt { writer }),
        1 => writer.prop_map(|writer| Kill { writer }),
        4 => (0..12usize).prop_map(|operations| DieIn { operations }),
        5 => (1..9u64).prop_map(|seconds| Pass { seconds }),
    ];
    prop::collection::vec(step, 1..80)
}

/// A request in the middle of its body.
struct Request<'w> {
    reader: Box<dyn BodyReader + 'w>,
    /// The offset of the next byte that the client sends.
    at: usize,
    has_checksum: bool,
}

struct Model<'w> {
    world: &'w World,
    data: &'w [u8],
    id: JobId,
    writers: [Option<Request<'w>>; 2],
    /// The largest offset that a client was told.
    told: usize,
    dies_in: Option<usize>,
}

impl<'w> Model<'w> {
    fn take(&mut self, step: Step) {
        match step {
            Step::DieIn { operations } => self.dies_in = Some(operations),
            Step::Pass { seconds } => self.world.advance(Duration::from_secs(seconds)),
            Step::Kill { writer } => self.writers[writer] = None,
            Step::Begin { writer, checksum } => self.begin(writer, checksum),
            Step::Push { writer, bytes } => self.push(writer, bytes),
            Step::End { writer } => self.end(writer),
            Step::Interrupt { writer } => self.interrupt(writer),
        }
    }

    /// Runs a part of a request, in the middle of which the gateway may die. `None` if it
    /// did.
    fn run<T>(&mut self, part: impl FnOnce() -> T) -> Option<T> {
        let dies_in = self.dies_in.take();
        self.world.contents().operations_left = dies_in;
        let result = part();
        let mut contents = self.world.contents();
        let has_died = contents.operations_left.take() == Some(0);
        (!has_died).then_some(result)
    }

    fn begin(&mut self, writer: usize, checksum: bool) {
        let world = self.world;
        let at = offset(world, self.id);
        let call = patch(world, self.id, at, b"");
        let call = match checksum {
            // That of no bytes that are ever sent.
            true => call.header("upload-checksum", "sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0="),
            false => call,
        };
        self.writers[writer] = None;
        let begun = self.run(|| begin(world, &call));
        if let Some(Some(reader)) = begun {
            self.writers[writer] = Some(Request {
                reader,
                at,
                has_checksum: checksum,
            });
        }
    }

    fn push(&mut self, writer: usize, bytes: usize) {
        let Some(mut request) = self.writers[writer].take() else {
            return;
        };
        let end = (request.at + bytes).min(self.data.len());
        let bytes = self.data[request.at..end].to_vec();
        let pushed = self.run(|| request.reader.push(bytes));
        if let Some(Ok(progress)) = pushed {
            assert_eq!(progress, Progress::NeedMore);
            request.at = end;
            self.writers[writer] = Some(request);
        }
    }

    fn end(&mut self, writer: usize) {
        let Some(mut request) = self.writers[writer].take() else {
            return;
        };
        let ended = self.run(|| match request.reader.end() {
            Ok(_) => request.reader.finish(),
            Err(error) => Err(error),
        });
        if let Some(Ok(reply)) = ended {
            assert!(!request.has_checksum, "a wrong checksum");
            let told = reply.headers()["upload-offset"].to_str().unwrap();
            assert_eq!(told, request.at.to_string());
            self.told = self.told.max(request.at);
        }
    }

    fn interrupt(&mut self, writer: usize) {
        if let Some(mut request) = self.writers[writer].take() {
            self.run(|| request.reader.interrupt("reset".to_owned()));
        }
    }

    fn check(&mut self) {
        let state = head(self.world, self.id);
        let at: usize = state.header("upload-offset").parse().unwrap();
        assert!(
            at >= self.told,
            "{at} bytes, though a client was told {}",
            self.told
        );
        self.told = at;
        let is_job = self.world.contents().jobs.contains_key(&self.id);
        assert_eq!(is_job, at == self.data.len());
        let stored = match is_job {
            true => video(self.world, self.id),
            false => self.unfinished(),
        };
        assert!(stored == self.data[..at], "the {at} bytes differ");
    }

    /// What an unfinished upload consists of.
    fn unfinished(&self) -> Vec<u8> {
        let upload = self.world.queue.upload(self.id, "ada").unwrap().unwrap();
        let piece = |(number, stored): (&u32, &String)| StoredPiece {
            name: BlobName::new(piece_blobs(self.id, *number).0).unwrap(),
            stored: serde_json::from_str(stored).unwrap(),
        };
        let pieces: Vec<_> = upload.stored.iter().map(piece).collect();
        let name = BlobName::new("check").unwrap();
        assemble(&self.world.files, &name, &pieces, "video/x-flv").unwrap();
        let mut bytes = Vec::new();
        let mut reader = Reader::open(&self.world.files, name.clone())
            .unwrap()
            .unwrap();
        reader.read_to_end(&mut bytes).unwrap();
        delete(&self.world.files, &name).unwrap();
        bytes
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn an_upload_is_always_a_prefix_of_its_file(steps in steps(), length in 1..25_000usize) {
        let world = World::new();
        let data = flv(length);
        let id = new_upload(&world, data.len());
        let mut model = Model {
            world: &world,
            data: &data,
            id,
            writers: [None, None],
            told: 0,
            dies_in: None,
        };
        for step in steps {
            model.take(step);
            model.check();
        }
        // Whatever happened, the upload can be continued. The requests from before are still
        // there, and wake up afterwards.
        world.advance(Duration::from_secs(7));
        let at = offset(&world, id);
        let reply = patch(&world, id, at, &data[at..]).send(&world);
        prop_assert_eq!(reply.status(), 204);
        model.check();
        prop_assert!(world.contents().jobs.contains_key(&id));
        for writer in 0..2 {
            model.take(Step::Push { writer, bytes: 100 });
            model.take(Step::End { writer });
            model.check();
        }
        prop_assert_eq!(world.contents().jobs.len(), 1);
    }
}
