//! Situations of the law, each from its orders and register facts to what is owed.

use super::*;
use domain::AddressKey;
use messages::{AddressArrival, ClosedBy, HearingAnswer, Home, NoticeOutcome, OpenNotice};

fn couple_with_a_child() -> Life {
    couple_under(Settings::default())
}

fn couple_under(settings: Settings) -> Life {
    let mut life = Life::under(settings, "2023-01-02");
    life.household(&[PAYER, PARTNER], &[CHILD], false);
    life.place("P-1", CHILD, "2023-02-01", 3000);
    life
}

/// 2023: full subsidy below 193,501, none from 601,200, step 4,292. At 300,000 the own payment is 5 + 24 = 29 %.
const OWN_PAYMENT_AT_300_000: &str = "870.00";

fn granted() -> Life {
    let mut life = couple_with_a_child();
    life.apply(300_000);
    life
}

#[test]
fn without_an_application_the_full_rate_is_owed_from_the_first_day() {
    let mut life = couple_with_a_child();
    life.until("2023-03-01");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("3000.00"));
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("3000.00"));
    assert_eq!(life.owed_in("2023-05"), None, "a month is determined on the 1st of the month before");
    assert_eq!(life.count("decision-made"), 1, "one open-ended decision covers every month");
}

#[test]
fn what_comes_by_night_does_not_put_off_the_month_that_is_determined_in_the_morning() {
    let mut life = couple_with_a_child();
    for (on, of, next) in [("2023-03-01", "2023-02", "2023-04"), ("2023-04-01", "2023-03", "2023-05")] {
        life.until(&day(on).pred_opt().unwrap().to_string());
        life.begin_day();
        life.income(PAYER, of, of, "30000");
        life.morning();
        assert_eq!(life.owed_in(next).as_deref(), Some("3000.00"), "{next}");
    }
}

#[test]
fn what_comes_by_night_does_not_put_off_the_end_of_a_hearing() {
    let mut life = granted();
    life.income(PAYER, "a", "2023-02", "60000");
    while life.count("hearing-opened") == 0 {
        life.until(&life.today.succ_opt().unwrap().to_string());
    }
    let deadline = life.case().hearings.values().next().unwrap().deadline;
    life.until(&deadline.to_string());
    life.begin_day();
    life.income(PARTNER, "b", "2023-03", "10000");
    life.morning();
    assert_eq!(life.count("hearing-closed"), 1);
}

#[test]
fn an_application_counts_from_the_1st_of_the_month_after_it() {
    let mut life = couple_with_a_child();
    life.until("2023-03-10");
    life.apply(300_000);
    life.until("2023-04-01");
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("3000.00"));
    assert_eq!(life.owed_in("2023-04").as_deref(), Some(OWN_PAYMENT_AT_300_000));
}

#[test]
fn nothing_is_owed_before_its_decision_is_communicated() {
    let mut life = couple_with_a_child();
    life.until("2023-01-03");
    let communicated = life.kinds().iter().position(|kind| *kind == "decision-communicated").unwrap();
    let determined = life.kinds().iter().position(|kind| *kind == "determined").unwrap();
    assert!(communicated < determined);
}

#[test]
fn a_month_with_lower_income_is_recalculated_without_hearing() {
    let mut life = granted();
    life.income(PAYER, "r1", "2023-02", "20000");
    life.until("2023-03-11");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some(OWN_PAYMENT_AT_300_000));
    life.until("2023-03-12");
    // 12 × 20,000 = 240,000: row 10, own payment 15 %.
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("450.00"));
    assert_eq!(life.count("hearing-opened"), 0);
    assert_eq!(life.owed_in("2023-03").as_deref(), Some(OWN_PAYMENT_AT_300_000), "only that month changes");
}

