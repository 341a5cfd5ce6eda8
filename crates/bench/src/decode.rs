//! Reading one page from its bytes, without any network.

use serde_json::Value;

use crate::options::Options;
use crate::plain::{Envelope, Page};
use crate::report::{self, Target};
use crate::rounds::{self, Contender};
use crate::{Failure, fixture};

const BASELINE: &str = "derived structs, from_slice";

/// Measures it.
pub(crate) fn measure(options: &Options) -> Result<Vec<Target>, Failure> {
    let page = fixture::page();
    let bytes = page.as_bytes();
    let contenders = vec![
        Contender::repeat("recallflow, UTF-8 then from_str", || {
            Ok(serde_json::from_str::<Envelope<recallflow::GroupCallPage>>(std::str::from_utf8(bytes)?)?)
        }),
        Contender::repeat(BASELINE, || Ok(serde_json::from_slice::<Envelope<Page>>(bytes)?)),
        Contender::repeat("derived, UTF-8 then from_str", || {
            Ok(serde_json::from_str::<Envelope<Page>>(std::str::from_utf8(bytes)?)?)
        }),
        Contender::repeat("serde_json::Value, from_slice", || Ok(serde_json::from_slice::<Value>(bytes)?)),
    ];
    let rows = rounds::measure(contenders, BASELINE, 1, options)?;
    let title = format!("decode a page of {} records, {} bytes", fixture::RECORDS, bytes.len());
    report::print_calls(&title, BASELINE, &rows);
    Ok(Vec::new())
}
