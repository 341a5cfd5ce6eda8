//! `fee.json`: amounts of money, and their sums.

use recallflow::{Fee, FeeTotal, GroupCallTask, totals};
use recallflow_tests::{check_all, load, same};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
    totals: Vec<TotalsCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[expect(dead_code, reason = "it is for readers")]
    source: Option<String>,
    text: String,
    fee: Option<ExpectedFee>,
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct ExpectedFee {
    currency: Option<String>,
    amount: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TotalsCase {
    name: String,
    #[expect(dead_code, reason = "it is for readers")]
    source: Option<String>,
    tasks: Vec<Value>,
    totals: ExpectedTotals,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ExpectedTotals {
    agent_fee: ExpectedTotal,
    group_call_pay_fee: ExpectedTotal,
    sms_pay_fee: ExpectedTotal,
    task_sum_pay_fee: ExpectedTotal,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct ExpectedTotal {
    amounts: Vec<ExpectedFee>,
    counted: u64,
    unreadable: u64,
    missing: u64,
}

impl From<FeeTotal> for ExpectedTotal {
    fn from(total: FeeTotal) -> Self {
        let fee = |(currency, amount): (Option<String>, recallflow::Amount)| ExpectedFee {
            currency,
            amount: amount.to_string(),
        };
        Self {
            amounts: total.amounts.into_iter().map(fee).collect(),
            counted: total.counted,
            unreadable: total.unreadable,
            missing: total.missing,
        }
    }
}

#[test]
fn fees_are_read_exactly() {
    check_all(
        &load::<File>("fee").cases,
        |case| &case.name,
        |case| {
            let fee = Fee::parse(&case.text)
                .map(|fee| ExpectedFee { amount: fee.amount.to_string(), currency: fee.currency });
            same("fee", &case.fee, &fee)
        },
    );
}

#[test]
fn fees_are_summed_by_currency() {
    check_all(
        &load::<File>("fee").totals,
        |case| &case.name,
        |case| {
            let tasks: Result<Vec<GroupCallTask>, _> = case.tasks.iter().cloned().map(serde_json::from_value).collect();
            let totals = totals(&tasks.map_err(|error| error.to_string())?);
            let got = ExpectedTotals {
                agent_fee: totals.agent_fee.into(),
                group_call_pay_fee: totals.group_call_pay_fee.into(),
                sms_pay_fee: totals.sms_pay_fee.into(),
                task_sum_pay_fee: totals.task_sum_pay_fee.into(),
            };
            same("totals", &case.totals, &got)
        },
    );
}