#[test]
fn a_recalculated_month_is_due_in_the_month_that_its_letter_names_as_the_settings_say() {
    for (settlement_lag_months, due, named) in
        [(1, "2023-04-01", "april 2023"), (2, "2023-04-01", "april 2023"), (5, "2023-07-01", "juli 2023")]
    {
        let mut life = couple_under(Settings { settlement_lag_months, ..Settings::default() });
        life.apply(300_000);
        life.income(PAYER, "r1", "2023-02", "20000");
        life.until("2023-03-12");
        let last = life.events.iter().rev().find_map(|event| match &event.fact {
            AssessmentFact::Determined(made) => Some(made),
            _ => None,
        });
        let last = last.unwrap();
        assert_eq!((last.period, last.due_on), (month("2023-02"), day(due)), "{settlement_lag_months}");
        let letter = &life.letters.last().unwrap().text;
        assert!(letter.contains(&format!("opkrævningen for {named}")), "{letter}");
    }
}

#[test]
fn a_place_that_is_told_late_names_the_sum_of_its_months_that_have_begun_and_they_are_due_as_it_says() {
    let mut life = couple_with_a_child();
    life.until("2023-05-09");
    let before = life.events.len();
    life.place("P-2", SIBLING, "2023-03-01", 2000);
    life.until("2023-05-10");
    let letter = life.letters.last().unwrap().text.replace('\n', " ");
    // The place that was told first costs 3000; of the second one half is paid (sibling subsidy).
    for part in [
        "Måneder, der er begyndt: marts 2023 til maj 2023",
        "Hidtil fastsat i alt   9.000,00 kr.",
        "Ny betaling i alt     12.000,00 kr.",
        "Forskel i alt          3.000,00 kr.",
        "tidligst i den for juni 2023",
    ] {
        assert!(letter.contains(part), "{part}: {letter}");
    }
    let due = life.events[before..].iter().filter_map(|event| match &event.fact {
        AssessmentFact::Determined(made) => Some((made.period.to_string(), made.due_on.to_string())),
        _ => None,
    });
    let expected = ["2023-03", "2023-04", "2023-05", "2023-06"].map(|of| (of.into(), "2023-06-01".into()));
    assert_eq!(due.collect::<Vec<(String, String)>>(), expected);
}

#[test]
fn settings_out_of_range_are_refused_however_they_were_read() {
    for settings in [
        Settings { hearing_days: 0, ..Settings::default() },
        Settings { hearing_days: 4_000_000_000, ..Settings::default() },
        Settings { settlement_lag_months: 24, ..Settings::default() },
    ] {
        assert!(Assessment::new(settings, BTreeMap::new()).is_err());
    }
}

#[test]
fn a_month_with_higher_income_is_raised_only_after_the_hearing() {
    let mut life = granted();
    life.income(PAYER, "r1", "2023-02", "30000");
    life.until("2023-03-20");
    assert_eq!(life.count("hearing-opened"), 1);
    assert_eq!(life.owed_in("2023-02").as_deref(), Some(OWN_PAYMENT_AT_300_000));
    life.until("2023-03-21");
    // 12 × 30,000 = 360,000: row 38, own payment 43 %.
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("1290.00"));
    let raise = life.case().decisions.last().unwrap();
    assert!(raise.made().hearing().is_some() && raise.made().to() == Some(month("2023-02")));
}

#[test]
fn an_objection_stops_the_raise_until_staff_have_ruled() {
    let mut life = granted();
    life.income(PAYER, "r1", "2023-02", "30000");
    life.until("2023-03-14");
    let hearing = life.case().hearings.keys().next().unwrap().clone();
    let answered_on = day("2023-03-14");
    life.order(CaseOrder::AnswerHearing {
        hearing: hearing.clone(),
        answered_on,
        answer: HearingAnswer::Objects,
    });
    life.until("2023-05-01");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some(OWN_PAYMENT_AT_300_000));
    let reason = "the pay of two months came in one".to_owned();
    life.order(CaseOrder::DecideHearing {
        hearing,
        decided_on: day("2023-05-01"),
        raise_stands: false,
        reason,
    });
    life.until("2023-06-01");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some(OWN_PAYMENT_AT_300_000));
    assert_eq!(life.count("hearing-opened"), 1);
}

