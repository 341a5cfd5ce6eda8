//! Pages of lists, as any operation of the service returns them.

use serde::Deserialize;
use serde_json::Value;

use crate::json::integer;

/// The service's name for the number of records of a page.
const SIZE: &str = "size";

/// The number of records of a page if a request does not say it.
const DEFAULT_SIZE: usize = 10;

/// The number of invented records: three pages of the usual 100.
const INVENTED_RECORDS: usize = 250;

/// Where requests and responses of an operation hold the parts of a page, by wire names.
#[derive(Deserialize)]
pub(crate) struct Paging {
    /// Object of a request that contains the number of the page, if it is not the request itself.
    within: Option<String>,
    page: String,
    records: String,
    pages: String,
    total: String,
    id: String,
}

impl Paging {
    /// Returns the page that a request asks for, of so many records. Other fields come from the example.
    pub(crate) fn cut_page(
        &self,
        example: &Value,
        request: &Value,
        count: usize,
        record: impl Fn(usize) -> Value,
    ) -> Value {
        let asked = self.within.as_ref().map_or(request, |within| &request[within]);
        let at_least_one = |name: &str| Some(usize::try_from(integer(&asked[name])?).unwrap_or(usize::MAX).max(1));
        let (current, size) = (at_least_one(&self.page).unwrap_or(1), at_least_one(SIZE).unwrap_or(DEFAULT_SIZE));
        let start = (current - 1).saturating_mul(size);
        let mut page = echo_fields(example, asked);
        page[&self.records] = (start..start.saturating_add(size).min(count)).map(record).collect();
        page[&self.total] = count.into();
        page[&self.pages] = count.div_ceil(size).into();
        page
    }

    /// Returns the page that a request asks for, of copies of the example's record with ascending IDs.
    pub(crate) fn invented_page(&self, example: &Value, request: &Value) -> Value {
        self.cut_page(example, request, INVENTED_RECORDS, |index| {
            let mut record = example[&self.records].get(0).cloned().unwrap_or_default();
            record[&self.id] = (index + 1).into();
            record
        })
    }
}

/// Returns the example of a response. Fields that the request has too, such as a key or the size of a page, have the
/// values of the request.
pub(crate) fn echo_fields(example: &Value, request: &Value) -> Value {
    let mut response = example.clone();
    for (name, value) in response.as_object_mut().into_iter().flatten() {
        let asked = &request[name.as_str()];
        if !(asked.is_null() || asked.is_object() || asked.is_array()) {
            value.clone_from(asked);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Paging;

    fn paging(within: Option<&str>) -> Paging {
        let name = str::to_owned;
        let (page, records, pages) = (name("current"), name("items"), name("pages"));
        Paging { within: within.map(name), page, records, pages, total: name("total"), id: name("keyId") }
    }

    /// Returns a page of seven records.
    fn page(paging: &Paging, request: &Value) -> Value {
        let example = json!({ "items": [{ "keyId": 9, "name": "x" }], "size": 1, "current": 1, "counted": true });
        paging.cut_page(&example, request, 7, |index| json!({ "keyId": index + 1 }))
    }

    fn ids(page: &Value) -> Vec<i64> {
        page["items"].as_array().into_iter().flatten().filter_map(|record| record["keyId"].as_i64()).collect()
    }

    #[test]
    fn a_page_holds_the_records_after_those_of_the_pages_before() {
        let cases = [(1, vec![1, 2, 3]), (2, vec![4, 5, 6]), (3, vec![7]), (4, vec![]), (i64::MAX, vec![])];
        for (current, expected) in cases {
            let page = page(&paging(None), &json!({ "current": current, "size": 3 }));
            assert_eq!(ids(&page), expected, "page {current}");
            let expected = json!({ "items": page["items"], "total": 7, "pages": 3, "size": 3, "current": current, "counted": true });
            assert_eq!(page, expected);
        }
        assert_eq!(page(&paging(None), &json!({ "current": 1, "size": 7 }))["pages"], 1);
    }

    #[test]
    fn invented_records_differ_in_their_ids_only() {
        let example = json!({ "items": [{ "keyId": 9, "name": "x" }] });
        let page = paging(None).invented_page(&example, &json!({ "current": 125, "size": 2 }));
        assert_eq!((&page["total"], &page["pages"]), (&json!(250), &json!(125)));
        assert_eq!(page["items"], json!([{ "keyId": 249, "name": "x" }, { "keyId": 250, "name": "x" }]));
    }

    #[test]
    fn the_number_of_the_page_may_be_within_an_object() {
        let page = page(&paging(Some("params")), &json!({ "params": { "current": 2, "size": 5 } }));
        assert_eq!((ids(&page), &page["current"]), (vec![6, 7], &json!(2)));
    }
}
