//! `recallflow audio check`: what kind of file a voice file is, and what is wrong with it.

use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::path::Path;

use crate::arguments::{AudioCommand, Global};
use crate::document::Document;
use crate::failure::Failure;
use crate::output::Output;

const COLUMNS: [&str; 7] = ["file", "kind", "bytes", "seconds", "sample_rate", "channels", "problem"];

/// What is known about a file.
#[derive(Default)]
struct VoiceFile {
    kind: Option<&'static str>,
    bytes: Option<u64>,
    sound: Option<Sound>,
    problem: Option<String>,
}

/// What the head of a WAV file says.
struct Sound {
    seconds: f64,
    sample_rate: u32,
    channels: u16,
}

pub(crate) fn run(global: &Global, command: AudioCommand) -> Result<(), Failure> {
    let AudioCommand::Check { files } = command;
    let voices: Vec<_> = files.iter().map(|path| (path.display().to_string(), VoiceFile::inspect(path))).collect();
    let rows: Vec<_> = voices.iter().map(|(name, voice)| voice.row(name)).collect();
    Output::new(global).print_rows(&COLUMNS, &rows)?;
    let bad = voices.iter().filter(|(_, voice)| voice.problem.is_some()).count();
    if bad == 0 { Ok(()) } else { Err(Failure::Usage(format!("{bad} of {} files cannot be used", rows.len()))) }
}

impl VoiceFile {
    fn inspect(path: &Path) -> Self {
        let unreadable = |error: std::io::Error| Self { problem: Some(error.to_string()), ..Self::default() };
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => {
                let mut head = Vec::new();
                let read = File::open(path).and_then(|file| BufReader::new(file).take(12).read_to_end(&mut head));
                let voice = read.map_or_else(unreadable, |_| Self::of_head(path, &head));
                Self { bytes: Some(metadata.len()), ..voice }
            }
            Ok(_) => Self { problem: Some("not a file".to_owned()), ..Self::default() },
            Err(error) => unreadable(error),
        }
    }

    fn of_head(path: &Path, head: &[u8]) -> Self {
        let problem = |text: &str| Self { problem: Some(text.to_owned()), ..Self::default() };
        match head {
            [] => problem("the file is empty"),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E'] => {
                Self { kind: Some("wav"), ..Self::of_wav(path) }
            }
            [b'I', b'D', b'3', ..] | [0xff, 0xe0..=0xff, ..] => Self { kind: Some("mp3"), ..Self::default() },
            _ => problem("neither a WAV nor an MP3 file"),
        }
    }

    fn of_wav(path: &Path) -> Self {
        let wav = match hound::WavReader::open(path) {
            Ok(wav) => wav,
            // Compressed WAV files are valid, but not read here.
            Err(hound::Error::Unsupported) => return Self::default(),
            Err(error) => return Self { problem: Some(error.to_string()), ..Self::default() },
        };
        let (spec, frames) = (wav.spec(), wav.duration());
        let seconds = f64::from(frames) / f64::from(spec.sample_rate.max(1));
        let sound = Sound { seconds, sample_rate: spec.sample_rate, channels: spec.channels };
        let problem = (frames == 0).then(|| "the file has no sound".to_owned());
        Self { sound: Some(sound), problem, ..Self::default() }
    }

    /// Returns the values in the order of [`COLUMNS`].
    fn row(&self, name: &str) -> Vec<Document> {
        let sound = self.sound.as_ref();
        vec![
            name.into(),
            self.kind.into(),
            self.bytes.into(),
            sound.map(|sound| sound.seconds).into(),
            sound.map(|sound| sound.sample_rate).into(),
            sound.map(|sound| sound.channels).into(),
            self.problem.as_deref().into(),
        ]
    }
}