#[test]
fn a_deviation_below_five_steps_changes_nothing() {
    let mut life = granted();
    // 5 × 4,292 = 21,460 a year; 26,788 × 12 = 321,456 lies 21,456 above.
    life.income(PAYER, "r1", "2023-02", "26788");
    life.until("2023-04-30");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some(OWN_PAYMENT_AT_300_000));
    assert_eq!(life.count("hearing-opened"), 0);
}

#[test]
fn a_late_correction_recalculates_its_own_month_again() {
    let mut life = granted();
    life.income(PAYER, "r1", "2023-02", "20000");
    life.until("2023-05-02");
    life.income(PAYER, "r2", "2023-02", "5000");
    life.until("2023-05-20");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some(OWN_PAYMENT_AT_300_000));
}

#[test]
fn self_employed_households_are_not_recalculated_monthly() {
    let mut life = couple_with_a_child();
    let (applied_on, yearly_income) = (day("2023-01-02"), Money::dkk(300_000));
    life.order(CaseOrder::ApplySubsidy { applied_on, yearly_income, self_employed: true, admitted_on: None });
    life.income(PAYER, "r1", "2023-02", "60000");
    life.until("2023-04-30");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some(OWN_PAYMENT_AT_300_000));
}

#[test]
fn a_missing_month_is_left_to_the_yearly_control_and_shown() {
    let mut life = granted();
    life.income(PAYER, "r1", "2023-02", "25000");
    life.until("2023-04-30");
    assert_eq!(life.owed_in("2023-03").as_deref(), Some(OWN_PAYMENT_AT_300_000));
    assert_eq!(life.count("review-needed"), 1);
}

fn newcomer(life: &mut Life) {
    let address: AddressKey = PersonSecret::new(*b"0123456789abcdef").unwrap().address_key("a");
    let (person, since) = (party(NEWCOMER).person, day("2023-03-15"));
    let arrival =
        AddressArrival { address, person, born: Some(day("1985-01-01")), since, recorded_on: since };
    let notice = OpenNotice {
        notice: domain::NoticeId::derive(&["n"]),
        event_type: "adult_moved_in".to_owned(),
        deadline: day("2023-03-29"),
        owner: "x".to_owned(),
        strategy: "t".to_owned(),
        closed_by: Some(ClosedBy::Assessment),
    };
    life.message(&Message::CaseNotices(body(CaseNotice {
        case: CaseId::parse("K-1").unwrap(),
        role: Role::Address,
        about: NoticeSubject::Arrival(arrival),
        notices: vec![notice],
    })));
}

#[test]
fn a_cohabitant_who_moves_in_ends_the_single_providers_addition_after_a_hearing() {
    let mut life = Life::begin("2023-01-02");
    life.household(&[PAYER], &[CHILD], true);
    life.place("P-1", CHILD, "2023-02-01", 3000);
    life.apply(300_000);
    life.until("2023-03-16");
    // 300,000 − 67,719: row 9, own payment 14 %.
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("420.00"));
    newcomer(&mut life);
    life.until("2023-03-17");
    assert_eq!(life.count("hearing-opened"), 1);
    assert!(life.case().notices.is_empty());
    let closed = life.events.iter().find_map(|event| match &event.fact {
        AssessmentFact::NoticeClosed { outcome, .. } => Some(outcome.clone()),
        _ => None,
    });
    assert_eq!(closed, Some(NoticeOutcome::HearingOpened));
    life.until("2023-03-31");
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("420.00"));
    assert_eq!(life.owed_in("2023-04").as_deref(), Some(OWN_PAYMENT_AT_300_000));
}

