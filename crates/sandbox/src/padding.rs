//! Produces a successful envelope of any size.

const BEGIN: &[u8] = br#"{"code":0,"msg":"success","data":{"records":[],"padding":""#;
const END: &[u8] = br#""}}"#;
const BLOCK: &[u8] = &[b'x'; 64 << 10];

/// Size of the smallest envelope that [`pieces`] returns.
const SMALLEST: u64 = (BEGIN.len() + END.len()) as u64;

/// Size of an envelope.
#[derive(Clone, Copy)]
pub(crate) enum Size {
    /// This many bytes, or `SMALLEST` if that is more.
    Bytes(u64),
    Endless,
}

impl Size {
    /// Returns the exact number of bytes, or `None` if the envelope is endless.
    pub(crate) fn bytes(self) -> Option<u64> {
        match self {
            Self::Bytes(bytes) => Some(bytes.max(SMALLEST)),
            Self::Endless => None,
        }
    }
}

/// Returns the pieces of an envelope of this size.
pub(crate) fn pieces(size: Size) -> impl Iterator<Item = &'static [u8]> {
    let mut left = size.bytes().map_or(u64::MAX, |bytes| bytes - SMALLEST);
    let padding = std::iter::from_fn(move || {
        let length = usize::try_from(left).map_or(BLOCK.len(), |left| left.min(BLOCK.len()));
        if size.bytes().is_some() {
            left -= length as u64;
        }
        (length > 0).then_some(&BLOCK[..length])
    });
    std::iter::once(BEGIN).chain(padding).chain(std::iter::once(END))
}

#[cfg(test)]
mod tests {
    use super::{SMALLEST, Size, pieces};

    #[test]
    fn an_envelope_has_the_requested_size() {
        for bytes in [SMALLEST, SMALLEST + 1, 65_536, 200_000] {
            let body: Vec<u8> = pieces(Size::Bytes(bytes)).flatten().copied().collect();
            assert_eq!(body.len() as u64, bytes);
            assert_eq!(crate::envelope::code_of(&body), Some(0));
        }
        assert_eq!(pieces(Size::Endless).take(1000).count(), 1000);
    }
}
