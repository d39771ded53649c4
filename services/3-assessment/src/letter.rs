//! The letters of a case: a hearing, or a decision, with every figure of the assessment it rests on.

use crate::Rules;
use crate::state::{Case, Opened};
use crate::target::Source;
use domain::{Day, HearingId, LetterId, Money, Period};
use messages::{Heard, Letter, LetterKind, Party};
use runtime::Refusal;
use schemes::dk_daycare::letter::{
    self, Authority, BegunMonths, DecisionLetter, Ground, HearingLetter, IncomeBasis, LetterFacts,
    LetterInput, Reason, ReductionLetter, ReleaseLetter, RenderedLetter, Scope,
};
use schemes::dk_daycare::{Assessment, Settings};
use std::collections::BTreeMap;

/// What a letter is about.
pub struct Subject<'a> {
    /// Its id.
    pub letter: LetterId,
    /// Who gets it.
    pub payer: &'a Party,
    /// One month, or every month from one on.
    pub from: Period,
    /// The last month; open-ended when absent.
    pub to: Option<Period>,
    /// The amounts.
    pub assessment: &'a Assessment,
    /// Where the income comes from.
    pub source: Source,
    /// What was paid for the same time until now.
    pub previous: Option<Money>,
    /// The percentage by income until now; 100 before anything was decided.
    pub own_percent_before: u32,
    /// The year whose scale is all that is new.
    pub new_scale: Option<i32>,
    /// Whether nothing has been decided yet since the application.
    pub newly_applied: bool,
    /// Whether it follows from what the payer has asked for or stated.
    pub stated: bool,
    /// The months that have begun, where it is about many.
    pub begun: Option<BegunMonths>,
    /// What is new, where it is not the income.
    pub reasons: Vec<Reason>,
    /// What the children are called, by their keys.
    pub children: BTreeMap<String, String>,
    /// The hearing that the letter opens.
    pub hearing: Option<&'a HearingId>,
}

impl Case {
    /// What a letter calls the children who have or had a place: the program knows no names.
    pub fn children_in_letters(&self) -> BTreeMap<String, String> {
        let held = self.places.values().filter_map(|place| place.held.as_ref());
        let born = held.filter_map(|held| {
            let child = &held.what.child;
            Some((child.person.to_string(), letter::child_born(child.cpr.birth_date()?)))
        });
        born.collect()
    }
}

/// A letter that asks before a raise.
pub fn hearing(
    rules: &Rules,
    opened: &Opened,
    today: Day,
    subject: &Subject<'_>,
    answer_by: Day,
) -> Result<Letter, Refusal> {
    let facts = facts(rules, opened, today, subject);
    let letter = HearingLetter::new(facts, answer_by).map_err(refused)?;
    Ok(write(opened, today, subject, LetterKind::Hearing, &LetterInput::HearingRaise(letter)))
}

/// A letter that communicates a decision. `heard` proves the hearing where the decision raises a payment from the
/// register.
pub fn decision(
    rules: &Rules,
    opened: &Opened,
    today: Day,
    subject: &Subject<'_>,
    heard: Option<Heard>,
) -> Result<Letter, Refusal> {
    let facts = facts(rules, opened, today, subject);
    let falls = facts.previous.is_some_and(|before| before.amount() > facts.assessment.total.amount());
    let own_percent_before = subject.own_percent_before;
    let income_counts_more = own_percent(subject.assessment) > own_percent_before;
    let is_new = facts.previous.is_none() || subject.newly_applied;
    let ground = match (heard, subject.source) {
        (Some(heard), _) => Ground::Hearing {
            heard_on: heard.heard_on(),
            answer_by: heard.answer_by(),
            answered_on: heard.answered_on(),
        },
        (None, Source::Register) if falls => {
            let letter = ReductionLetter::new(facts).map_err(refused)?;
            return Ok(write(opened, today, subject, LetterKind::Decision, &LetterInput::Reduction(letter)));
        }
        (None, Source::Application(_)) if subject.stated && income_counts_more && !is_new => Ground::Stated,
        (None, Source::Application(applied_on)) if is_new || income_counts_more => {
            Ground::Application { applied_on }
        }
        // The payer has ended the subsidy.
        (None, Source::NoGrant) if income_counts_more => Ground::Application { applied_on: today },
        (None, Source::Register | Source::TaxAssessment(_)) if income_counts_more => Ground::Stated,
        (None, _) => match subject.new_scale {
            Some(year) => Ground::NewScale { year, own_percent_before },
            None => Ground::NewTerms { own_percent_before },
        },
    };
    let letter = DecisionLetter::new(facts, ground).map_err(refused)?;
    Ok(write(opened, today, subject, LetterKind::Decision, &LetterInput::Decision(letter)))
}

