//! The letters that communicate decisions, in Swedish.

use super::check::Checked;
use super::fees::{Fee, FeesFrom};
use super::taxed::TaxBasis;
use super::{Childcare, ChildcareRules, due};
use crate::Rules;
use crate::letter::letter_of;
use crate::state::{Case, Opened};
use domain::{Day, HearingId, LetterId, Money, Period};
use messages::{Heard, Letter, LetterKind, Party};
use runtime::Refusal;
use rust_decimal::Decimal;
use schemes::Error;
use schemes::se_childcare::letter::{
    Authority, ChildFee, CorrectedMonth, CorrectionFacts, CorrectionLetter, DecisionLetter, FeeStep, Ground,
    HeardInLetter, HearingLetter, LetterFacts, PastMonths, TaxedIncome, Whose,
};
use schemes::se_childcare::{PartialMonth, Settlement, percent};
use std::collections::BTreeMap;

/// What a letter about the fee says.
pub struct FeeLetter<'a> {
    /// The fees of the days that change.
    pub shown: &'a [Shown],
    /// The months that are over and change.
    pub past: &'a BTreeMap<Period, Checked>,
    /// Kronor a month until now.
    pub previous: Option<Money>,
    /// Why.
    pub ground: Ground,
    /// The hearing before.
    pub heard: Option<HeardInLetter>,
}

/// The fees from a day on, as a letter shows them.
pub struct Shown {
    /// The fees.
    pub step: FeesFrom,
    /// The last day, where the letter leaves out the days after it.
    pub to: Option<Day>,
}

/// What a correction is about.
pub struct Correction<'a> {
    /// The income year.
    pub year: i32,
    /// The incomes of the tax.
    pub incomes: Vec<TaxedIncome>,
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
    (case, about): (&Case, FeeLetter<'_>),
) -> Result<Letter, Refusal> {
    let facts = facts(rules, opened, today, case, about)?;
    let rendered = DecisionLetter::new(facts).map_err(refused)?.render();
    Ok(letter_of(opened, today, (letter, custodian, None), LetterKind::Decision, rendered))
}

/// The letter that asks before months that are over are raised.
pub fn hearing(
    rules: &Rules,
    opened: &Opened,
    today: Day,
    (letter, custodian): (LetterId, &Party),
    (case, about): (&Case, FeeLetter<'_>),
    (hearing, answer_by): (&HearingId, Day),
) -> Result<Letter, Refusal> {
    let facts = facts(rules, opened, today, case, about)?;
    let rendered = HearingLetter::new(facts, answer_by).map_err(refused)?.render();
    let addressed = (letter, custodian, Some(hearing.clone()));
    Ok(letter_of(opened, today, addressed, LetterKind::Hearing, rendered))
}

fn facts(
    rules: &Rules,
    opened: &Opened,
    today: Day,
    case: &Case,
    about: FeeLetter<'_>,
) -> Result<LetterFacts, Refusal> {
    let FeeLetter { shown, past, previous, ground, heard } = about;
    let settings = &rules.childcare.settings;
    let Some(childcare) = &case.childcare else {
        return Err(Refusal::new("letter_refused", "the case has no household"));
    };
    let changes: BTreeMap<Period, Decimal> =
        past.iter().map(|(month, change)| (*month, change.difference())).collect();
    let settlement = due::settlement(&changes, case.next_fee(today), settings).map_err(refused)?;
    let past = PastMonths {
        months: past.iter().map(month).collect(),
        settlement,
        instalments: settings.claim_instalments,
        due_on: due::first(today),
    };
    let steps = shown.iter().map(|shown| fee_step(&rules.childcare, childcare, shown));
    Ok(LetterFacts {
        case: opened.case.clone(),
        authority: signs(rules, opened),
        written_on: today,
        steps: steps.collect::<Result<_, _>>().map_err(refused)?,
        past: (!past.months.is_empty()).then_some(past),
        heard,
        previous,
        ground,
        notice_months: settings.notice_months,
        thirtieths: settings.part_of_month == PartialMonth::Thirtieths,
    })
}

/// A month, as a letter tells of it.
fn month((month, checked): (&Period, &Checked)) -> CorrectedMonth {
    CorrectedMonth { month: *month, charged: checked.charged, right: checked.right }
}

/// The letter of a correction after the income check of a year.
pub fn correction(
    rules: &Rules,
    opened: &Opened,
    today: Day,
    (letter, custodian): (LetterId, &Party),
    about: Correction<'_>,
) -> Result<Letter, Refusal> {
    let facts = CorrectionFacts {
        case: opened.case.clone(),
        authority: signs(rules, opened),
        written_on: today,
        year: about.year,
        incomes: about.incomes,
        months: about.months.iter().map(month).collect(),
        settlement: about.settlement,
        instalments: rules.childcare.settings.claim_instalments,
        due_on: due::first(today),
        heard: about.heard.map(|heard| (heard.heard_on(), heard.answer_by())),
    };
    let rendered = CorrectionLetter::new(facts).map_err(refused)?.render();
    Ok(letter_of(opened, today, (letter, custodian, None), LetterKind::Decision, rendered))
}

impl Case {
    /// The incomes of the tax that a correction rests on, and whose they are.
    pub fn incomes_in_letter(&self, year: i32, basis: &TaxBasis) -> Vec<TaxedIncome> {
        if basis.incomes.is_empty() {
            return vec![TaxedIncome { whose: Whose::Household, yearly: basis.sum }];
        }
        let custodian = self.payers.values().next().map(|payer| &payer.what.person);
        let adults = self.adults_in(year).into_iter();
        adults
            .filter_map(|adult| {
                let whose = match Some(&adult.person) == custodian {
                    true => Whose::Custodian,
                    false => Whose::Partner { from: adult.from, to: adult.to },
                };
                Some(TaxedIncome { whose, yearly: *basis.incomes.get(&adult.person)? })
            })
            .collect()
    }
}

/// The fees from a day on, with what they rest on.
fn fee_step(rules: &ChildcareRules, childcare: &Childcare, shown: &Shown) -> Result<FeeStep, Error> {
    let Shown { step, to } = shown;
    let cap = rules.parameters.get("income_cap", rules.settings.cap_day(step.from))?.clone();
    let mut children =
        step.fees.values().map(|fee| child(rules, step.from, fee)).collect::<Result<Vec<_>, _>>()?;
    children.sort_by_key(|child| (child.order.is_none(), child.order, child.born));
    let income = childcare.income(step.from, &rules.settings);
    Ok(FeeStep { from: step.from, to: *to, income, cap, children })
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
