//! An income year and its tax assessments.

use super::*;
use messages::{Cause, HearingAnswer, HearingOutcome, LetterKind, YearOutcome, YearReconciled};

/// 2023: 5 + (income - 193,501) / 4,292 percent of 3,000 a month.
const AT_300_000: &str = "870.00";
const AT_348_000: &str = "1200.00";

fn states(life: &mut Life, adult: u32, year: i32, kroner: i64) {
    let (adult, income) = (party(adult), Money::dkk(kroner));
    life.order(CaseOrder::StateYearlyIncome { year, adult, income, knowingly_since: None });
}

/// A year with a subsidy by 300,000, of which the register has shown 25,000 in each month.
fn year_of_a_couple() -> Life {
    let mut life = Life::begin("2022-12-20");
    life.household(&[PAYER, PARTNER], &[CHILD], false);
    life.place("P-1", CHILD, "2023-01-01", 3000);
    life.order(CaseOrder::ApplySubsidy {
        applied_on: day("2022-12-20"),
        yearly_income: Money::dkk(300_000),
        self_employed: false,
        admitted_on: Some(day("2023-01-01")),
    });
    for of in month("2023-01").through(month("2023-12")) {
        life.until(&of.last_day().to_string());
        life.income(PAYER, &format!("r-{of}"), &of.to_string(), "25000");
    }
    life.until("2024-03-01");
    life
}

fn reconciled(life: &Life) -> Vec<YearReconciled> {
    let all = life.events.iter().filter_map(|event| match &event.fact {
        AssessmentFact::YearReconciled(year) => Some((**year).clone()),
        _ => None,
    });
    all.collect()
}

fn owed_in_2023(life: &Life) -> Vec<String> {
    month("2023-01").through(month("2023-12")).map(|of| life.owed_in(&of.to_string()).unwrap()).collect()
}

fn letters_about_the_year(life: &Life) -> Vec<&Letter> {
    life.letters.iter().filter(|letter| letter.title.contains("for 2023")).collect()
}

#[test]
fn a_year_opens_on_the_first_morning_after_it_and_waits_for_every_adult() {
    let mut life = year_of_a_couple();
    let opened = life.events.iter().filter_map(|event| match &event.fact {
        AssessmentFact::YearOpened(opened) => {
            Some((event.recorded_on.to_string(), opened.year, opened.deadline.to_string()))
        }
        _ => None,
    });
    assert_eq!(opened.collect::<Vec<_>>(), [("2024-01-01".to_owned(), 2023, "2024-12-31".to_owned())]);
    let [open] = &life.case().open_years()[..] else { panic!("{:?}", life.case().open_years()) };
    assert_eq!((open.year, open.missing.len(), open.deviation_percent), (2023, 2, Some(0.into())));
    states(&mut life, PAYER, 2023, 348_000);
    life.until("2024-03-10");
    assert!(letters_about_the_year(&life).is_empty(), "the other adult's is missing");
    let [open] = &life.case().open_years()[..] else { panic!() };
    assert_eq!(open.missing, [party(PARTNER).person].into());
}

#[test]
fn a_higher_income_raises_every_month_after_one_hearing_with_one_letter() {
    let mut life = year_of_a_couple();
    states(&mut life, PAYER, 2023, 312_000);
    states(&mut life, PARTNER, 2023, 36_000);
    life.until("2024-03-02");
    let [hearing] = letters_about_the_year(&life)[..] else { panic!() };
    assert_eq!(hearing.kind, LetterKind::Hearing);
    // 36,000 + 12,000 beyond the register: a twelfth of it in each month.
    let text = hearing.text.replace('\n', " ");
    for part in ["348.000 kr., 40 %", "10.440,00 kr.", "14.400,00 kr.", "3.960,00 kr."] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(owed_in_2023(&life), [AT_300_000; 12], "nothing rises before the hearing has ended");
    let before = life.events.len();
    life.until("2024-03-12");
    let letters = letters_about_the_year(&life);
    assert_eq!(
        letters.iter().map(|letter| letter.kind).collect::<Vec<_>>(),
        [LetterKind::Hearing, LetterKind::Decision]
    );
    assert!(letters[1].text.contains("Klagevejledning"));
    assert_eq!(owed_in_2023(&life), [AT_348_000; 12]);
    let made: Vec<_> = life.events[before..]
        .iter()
        .filter_map(|event| match &event.fact {
            AssessmentFact::Determined(made) => Some((made.cause, made.due_on.to_string())),
            _ => None,
        })
        .collect();
    assert_eq!(made, vec![(Cause::YearlyControl, "2024-04-01".to_owned()); 12]);
    let [year] = &reconciled(&life)[..] else { panic!() };
    assert_eq!(year.outcome, YearOutcome::Changed);
    assert_eq!((year.before.to_text(), year.after.to_text()), ("10440.00".into(), "14400.00".into()));
    assert_eq!((year.granted_income, year.assessed_income), (Money::dkk(300_000), Money::dkk(348_000)));
    assert_eq!((year.deviation_percent, year.economic.to_text()), (Some(16), "-3960.00".into()));
    assert!(life.case().open_years().is_empty());
    // The year after goes by what was granted: only the payer can change that.
    assert_eq!(life.owed_in("2024-04"), life.owed_in("2024-03"));
    life.until("2025-01-02");
    assert_eq!(reconciled(&life).len(), 1, "once");
}

