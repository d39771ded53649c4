//! The letters to a debtor.

use super::PlanTerms;
use super::rule::benefit;
use crate::Rules;
use crate::letter::{authority, letter_of};
use crate::state::Opened;
use domain::{Day, HearingId, LetterId, Money, Period};
use messages::{Heard, IncomeSource, Letter, LetterKind, NetIncome, Party};
use runtime::Refusal;
use schemes::dk_cash_repayment::letter::{
    Authority, DecisionLetter, IncomeBasis, LetterFacts, MissedLetter, MissedLetterStep, NoticeLetter,
    Noticed,
};

/// What contact a letter names where the authority's settings name none.
const CONTACT: &str = "Opkrævning";

/// The version of the letters' wording.
const TEMPLATE: &str = "1";

/// What a letter is about.
pub struct Subject<'a> {
    /// Its id.
    pub letter: LetterId,
    /// The debtor.
    pub debtor: &'a Party,
    /// What is noticed or decided.
    pub terms: &'a PlanTerms,
    /// The first month, and when its instalment is due.
    pub first: (Period, Day),
    /// The instalment until now.
    pub previous: Option<Money>,
}

/// An instalment that is not paid.
pub struct Unpaid {
    /// Its month.
    pub month: Period,
    /// When it was due.
    pub due_on: Day,
    /// Kroner.
    pub amount: Money,
    /// The day on which it was said to be paid, where that payment was returned.
    pub returned: Option<Day>,
}

fn refused(error: schemes::Error) -> Refusal {
    Refusal::new("letter_refused", error.to_string())
}

/// The letter that gives notice.
pub fn notice(
    rules: &Rules,
    opened: &Opened,
    today: Day,
    subject: &Subject<'_>,
    (hearing, answer_by): (&HearingId, Day),
) -> Result<Letter, Refusal> {
    let facts = facts(rules, opened, today, subject);
    let days = rules.repayment.settings.notice_days;
    let letter = NoticeLetter::new(facts, answer_by, days).map_err(refused)?;
    let addressed = (subject.letter.clone(), subject.debtor, Some(hearing.clone()));
    Ok(letter_of(opened, today, addressed, LetterKind::Hearing, letter.render()))
}

/// The decision's letter.
pub fn decision(
    rules: &Rules,
    opened: &Opened,
    today: Day,
    subject: &Subject<'_>,
    (heard, ruling): (Option<Heard>, Option<String>),
) -> Result<Letter, Refusal> {
    let noticed = heard.map(|heard| Noticed {
        written_on: heard.heard_on(),
        answer_by: heard.answer_by(),
        answered_on: heard.answered_on(),
    });
    let facts = facts(rules, opened, today, subject);
    let letter = DecisionLetter::new(facts, noticed, ruling).map_err(refused)?;
    let addressed = (subject.letter.clone(), subject.debtor, None);
    Ok(letter_of(opened, today, addressed, LetterKind::Decision, letter.render()))
}

/// The letter about an instalment that was not paid.
pub fn missed(
    rules: &Rules,
    opened: &Opened,
    today: Day,
    (letter, debtor): (LetterId, &Party),
    missed: Unpaid,
    step: MissedLetterStep,
) -> Letter {
    let Unpaid { month, due_on, amount, returned } = missed;
    let kind = match step {
        MissedLetterStep::Reminder { .. } | MissedLetterStep::Transfer => LetterKind::Reminder,
        MissedLetterStep::Determination { .. } => LetterKind::Decision,
    };
    let (case, authority) = (opened.case.clone(), signs(rules, opened));
    let rendered =
        MissedLetter { case, authority, written_on: today, month, due_on, amount, returned, step }.render();
    letter_of(opened, today, (letter, debtor, None), kind, rendered)
}

/// The authority as it signs.
pub fn signs(rules: &Rules, opened: &Opened) -> Authority {
    authority(rules, opened, CONTACT)
}

fn facts(rules: &Rules, opened: &Opened, today: Day, subject: &Subject<'_>) -> LetterFacts {
    let terms = subject.terms;
    let found = &terms.circumstances;
    LetterFacts {
        case: opened.case.clone(),
        authority: signs(rules, opened),
        written_on: today,
        assessment: terms.assessment.clone(),
        provider: found.provider,
        benefit: found.benefit.map(|of| benefit(of).in_words().to_owned()),
        income: match &found.income {
            NetIncome::LatestMonths(months) => {
                IncomeBasis::Months(months.iter().map(|month| (month.month, month.net)).collect())
            }
            NetIncome::TaxYear { year, net } => IncomeBasis::TaxYear(*year, *net),
            NetIncome::NotFound => IncomeBasis::NotFound,
        },
        source: source(found.source).to_owned(),
        fetched_on: found.fetched_on,
        row: terms.row.clone(),
        claims: terms.claims.clone(),
        first_month: subject.first.0,
        first_due: subject.first.1,
        previous: subject.previous.map(Money::amount),
        template: TEMPLATE.to_owned(),
    }
}

fn source(source: IncomeSource) -> &'static str {
    match source {
        IncomeSource::IncomeRegister => "indkomstregisteret (eIndkomst)",
        IncomeSource::TaxStatement => "årsopgørelsen",
        IncomeSource::BenefitSystem => "kommunens ydelsessystem",
        IncomeSource::Debtor => "dig selv",
    }
}
