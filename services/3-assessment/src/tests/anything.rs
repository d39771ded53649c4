//! Whatever is ordered and reported of a family, on whatever days: nothing stops the case. What can have no effect is told and
//! set aside.

use super::households::{arrives, lives};
use super::register_raises::rule_out_all_raises;
use super::*;
use messages::HearingAnswer;
use proptest::prelude::*;

/// One thing that happens: which, to or by which one, a figure, and a day counted from the first of the year.
type Happening = (u8, u8, u8, u16);

/// The same when the year is over.
const KINDS_AFTER: [u8; 14] = [15, 15, 15, 15, 15, 3, 4, 5, 8, 9, 14, 14, 12, 10];

/// The kinds of things that happen, by how often: incomes most of all, then households and payers.
const KINDS: [u8; 27] =
    [0, 0, 1, 2, 3, 3, 3, 4, 4, 5, 6, 7, 8, 8, 8, 8, 8, 8, 9, 10, 11, 12, 13, 14, 15, 15, 15];

fn order(life: &mut Life, order: CaseOrder) {
    let message = life.command(order);
    if let Err(refused) = life.try_input(Input::Message(&message)) {
        assert!(!refused.holds, "{refused:?}");
    }
}

fn happens(life: &mut Life, (kind, which, figure, on): Happening) {
    let from = day("2023-01-01") + chrono::Days::new(u64::from(on));
    let since = from.to_string();
    let today = life.today.to_string();
    let first = PlaceId::parse(if which % 2 == 0 { "P-1" } else { "P-2" }).unwrap();
    let child = if which % 2 == 0 { CHILD } else { SIBLING };
    let adult = [PAYER, PARTNER, NEWCOMER][usize::from(which) % 3];
    let rate = 1_000 + 100 * i64::from(figure);
    match kind {
        0 => order(
            life,
            CaseOrder::PlaceChild { place: first, child: party(child), from, to: None, terms: terms(rate) },
        ),
        1 => order(life, CaseOrder::ChangePlace { place: first, from, terms: terms(rate) }),
        2 => order(life, CaseOrder::EndPlace { place: first, last_day: from }),
        3 => order(
            life,
            CaseOrder::SetHousehold {
                from,
                adults: if which % 2 == 0 { vec![party(PAYER)] } else { vec![party(PAYER), party(PARTNER)] },
                children: if figure % 2 == 0 {
                    vec![party(CHILD)]
                } else {
                    vec![party(CHILD), party(SIBLING)]
                },
                single_provider: which % 4 == 0,
            },
        ),
        4 => order(life, CaseOrder::ChangePayer { from, payer: party(adult) }),
        5 => order(
            life,
            CaseOrder::ApplySubsidy {
                applied_on: life.today.min(from),
                yearly_income: Money::dkk(10_000 * i64::from(figure)),
                self_employed: which == 5,
                admitted_on: None,
            },
        ),
        6 => order(life, CaseOrder::EndSubsidy { from }),
        7 => order(life, CaseOrder::CloseCase { last_day: from }),
        8 => {
            // Of the months before: they are recalculated.
            let of = Period::of(life.today).minus_months(u32::from(which) % 3);
            let kroner = (1_000 * i64::from(figure)).to_string();
            life.message(&income(adult, "r0", &of.to_string(), &kroner, ReportKind::Report));
        }
        9 => {
            let of = Period::of(from).to_string();
            let kind = if which == 5 { ReportKind::Reversal } else { ReportKind::Report };
            let kroner = (1_000 * i64::from(figure)).to_string();
            life.message(&income(adult, &format!("r{}", which % 3), &of, &kroner, kind));
        }
        10 => life.message(&lives(child, if figure % 2 == 0 { "0101" } else { "0147" }, "a", &since, &today)),
        11 => life.message(&lives(adult, "0101", if figure % 2 == 0 { "a" } else { "b" }, &since, &today)),
        12 => life.message(&snapshot(if which < 3 { adult } else { child }, &today, |snapshot| {
            snapshot.status = if figure % 2 == 0 { "01" } else { "90" }.to_owned();
            snapshot.status_since = Some(from);
        })),
        15 => order(
            life,
            CaseOrder::StateYearlyIncome {
                year: 2023,
                adult: party(adult),
                income: Money::dkk(10_000 * i64::from(figure)),
                knowingly_since: None,
            },
        ),
        13 => life.message(&arrives(NEWCOMER, "a", &since, &today)),
        _ => {
            let open = life.case().hearings.iter().find(|(_, hearing)| hearing.ended.is_none());
            let Some(hearing) = open.map(|(id, _)| id.clone()) else { return };
            if figure % 3 == 0 {
                return rule_out_all_raises(life);
            }
            let answer = if figure % 3 == 1 { HearingAnswer::Accepts } else { HearingAnswer::Objects };
            let answered_on = life.today;
            order(life, CaseOrder::AnswerHearing { hearing: hearing.clone(), answered_on, answer });
            if answer == HearingAnswer::Objects && which % 2 == 0 {
                let (decided_on, reason) = (life.today, "efter en samlet vurdering".to_owned());
                order(
                    life,
                    CaseOrder::DecideHearing { hearing, decided_on, raise_stands: which < 3, reason },
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_ordered_or_reported_of_a_family_stops_its_case(
        all in proptest::collection::vec(((0..KINDS.len(), 0u8..6, 0u8..60, 0u16..300), 0u64..20), 4..32),
        after in proptest::collection::vec((0..KINDS_AFTER.len(), 0u8..6, 0u8..60, 0u16..300), 0..12),
    ) {
        let mut life = Life::begin("2023-01-02");
        life.household(&[PAYER, PARTNER], &[CHILD, SIBLING], false);
        life.place("P-1", CHILD, "2023-02-01", 3000);
        life.apply(300_000);
        for ((kind, which, figure, on), days) in all {
            // A morning that cannot be decided fails here, too.
            happens(&mut life, (KINDS[kind], which, figure, on));
            let later = life.today + chrono::Days::new(days);
            life.until(&later.to_string());
        }
        life.until("2024-03-02");
        // The year is over: its tax assessments, and what is still said of it.
        for (kind, which, figure, on) in after {
            happens(&mut life, (KINDS_AFTER[kind], which, figure, on));
            let later = life.today + chrono::Days::new(u64::from(which) * 3);
            life.until(&later.to_string());
        }
        life.until("2025-01-03");
    }
}