#[test]
fn a_lower_income_is_paid_back_without_a_hearing() {
    let mut life = year_of_a_couple();
    states(&mut life, PARTNER, 2023, 0);
    states(&mut life, PAYER, 2023, 252_000);
    life.until("2024-03-02");
    let [letter] = letters_about_the_year(&life)[..] else { panic!() };
    assert_eq!(letter.kind, LetterKind::Decision);
    assert!(owed_in_2023(&life).iter().all(|owed| owed == "540.00"), "{:?}", owed_in_2023(&life));
    let [year] = &reconciled(&life)[..] else { panic!() };
    assert_eq!((year.outcome, year.deviation_percent), (YearOutcome::Changed, Some(-16)));
}

#[test]
fn every_recipient_is_told_also_where_nothing_changes() {
    let mut life = year_of_a_couple();
    states(&mut life, PAYER, 2023, 300_000);
    states(&mut life, PARTNER, 2023, 0);
    let decisions = life.count("decision-made");
    life.until("2024-03-02");
    let [letter] = letters_about_the_year(&life)[..] else { panic!() };
    assert!(letter.title.contains("ingen ændring"), "{}", letter.title);
    assert_eq!(life.count("decision-made"), decisions);
    let [year] = &reconciled(&life)[..] else { panic!() };
    assert_eq!(year.outcome, YearOutcome::Unchanged);
    life.until("2024-06-02");
    assert_eq!((letters_about_the_year(&life).len(), reconciled(&life).len()), (1, 1));
}

#[test]
fn the_register_says_in_which_months_the_income_was_had() {
    let mut life = year_of_a_couple();
    // December was paid twice and corrected too late to be recalculated by itself: 12 × (25,000 + 1,000) beyond it.
    states(&mut life, PAYER, 2023, 312_000);
    states(&mut life, PARTNER, 2023, 0);
    life.until("2024-03-20");
    let even = owed_in_2023(&life);
    assert!(even.iter().all(|owed| *owed == even[0] && *owed != AT_300_000), "{even:?}");
    let mut life = year_of_a_couple();
    life.income(PARTNER, "p", "2023-07", "12000");
    life.until("2024-03-20");
    states(&mut life, PAYER, 2023, 300_000);
    states(&mut life, PARTNER, 2023, 12_000);
    life.until("2024-04-10");
    let owed = owed_in_2023(&life);
    assert!(
        owed[6] != AT_300_000 && owed.iter().filter(|owed| *owed == AT_300_000).count() == 11,
        "{owed:?}"
    );
}

#[test]
fn what_was_earned_before_the_case_began_is_not_taken_for_income_beside_the_register() {
    let mut life = Life::begin("2023-09-20");
    life.household(&[PAYER], &[CHILD], false);
    life.place("P-1", CHILD, "2023-10-01", 3000);
    life.order(CaseOrder::ApplySubsidy {
        applied_on: day("2023-09-20"),
        yearly_income: Money::dkk(300_000),
        self_employed: false,
        admitted_on: Some(day("2023-10-01")),
    });
    for of in ["2023-10", "2023-11", "2023-12"] {
        life.until(&month(of).last_day().to_string());
        life.income(PAYER, &format!("r-{of}"), of, "25000");
    }
    life.until("2024-03-01");
    // Nine months of it were earned before anybody told this case.
    states(&mut life, PAYER, 2023, 300_000);
    life.until("2024-03-20");
    let [year] = &reconciled(&life)[..] else { panic!() };
    assert_eq!((year.outcome, year.assessed_income), (YearOutcome::Unchanged, Money::dkk(300_000)));
}

