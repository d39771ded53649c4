//! Who lives with whom and where, month by month: second moves, late and corrected facts, and what the payer states.

use super::*;
use domain::AddressKey;
use messages::{AddressArrival, HearingOutcome, Home};

pub(super) fn address(house: &str) -> AddressKey {
    PersonSecret::new(*b"0123456789abcdef").unwrap().address_key(house)
}

pub(super) fn lives(person: u32, municipality: &str, house: &str, since: &str, recorded_on: &str) -> Message {
    snapshot(person, recorded_on, |snapshot| {
        let since = Some(day(since));
        let municipality = AuthorityId::parse(municipality).unwrap();
        snapshot.home =
            Some(Home { municipality, address: address(house), since, municipality_since: since });
    })
}

pub(super) fn arrives(person: u32, house: &str, since: &str, recorded_on: &str) -> Message {
    let about = NoticeSubject::Arrival(AddressArrival {
        address: address(house),
        person: party(person).person,
        born: Some(day("1985-01-01")),
        since: day(since),
        recorded_on: day(recorded_on),
    });
    let case = CaseId::parse("K-1").unwrap();
    Message::CaseNotices(body(CaseNotice { case, role: Role::Address, about, notices: Vec::new() }))
}

pub(super) fn couple() -> Life {
    let mut life = Life::begin("2023-01-02");
    life.household(&[PAYER, PARTNER], &[CHILD], false);
    life.place("P-1", CHILD, "2023-02-01", 3000);
    life
}

pub(super) fn single() -> Life {
    let mut life = Life::begin("2023-01-02");
    life.household(&[PAYER], &[CHILD], true);
    life.place("P-1", CHILD, "2023-02-01", 3000);
    life.apply(300_000);
    life.message(&lives(PAYER, "0101", "a", "2020-01-01", "2023-01-02"));
    life
}

/// Of 300,000 with the addition for single providers, and without.
pub(super) const SINGLE: &str = "420.00";
pub(super) const NOT_SINGLE: &str = "870.00";

fn state_household(life: &mut Life, from: &str, single_provider: bool) {
    let (adults, children) = (vec![party(PAYER)], vec![party(CHILD)]);
    life.order(CaseOrder::SetHousehold { from: day(from), adults, children, single_provider });
}

pub(super) fn outcomes(life: &Life) -> Vec<HearingOutcome> {
    let closed = life.events.iter().filter_map(|event| match &event.fact {
        AssessmentFact::HearingClosed { outcome, .. } => Some(*outcome),
        _ => None,
    });
    closed.collect()
}

#[test]
fn a_childs_second_move_leaves_the_months_of_the_first_as_they_were_in_any_order_of_arrival() {
    let moves = [
        lives(CHILD, "0101", "a", "2020-01-01", "2023-01-02"),
        lives(CHILD, "0147", "b", "2023-03-15", "2023-03-16"),
        lives(CHILD, "0151", "c", "2023-05-10", "2023-05-11"),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
        let mut life = couple();
        life.until("2023-05-12");
        for n in order {
            life.message(&moves[n]);
            life.until(&life.today.succ_opt().unwrap().to_string());
        }
        life.until("2023-08-02");
        let owed = ["2023-02", "2023-03", "2023-04", "2023-05", "2023-06"].map(|of| life.owed_in(of));
        let expected = ["3000.00", "1500.00", "0.00", "0.00", "0.00"].map(|owed| Some(owed.to_owned()));
        assert_eq!(owed, expected, "{order:?}");
    }
}

#[test]
fn somebody_who_moves_into_the_payers_old_home_never_lived_with_the_payer() {
    let moved = lives(PAYER, "0101", "b", "2023-03-01", "2023-03-20");
    let tenant = arrives(NEWCOMER, "a", "2023-03-15", "2023-03-16");
    for known_late in [true, false] {
        let mut life = single();
        life.until("2023-03-21");
        for message in if known_late { [&tenant, &moved] } else { [&moved, &tenant] } {
            life.message(message);
            life.until(&(life.today + chrono::Days::new(2)).to_string());
        }
        life.until("2023-07-02");
        for of in ["2023-04", "2023-05", "2023-07"] {
            assert_eq!(life.owed_in(of).as_deref(), Some(SINGLE), "{of}");
        }
        let hearings = if known_late { vec![HearingOutcome::Superseded] } else { Vec::new() };
        assert_eq!(outcomes(&life), hearings);
        assert!(life.case().hearings.values().all(|hearing| hearing.ended.is_some()));
    }
}

#[test]
fn a_newcomers_second_move_leaves_the_months_together_as_they_were() {
    let mut life = single();
    life.until("2023-03-16");
    life.message(&arrives(NEWCOMER, "a", "2023-03-15", "2023-03-16"));
    life.until("2023-04-05");
    assert_eq!(life.owed_in("2023-04").as_deref(), Some(NOT_SINGLE));
    life.message(&lives(NEWCOMER, "0101", "c", "2023-05-20", "2023-05-21"));
    life.message(&arrives(NEWCOMER, "a", "2023-07-10", "2023-07-11"));
    life.until("2023-09-02");
    for (of, owed) in [
        ("2023-04", NOT_SINGLE),
        ("2023-05", NOT_SINGLE),
        ("2023-06", SINGLE),
        ("2023-07", SINGLE),
        ("2023-08", NOT_SINGLE),
    ] {
        assert_eq!(life.owed_in(of).as_deref(), Some(owed), "{of}");
    }
}