/// The percentage of the rate that is paid by income; the whole without a granted subsidy.
pub fn own_percent(assessment: &Assessment) -> u32 {
    assessment.scale.as_ref().map_or(100, |scale| scale.own_percent)
}

/// A letter to somebody who pays no longer, from a month on or to another one, because somebody else does.
pub fn release(
    rules: &Rules,
    opened: &Opened,
    today: Day,
    (letter, payer): (LetterId, &Party),
    paid: ((Period, Money), Option<Period>),
    begun: Option<BegunMonths>,
) -> Result<Letter, Refusal> {
    let signs = (opened.case.clone(), authority(rules, opened, CONTACT));
    let release = ReleaseLetter::new(signs, today, paid, begun).map_err(refused)?;
    let (kind, rendered) = (LetterKind::Decision, release.render());
    Ok(letter_of(opened, today, (letter, payer, None), kind, rendered))
}

fn facts(rules: &Rules, opened: &Opened, today: Day, subject: &Subject<'_>) -> LetterFacts {
    let one_month = subject.to == Some(subject.from);
    LetterFacts {
        case: opened.case.clone(),
        authority: authority(rules, opened, CONTACT),
        written_on: today,
        scope: if one_month { Scope::Month(subject.from) } else { Scope::From(subject.from.first_day()) },
        income_basis: match subject.source {
            Source::Register => IncomeBasis::IncomeRegister { month: subject.from },
            Source::Application(received_on) => IncomeBasis::Application { received_on },
            Source::TaxAssessment(year) => IncomeBasis::TaxAssessment { year },
            Source::NoGrant => IncomeBasis::Application { received_on: today },
        },
        assessment: subject.assessment.clone(),
        child_labels: subject.children.clone(),
        place_labels: BTreeMap::new(),
        previous: subject.previous,
        settled_in: settled_in(
            (subject.from, subject.to),
            subject.source == Source::Register,
            today,
            &rules.settings,
        ),
        begun: subject.begun,
        reasons: subject.reasons.clone(),
    }
}

/// The month in whose bill a decision of this day about a single month is settled, where that month is billed already: the
/// next one, and for a month that was recalculated not before the authority's lag from it has passed.
pub fn settled_in(
    (from, to): (Period, Option<Period>),
    recalculated: bool,
    written_on: Day,
    settings: &Settings,
) -> Option<Period> {
    let next = Period::of(written_on).next();
    let lag = if recalculated { settings.settlement_lag_months } else { 0 };
    (to == Some(from) && from < next).then(|| next.max(from.plus_months(lag)))
}

/// Of the months of a letter of this day with what they cost and cost now, those that have begun, summed up. Where the letter is about
/// one month it names the figures itself.
pub fn begun(
    written_on: Day,
    (from, to): (Period, Option<Period>),
    months: impl IntoIterator<Item = (Period, Money, Money)>,
) -> Result<Option<BegunMonths>, Refusal> {
    if to == Some(from) {
        return Ok(None);
    }
    let begun = months.into_iter().filter(|(month, ..)| month.first_day() < written_on);
    BegunMonths::sum(begun).map_err(|error| Refusal::new("letter_refused", error.to_string()))
}