#[test]
fn a_raise_that_staff_drop_leaves_the_year_and_the_citizen_is_told_why() {
    for stands in [false, true] {
        let mut life = year_of_a_couple();
        states(&mut life, PAYER, 2023, 348_000);
        states(&mut life, PARTNER, 2023, 0);
        life.until("2024-03-03");
        let hearing = letters_about_the_year(&life)[0].hearing.clone().unwrap();
        let (answered_on, answer) = (life.today, HearingAnswer::Objects);
        life.order(CaseOrder::AnswerHearing { hearing: hearing.clone(), answered_on, answer });
        life.until("2024-03-20");
        assert!(reconciled(&life).is_empty(), "staff have to rule");
        let (decided_on, reason) = (life.today, "det er oplyst til os".to_owned());
        life.order(CaseOrder::DecideHearing { hearing, decided_on, raise_stands: stands, reason });
        life.until("2024-03-22");
        let [year] = &reconciled(&life)[..] else { panic!() };
        let (outcome, owed) =
            if stands { (YearOutcome::Changed, AT_348_000) } else { (YearOutcome::Dropped, AT_300_000) };
        assert_eq!((year.outcome, owed_in_2023(&life)), (outcome, vec![owed.to_owned(); 12]));
        let text = letters_about_the_year(&life).last().unwrap().text.replace('\n', " ");
        assert!(text.contains("det er oplyst til os"), "{text}");
        life.until("2024-05-02");
        assert_eq!(reconciled(&life).len(), 1);
    }
}

#[test]
fn a_falling_friplads_raises_the_sibling_subsidy_and_the_letter_shows_the_net() {
    let mut life = Life::begin("2022-12-20");
    life.household(&[PAYER], &[CHILD, SIBLING], false);
    life.place("P-1", CHILD, "2023-01-01", 4000);
    life.place("P-2", SIBLING, "2023-01-01", 3000);
    life.order(CaseOrder::ApplySubsidy {
        applied_on: day("2022-12-20"),
        yearly_income: Money::dkk(300_000),
        self_employed: true,
        admitted_on: Some(day("2023-01-01")),
    });
    life.until("2024-03-01");
    states(&mut life, PAYER, 2023, 400_000);
    life.until("2024-03-20");
    let [year] = &reconciled(&life)[..] else { panic!() };
    assert!(year.economic.is_negative() && !year.dependent.is_negative() && !year.dependent.is_zero());
    let net = year.after.minus(year.before).unwrap();
    assert_eq!(net, year.economic.plus(year.dependent).unwrap().negated());
    let text = letters_about_the_year(&life).last().unwrap().text.replace('\n', " ");
    assert!(text.contains("Heraf fra ændret søskendetilskud"), "{text}");
}

#[test]
fn another_tax_assessment_reconciles_the_year_again_and_asks_again_before_it_rises() {
    let mut life = year_of_a_couple();
    states(&mut life, PAYER, 2023, 252_000);
    states(&mut life, PARTNER, 2023, 0);
    life.until("2024-03-05");
    assert!(owed_in_2023(&life).iter().all(|owed| owed == "540.00"));
    states(&mut life, PAYER, 2023, 300_000);
    life.until("2024-03-07");
    assert!(owed_in_2023(&life).iter().all(|owed| owed == "540.00"), "asked first");
    life.until("2024-04-07");
    assert_eq!(owed_in_2023(&life), [AT_300_000; 12]);
    assert_eq!(reconciled(&life).len(), 2);
}

