//! `fee.json`: fees and their totals.

use std::collections::BTreeMap;

use recallflow::{Fee, FeeTotal, GroupCallTask, totals};
use recallflow_tests::{Case, check_all, load, same};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct File {
    cases: Vec<Case<Reading>>,
    totals: Vec<Case<Summing>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
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
struct Summing {
    tasks: Vec<Value>,
    /// Totals by the wire names of the fees.
    totals: BTreeMap<String, ExpectedTotal>,
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
fn fees_parse_exactly() {
    check_all(&load::<File>("fee").cases, |case| {
        let fee =
            Fee::parse(&case.text).map(|fee| ExpectedFee { amount: fee.amount.to_string(), currency: fee.currency });
        same("fee", &case.fee, &fee)
    });
}

#[test]
fn fees_are_totaled_by_currency() {
    check_all(&load::<File>("fee").totals, |case| {
        let tasks: Result<Vec<GroupCallTask>, _> = case.tasks.iter().cloned().map(serde_json::from_value).collect();
        let totals = totals(&tasks.map_err(|error| error.to_string())?);
        let got = [
            ("agentFee", totals.agent_fee),
            ("groupCallPayFee", totals.group_call_pay_fee),
            ("smsPayFee", totals.sms_pay_fee),
            ("taskSumPayFee", totals.task_sum_pay_fee),
        ];
        same("totals", &case.totals, &got.map(|(name, total)| (name.to_owned(), total.into())).into())
    });
}