#[test]
fn a_hearing_about_somebody_who_moved_in_closes_when_the_payer_states_otherwise() {
    let mut life = single();
    life.until("2023-03-16");
    life.message(&arrives(NEWCOMER, "a", "2023-03-15", "2023-03-16"));
    life.until("2023-03-18");
    assert_eq!(life.count("hearing-opened"), 1);
    state_household(&mut life, "2023-03-15", true);
    life.until("2023-03-19");
    assert_eq!(outcomes(&life), [HearingOutcome::Superseded]);
    life.until("2023-07-02");
    assert_eq!(life.owed_in("2023-06").as_deref(), Some(SINGLE));
    assert_eq!(life.count("hearing-opened"), 1);
}

#[test]
fn a_hearing_closes_also_when_the_household_is_stated_anew_for_the_opening_day() {
    let mut life = single();
    life.until("2023-03-16");
    life.message(&arrives(NEWCOMER, "a", "2023-03-15", "2023-03-16"));
    life.until("2023-03-18");
    state_household(&mut life, "2023-01-02", true);
    life.until("2023-03-19");
    assert_eq!(outcomes(&life), [HearingOutcome::Superseded]);
}

#[test]
fn a_statement_for_a_later_day_leaves_the_months_before_it_to_the_hearing() {
    let mut life = single();
    life.until("2023-03-16");
    life.message(&arrives(NEWCOMER, "a", "2023-03-15", "2023-03-16"));
    life.until("2023-03-18");
    state_household(&mut life, "2023-05-10", true);
    life.until("2023-07-02");
    assert_eq!(outcomes(&life), [HearingOutcome::Unanswered]);
    assert_eq!(life.owed_in("2023-04").as_deref(), Some(NOT_SINGLE));
    assert_eq!(life.owed_in("2023-06").as_deref(), Some(SINGLE));
}

#[test]
fn a_hearing_about_a_months_income_closes_when_the_payer_applies_with_that_income() {
    let mut life = couple();
    life.apply(300_000);
    life.income(PAYER, "r1", "2023-02", "30000");
    life.until("2023-03-13");
    assert_eq!(life.count("hearing-opened"), 1);
    let (applied_on, admitted_on) = (day("2023-02-20"), Some(day("2023-02-01")));
    let yearly_income = Money::dkk(360_000);
    life.order(CaseOrder::ApplySubsidy { applied_on, yearly_income, self_employed: false, admitted_on });
    life.until("2023-03-14");
    assert_eq!(outcomes(&life), [HearingOutcome::Superseded]);
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("1290.00"), "as the payer has stated");
}

#[test]
fn a_place_held_before_the_case_began_is_paid_for() {
    let mut life = Life::begin("2023-02-01");
    life.household(&[PAYER, PARTNER], &[CHILD], false);
    life.place("P-1", CHILD, "2023-01-01", 3000);
    life.until("2023-02-02");
    assert_eq!(life.owed_in("2023-01").as_deref(), Some("3000.00"));
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("3000.00"));
}

#[test]
fn the_end_of_a_place_can_be_corrected_to_a_later_day_in_any_order_of_arrival() {
    let end = |last_day: &str| CaseOrder::EndPlace {
        place: PlaceId::parse("P-1").unwrap(),
        last_day: day(last_day),
    };
    for late in [false, true] {
        let mut life = couple();
        life.until("2023-03-10");
        let mut orders = [("2023-03-08", "2023-03-31"), ("2023-03-09", "2023-05-31")];
        if late {
            orders.reverse();
        }
        for (issued_on, last_day) in orders {
            life.order_issued(issued_on, end(last_day));
        }
        life.until("2023-08-02");
        assert_eq!(life.owed_in("2023-05").as_deref(), Some("3000.00"), "late: {late}");
        assert_eq!(life.owed_in("2023-06").as_deref(), Some("0.00"), "late: {late}");
    }
}

#[test]
fn a_ruling_without_an_objection_neither_raises_at_once_nor_stops_the_case() {
    let mut life = couple();
    life.apply(300_000);
    life.income(PAYER, "r1", "2023-02", "30000");
    life.until("2023-03-13");
    let hearing = life.case().hearings.keys().next().unwrap().clone();
    let reason = "nothing to add".to_owned();
    let decided_on = day("2023-03-13");
    life.order(CaseOrder::DecideHearing { hearing, decided_on, raise_stands: true, reason });
    life.until("2023-03-20");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some(NOT_SINGLE));
    life.until("2023-03-21");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("1290.00"));
}

#[test]
fn an_income_that_was_reversed_and_reported_anew_under_its_id_counts_as_reported_last() {
    let report = |kroner: &str, kind, recorded_on: &str| {
        let Message::CaseNotices(mut notice) = income(PAYER, "r1", "2023-02", kroner, kind) else {
            unreachable!()
        };
        if let NoticeSubject::Register(event) = &mut notice.data.about {
            event.recorded_on = day(recorded_on);
        }
        Message::CaseNotices(notice)
    };
    let messages = [
        report("60000", ReportKind::Report, "2023-03-01"),
        report("60000", ReportKind::Reversal, "2023-03-02"),
        report("20000", ReportKind::Report, "2023-03-03"),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let mut life = couple();
        life.apply(300_000);
        life.until("2023-03-04");
        for n in order {
            life.message(&messages[n]);
        }
        life.until("2023-05-02");
        assert_eq!(life.owed_in("2023-02").as_deref(), Some("450.00"), "{order:?}");
    }
}
