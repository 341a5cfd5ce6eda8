//! `recallflow sms check`: the length of a hang-up SMS, and what is wrong with its text.

use std::path::Path;

use recallflow::RecallNode;

use crate::arguments::{Global, SmsCommand};
use crate::document::document;
use crate::failure::Failure;
use crate::flow::read_text;
use crate::output::Output;

/// Characters of the GSM 03.38 alphabet besides ASCII letters and digits. Each takes one place.
const GSM_CHARACTERS: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";

/// Characters of its extension. Each takes two places.
const GSM_EXTENSION: &str = "\x0c^{}\\[~]|€";

/// The size of an SMS text.
#[derive(Debug, PartialEq, Eq)]
struct SmsSize {
    /// `GSM-7`, or `UCS-2` if a character is outside of the GSM alphabet.
    encoding: &'static str,
    /// Places that the text takes.
    places: usize,
    /// Messages that are sent for it.
    parts: usize,
    /// The first character that needs UCS-2.
    odd_character: Option<char>,
}

impl SmsSize {
    fn of(text: &str) -> Self {
        let odd_character = text.chars().find(|&c| gsm_places(c).is_none());
        let (encoding, places, one, several) = if odd_character.is_none() {
            ("GSM-7", text.chars().filter_map(gsm_places).sum(), 160, 153)
        } else {
            ("UCS-2", text.encode_utf16().count(), 70, 67)
        };
        let parts = if places <= one { usize::from(places > 0) } else { places.div_ceil(several) };
        Self { encoding, places, parts, odd_character }
    }
}

fn gsm_places(c: char) -> Option<usize> {
    if c.is_ascii_alphanumeric() || GSM_CHARACTERS.contains(c) {
        Some(1)
    } else if GSM_EXTENSION.contains(c) {
        Some(2)
    } else {
        None
    }
}

pub(crate) fn run(global: &Global, command: SmsCommand) -> Result<(), Failure> {
    let SmsCommand::Check { text } = command;
    let text = match text.strip_prefix('@') {
        Some(path) => read_text(Path::new(path))?.trim_end_matches(['\r', '\n']).to_owned(),
        None => text,
    };
    let size = SmsSize::of(&text);
    // The rules of the field are those of the request.
    let mut node = RecallNode::uploaded("file");
    node.sms_content = Some(text.clone());
    let about_text = |path: &str| path.ends_with("smsContent");
    let problems: Vec<_> =
        node.validate().iter().filter(|violation| about_text(&violation.path)).map(ToString::to_string).collect();
    let warnings: Vec<_> =
        node.warnings().iter().filter(|warning| about_text(&warning.path)).map(ToString::to_string).collect();
    let valid = problems.is_empty();
    Output::new(global).print_object(&document! {
        "characters": text.chars().count(),
        "encoding": size.encoding,
        "places": size.places,
        "parts": size.parts,
        "first_character_outside_gsm": size.odd_character.map(String::from),
        "valid": valid,
        "problems": problems,
        "warnings": warnings,
    })?;
    if valid { Ok(()) } else { Err(Failure::Usage("the text cannot be sent".to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_parts() {
        let of = |text: &str| {
            let size = SmsSize::of(text);
            (size.encoding, size.places, size.parts)
        };
        assert_eq!(of(""), ("GSM-7", 0, 0));
        assert_eq!(of(&"a".repeat(160)), ("GSM-7", 160, 1));
        assert_eq!(of(&"a".repeat(161)), ("GSM-7", 161, 2));
        assert_eq!(of("€[x]"), ("GSM-7", 7, 1));
        assert_eq!(of(&"您".repeat(70)), ("UCS-2", 70, 1));
        assert_eq!(of(&"您".repeat(71)), ("UCS-2", 71, 2));
        assert_eq!(of("😀"), ("UCS-2", 2, 1));
    }
}
