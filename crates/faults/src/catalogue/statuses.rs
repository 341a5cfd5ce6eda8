//! HTTP statuses with web pages of gateways and with envelopes of the service.

use recallflow_sandbox::Fault;

use crate::row::Row;

const STATUSES: [u16; 12] = [400, 401, 403, 404, 407, 408, 418, 429, 500, 502, 503, 504];

pub(super) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for status in STATUSES {
        let row =
            Row::new(format!("HTTP status {status} with HTML"), Fault::Status(status)).key(990_000 + i64::from(status));
        rows.push(match status {
            429 => row.throttled().quick(),
            408 | 500 | 502..=504 => row.unavailable().quick(),
            _ => row.settled("ProtocolError"),
        });
    }
    for status in STATUSES {
        let fault = Fault::Code(-22).with_status(status);
        let row = Row::new(format!("HTTP status {status} with code -22"), fault).key(992_000 + i64::from(status));
        rows.push(match status {
            429 => row.both("RateLimitedError", 3),
            // The service may have failed after it applied an update.
            500 => row.query("ParameterError", 1).update("OutcomeUnknownError", 1),
            502..=504 => row.ambiguous("ParameterError"),
            _ => row.settled("ParameterError"),
        });
    }
    for status in STATUSES {
        let fault = Fault::Ok.with_status(status);
        let row = Row::new(format!("HTTP status {status} with code 0"), fault).key(994_000 + i64::from(status));
        // Code and status contradict each other. A query is retried if the status suggests it.
        rows.push(match status {
            408 | 429 | 500 | 502..=504 => row.ambiguous("ProtocolError"),
            _ => row.unreadable(),
        });
    }
    for status in [520, 529] {
        rows.push(Row::new(format!("HTTP status {status} with HTML"), Fault::Status(status)).unavailable());
    }
    rows.push(Row::new("HTTP status 501 with HTML", Fault::Status(501)).unreadable());
    let web_page = Fault::body(r#"{"code":0,"message":"401: Unauthorized"}"#).with_status(401);
    rows.push(Row::new("HTTP status 401 with code 0 and no data", web_page).unreadable().quick());
    for status in [429, 503] {
        let fault = Fault::Status(status);
        let row = Row::new(format!("HTTP status {status} with HTML, once"), fault).once();
        rows.push(match status {
            429 => row.both_succeed(2),
            _ => row.query_succeeds(2).update("OutcomeUnknownError", 1),
        });
    }
    for status in [301, 302, 303, 304, 307, 308] {
        let fault = Fault::redirect(status, "/voice/elsewhere");
        let row = Row::new(format!("HTTP status {status} to the same host"), fault);
        rows.push(match status {
            // 303 points to the result of the request.
            303 => row.unreadable(),
            307 => row.settled("ProtocolError").key(990_734).quick(),
            _ => row.settled("ProtocolError"),
        });
    }
    rows.push(
        Row::new("HTTP status 302 to another host", Fault::redirect(302, "http://127.0.0.1:9/"))
            .key(990_713)
            .settled("ProtocolError"),
    );
    rows.push(
        Row::new(
            "HTTP status 302 with an envelope of success",
            Fault::Ok.with_status(302).with_header("Location", "/"),
        )
        .settled("ProtocolError"),
    );
    rows
}
