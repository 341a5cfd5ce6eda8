//! HTTP statuses with web pages of gateways and with envelopes of the service.

use recallflow_sandbox::Fault;

use crate::row::FaultRow;

const STATUSES: [u16; 12] = [400, 401, 403, 404, 407, 408, 418, 429, 500, 502, 503, 504];

pub(super) fn rows() -> Vec<FaultRow> {
    let mut rows = Vec::new();
    for status in STATUSES {
        let row = FaultRow::new(format!("HTTP status {status} with HTML"), Fault::Status(status))
            .by_key(990_000 + i64::from(status));
        rows.push(match status {
            429 => row.expect_throttled().in_quick_run(),
            408 | 500 | 502..=504 => row.expect_unavailable().in_quick_run(),
            _ => row.expect_settled("ProtocolError"),
        });
    }
    for status in STATUSES {
        let fault = Fault::Code(-22).with_status(status);
        let row =
            FaultRow::new(format!("HTTP status {status} with code -22"), fault).by_key(992_000 + i64::from(status));
        rows.push(match status {
            429 => row.both_fail("RateLimitedError", 3),
            // The service may have failed after it applied an update.
            500 => row.query_fails("ParameterError", 1).update_fails("OutcomeUnknownError", 1),
            502..=504 => row.expect_ambiguous("ParameterError"),
            _ => row.expect_settled("ParameterError"),
        });
    }
    for status in STATUSES {
        let fault = Fault::Ok.with_status(status);
        let row = FaultRow::new(format!("HTTP status {status} with code 0"), fault).by_key(994_000 + i64::from(status));
        // Code and status contradict each other. A query is retried if the status suggests it.
        rows.push(match status {
            408 | 429 | 500 | 502..=504 => row.expect_ambiguous("ProtocolError"),
            _ => row.expect_unreadable(),
        });
    }
    for status in [520, 529] {
        rows.push(FaultRow::new(format!("HTTP status {status} with HTML"), Fault::Status(status)).expect_unavailable());
    }
    rows.push(FaultRow::new("HTTP status 501 with HTML", Fault::Status(501)).expect_unreadable());
    let web_page = Fault::body(r#"{"code":0,"message":"401: Unauthorized"}"#).with_status(401);
    rows.push(FaultRow::new("HTTP status 401 with code 0 and no data", web_page).expect_unreadable().in_quick_run());
    for status in [429, 503] {
        let fault = Fault::Status(status);
        let row = FaultRow::new(format!("HTTP status {status} with HTML, once"), fault).only_once();
        rows.push(match status {
            429 => row.both_succeed(2),
            _ => row.query_succeeds(2).update_fails("OutcomeUnknownError", 1),
        });
    }
    for status in [301, 302, 303, 304, 307, 308] {
        let fault = Fault::redirect(status, "/voice/elsewhere");
        let row = FaultRow::new(format!("HTTP status {status} to the same host"), fault);
        rows.push(match status {
            // 303 points to the result of the request.
            303 => row.expect_unreadable(),
            307 => row.expect_settled("ProtocolError").by_key(990_734).in_quick_run(),
            _ => row.expect_settled("ProtocolError"),
        });
    }
    rows.push(
        FaultRow::new("HTTP status 302 to another host", Fault::redirect(302, "http://127.0.0.1:9/"))
            .by_key(990_713)
            .expect_settled("ProtocolError"),
    );
    rows.push(
        FaultRow::new(
            "HTTP status 302 with an envelope of success",
            Fault::Ok.with_status(302).with_header("Location", "/"),
        )
        .expect_settled("ProtocolError"),
    );
    rows
}
