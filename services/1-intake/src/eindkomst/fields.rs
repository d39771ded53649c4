//! One report as its elements come: the pay period, the dates, and the tree of forms (*blanketter*).

use domain::{Day, Period};
use messages::{IncomeReport, ReportKind};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The most fields of one report. A full one has some sixty.
const FIELDS_MAX: usize = 500;

/// The longest id of a report, in bytes.
const REPORT_ID_BYTES_MAX: usize = 100;

/// What a field number begins with before its three digits.
const FIELD_PREFIX: &str = "100000000000000";

/// Why a report cannot be used: the element or field to blame, a code and a sentence without data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadReport {
    pub field: &'static str,
    pub code: &'static str,
    pub detail: &'static str,
}

/// A report being read.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub id: String,
    pub from: String,
    pub to: String,
    pub disposition: String,
    /// The form each open level is about.
    pub forms: Vec<String>,
    pub number: String,
    pub value: String,
    general: BTreeMap<String, String>,
    person: BTreeMap<String, String>,
    amounts: BTreeMap<String, Decimal>,
    fields: usize,
}

impl Draft {
    /// Closes a field of the innermost form. `Ok(Some(text))` is a remark.
    pub(crate) fn close_field(&mut self) -> Result<Option<String>, BadReport> {
        let (number, value) = (std::mem::take(&mut self.number), std::mem::take(&mut self.value));
        let bad = |code, detail| BadReport { field: "AngivelseFeltIndholdStruktur", code, detail };
        self.fields += 1;
        if self.fields > FIELDS_MAX {
            return Err(bad("too_many_fields", "the report has more than 500 fields"));
        }
        let short = number.strip_prefix(FIELD_PREFIX).unwrap_or(&number);
        if short.len() != 3 || !short.bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad(
                "bad_field_number",
                "a field number has 18 digits, of which the last three count",
            ));
        }
        let form = self.forms.last().cloned().unwrap_or_default();
        match form.as_str() {
            "11000" => keep(&mut self.general, short, value),
            "16000" => keep(&mut self.person, short, value),
            "16001" => self.add(short, &value).map(|()| None),
            // Further amounts of the same report. A field that is no amount there is told and not used.
            "16002" | "16300" => Ok(self.add(short, &value).err().map(|_| remark(&form, short))),
            _ if form.starts_with("162") && form.len() == 5 => {
                Ok(self.add(short, &value).err().map(|_| remark(&form, short)))
            }
            _ if form.bytes().all(|b| b.is_ascii_digit()) && form.len() == 5 => {
                Ok(Some(format!("fields of form {form}, which is not used")))
            }
            _ => Err(bad("bad_form_number", "a form (blanket) has a number of five digits")),
        }
    }

    fn add(&mut self, number: &str, value: &str) -> Result<(), BadReport> {
        let bad = BadReport {
            field: "AngivelseFeltIndholdTekst",
            code: "bad_amount",
            detail: "an amount is a decimal number with a point, at most two decimals and twelve digits",
        };
        let digits = value.strip_prefix('-').unwrap_or(value);
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain =
            |text: &str, max| (1..=max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole, 12) || !plain(part, 2) {
            return Err(bad);
        }
        let amount: Decimal = value.parse().map_err(|_| bad.clone())?;
        let sum = self.amounts.entry(number.to_owned()).or_default();
        *sum = sum.checked_add(amount).ok_or(bad)?;
        Ok(())
    }

    /// The report, by this employer.
    pub(crate) fn finish(self, employer: &str) -> Result<IncomeReport, BadReport> {
        let bad = |field, code, detail| BadReport { field, code, detail };
        let date = |field, text: &str| -> Result<Day, BadReport> {
            let text = text.get(..10).unwrap_or(text);
            Day::parse_from_str(text, "%Y-%m-%d")
                .map_err(|_| bad(field, "bad_date", "it is no date yyyy-mm-dd"))
        };
        if self.id.is_empty() || self.id.len() > REPORT_ID_BYTES_MAX {
            let detail = "the report has no id of its own of 1 to 100 characters";
            return Err(bad("AngivelseVirksomhedEgenIdentifikator", "bad_report_id", detail));
        }
        if employer.len() != 8 || !employer.bytes().all(|b| b.is_ascii_digit()) {
            let detail = "the employer's SE number has eight digits";
            return Err(bad("VirksomhedSENummerIdentifikator", "bad_employer", detail));
        }
        let (period_from, period_to) = (date("StartDate", &self.from)?, date("EndDate", &self.to)?);
        if period_to < period_from {
            return Err(bad("EndDate", "bad_period", "the pay period ends before it begins"));
        }
        let disposition_month = match self.disposition.as_str() {
            "" => self.tax_month()?,
            text => Period::of(date("IndkomstPersonGruppeDispositionDato", text)?),
        };
        Ok(IncomeReport {
            kind: self.kind()?,
            income_type: self.income_type()?,
            correction: self.correction()?,
            report: self.id,
            employer: employer.to_owned(),
            period_from,
            period_to,
            disposition_month,
            amounts: self.amounts.into_iter().map(|(number, sum)| (number, text_of(sum))).collect(),
        })
    }

    /// Field 016, where the disposition date is absent.
    fn tax_month(&self) -> Result<Period, BadReport> {
        let bad = |code, detail| BadReport { field: "11000/016", code, detail };
        let text = self.general.get("016").ok_or_else(|| {
            bad(
                "no_disposition_month",
                "neither a disposition date nor a tax month (field 016): the month is unknown",
            )
        })?;
        let month = text.get(4..6).filter(|_| text.len() == 6).zip(text.get(..4));
        month
            .and_then(|(month, year)| Period::new(year.parse().ok()?, month.parse().ok()?).ok())
            .ok_or_else(|| bad("bad_tax_month", "a tax month is written yyyymm"))
    }

    fn kind(&self) -> Result<ReportKind, BadReport> {
        let bad =
            BadReport { field: "11000/011", code: "bad_report_kind", detail: "the kind of report is I or T" };
        // Field 021 of form 16000 reverses this person alone, under a report that stands for the others.
        let person_reversed = self.person.get("021").is_some_and(|mark| !mark.is_empty() && mark != "0");
        match self.general.get("011").map(String::as_str) {
            Some("T") => Ok(ReportKind::Reversal),
            Some("I") if person_reversed => Ok(ReportKind::Reversal),
            Some("I") => Ok(ReportKind::Report),
            _ => Err(bad),
        }
    }

    fn income_type(&self) -> Result<String, BadReport> {
        let bad = BadReport {
            field: "11000/012",
            code: "bad_income_type",
            detail: "an income type has two digits",
        };
        let text = self.general.get("012").ok_or_else(|| bad.clone())?;
        (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.clone()).ok_or(bad)
    }

    fn correction(&self) -> Result<bool, BadReport> {
        match self.general.get("151").map(String::as_str) {
            Some("1") => Ok(true),
            None | Some("" | "0") => Ok(false),
            Some(_) => Err(BadReport {
                field: "11000/151",
                code: "bad_correction_mark",
                detail: "the mark of a correction is 1, 0 or absent",
            }),
        }
    }
}

/// Keeps a field that a form has once; two different values are a fault.
fn keep(
    fields: &mut BTreeMap<String, String>,
    number: &str,
    value: String,
) -> Result<Option<String>, BadReport> {
    match fields.insert(number.to_owned(), value.clone()) {
        Some(before) if before != value => Err(BadReport {
            field: "AngivelseFeltIndholdStruktur",
            code: "field_twice",
            detail: "a field of form 11000 or 16000 stands twice with different values",
        }),
        _ => Ok(None),
    }
}

fn remark(form: &str, number: &str) -> String {
    format!("values of form {form} field {number} that are no amounts")
}

/// Two decimals; no negative zero.
pub(super) fn text_of(amount: Decimal) -> String {
    let mut amount = if amount.is_zero() { Decimal::ZERO } else { amount };
    amount.rescale(2);
    amount.to_string()
}
