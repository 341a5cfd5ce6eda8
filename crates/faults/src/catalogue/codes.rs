//! Status codes of the service, in every form of the envelope.

use recallflow_sandbox::Fault;

use crate::row::Row;

pub(super) fn rows() -> Vec<Row> {
    let code = |code: i64| Row::new(format!("code {code}"), Fault::Code(code));
    let raw_code = |name: &str, code: &str| {
        Row::new(name, Fault::body(format!(r#"{{"code":{code},"msg":"success","data":null}}"#)))
    };
    vec![
        code(-1).key(990_001).settled("AuthenticationError").quick(),
        code(-2).key(990_002).settled("IpRestrictedError"),
        code(-15).key(990_015).throttled(),
        Row::new("code -15, once", Fault::Code(-15)).once().both_succeed(2),
        code(-16).key(990_016).both("TimestampExpiredError", 2).quick(),
        Row::new("code -16, once", Fault::Code(-16)).once().both_succeed(2),
        code(-18).key(990_018).ambiguous("ServiceError").quick(),
        Row::new("code -18, once", Fault::Code(-18)).once().query_succeeds(2).update("OutcomeUnknownError", 1),
        code(-22).key(990_022).settled("ParameterError").quick(),
        Row::new("code -99, undocumented", Fault::Code(-99)).key(990_099).settled("ApiError"),
        raw_code("code 1", "1").key(990_817).settled("ApiError"),
        raw_code("code 4294967296, which is 0 in 32 bits", "4294967296").key(990_818).settled("ApiError"),
        raw_code("code 18446744073709551616, which is 0 in 64 bits", "18446744073709551616").key(990_819).unreadable(),
        raw_code("code \"0\"", "\"0\"").key(990_810).query("ProtocolError", 1),
        raw_code("code \"-18\"", "\"-18\"").key(990_820).ambiguous("ServiceError"),
        raw_code("code 0.0", "0.0").key(990_811).unreadable().quick(),
        raw_code("code true", "true").key(990_812).unreadable(),
        raw_code("code false", "false").key(990_813).unreadable(),
        raw_code("code null", "null").key(990_814).unreadable(),
        raw_code("code \"\"", "\"\"").key(990_815).unreadable(),
        raw_code("code \"zero\"", "\"zero\"").key(990_806).unreadable(),
        raw_code("code [0]", "[0]").key(990_816).unreadable(),
        Row::new("code 0 with status -1", Fault::body(r#"{"code":0,"status":-1,"data":null}"#))
            .query("AuthenticationError", 1)
            .update("OutcomeUnknownError", 1)
            .quick(),
        Row::new("code -15 with status 0", Fault::body(r#"{"code":-15,"status":0,"data":null}"#))
            .query("RateLimitedError", 1)
            .update("OutcomeUnknownError", 1),
        Row::new("code 0 with status 401", Fault::body(r#"{"code":0,"status":401}"#))
            .query("ApiError", 1)
            .update("OutcomeUnknownError", 1),
        Row::new("code 0 without a documented field", Fault::body(r#"{"code":0,"data":{"id":1}}"#))
            .query("ProtocolError", 1),
        Row::new("no code", Fault::body(r#"{"msg":"success","data":null}"#)).unreadable(),
        Row::new("no code, and `data` with `status` 0", Fault::body(r#"{"msg":"success","data":{"status":0}}"#))
            .key(990_821)
            .unreadable(),
    ]
}

pub(super) fn envelopes() -> Vec<Row> {
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
                    let success = Row::new(named("0"), fault("0")).key(996_000 + form);
                    // Only the code of a response to an update is read.
                    rows.push(success.query("ProtocolError", 1));
                    rows.push(Row::new(named("-22"), fault("-22")).key(996_100 + form).settled("ParameterError"));
                    form += 1;
                }
            }
        }
    }
    rows
}