#[test]
fn a_year_that_is_open_after_its_deadline_is_told_until_it_is_reconciled_or_has_its_reason() {
    let told = |life: &Life| -> Vec<String> {
        let of = |letter: &DeadLetter| match letter {
            DeadLetter::Refused(one) => format!("{} {}", one.on, one.code),
            DeadLetter::Settled { on, outcome, .. } => format!("{on} {outcome}"),
            other => panic!("{other:?}"),
        };
        life.dead_letters.iter().map(of).collect()
    };
    let mut life = year_of_a_couple();
    life.until("2024-12-31");
    assert!(told(&life).is_empty());
    life.until("2025-01-02");
    assert_eq!(told(&life), ["2025-01-01 year_not_reconciled"]);
    let mut postponed = year_of_a_couple();
    postponed.until("2025-01-05");
    let reason = messages::YearPostponed::TaxAssessmentNotIssued;
    postponed.order(CaseOrder::PostponeYear { year: 2023, reason });
    postponed.until("2025-02-02");
    assert_eq!(told(&postponed).len(), 2, "{:?}", told(&postponed));
    states(&mut life, PAYER, 2023, 300_000);
    states(&mut life, PARTNER, 2023, 0);
    life.until("2025-01-05");
    assert_eq!(told(&life)[1..], ["2025-01-03 closed"]);
}

#[test]
fn an_income_of_somebody_who_belongs_to_no_household_is_told() {
    let mut life = year_of_a_couple();
    states(&mut life, NEWCOMER, 2023, 300_000);
    life.until("2024-03-03");
    let refused =
        |letter: &DeadLetter| matches!(letter, DeadLetter::Refused(one) if one.code == "unknown_adult");
    assert!(life.dead_letters.iter().map(refused).eq([true]), "{:?}", life.dead_letters);
    life.order(CaseOrder::ForgetUnknown { named: party(NEWCOMER).person.to_string() });
    assert_eq!(life.dead_letters.len(), 2);
}

#[test]
fn a_claim_that_is_large_is_shown_to_staff_with_its_hearing() {
    for (large_claim, shown) in [(3_960, 1), (3_961, 0)] {
        let mut life = year_of_a_couple();
        life.stage.rules.settings.large_claim = large_claim;
        states(&mut life, PAYER, 2023, 348_000);
        states(&mut life, PARTNER, 2023, 0);
        life.until("2024-03-03");
        let large = life.events.iter().filter(
            |event| matches!(&event.fact, AssessmentFact::ReviewNeeded { code, .. } if code == "large_claim"),
        );
        assert_eq!(large.count(), shown, "{large_claim}");
    }
}

/// A subsidy by 200,000 in 2015, when nothing was recalculated monthly.
fn year_2015(kroner: i64, knowingly_since: Option<&str>) -> Life {
    let mut life = Life::begin("2014-12-20");
    life.household(&[PAYER], &[CHILD], false);
    life.place("P-1", CHILD, "2015-01-01", 3000);
    life.order(CaseOrder::ApplySubsidy {
        applied_on: day("2014-12-20"),
        yearly_income: Money::dkk(200_000),
        self_employed: false,
        admitted_on: Some(day("2015-01-01")),
    });
    life.until("2016-09-01");
    let (adult, income) = (party(PAYER), Money::dkk(kroner));
    let knowingly_since = knowingly_since.map(day);
    life.order(CaseOrder::StateYearlyIncome { year: 2015, adult, income, knowingly_since });
    life.until("2016-10-01");
    life
}

#[test]
fn to_2015_only_what_rose_beyond_ten_percent_and_was_received_knowingly_is_claimed_from_that_day() {
    let changed = |life: &Life| -> Vec<String> {
        let all = month("2015-01").through(month("2015-12"));
        let january = life.owed_in("2015-01");
        all.filter(|of| life.owed_in(&of.to_string()) != january).map(|of| of.to_string()).collect()
    };
    let knowingly = year_2015(300_000, Some("2015-09-15"));
    assert_eq!(changed(&knowingly), ["2015-10", "2015-11", "2015-12"]);
    for (kroner, since) in [(300_000, None), (220_000, Some("2015-01-01")), (100_000, Some("2015-01-01"))] {
        let life = year_2015(kroner, since);
        let [year] = &reconciled(&life)[..] else { panic!("{kroner}") };
        assert_eq!((year.outcome, year.before), (YearOutcome::Unchanged, year.after), "{kroner} {since:?}");
    }
    assert_eq!(messages::KNOWINGLY_TO_YEAR + 1, schemes::dk_daycare::BOTH_DIRECTIONS_FROM);
}