#[test]
fn a_birth_counts_from_the_1st_after_it_was_stated() {
    let mut life = granted();
    life.until("2023-03-10");
    let adults = vec![party(PAYER), party(PARTNER)];
    let children = vec![party(CHILD), party(SIBLING)];
    life.order(CaseOrder::SetHousehold { from: day("2023-02-20"), adults, children, single_provider: false });
    life.until("2023-04-01");
    assert_eq!(life.owed_in("2023-03").as_deref(), Some(OWN_PAYMENT_AT_300_000));
    // 300,000 − 7,000: row 23, own payment 28 %.
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("840.00"));
}

#[test]
fn the_payment_stops_on_the_day_a_child_moves_out_of_the_municipality() {
    let mut life = couple_with_a_child();
    life.until("2023-03-20");
    life.message(&snapshot(CHILD, "2023-03-20", |snapshot| {
        let address = PersonSecret::new(*b"0123456789abcdef").unwrap().address_key("b");
        let since = Some(day("2023-03-15"));
        let municipality = AuthorityId::parse("0147").unwrap();
        snapshot.home = Some(Home { municipality, address, since, municipality_since: since });
    }));
    life.until("2023-04-02");
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("1500.00"));
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("0.00"));
    assert_eq!(life.owed_in("2023-05"), None);
}

#[test]
fn a_place_that_begins_on_the_15th_costs_half_a_month() {
    let mut life = Life::begin("2023-01-02");
    life.household(&[PAYER, PARTNER], &[CHILD], false);
    life.place("P-1", CHILD, "2023-02-15", 3000);
    life.until("2023-02-01");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("1500.00"));
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("3000.00"));
}

#[test]
fn when_the_payer_dies_the_other_parent_pays_from_the_next_month() {
    let mut life = couple_with_a_child();
    life.until("2023-03-20");
    life.message(&snapshot(PAYER, "2023-03-20", |snapshot| {
        snapshot.status = "90".to_owned();
        snapshot.status_since = Some(day("2023-03-12"));
    }));
    life.until("2023-04-02");
    let owed = life.owed();
    let amount =
        |of: &str, person: u32| owed.get(&(month(of), party(person).person)).map(|amount| amount.to_text());
    assert_eq!(amount("2023-03", PAYER).as_deref(), Some("3000.00"));
    assert_eq!(amount("2023-04", PAYER).as_deref(), Some("0.00"));
    assert_eq!(amount("2023-04", PARTNER).as_deref(), Some("3000.00"));
}

#[test]
fn a_new_rate_counts_from_its_day_without_hearing() {
    let mut life = couple_with_a_child();
    life.until("2023-12-10");
    life.order(CaseOrder::ChangePlace {
        place: PlaceId::parse("P-1").unwrap(),
        from: day("2024-01-01"),
        terms: terms(3100),
    });
    life.until("2024-01-02");
    assert_eq!(life.owed_in("2023-12").as_deref(), Some("3000.00"));
    assert_eq!(life.owed_in("2024-01").as_deref(), Some("3100.00"));
    assert_eq!(life.count("hearing-opened"), 0);
}

#[test]
fn the_letter_of_a_new_year_says_whether_the_scale_alone_is_new() {
    let rates = || CaseOrder::ChangePlace {
        place: PlaceId::parse("P-1").unwrap(),
        from: day("2024-01-01"),
        terms: terms(3100),
    };
    for (ordered, reason) in [
        (None, "fordi indkomstgrænserne i fripladsskalaen er reguleret for 2024"),
        (Some(rates()), "på grund af ændret plads, takst eller tilskud"),
    ] {
        let mut life = granted();
        life.until("2023-11-20");
        if let Some(order) = ordered {
            life.order(order);
        }
        life.until("2023-12-02");
        let letter = life.letters.last().unwrap().text.replace('\n', " ");
        assert!(letter.contains("fra den 1. januar 2024") && letter.contains(reason), "{letter}");
    }
}

