//! Parses forms in pieces of any size. The result does not depend on the size, and is not
//! larger than the input.

use tonearm_web::multipart::{Event, Form, FormError};

pub(crate) fn run(input: &[u8]) {
    let Some((&size, body)) = input.split_first() else {
        return;
    };
    let whole = read(body, body.len().max(1));
    let pieces = read(body, usize::from(size) + 1);
    assert_eq!(whole, pieces);
}

/// Names and bytes of all parts.
fn read(body: &[u8], size: usize) -> Result<Vec<(String, Vec<u8>)>, FormError> {
    let mut form = Form::new("multipart/form-data; boundary=x")?;
    let mut pieces = body.chunks(size);
    let mut parts = Vec::new();
    let mut total = 0;
    loop {
        match form.next()? {
            Event::NeedMore => match pieces.next() {
                Some(piece) => form.push(piece.to_vec()),
                None => form.end(),
            },
            Event::Part {
                name,
                file_name,
                media_type,
            } => {
                parts.push((format!("{name:?} {file_name:?} {media_type:?}"), Vec::new()));
            }
            Event::Data(bytes) => {
                total += bytes.len();
                assert!(total <= body.len());
                let (_, data) = parts.last_mut().expect("data comes after its part");
                data.extend_from_slice(&bytes);
            }
            Event::PartEnd => {}
            Event::End => return Ok(parts),
        }
    }
}