#[test]
fn a_hearing_about_a_month_of_the_year_ends_before_the_year_is_weighed() {
    let mut life = year_of_a_couple();
    life.income(PAYER, "late", "2023-12", "8000");
    life.until("2024-03-03");
    assert_eq!(life.case().hearings.len(), 1);
    states(&mut life, PAYER, 2023, 308_000);
    states(&mut life, PARTNER, 2023, 0);
    life.until("2024-03-05");
    assert!(letters_about_the_year(&life).iter().all(|letter| !letter.title.contains("fterregulering")));
    life.until("2024-04-20");
    let [year] = &reconciled(&life)[..] else { panic!() };
    assert_eq!(year.outcome, YearOutcome::Unchanged, "the month's own hearing has settled it");
    let closed = life.events.iter().filter_map(|event| match &event.fact {
        AssessmentFact::HearingClosed { outcome, .. } => Some(*outcome),
        _ => None,
    });
    assert_eq!(closed.collect::<Vec<_>>(), [HearingOutcome::Unanswered]);
}

fn hearings_about_the_year(life: &Life) -> usize {
    letters_about_the_year(life).iter().filter(|letter| letter.kind == LetterKind::Hearing).count()
}

fn place_costs(life: &mut Life, from: &str, rate: i64) {
    let (place, from) = (PlaceId::parse("P-1").unwrap(), day(from));
    life.order(CaseOrder::ChangePlace { place, from, terms: terms(rate) });
}

#[test]
fn a_tax_assessment_that_returns_to_what_it_was_is_asked_and_decided_again() {
    let mut life = year_of_a_couple();
    states(&mut life, PARTNER, 2023, 0);
    for (kroner, until, owed) in [
        (348_000, "2024-04-09", AT_348_000),
        (34_800, "2024-05-01", "0.00"),
        (348_000, "2024-06-01", AT_348_000),
    ] {
        states(&mut life, PAYER, 2023, kroner);
        life.until(until);
        assert_eq!(owed_in_2023(&life), vec![owed.to_owned(); 12], "{kroner}");
    }
    assert_eq!((hearings_about_the_year(&life), reconciled(&life).len()), (2, 3));
    let raises = life.case().decisions.iter().filter(|decision| decision.amount().to_text() == AT_348_000);
    assert!(raises.clone().count() == 2 && raises.clone().all(|raise| raise.made().hearing().is_some()));
    place_costs(&mut life, "2024-08-01", 3000);
    life.until("2024-07-02");
    assert_eq!(owed_in_2023(&life), [AT_348_000; 12], "nothing comes back by itself");
}

#[test]
fn to_2015_what_a_corrected_tax_assessment_takes_back_stays_taken_back() {
    let mut life = year_2015(300_000, Some("2015-01-01"));
    let raised = life.owed_in("2015-12");
    let (adult, income) = (party(PAYER), Money::dkk(210_000));
    let knowingly_since = Some(day("2015-01-01"));
    life.order(CaseOrder::StateYearlyIncome { year: 2015, adult, income, knowingly_since });
    life.until("2016-10-20");
    let back = life.owed_in("2015-12");
    assert_ne!(back, raised);
    place_costs(&mut life, "2017-01-01", 3100);
    life.until("2016-12-10");
    assert_eq!(life.owed_in("2015-12"), back);
    let last = reconciled(&life).pop().unwrap();
    assert_eq!((last.assessed_income, last.deviation_percent), (Money::dkk(210_000), Some(5)));
}

#[test]
fn a_late_correction_of_an_old_month_does_not_make_the_rest_of_the_year_unearned() {
    let mut life = Life::begin("2023-09-20");
    life.household(&[PAYER], &[CHILD], false);
    life.place("P-1", CHILD, "2023-10-01", 3000);
    life.order(CaseOrder::ApplySubsidy {
        applied_on: day("2023-09-20"),
        yearly_income: Money::dkk(300_000),
        self_employed: false,
        admitted_on: Some(day("2023-10-01")),
    });
    life.until("2023-12-10");
    let Message::CaseNotices(mut late) = income(PAYER, "old", "2023-01", "500", ReportKind::Report) else {
        unreachable!()
    };
    if let NoticeSubject::Register(event) = &mut late.data.about {
        event.recorded_on = day("2023-12-10");
    }
    life.message(&Message::CaseNotices(late));
    life.until("2024-03-01");
    states(&mut life, PAYER, 2023, 300_000);
    life.until("2024-03-20");
    let [year] = &reconciled(&life)[..] else { panic!() };
    assert_eq!(year.outcome, YearOutcome::Unchanged);
}