fn write(
    opened: &Opened,
    today: Day,
    subject: &Subject<'_>,
    kind: LetterKind,
    letter: &LetterInput,
) -> Letter {
    let addressed = (subject.letter.clone(), subject.payer, subject.hearing.cloned());
    letter_of(opened, today, addressed, kind, letter.render())
}

/// A letter of the case in its envelope.
pub fn letter_of(
    opened: &Opened,
    today: Day,
    (letter, payer, hearing): (LetterId, &Party, Option<HearingId>),
    kind: LetterKind,
    rendered: RenderedLetter,
) -> Letter {
    Letter {
        letter,
        case: opened.case.clone(),
        authority: opened.authority.clone(),
        recipient: payer.clone(),
        hearing,
        kind,
        written_on: today,
        title: rendered.subject,
        text: rendered.text,
        html: rendered.html,
    }
}

/// What contact a letter names where the authority's settings name none.
pub const CONTACT: &str = "Pladsanvisningen";

/// The authority as it signs the letters of the case's scheme; with this contact where its settings name none.
pub fn authority(rules: &Rules, opened: &Opened, contact: &str) -> Authority {
    let signature = rules.authorities.get(&opened.authority);
    signature.map(|signature| signature.of(opened.scheme)).unwrap_or_else(|| Authority {
        name: format!("Kommune {}", opened.authority),
        contact: contact.to_owned(),
        complaint: "Klage over afgørelsen sendes til kommunen inden fire uger.".to_owned(),
    })
}

fn refused(error: schemes::Error) -> Refusal {
    Refusal::new("letter_refused", error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Assessment, SchemeSignature, Signature, childcare, housing, repayment};
    use domain::{AuthorityId, CaseId};
    use messages::{BillingMode, Scheme};

    #[test]
    fn each_scheme_signs_with_its_own_contact_and_complaint_and_else_with_the_authoritys() {
        let own = |contact: Option<&str>, complaint: Option<&str>| SchemeSignature {
            contact: contact.map(str::to_owned),
            complaint: complaint.map(str::to_owned),
        };
        let signature = Signature {
            name: "Eksempel Kommune".to_owned(),
            contact: "Pladsanvisningen".to_owned(),
            complaint: "Klag til kommunen.".to_owned(),
            schemes: BTreeMap::from([
                (Scheme::DkCashRepayment, own(Some("Opkrævningen"), Some("Klag til Ydelsescentret."))),
                (Scheme::DkTemporaryHousing, own(Some("Bo-teamet"), None)),
                (Scheme::SeChildcare, own(None, Some("Överklaga."))),
            ]),
        };
        let code = AuthorityId::parse("0101").unwrap();
        let stage =
            Assessment::new(Settings::default(), BTreeMap::from([(code.clone(), signature)])).unwrap();
        let signs = |scheme, of: fn(&Rules, &Opened) -> Authority| {
            let case = CaseId::parse("C-1").unwrap();
            let opened = Opened { case, authority: code.clone(), scheme, billing: BillingMode::Monthly };
            let Authority { name, contact, complaint } = of(&stage.rules, &opened);
            assert_eq!(name, "Eksempel Kommune");
            [contact, complaint]
        };
        let daycare = signs(Scheme::DkDaycare, |rules, opened| authority(rules, opened, CONTACT));
        assert_eq!(daycare, ["Pladsanvisningen", "Klag til kommunen."]);
        let debtor = signs(Scheme::DkCashRepayment, repayment::letter::signs);
        assert_eq!(debtor, ["Opkrævningen", "Klag til Ydelsescentret."]);
        let resident = signs(Scheme::DkTemporaryHousing, housing::letter::signs);
        assert_eq!(resident, ["Bo-teamet", "Klag til kommunen."]);
        let household = signs(Scheme::SeChildcare, childcare::letter::signs);
        assert_eq!(household, ["Pladsanvisningen", "Överklaga."]);
    }
}