#[test]
fn a_rate_above_the_laws_share_is_refused_by_name() {
    let mut life = Life::begin("2023-01-02");
    life.household(&[PAYER, PARTNER], &[CHILD], false);
    let terms = PlaceTerms { gross_cost: Money::dkk(4000), ..terms(3000) };
    let (place, child) = (PlaceId::parse("P-1").unwrap(), party(CHILD));
    let order = CaseOrder::PlaceChild { place, child, from: day("2023-02-01"), to: None, terms };
    let message = life.command(order);
    let refusal = life.try_input(Input::Message(&message)).unwrap_err();
    assert_eq!(refusal.code, "not_assessable");
    assert!(!refusal.detail.contains("610185"));
}

#[test]
fn the_second_childs_place_brings_the_sibling_subsidy() {
    let mut life = couple_with_a_child();
    life.place("P-2", SIBLING, "2023-03-01", 2000);
    life.until("2023-03-01");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("3000.00"));
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("4000.00"));
}

#[test]
fn every_letter_states_the_amount_that_is_determined_and_the_children_by_their_birth() {
    let mut life = granted();
    life.until("2023-01-03");
    assert_eq!(life.letters.len(), 1, "facts of one day are decided once");
    let text = &life.letters.last().unwrap().text;
    assert!(text.contains("870,00") && text.contains("Barn født den 1. januar 1985"), "{text}");
}

#[test]
fn the_first_month_after_a_place_whose_end_was_known_ahead_is_determined_to_be_free_and_no_later_one() {
    let mut life = couple_with_a_child();
    life.until("2023-03-10");
    life.order(CaseOrder::EndPlace { place: PlaceId::parse("P-1").unwrap(), last_day: day("2023-05-31") });
    life.until("2023-09-02");
    assert_eq!(life.owed_in("2023-05").as_deref(), Some("3000.00"));
    assert_eq!(life.owed_in("2023-06").as_deref(), Some("0.00"), "so that a standing order ends");
    assert_eq!(life.owed_in("2023-07"), None);
    assert_eq!(life.count("decision-made"), 2);
}

#[test]
fn a_payer_whose_leaving_was_known_ahead_is_told_that_the_first_month_after_is_free() {
    let mut life = couple_with_a_child();
    life.until("2023-03-10");
    life.order(CaseOrder::ChangePayer { from: day("2023-06-01"), payer: party(PARTNER) });
    life.until("2023-08-02");
    let owed = |life: &Life, payer: u32, period: &str| {
        let case = life.case();
        let standing = case.determined.get(&month(period))?.get(&party(payer).person)?;
        Some(standing.amount.to_text())
    };
    assert_eq!(owed(&life, PAYER, "2023-05").as_deref(), Some("3000.00"));
    assert_eq!(owed(&life, PAYER, "2023-06").as_deref(), Some("0.00"));
    assert_eq!(owed(&life, PAYER, "2023-07"), None);
    assert_eq!(owed(&life, PARTNER, "2023-05"), None);
    for period in ["2023-06", "2023-07", "2023-08"] {
        assert_eq!(owed(&life, PARTNER, period).as_deref(), Some("3000.00"), "{period}");
    }
}

#[test]
fn a_household_stated_anew_for_the_opening_day_leaves_no_month_without_a_household() {
    let mut life = Life::begin("2023-01-02");
    life.household(&[PAYER, PARTNER], &[CHILD], false);
    life.place("P-1", CHILD, "2023-01-02", 3000);
    let (adults, children) = (vec![party(PAYER)], vec![party(CHILD)]);
    life.order(CaseOrder::SetHousehold { from: day("2023-01-02"), adults, children, single_provider: true });
    life.until("2023-01-03");
    assert_eq!(life.owed_in("2023-01").as_deref(), Some("3000.00"));
}

