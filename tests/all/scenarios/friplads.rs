//! S1: a year of register events ends with no open notice, and nobody pays more before he was heard.

use super::input::{Family, Input, day, month, person};
use super::place::Place;
use super::registers::Resident;
use super::year::{Year, newcomer};
use super::{Backend, on_both_backends};
use domain::{CaseId, DecisionId, DeterminationId, HearingId, Money, NoticeId, Period, PersonKey};
use messages::{
    AssessmentEvent, AssessmentFact, BillingMode, CaseOrder, Cause, Determination, HearingAnswer,
    HearingOutcome, InvoiceCommand, InvoiceOrder, Letter, LetterKind,
};
use std::collections::{BTreeMap, BTreeSet};

on_both_backends![a_year_of_register_events_ends_with_no_open_notice_and_no_raise_without_hearing];

/// Families in whose cases staff and citizens answer.
struct Answering {
    /// Accepts the hearing.
    accepts: Family,
    /// Objects; the raise stands.
    objects: Family,
    /// Objects; staff drop the raise.
    dropped: Family,
    /// Somebody moves in who is no cohabitant: staff drop the raise.
    lodger: Family,
    /// A child gets another number: staff close the notice.
    renumbered: Family,
}

impl Answering {
    fn arrive(year: &mut Year) -> Self {
        let families = Self {
            accepts: Family::new(21, 2, 1),
            objects: Family::new(22, 2, 1),
            dropped: Family::new(23, 2, 1),
            lodger: Family::new(24, 1, 1),
            renumbered: Family::new(25, 2, 1),
        };
        let raised = Some(("2023-03", "2023-03", 32_000));
        for (family, raised) in [
            (&families.accepts, raised),
            (&families.objects, raised),
            (&families.dropped, raised),
            (&families.lodger, None),
            (&families.renumbered, None),
        ] {
            year.admit(family, BillingMode::Monthly, &[3_000]);
            year.earn(family, month("2023-12"), raised);
        }
        year.input.resident(newcomer(&families.lodger, person(9_100, 1987), day("2023-04-10")));
        let (cpr, on) = (families.renumbered.children[0].clone(), day("2023-04-10"));
        let home = Some(families.renumbered.home());
        year.input.resident(Resident {
            produced_on: on,
            cpr,
            status: ("01", None),
            home,
            event: ("P02", on),
        });
        families
    }

    /// What staff and citizens write after the middle of April.
    fn answer(&self, events: &[AssessmentEvent], answers: &mut Input) {
        let on = day("2023-04-17");
        let by_citizen = |family, answer| CaseOrder::AnswerHearing {
            hearing: open_hearing(events, family),
            answered_on: on,
            answer,
        };
        let by_staff = |family, raise_stands| CaseOrder::DecideHearing {
            hearing: open_hearing(events, family),
            decided_on: day("2023-05-02"),
            raise_stands,
            reason: "Efter gennemgang af oplysningerne".to_owned(),
        };
        for (family, answer) in [
            (&self.accepts, HearingAnswer::Accepts),
            (&self.objects, HearingAnswer::Objects),
            (&self.dropped, HearingAnswer::Objects),
            (&self.lodger, HearingAnswer::Objects),
        ] {
            answers.order(on, family, by_citizen(family, answer));
        }
        for (family, stands) in [(&self.objects, true), (&self.dropped, false), (&self.lodger, false)] {
            answers.order(day("2023-05-02"), family, by_staff(family, stands));
        }
        let notice = staff_notice(events, &self.renumbered);
        let outcome = "Sagen er flyttet til det nye nummer".to_owned();
        answers.order(on, &self.renumbered, CaseOrder::CloseNotice { notice, outcome });
    }
}

fn of_case<'a>(events: &'a [AssessmentEvent], case: &'a CaseId) -> impl Iterator<Item = &'a AssessmentFact> {
    events.iter().filter(move |event| event.case == *case).map(|event| &event.fact)
}

fn open_hearing(events: &[AssessmentEvent], family: &Family) -> HearingId {
    let opened = of_case(events, &family.case).find_map(|fact| match fact {
        AssessmentFact::HearingOpened { hearing, .. } => Some(hearing.clone()),
        _ => None,
    });
    opened.unwrap_or_else(|| panic!("{} has a hearing", family.case))
}

fn staff_notice(events: &[AssessmentEvent], family: &Family) -> NoticeId {
    let opened = of_case(events, &family.case).find_map(|fact| match fact {
        AssessmentFact::NoticeOpened { notice, event_type, .. } if event_type == "new_number" => {
            Some(notice.clone())
        }
        _ => None,
    });
    opened.unwrap_or_else(|| panic!("{} has a notice for staff", family.case))
}

