//! `recallflow audio check`: what kind of file a voice file is, and what is wrong with it.

use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::path::Path;

use serde_json::{Value, json};

use crate::arguments::{AudioCommand, Global};
use crate::failure::Failure;
use crate::output::Output;

const COLUMNS: [&str; 7] = ["file", "kind", "bytes", "seconds", "sample_rate", "channels", "problem"];

pub(crate) fn run(global: &Global, command: AudioCommand) -> Result<(), Failure> {
    let AudioCommand::Check { files } = command;
    let rows: Vec<_> = files.iter().map(|file| inspect(file)).collect();
    Output::new(global).print_rows(&COLUMNS, &rows)?;
    let bad = rows.iter().filter(|row| !row[6].is_null()).count();
    if bad == 0 { Ok(()) } else { Err(Failure::Usage(format!("{bad} of {} files cannot be used", rows.len()))) }
}

/// Returns what is known about a file, in the order of [`COLUMNS`].
fn inspect(path: &Path) -> Vec<Value> {
    let name = path.display().to_string();
    let unusable = |kind: Value, bytes: Value, problem: String| {
        vec![json!(name), kind, bytes, Value::Null, Value::Null, Value::Null, json!(problem)]
    };
    let bytes = match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => metadata.len(),
        Ok(_) => return unusable(Value::Null, Value::Null, "not a file".to_owned()),
        Err(error) => return unusable(Value::Null, Value::Null, error.to_string()),
    };
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| BufReader::new(file).take(12).read_to_end(&mut head));
    if let Err(error) = read {
        return unusable(Value::Null, json!(bytes), error.to_string());
    }
    match head.as_slice() {
        [] => unusable(Value::Null, json!(bytes), "the file is empty".to_owned()),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E'] => match hound::WavReader::open(path) {
            Ok(wav) => {
                let spec = wav.spec();
                let seconds = f64::from(wav.duration()) / f64::from(spec.sample_rate.max(1));
                let problem = if wav.duration() == 0 { json!("the file has no sound") } else { Value::Null };
                vec![
                    json!(name),
                    json!("wav"),
                    json!(bytes),
                    json!(seconds),
                    json!(spec.sample_rate),
                    json!(spec.channels),
                    problem,
                ]
            }
            // Compressed WAV files are valid, but not read here.
            Err(hound::Error::Unsupported) => {
                vec![json!(name), json!("wav"), json!(bytes), Value::Null, Value::Null, Value::Null, Value::Null]
            }
            Err(error) => unusable(json!("wav"), json!(bytes), error.to_string()),
        },
        [b'I', b'D', b'3', ..] | [0xff, 0xe0..=0xff, ..] => {
            vec![json!(name), json!("mp3"), json!(bytes), Value::Null, Value::Null, Value::Null, Value::Null]
        }
        _ => unusable(Value::Null, json!(bytes), "neither a WAV nor an MP3 file".to_owned()),
    }
}