#[test]
fn a_payer_corrected_from_the_first_day_owes_nothing_any_more() {
    let mut life = couple_with_a_child();
    life.until("2023-02-03");
    let adults = vec![party(PARTNER)];
    let (from, children) = (day("2023-01-02"), vec![party(CHILD)]);
    life.order(CaseOrder::ChangePayer { from, payer: party(PARTNER) });
    life.order(CaseOrder::SetHousehold { from, adults, children, single_provider: false });
    life.until("2023-02-05");
    let owed = life.owed();
    let amount = |person: u32| owed[&(month("2023-02"), party(person).person)].to_text();
    assert_eq!((amount(PAYER).as_str(), amount(PARTNER).as_str()), ("0.00", "3000.00"));
}

#[test]
fn when_a_lone_payer_dies_nothing_is_owed_from_the_next_month_and_staff_are_asked() {
    let mut life = Life::begin("2023-01-02");
    life.household(&[PAYER], &[CHILD], true);
    life.place("P-1", CHILD, "2023-02-01", 3000);
    life.until("2023-03-20");
    life.message(&snapshot(PAYER, "2023-03-20", |snapshot| {
        snapshot.status = "90".to_owned();
        snapshot.status_since = Some(day("2023-03-12"));
    }));
    life.until("2023-04-02");
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("3000.00"));
    assert_eq!(life.owed_in("2023-04").as_deref(), Some("0.00"));
    assert!(life.count("review-needed") > 0);
}

#[test]
fn a_correction_below_the_income_that_was_heard_needs_no_second_hearing() {
    let mut life = granted();
    life.income(PAYER, "r1", "2023-02", "32000");
    life.until("2023-04-01");
    assert_eq!(life.count("hearing-opened"), 1);
    life.income(PAYER, "r2", "2023-02", "-2000");
    life.until("2023-05-10");
    assert_eq!(life.count("hearing-opened"), 1);
    // 12 × 30,000 = 360,000: own payment 43 %.
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("1290.00"));
}

#[test]
fn orders_for_a_case_that_nobody_opens_are_told_after_a_fortnight_and_not_when_it_is_opened_in_time() {
    let place = |life: &mut Life| {
        life.order(CaseOrder::PlaceChild {
            place: PlaceId::parse("P-1").unwrap(),
            child: party(CHILD),
            from: day("2023-02-01"),
            to: None,
            terms: terms(3000),
        });
    };
    let mut alone = Life::begin("2023-01-02");
    place(&mut alone);
    alone.until("2023-01-14");
    alone.order(CaseOrder::EndPlace { place: PlaceId::parse("P-1").unwrap(), last_day: day("2023-06-30") });
    alone.until("2023-01-15");
    assert!(alone.dead_letters.is_empty());
    alone.until("2023-03-01");
    let refused =
        |letter: &DeadLetter| matches!(letter, DeadLetter::Refused(one) if one.code == "case_not_opened");
    assert!(alone.dead_letters.iter().map(refused).eq([true]), "once: {:?}", alone.dead_letters);
    alone.order(CaseOrder::CloseCase { last_day: day("2023-03-01") });
    assert!(matches!(&alone.dead_letters[1..], [DeadLetter::Settled { outcome, .. }] if outcome == "closed"));
    alone.until("2023-06-01");
    assert_eq!(alone.dead_letters.len(), 2);
    let mut opened = Life::begin("2023-01-02");
    place(&mut opened);
    opened.until("2023-01-10");
    opened.order(CaseOrder::OpenCase {
        scheme: Scheme::DkDaycare,
        billing: BillingMode::Monthly,
        payer: party(PAYER),
        from: day("2023-01-01"),
        adults: vec![party(PAYER)],
        children: vec![party(CHILD)],
        single_provider: true,
    });
    opened.until("2023-02-03");
    assert!(!opened.letters.is_empty() && opened.dead_letters.is_empty(), "as if it had been opened first");
}

