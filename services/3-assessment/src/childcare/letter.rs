//! The letters that communicate decisions, in Swedish.

use super::check::Checked;
use super::fees::{Fee, FeesFrom};
use super::{Childcare, ChildcareRules};
use crate::Rules;
use crate::letter::letter_of;
use crate::state::Opened;
use domain::{Day, LetterId, Money, Period};
use messages::{Cause, Heard, Letter, LetterKind, Party};
use runtime::Refusal;
use schemes::Error;
use schemes::se_childcare::letter::{
    Authority, ChildFee, CorrectedMonth, CorrectionFacts, CorrectionLetter, DecisionLetter, FeeStep, Ground,
    LetterFacts,
};
use schemes::se_childcare::{PartialMonth, Settlement, percent};
use std::collections::BTreeMap;

/// What a fee decision is about: the household, its fees, kronor a month until now, and why.
type Decided<'a> = (&'a Childcare, &'a [FeesFrom], Option<Money>, Cause);

/// What a correction is about.
pub struct Correction<'a> {
    /// The income year.
    pub year: i32,
    /// Kronor a year: the income of the tax.
    pub yearly_income: Money,
    /// The months.
    pub months: &'a BTreeMap<Period, Checked>,
    /// How the sum is settled.
    pub settlement: Settlement,
    /// The hearing.
    pub heard: Option<Heard>,
}

/// The letter of a decision on the fee.
pub fn decision(
    rules: &Rules,
    opened: &Opened,
    today: Day,
    (letter, custodian): (LetterId, &Party),
    (childcare, steps, previous, cause): Decided<'_>,
) -> Result<Letter, Refusal> {
    let settings = &rules.childcare.settings;
    let steps = steps.iter().map(|step| fee_step(&rules.childcare, childcare, step));
    let facts = LetterFacts {
        case: opened.case.clone(),
        authority: signs(rules, opened),
        written_on: today,
        steps: steps.collect::<Result<_, _>>().map_err(refused)?,
        previous,
        ground: match cause {
            Cause::OwnRequest => Ground::Declared,
            Cause::Place => Ground::Place,
            _ => Ground::Rules,
        },
        notice_months: settings.notice_months,
        thirtieths: settings.part_of_month == PartialMonth::Thirtieths,
    };
    let rendered = DecisionLetter::new(facts).map_err(refused)?.render();
    Ok(letter_of(opened, today, (letter, custodian, None), LetterKind::Decision, rendered))
}

/// The letter of a correction after the income check of a year.
pub fn correction(
    rules: &Rules,
    opened: &Opened,
    today: Day,
    (letter, custodian): (LetterId, &Party),
    about: Correction<'_>,
) -> Result<Letter, Refusal> {
    let month = |(month, checked): (&Period, &Checked)| CorrectedMonth {
        month: *month,
        charged: checked.charged,
        right: checked.right,
    };
    let facts = CorrectionFacts {
        case: opened.case.clone(),
        authority: signs(rules, opened),
        written_on: today,
        year: about.year,
        yearly_income: about.yearly_income.amount(),
        months: about.months.iter().map(month).collect(),
        settlement: about.settlement,
        instalments: rules.childcare.settings.claim_instalments,
        heard: about.heard.map(|heard| (heard.heard_on(), heard.answer_by())),
    };
    let rendered = CorrectionLetter::new(facts).map_err(refused)?.render();
    Ok(letter_of(opened, today, (letter, custodian, None), LetterKind::Decision, rendered))
}

/// The fees from a day on, with what they rest on.
fn fee_step(rules: &ChildcareRules, childcare: &Childcare, step: &FeesFrom) -> Result<FeeStep, Error> {
    let cap = rules.parameters.get("income_cap", rules.settings.cap_day(step.from))?.clone();
    let mut children =
        step.fees.values().map(|fee| child(rules, step.from, fee)).collect::<Result<Vec<_>, _>>()?;
    children.sort_by_key(|child| (child.order.is_none(), child.order, child.born));
    Ok(FeeStep { from: step.from, income: childcare.income(step.from, &rules.settings), cap, children })
}

fn child(rules: &ChildcareRules, on: Day, fee: &Fee) -> Result<ChildFee, Error> {
    Ok(ChildFee {
        born: fee.born,
        care: fee.care,
        order: fee.order,
        percent: percent(fee.care, fee.order, on, &rules.parameters)?,
        reduction: fee.reduction.clone(),
        monthly_fee: fee.monthly,
    })
}

/// The municipality as it signs; where the settings name none, by its code.
pub fn signs(rules: &Rules, opened: &Opened) -> Authority {
    let signature = rules.authorities.get(&opened.authority);
    signature.map(|signature| signature.of(opened.scheme)).unwrap_or_else(|| Authority {
        name: format!("Kommun {}", opened.authority),
        contact: "Barnomsorgens avgifter".to_owned(),
        complaint: "Kontakta kommunen om du vill veta hur beslutet kan prövas.".to_owned(),
    })
}

fn refused(error: Error) -> Refusal {
    Refusal::new("letter_refused", error.to_string())
}
