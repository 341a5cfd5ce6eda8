//! Status codes of the service, in every form of the envelope.

use recallflow_sandbox::Fault;

use crate::row::FaultRow;

pub(super) fn rows() -> Vec<FaultRow> {
    let code = |code: i64| FaultRow::new(format!("code {code}"), Fault::Code(code));
    let raw_code = |name: &str, code: &str| {
        FaultRow::new(name, Fault::body(format!(r#"{{"code":{code},"msg":"success","data":null}}"#)))
    };
    vec![
        code(-1).by_key(990_001).expect_settled("AuthenticationError").in_quick_run(),
        code(-2).by_key(990_002).expect_settled("IpRestrictedError"),
        code(-15).by_key(990_015).expect_throttled(),
        FaultRow::new("code -15, once", Fault::Code(-15)).only_once().both_succeed(2),
        code(-16).by_key(990_016).both_fail("TimestampExpiredError", 2).in_quick_run(),
        FaultRow::new("code -16, once", Fault::Code(-16)).only_once().both_succeed(2),
        code(-18).by_key(990_018).expect_ambiguous("ServiceError").in_quick_run(),
        FaultRow::new("code -18, once", Fault::Code(-18))
            .only_once()
            .query_succeeds(2)
            .update_fails("OutcomeUnknownError", 1),
        code(-22).by_key(990_022).expect_settled("ParameterError").in_quick_run(),
        FaultRow::new("code -99, undocumented", Fault::Code(-99)).by_key(990_099).expect_settled("ApiError"),
        raw_code("code 1", "1").by_key(990_817).expect_settled("ApiError"),
        raw_code("code 4294967296, which is 0 in 32 bits", "4294967296").by_key(990_818).expect_settled("ApiError"),
        raw_code("code 18446744073709551616, which is 0 in 64 bits", "18446744073709551616")
            .by_key(990_819)
            .expect_unreadable(),
        raw_code("code \"0\"", "\"0\"").by_key(990_810).query_fails("ProtocolError", 1),
        raw_code("code \"-18\"", "\"-18\"").by_key(990_820).expect_ambiguous("ServiceError"),
        raw_code("code 0.0", "0.0").by_key(990_811).expect_unreadable().in_quick_run(),
        raw_code("code true", "true").by_key(990_812).expect_unreadable(),
        raw_code("code false", "false").by_key(990_813).expect_unreadable(),
        raw_code("code null", "null").by_key(990_814).expect_unreadable(),
        raw_code("code \"\"", "\"\"").by_key(990_815).expect_unreadable(),
        raw_code("code \"zero\"", "\"zero\"").by_key(990_806).expect_unreadable(),
        raw_code("code [0]", "[0]").by_key(990_816).expect_unreadable(),
        FaultRow::new("code 0 with status -1", Fault::body(r#"{"code":0,"status":-1,"data":null}"#))
            .query_fails("AuthenticationError", 1)
            .update_fails("OutcomeUnknownError", 1)
            .in_quick_run(),
        FaultRow::new("code -15 with status 0", Fault::body(r#"{"code":-15,"status":0,"data":null}"#))
            .query_fails("RateLimitedError", 1)
            .update_fails("OutcomeUnknownError", 1),
        FaultRow::new("code 0 with status 401", Fault::body(r#"{"code":0,"status":401}"#))
            .query_fails("ApiError", 1)
            .update_fails("OutcomeUnknownError", 1),
        FaultRow::new("code 0 without a documented field", Fault::body(r#"{"code":0,"data":{"id":1}}"#))
            .query_fails("ProtocolError", 1),
        FaultRow::new("no code", Fault::body(r#"{"msg":"success","data":null}"#)).expect_unreadable(),
        FaultRow::new("no code, and `data` with `status` 0", Fault::body(r#"{"msg":"success","data":{"status":0}}"#))
            .by_key(990_821)
            .expect_unreadable(),
    ]
}

pub(super) fn envelopes() -> Vec<FaultRow> {
    let mut rows = Vec::new();
    // In the order of the keys: names, then the form of the code, then the data.
    let mut form = 0;
    for data in ["", "null", "{}", "[]", "\"\"", "0", "true"] {
        for (quote, quoted) in [("", "a number"), ("\"", "text")] {
            for message in ["msg", "reason"] {
                for code in ["code", "status"] {
                    let member = if data.is_empty() { String::new() } else { format!(",\"data\":{data}") };
                    let fault = |number: &str| {
                        Fault::body(format!(r#"{{"{code}":{quote}{number}{quote},"{message}":"said"{member}}}"#))
                    };
                    let named = |number: &str| {
                        let data = if data.is_empty() { "no `data`".to_owned() } else { format!("`data` {data}") };
                        format!("`{code}` {number} as {quoted}, `{message}`, {data}")
                    };
                    let success = FaultRow::new(named("0"), fault("0")).by_key(996_000 + form);
                    // Only the code of a response to an update is read.
                    rows.push(success.query_fails("ProtocolError", 1));
                    rows.push(
                        FaultRow::new(named("-22"), fault("-22"))
                            .by_key(996_100 + form)
                            .expect_settled("ParameterError"),
                    );
                    form += 1;
                }
            }
        }
    }
    rows
}