#[test]
fn an_order_about_a_place_that_nobody_gave_is_told_until_the_place_is_there() {
    let mut life = couple_with_a_child();
    life.order(CaseOrder::EndPlace { place: PlaceId::parse("P-2").unwrap(), last_day: day("2023-05-31") });
    life.until("2023-01-04");
    let [DeadLetter::Refused(told)] = &life.dead_letters[..] else { panic!("{:?}", life.dead_letters) };
    assert!(told.code == "unknown_place" && told.detail.contains("P-2"), "{told:?}");
    life.place("P-2", SIBLING, "2023-03-01", 2000);
    life.until("2023-01-06");
    assert!(matches!(&life.dead_letters[1..], [DeadLetter::Settled { .. }]));
}

#[test]
fn a_parent_who_takes_over_late_keeps_the_subsidy_of_the_month_in_which_it_is_told() {
    let mut life = granted();
    life.until("2023-04-03");
    life.order(CaseOrder::ChangePayer { from: day("2023-04-01"), payer: party(NEWCOMER) });
    life.order(CaseOrder::SetHousehold {
        from: day("2023-04-01"),
        adults: vec![party(NEWCOMER)],
        children: vec![party(CHILD)],
        single_provider: false,
    });
    life.until("2023-05-02");
    let owed = life.owed();
    for of in ["2023-04", "2023-05"] {
        assert_eq!(owed[&(month(of), party(NEWCOMER).person)].to_text(), OWN_PAYMENT_AT_300_000, "{of}");
    }
}

#[test]
fn both_payers_are_told_when_one_takes_over_from_the_other_and_a_dead_one_is_not_written_to() {
    for dies in [false, true] {
        let mut life = granted();
        life.until("2023-04-10");
        if dies {
            life.message(&snapshot(PAYER, "2023-04-10", |snapshot| {
                "90".clone_into(&mut snapshot.status);
                snapshot.status_since = Some(day("2023-04-05"));
            }));
        } else {
            life.order(CaseOrder::ChangePayer { from: day("2023-06-01"), payer: party(PARTNER) });
        }
        let before = life.letters.len();
        life.until("2023-06-02");
        let told = |person: u32| -> Vec<&Letter> {
            life.letters[before..].iter().filter(|letter| letter.recipient == party(person)).collect()
        };
        let [new] = told(PARTNER)[..] else { panic!("{:?}", told(PARTNER)) };
        let new = new.text.replace('\n', " ");
        assert!(new.contains("betaler fra da af i stedet for en anden betaler"), "{new}");
        match told(PAYER)[..] {
            [] => assert!(dies, "the other payer was not told"),
            [old] => assert!(
                !dies && old.text.contains("1. juni 2023") && !old.text.contains("300.000"),
                "{}",
                old.text
            ),
            _ => panic!("told twice"),
        }
    }
}

#[test]
fn a_payer_who_is_freed_from_months_that_have_begun_is_told_what_is_credited() {
    let mut life = granted();
    life.until("2023-04-10");
    let paid: Vec<Money> = ["2023-02", "2023-03", "2023-04"]
        .map(|of| life.owed()[&(month(of), party(PAYER).person)])
        .into_iter()
        .collect();
    let sum = paid.iter().copied().reduce(|a, b| a.plus(b).unwrap()).unwrap();
    let from = day("2023-02-01");
    life.order(CaseOrder::ChangePayer { from, payer: party(PARTNER) });
    life.until("2023-04-12");
    let freed = |letter: &&Letter| letter.recipient == party(PAYER) && letter.title.contains("hos en anden");
    let letters: Vec<&Letter> = life.letters.iter().filter(freed).collect();
    let [letter] = letters[..] else { panic!("{letters:?}") };
    let text = letter.text.replace('\n', " ");
    for part in
        ["februar 2023 til april 2023", &format!("-{}", schemes::letter::danish::money(sum)), "for maj 2023"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        ["2023-02", "2023-03", "2023-04"]
            .iter()
            .all(|of| life.owed()[&(month(of), party(PAYER).person)].is_zero())
    );
}

