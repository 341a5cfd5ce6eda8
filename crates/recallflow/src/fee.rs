//! Fees: exact amounts with a currency, and their totals.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr as _;

use rust_decimal::Decimal;

/// An exact decimal number, such as `0.034827`. `Display` shows the digits that were parsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Decimal);

impl Amount {
    /// Parses plain decimal notation: digits with at most one point and one leading minus.
    ///
    /// The number may have 28 significant digits, or 29 if they fit 96 bits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !numeric(whole) || !numeric(fraction) {
            return None;
        }
        // `from_str_exact` rejects numbers that it would have to round.
        Decimal::from_str_exact(text).ok().map(Amount)
    }

    /// Converts to the nearest binary floating-point number, for example for charts. Add money as decimals instead.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        // `f64` parses every text that `Decimal` writes.
        f64::from_str(&self.0.to_string()).unwrap_or(f64::NAN)
    }

    /// Returns the exact sum, or `None` if it has too many digits.
    #[must_use]
    pub fn checked_add(self, other: Amount) -> Option<Amount> {
        let sum = self.0.checked_add(other.0)?;
        // A rounded sum has lost digits after the point. A sum with zero may lack digits of the zero only.
        let is_exact = |number: Decimal| number.is_zero() || number.scale() <= sum.scale();
        (is_exact(self.0) && is_exact(other.0)).then_some(Amount(sum))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A fee: an amount with its currency.
///
/// Fees of one currency are ordered by their amounts; fees of different currencies cannot be compared.
///
/// ```
/// use recallflow::Fee;
/// let fee = Fee::parse("0.034827(USD)").unwrap();
/// assert_eq!(fee.amount.to_string(), "0.034827");
/// assert_eq!(fee.currency.as_deref(), Some("USD"));
/// assert_eq!(Fee::parse("0.125000").unwrap().currency, None);
/// assert_eq!(Fee::parse("free"), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Fee {
    /// The amount.
    pub amount: Amount,
    /// The currency in parentheses, if there was one.
    pub currency: Option<String>,
}

impl Fee {
    /// Parses an amount with an optional currency in parentheses, such as `0.034827(USD)` or `0.125000`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (amount, currency) = match text.split_once('(') {
            None => (text, None),
            Some((amount, rest)) => (amount, Some(rest.strip_suffix(')')?.trim())),
        };
        let plausible = |name: &str| !name.is_empty() && name.chars().all(char::is_alphabetic);
        if !currency.is_none_or(plausible) {
            return None;
        }
        Some(Self { amount: Amount::parse(amount.trim())?, currency: currency.map(str::to_owned) })
    }
}

impl Fee {
    /// Returns the exact sum. `None` if the currencies differ, or the sum has too many digits.
    ///
    /// ```
    /// use recallflow::Fee;
    /// let [one, two, other] = ["0.1(USD)", "0.2(USD)", "1(EUR)"].map(|text| Fee::parse(text).unwrap());
    /// assert_eq!(one.checked_add(&two).unwrap().to_string(), "0.3(USD)");
    /// assert_eq!(one.checked_add(&other), None);
    /// assert!(one < two);
    /// ```
    #[must_use]
    pub fn checked_add(&self, other: &Fee) -> Option<Fee> {
        if self.currency != other.currency {
            return None;
        }
        Some(Fee { amount: self.amount.checked_add(other.amount)?, currency: self.currency.clone() })
    }
}

impl PartialOrd for Fee {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.amount.cmp(&other.amount))
    }
}

impl fmt::Display for Fee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.currency {
            Some(currency) => write!(f, "{}({currency})", self.amount),
            None => self.amount.fmt(f),
        }
    }
}

/// The total of one fee field over many records. Its text lists the sums as fees: `91.740498(USD), 2.5(EUR)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FeeTotal {
    /// Sums by currency. Fees without a currency are under `None`.
    pub amounts: BTreeMap<Option<String>, Amount>,
    /// Number of fees that were added.
    pub counted: u64,
    /// Number of fees that could not be parsed or added. They are not part of any sum.
    pub unreadable: u64,
    /// Number of records without this fee.
    pub missing: u64,
}

impl FeeTotal {
    /// Returns the sum in one currency; zero if there was no fee in it.
    #[must_use]
    pub fn amount(&self, currency: &str) -> Amount {
        self.amounts.get(&Some(currency.to_owned())).copied().unwrap_or_default()
    }

    /// Adds a fee. `is_odd` says that the field holds a value that is not a string.
    pub(crate) fn add(&mut self, fee: Option<&str>, is_odd: bool) {
        let Some(text) = fee else {
            *(if is_odd { &mut self.unreadable } else { &mut self.missing }) += 1;
            return;
        };
        let added = Fee::parse(text).and_then(|fee| {
            let sum = self.amounts.get(&fee.currency).copied().unwrap_or_default().checked_add(fee.amount)?;
            Some((fee.currency, sum))
        });
        match added {
            Some((currency, sum)) => {
                self.amounts.insert(currency, sum);
                self.counted += 1;
            }
            None => self.unreadable += 1,
        }
    }
}

