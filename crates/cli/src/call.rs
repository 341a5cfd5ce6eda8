//! `recallflow call`: any endpoint of the platform.

use std::path::Path;

use recallflow::OperationKind;

use crate::account::Connection;
use crate::arguments::{CallArguments, Global, Kind};
use crate::confirm::confirm;
use crate::document::Document;
use crate::failure::Failure;
use crate::flow::read_text;
use crate::output::{Format, Output, print_json};

pub(crate) async fn run(global: &Global, options: CallArguments) -> Result<(), Failure> {
    let body = read_body(&options.body)?;
    let connection = Connection::open(global)?;
    let kind = match options.kind {
        Kind::Query => OperationKind::Query,
        Kind::Update => OperationKind::Update,
    };
    if options.kind == Kind::Update {
        confirm(&format!("Call {} of {}?", options.path, connection.describe()), options.yes)?;
    }
    let data: Document = connection.client.call(&options.path, &body, kind).await?;
    print_json(&data, Output::new(global).format != Format::Jsonl)
}

fn read_body(text: &str) -> Result<Document, Failure> {
    let text = match (text, text.strip_prefix('@')) {
        ("-", _) => read_text(Path::new("-"))?,
        (_, Some(path)) => read_text(Path::new(path))?,
        _ => text.to_owned(),
    };
    serde_json::from_str(&text).map_err(|error| Failure::Usage(format!("the body is not JSON: {error}")))
}
