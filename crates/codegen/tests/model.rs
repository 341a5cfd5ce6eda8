//! Tests of lowering: the small spec in `fixture`, which uses every feature of the format, and the real spec.

use std::path::Path;

use recallflow_codegen::load;

#[test]
fn model_of_the_fixture() {
    let api = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixture")).expect("the fixture is valid");
    insta::with_settings!({ omit_expression => true }, { insta::assert_debug_snapshot!(api) });
}

#[test]
fn the_real_spec_is_valid() {
    let api = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")).expect("the spec is valid");
    let operations: Vec<_> = api.operations.iter().map(|operation| operation.name.as_str()).collect();
    for expected in ["query_group_calls", "query_recall_flow_detail", "update_recall_flow"] {
        assert!(operations.contains(&expected), "{expected} is not among {operations:?}");
    }
}