#[test]
fn a_payer_who_is_freed_for_some_months_is_told_of_those_alone() {
    let mut life = couple_with_a_child();
    life.until("2023-10-05");
    life.order(CaseOrder::ChangePayer { from: day("2023-03-01"), payer: party(PARTNER) });
    life.order(CaseOrder::ChangePayer { from: day("2023-06-01"), payer: party(PAYER) });
    life.until("2023-10-07");
    let freed = |letter: &&Letter| letter.recipient == party(PAYER) && letter.title.contains("hos en anden");
    let letters: Vec<&Letter> = life.letters.iter().filter(freed).collect();
    let [letter] = letters[..] else { panic!("{letters:?}") };
    let text = letter.text.replace('\n', " ");
    for part in ["marts 2023 til maj 2023", "-9.000,00 kr.", "til og med den 31. maj 2023"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_payer_from_outside_the_household_gets_no_subsidy_by_its_income_and_staff_are_told() {
    let mut life = granted();
    life.until("2023-04-10");
    life.order(CaseOrder::ChangePayer { from: day("2023-06-01"), payer: party(NEWCOMER) });
    life.until("2023-06-02");
    let owed = life.owed();
    assert_eq!(owed[&(month("2023-06"), party(NEWCOMER).person)], Money::dkk(3000));
    let told: Vec<&Letter> =
        life.letters.iter().filter(|letter| letter.recipient == party(NEWCOMER)).collect();
    assert!(
        !told.is_empty() && told.iter().all(|letter| !letter.text.contains("300.000")),
        "the income of others"
    );
    let told = life.events.iter().any(|event| {
        matches!(&event.fact,
        AssessmentFact::ReviewNeeded { code, .. } if code == "payer_outside_household")
    });
    assert!(told);
}

#[test]
fn a_child_in_a_place_that_no_household_states_is_shown_until_it_does() {
    let mut life = Life::begin("2023-01-02");
    life.household(&[PAYER, PARTNER], &[CHILD], false);
    life.place("P-1", SIBLING, "2023-02-01", 3000);
    life.until("2023-02-03");
    let asked = |life: &Life| life.case().open_reviews().iter().map(|review| review.code).collect::<Vec<_>>();
    assert_eq!(asked(&life), ["child_outside_household"]);
    assert_eq!(life.count("review-needed"), 1);
    life.order(CaseOrder::SetHousehold {
        from: day("2023-02-01"),
        adults: [PAYER, PARTNER].map(party).into(),
        children: [CHILD, SIBLING].map(party).into(),
        single_provider: false,
    });
    life.until("2023-03-03");
    assert_eq!(asked(&life), [""; 0]);
}

#[test]
fn a_household_stated_late_that_raises_a_recalculated_month_is_decided_and_not_refused() {
    let mut life = Life::begin("2023-01-02");
    life.household(&[PAYER, PARTNER], &[CHILD, SIBLING], false);
    life.place("P-1", CHILD, "2023-02-01", 3000);
    life.apply(300_000);
    life.income(PAYER, "r1", "2023-02", "20000");
    life.until("2023-03-15");
    assert_ne!(life.owed_in("2023-02").as_deref(), Some(OWN_PAYMENT_AT_300_000));
    let before = life.owed_in("2023-02");
    life.order(CaseOrder::SetHousehold {
        from: day("2023-01-05"),
        adults: vec![party(PAYER), party(PARTNER)],
        children: vec![party(CHILD)],
        single_provider: false,
    });
    life.until("2023-03-20");
    assert_ne!(life.owed_in("2023-02"), before);
    for letter in &life.letters[life.letters.len() - 2..] {
        let text = letter.text.replace('\n', " ");
        assert!(text.contains("det, der er oplyst til os om husstanden"), "{text}");
    }
    assert!(life.dead_letters.is_empty());
}