async fn a_year_of_register_events_ends_with_no_open_notice_and_no_raise_without_hearing(backend: Backend) {
    let place = Place::on(backend).await;
    let mut year = Year::to("2023-12");
    let answering = Answering::arrive(&mut year);
    year.input.write(&place.input());
    place.run("2023-04-15", "").await;
    let events = place.messages::<AssessmentEvent>().await;
    let mut answers = year.input.follow_up();
    answering.answer(&events, &mut answers);
    answers.write(&place.input());
    let report = place.run("2024-03-31", "").await;

    assert!(report.notices.opened > 20, "{:?}", report.notices);
    assert_eq!((report.notices.open, report.notices.closed), (0, report.notices.opened));
    // Ten months of one family, two of the standing order, a late report, four of those that answer, a cohabitant.
    assert_eq!((report.hearings.opened, report.hearings.closed), (18, 18));
    assert_eq!((report.dead_letters, report.parked_keys, report.files.held), (0, 0, 0));
    let opened: Vec<_> = report.findings.iter().filter(|(_, findings)| findings.opened > 0).collect();
    assert!(opened.is_empty(), "the ERP does all it is told: {opened:?}");

    let events = place.messages::<AssessmentEvent>().await;
    let raises = assert_raises_are_heard(&events, &year);
    assert!(raises.len() >= 16, "{} raises", raises.len());
    assert_charges_rest_on_what_was_heard(&place, &events, &raises).await;
    assert_answers_count(&place, &answering, &events).await;
    assert_sibling_subsidy_rises(&place, &year.up).await;
}

/// Every determination that raises a month above what was determined before, because of a register fact, rests on a
/// decision with a hearing that had ended with the raise standing. Gives those determinations.
fn assert_raises_are_heard(events: &[AssessmentEvent], year: &Year) -> BTreeSet<DeterminationId> {
    let register_only: BTreeSet<&CaseId> = year.register_only().iter().map(|family| &family.case).collect();
    let mut heard: BTreeSet<HearingId> = BTreeSet::new();
    let mut resting_on: BTreeMap<DecisionId, Option<HearingId>> = BTreeMap::new();
    let mut standing: BTreeMap<(PersonKey, Period), Money> = BTreeMap::new();
    let mut raises = BTreeSet::new();
    for event in events {
        match &event.fact {
            AssessmentFact::HearingClosed { hearing, outcome } => {
                let stands = matches!(
                    outcome,
                    HearingOutcome::Accepted | HearingOutcome::Unanswered | HearingOutcome::RaiseStands
                );
                if stands {
                    heard.insert(hearing.clone());
                }
            }
            AssessmentFact::DecisionMade(made) => {
                resting_on.insert(made.decision().clone(), made.hearing().cloned());
            }
            AssessmentFact::Determined(determination) => {
                if !raises_by_register(&mut standing, determination, register_only.contains(&event.case)) {
                    continue;
                }
                let hearing = resting_on.get(&determination.decision).cloned().flatten();
                let about = (&event.case, determination.period, determination.cause);
                let hearing = hearing.unwrap_or_else(|| panic!("raised without hearing: {about:?}"));
                assert!(heard.contains(&hearing), "raised before the hearing had ended: {about:?}");
                raises.insert(determination.determination.clone());
            }
            _ => {}
        }
    }
    raises
}

/// Keeps what is determined for the month. Whether it is a raise that the registers have brought about.
fn raises_by_register(
    standing: &mut BTreeMap<(PersonKey, Period), Money>,
    determination: &Determination,
    register_only: bool,
) -> bool {
    let payer = determination.payer.clone();
    let again = standing.get(&(payer.clone(), determination.period)).copied();
    let month_before = standing.get(&(payer.clone(), determination.period.minus_months(1))).copied();
    standing.insert((payer, determination.period), determination.amount);
    let by_register = matches!(determination.cause, Cause::IncomeRecalculation | Cause::HouseholdNotice);
    let above =
        |before: Option<Money>| before.is_some_and(|before| determination.amount.amount() > before.amount());
    match again {
        Some(_) => above(again) && (by_register || register_only),
        None => above(month_before) && determination.cause == Cause::HouseholdNotice,
    }
}

/// What the ERP is told to bill for a month is never more than what a determination before it says.
async fn assert_charges_rest_on_what_was_heard(
    place: &Place,
    events: &[AssessmentEvent],
    raises: &BTreeSet<DeterminationId>,
) {
    let mut amounts: BTreeMap<&DeterminationId, &Determination> = BTreeMap::new();
    for event in events {
        if let AssessmentFact::Determined(determination) = &event.fact {
            amounts.insert(&determination.determination, determination);
        }
    }
    let mut ordered: BTreeMap<(PersonKey, Period), Money> = BTreeMap::new();
    let mut of_raises = BTreeSet::new();
    for command in place.messages::<InvoiceCommand>().await {
        let (InvoiceOrder::Charge { period, amount, determination, .. }
        | InvoiceOrder::Credit { period, amount, determination, .. }) = &command.order
        else {
            continue;
        };
        let right = amounts[determination];
        assert_eq!((right.period, &right.payer), (*period, &command.payer));
        if raises.contains(determination) {
            of_raises.insert(determination.clone());
        }
        if right.billing == BillingMode::Monthly {
            let sum = ordered.entry((command.payer.clone(), *period)).or_insert(Money::dkk(0));
            *sum = sum.plus(*amount).unwrap();
            assert_eq!(*sum, right.amount, "{} {period}", command.case);
        }
    }
    assert!(of_raises.len() >= 14, "raises reach the ERP once they were heard: {}", of_raises.len());
}