/// Raised to 346,000, and the payer objects.
fn objected() -> (Life, domain::HearingId) {
    let mut life = year_of_a_couple();
    states(&mut life, PAYER, 2023, 346_000);
    states(&mut life, PARTNER, 2023, 0);
    life.until("2024-03-03");
    let hearing = letters_about_the_year(&life)[0].hearing.clone().unwrap();
    let (answered_on, answer) = (life.today, HearingAnswer::Objects);
    life.order(CaseOrder::AnswerHearing { hearing: hearing.clone(), answered_on, answer });
    (life, hearing)
}

fn rules(life: &mut Life, hearing: domain::HearingId, raise_stands: bool) {
    let (decided_on, reason) = (life.today, "efter en ny vurdering".to_owned());
    life.order(CaseOrder::DecideHearing { hearing, decided_on, raise_stands, reason });
}

#[test]
fn an_objection_to_a_year_waits_for_staff_whatever_is_stated_meanwhile() {
    let (mut life, hearing) = objected();
    life.until("2024-03-05");
    states(&mut life, PAYER, 2023, 360_000);
    life.income(PAYER, "late", "2023-05", "100");
    life.until("2024-04-20");
    assert_eq!(hearings_about_the_year(&life), 1);
    assert_eq!(owed_in_2023(&life), [AT_300_000; 12]);
    rules(&mut life, hearing, true);
    life.until("2024-04-22");
    assert_eq!(hearings_about_the_year(&life), 2, "the other amount is asked about, after the ruling");
}

#[test]
fn a_dropped_raise_stays_dropped_until_the_tax_assessment_says_something_else() {
    let (mut life, hearing) = objected();
    rules(&mut life, hearing, false);
    life.until("2024-04-08");
    assert_eq!(reconciled(&life)[0].outcome, YearOutcome::Dropped);
    life.income(PAYER, "late", "2023-05", "-100");
    life.order(CaseOrder::EndPlace { place: PlaceId::parse("P-1").unwrap(), last_day: day("2023-11-30") });
    life.until("2024-06-02");
    assert_eq!((hearings_about_the_year(&life), reconciled(&life).len()), (1, 1));
    assert_eq!(owed_in_2023(&life)[..11], [AT_300_000; 11]);
    states(&mut life, PAYER, 2023, 360_000);
    life.until("2024-07-02");
    assert_eq!(hearings_about_the_year(&life), 2);
}

#[test]
fn what_changes_no_krone_is_not_told_again() {
    let mut life = year_of_a_couple();
    states(&mut life, PAYER, 2023, 300_000);
    states(&mut life, PARTNER, 2023, 0);
    life.until("2024-03-03");
    for (n, on) in ["2024-04-02", "2024-05-02", "2024-06-02"].into_iter().enumerate() {
        life.income(PAYER, &format!("late-{n}"), "2023-05", "10");
        life.until(on);
    }
    states(&mut life, PAYER, 2023, 300_001);
    life.until("2024-07-02");
    assert_eq!((letters_about_the_year(&life).len(), reconciled(&life).len()), (1, 1));
}

#[test]
fn a_year_is_open_again_while_an_adult_is_missing_or_heard() {
    let mut life = year_of_a_couple();
    states(&mut life, PAYER, 2023, 300_000);
    states(&mut life, PARTNER, 2023, 0);
    life.until("2024-05-02");
    assert!(life.case().open_years().is_empty());
    life.order(CaseOrder::SetHousehold {
        from: day("2023-03-01"),
        adults: [PAYER, PARTNER, NEWCOMER].map(party).into(),
        children: vec![party(CHILD)],
        single_provider: false,
    });
    life.until("2024-05-04");
    // A household that raises nothing counts from the month after it was stated; one that is in the past does not.
    states(&mut life, PAYER, 2023, 380_000);
    life.until("2024-05-06");
    assert_eq!((life.case().open_years().len(), hearings_about_the_year(&life)), (1, 1));
    life.until("2024-06-06");
    assert!(life.case().open_years().is_empty());
    assert_eq!(reconciled(&life).last().unwrap().outcome, YearOutcome::Changed);
}