/// Lists the sums, and says how many fees are not part of them.
impl fmt::Display for FeeTotal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sums = self.amounts.iter().map(|(currency, amount)| Fee { amount: *amount, currency: currency.clone() });
        let sums: Vec<_> = sums.map(|fee| fee.to_string()).collect();
        f.write_str(if sums.is_empty() { "0" } else { "" })?;
        f.write_str(&sums.join(", "))?;
        if self.unreadable > 0 { write!(f, ", {} unreadable", self.unreadable) } else { Ok(()) }
    }
}

/// Adds two amounts as text; `None` if one cannot be parsed or the sum has too many digits.
#[cfg(feature = "__ffi")]
#[must_use]
pub fn add_amounts(one: &str, other: &str) -> Option<String> {
    Some(Amount::parse(one)?.checked_add(Amount::parse(other)?)?.to_string())
}

/// Compares two amounts as text; `None` if one cannot be parsed.
#[cfg(feature = "__ffi")]
#[must_use]
pub fn compare_amounts(one: &str, other: &str) -> Option<Ordering> {
    Some(Amount::parse(one)?.cmp(&Amount::parse(other)?))
}

/// Totals fees of one field, each with whether the field holds a value that is not a string.
#[cfg(feature = "__ffi")]
pub fn total_fees<'a>(fees: impl IntoIterator<Item = (Option<&'a str>, bool)>) -> FeeTotal {
    let mut total = FeeTotal::default();
    for (fee, is_odd) in fees {
        total.add(fee, is_odd);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fee_keeps_its_notation() {
        for text in ["0.034827(USD)", "0.125000", "-0.50(元)"] {
            assert_eq!(Fee::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn to_f64_returns_the_nearest_number() {
        for (text, number) in [("-0.5", -0.5), ("0.034827", 0.034_827), ("12", 12.0)] {
            let got = Amount::parse(text).unwrap().to_f64();
            assert!((got - number).abs() < 1e-12, "{text}: {got}");
        }
    }

    #[test]
    fn checked_add_returns_an_exact_sum_or_none() {
        let sum = |one: &str, other: &str| {
            let [one, other] = [one, other].map(|text| Amount::parse(text).unwrap());
            assert_eq!(one.checked_add(other), other.checked_add(one));
            one.checked_add(other).map(|sum| sum.to_string())
        };
        assert_eq!(sum("0.10", "0.2").as_deref(), Some("0.30"));
        assert_eq!(sum("-1.5", "1.5").as_deref(), Some("0.0"));
        assert_eq!(sum("0.000", "99999999999999999999999999.99").map(|sum| sum.len()), Some(29));
        assert_eq!(
            sum("99999999999999999999.00000001", "0.00000001").as_deref(),
            Some("99999999999999999999.00000002")
        );
        for (one, other) in [
            ("9999999999999999999999999999", "0.1"),
            ("79228162514264337593543950335", "1"),
            ("700000000000000000000.00000001", "700000000000000000000.00000001"),
        ] {
            assert_eq!(sum(one, other), None, "{one} + {other}");
        }
    }

    #[test]
    fn a_total_counts_fees_by_currency() {
        let mut total = FeeTotal::default();
        for fee in [Some("0.1(USD)"), Some("0.2(USD)"), Some("3"), Some("free"), None] {
            total.add(fee, false);
        }
        total.add(None, true);
        assert_eq!(total.amount("USD").to_string(), "0.3");
        assert_eq!(total.amount("EUR"), Amount::default());
        assert_eq!((total.counted, total.unreadable, total.missing), (3, 2, 1));
    }

    #[test]
    fn the_text_of_a_total_reads_like_a_fee() {
        let mut total = FeeTotal::default();
        assert_eq!(total.to_string(), "0");
        total.add(Some("0.1(USD)"), false);
        total.add(Some("0.2(USD)"), false);
        assert_eq!(total.to_string(), "0.3(USD)");
        total.add(Some("2(EUR)"), false);
        total.add(Some("1.50"), false);
        assert_eq!(total.to_string(), "1.50, 2(EUR), 0.3(USD)");
        total.add(Some("free"), false);
        assert_eq!(total.to_string(), "1.50, 2(EUR), 0.3(USD), 1 unreadable");
    }

    #[test]
    fn fees_are_compared_within_a_currency() {
        let fee = |text| Fee::parse(text).unwrap();
        assert!(fee("0.10(USD)") < fee("0.2(USD)"));
        assert_eq!(fee("0.10(USD)"), fee("0.1(USD)"));
        assert_eq!(fee("1(USD)").partial_cmp(&fee("1(EUR)")), None);
        assert_eq!(fee("1(USD)").partial_cmp(&fee("1")), None);
        assert_eq!(fee("1").checked_add(&fee("2")).unwrap().to_string(), "3");
    }

    #[cfg(feature = "__ffi")]
    #[test]
    fn total_fees_equals_adding_one_by_one() {
        let total = total_fees([(Some("0.1(USD)"), false), (Some("0.2(USD)"), false), (None, true), (None, false)]);
        assert_eq!(total.amount("USD").to_string(), "0.3");
        assert_eq!((total.counted, total.unreadable, total.missing), (2, 1, 1));
    }
}