/// March by what came of its hearing: 32,000 a month counts where it was accepted or stands, not where it was dropped.
async fn assert_answers_count(place: &Place, answering: &Answering, events: &[AssessmentEvent]) {
    let outcome = |family: &Family| {
        let hearing = open_hearing(events, family);
        of_case(events, &family.case).find_map(|fact| match fact {
            AssessmentFact::HearingClosed { hearing: ended, outcome } if *ended == hearing => Some(*outcome),
            _ => None,
        })
    };
    assert_eq!(outcome(&answering.accepts), Some(HearingOutcome::Accepted));
    assert_eq!(outcome(&answering.objects), Some(HearingOutcome::RaiseStands));
    assert_eq!(outcome(&answering.dropped), Some(HearingOutcome::Dropped));
    assert_eq!(outcome(&answering.lodger), Some(HearingOutcome::Dropped));
    let billed = place.billed().await;
    let of = |family: &Family, period: &str| {
        let key = |(case, _, of): &(String, String, Period)| {
            *case == family.case.to_string() && *of == month(period)
        };
        billed.iter().find(|(found, _)| key(found)).map(|(_, amount)| amount.amount()).unwrap()
    };
    for family in [&answering.accepts, &answering.objects] {
        assert!(of(family, "2023-03") > of(family, "2023-02"), "{}", family.case);
        assert_eq!(of(family, "2023-04"), of(family, "2023-02"), "{}", family.case);
    }
    for family in [&answering.dropped, &answering.lodger] {
        for period in ["2023-03", "2023-05", "2023-09"] {
            assert_eq!(of(family, period), of(family, "2023-02"), "{} {period}", family.case);
        }
    }
}

/// The income of March is higher: the economic subsidy falls, so more is left to halve for the second child. The letter
/// shows both amounts and their net.
async fn assert_sibling_subsidy_rises(place: &Place, family: &Family) {
    let letters: Vec<Letter> =
        place.messages::<Letter>().await.into_iter().filter(|letter| letter.case == family.case).collect();
    let decisions: Vec<&Letter> =
        letters.iter().filter(|letter| letter.kind == LetterKind::Decision).collect();
    let of_march = |kind| {
        let found = letters.iter().find(|letter| letter.kind == kind && letter.text.contains("marts 2023"));
        found.unwrap_or_else(|| panic!("a {kind:?} letter about March"))
    };
    let (before, after) = (decisions[0], of_march(LetterKind::Decision));
    let line = |letter: &Letter, label: &str| kroner(&letter.text, label);
    let economic = "Økonomisk fripladstilskud";
    let sibling = "Søskendetilskud";
    let less = line(after, economic) - line(before, economic);
    let more = line(before, sibling) - line(after, sibling);
    assert!(
        less > 0.into(),
        "the economic subsidy falls: {} → {}",
        line(before, economic),
        line(after, economic)
    );
    assert!(
        more > 0.into(),
        "the sibling subsidy rises: {} → {}",
        line(before, sibling),
        line(after, sibling)
    );
    assert_eq!(line(after, "Forskel"), less - more, "the net of both");
    assert_eq!(line(after, "Hidtidig betaling"), line(before, "Ny betaling pr. måned"));
    let asked = of_march(LetterKind::Hearing);
    assert_eq!((line(asked, economic), line(asked, sibling)), (line(after, economic), line(after, sibling)));
    let billed = place.billed().await;
    let march = billed
        .iter()
        .find(|((case, _, period), _)| *case == family.case.to_string() && *period == month("2023-03"))
        .unwrap();
    assert_eq!(march.1.amount(), line(after, "Ny betaling"));
    assert!(after.html.contains("Søskendetilskud") && after.html.contains("Forskel"));
}

/// The sum of a letter's lines with this label: `-2.901,77 kr.` is −2901.77.
fn kroner(letter: &str, label: &str) -> rust_decimal::Decimal {
    let amounts: Vec<rust_decimal::Decimal> = letter
        .lines()
        .filter_map(|line| line.strip_prefix(label)?.strip_prefix(' '))
        .filter_map(|rest| rest.split_once(" kr."))
        .map(|(amount, _)| amount.trim().replace('.', "").replace(',', ".").parse().unwrap())
        .collect();
    assert!(!amounts.is_empty(), "the letter shows {label}");
    amounts.into_iter().sum()
}

#[test]
fn amounts_of_a_letter_are_read_and_added() {
    let letter = "Forskel   543,17 kr.\nSøskendetilskud  -1.227,86 kr.  [§ 85]\nSøskendetilskud   0,00 kr.\n";
    assert_eq!(kroner(letter, "Søskendetilskud").to_string(), "-1227.86");
}