#[test]
fn a_claim_is_decided_as_it_was_heard_about_and_another_one_is_heard_again() {
    let mut life = year_of_a_couple();
    states(&mut life, PAYER, 2023, 348_000);
    states(&mut life, PARTNER, 2023, 0);
    life.until("2024-03-04");
    place_costs(&mut life, "2023-01-01", 4000);
    life.until("2024-04-04");
    assert_eq!(hearings_about_the_year(&life), 2);
    let closed = life.events.iter().filter_map(|event| match &event.fact {
        AssessmentFact::HearingClosed { outcome, .. } => Some(*outcome),
        _ => None,
    });
    let expected = [HearingOutcome::Superseded, HearingOutcome::Unanswered];
    assert_eq!(closed.collect::<Vec<_>>(), expected);
    assert_eq!(owed_in_2023(&life), vec!["1600.00".to_owned(); 12]);
}

#[test]
fn an_exempt_month_is_no_part_of_the_year() {
    let mut life = year_of_a_couple();
    let charge_type = life.case().opened.as_ref().unwrap().charge_type().unwrap();
    let reason = "lukket efter en brand".to_owned();
    life.order(CaseOrder::Exempt { charge_type, period: month("2023-05"), reason });
    states(&mut life, PAYER, 2023, 348_000);
    states(&mut life, PARTNER, 2023, 0);
    life.until("2024-04-04");
    let [year] = &reconciled(&life)[..] else { panic!() };
    assert_eq!((year.before.to_text(), year.after.to_text()), ("9570.00".into(), "13200.00".into()));
}

#[test]
fn nobody_hears_the_dead_and_staff_close_the_year_with_the_estate() {
    let mut life = year_of_a_couple();
    life.message(&snapshot(PAYER, "2024-03-01", |snapshot| {
        "90".clone_into(&mut snapshot.status);
        snapshot.status_since = Some(day("2024-02-28"));
    }));
    states(&mut life, PAYER, 2023, 348_000);
    states(&mut life, PARTNER, 2023, 0);
    life.until("2024-04-04");
    assert!(letters_about_the_year(&life).is_empty() && owed_in_2023(&life) == [AT_300_000; 12]);
    let reviews = life.case().open_reviews();
    assert!(reviews.iter().any(|review| review.code == "year_of_a_dead_payer"), "{reviews:?}");
    life.order(CaseOrder::CloseYear { year: 2023, reason: "afregnet med boet".to_owned() });
    life.until("2024-04-06");
    assert!(life.case().open_years().is_empty());
    assert!(life.case().open_reviews().iter().all(|review| review.code != "year_of_a_dead_payer"));
    life.until("2025-01-03");
    assert!(life.dead_letters.is_empty(), "{:?}", life.dead_letters);
}

/// The state as an earlier version kept it.
fn of_an_earlier_version(life: &mut Life) {
    let mut kept = serde_json::to_value(life.case()).unwrap();
    for field in ["years", "years_from", "years_to"] {
        kept.as_object_mut().unwrap().remove(field);
    }
    life.state = Some(serde_json::from_value(kept).unwrap());
}

#[test]
fn a_case_of_an_earlier_version_is_not_asked_about_years_that_were_settled_before_it() {
    let open = |life: &Life| life.case().open_years().iter().map(|open| open.year).collect::<Vec<_>>();
    let mut life = year_of_a_couple();
    of_an_earlier_version(&mut life);
    life.until("2024-04-02");
    assert_eq!(open(&life), [2023], "the year that is over is this version's");
    life.until("2025-01-20");
    of_an_earlier_version(&mut life);
    let before = life.dead_letters.len();
    life.place("P-2", SIBLING, "2025-03-01", 2000);
    life.until("2025-02-12");
    assert_eq!(open(&life), [2024]);
    assert_eq!(life.dead_letters.len(), before);
}

#[test]
fn a_reason_to_wait_counts_only_while_a_tax_assessment_is_missing() {
    let mut life = year_of_a_couple();
    let reason = messages::YearPostponed::TaxAssessmentNotIssued;
    life.order(CaseOrder::PostponeYear { year: 2023, reason });
    states(&mut life, PARTNER, 2023, 0);
    life.until("2025-01-02");
    assert!(life.dead_letters.is_empty(), "a tax assessment is missing");
    life.letters_wait = true;
    states(&mut life, PAYER, 2023, 348_000);
    life.until("2025-01-05");
    let told =
        |letter: &DeadLetter| matches!(letter, DeadLetter::Refused(one) if one.code == "year_not_reconciled");
    assert!(life.dead_letters.iter().any(told), "its letter is not delivered: {:?}", life.dead_letters);
}
