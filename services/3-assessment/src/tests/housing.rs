//! Residents in temporary housing, day by day.

mod laws;
mod means;
mod model;
mod waits;

use super::{Life, PAYER, day, party};
use crate::housing::HousingSettings;
use domain::{FacilityId, LetterId, Money, PlaceId, UnitId};
use messages::{
    AssessmentFact, CaseOrder, FacilityCosts, HousingOrder, HousingParagraph, Means, MonthlyBudget, Party,
    Stay, StayService, StayServiceKind,
};

pub fn kroner(text: &str) -> Money {
    Money::parse(text, domain::Currency::DKK).unwrap()
}

pub fn place(id: &str) -> PlaceId {
    PlaceId::parse(id).unwrap()
}

pub fn means(income: bool) -> Means {
    Means { income, own_home_kept: false, budget: None, comparable_rent: None }
}

/// The month of a resident who can pay 3,100 kroner: a hundred a day.
pub fn budget() -> MonthlyBudget {
    let [income, home_costs, obligations, personal_needs] = ["8600", "0", "1000", "4500"].map(kroner);
    MonthlyBudget { income, home_costs, obligations, personal_needs }
}

/// The costs of a facility: `rent` and 65,000 kroner a year for 3,650 days.
pub fn costs(facility: &str, rent: Option<&str>) -> FacilityCosts {
    FacilityCosts {
        facility: FacilityId::parse(facility).unwrap(),
        valid_from: day("2023-01-01"),
        valid_to: day("2023-12-31"),
        rent: rent.map(kroner),
        electricity: Some(kroner("40000")),
        heat: Some(kroner("25000")),
        place_days: 3_650,
        provisional: false,
        owner: "bo-teamet".to_owned(),
    }
}

pub fn food(rate: &str) -> StayService {
    StayService { kind: StayServiceKind::Food, name: "Kost".to_owned(), daily_rate: kroner(rate) }
}

impl Life {
    pub fn housing(&mut self, order: HousingOrder<Party>) {
        self.order(CaseOrder::Housing(order));
    }

    pub fn resident(&mut self) {
        self.housing(HousingOrder::OpenResidence { resident: party(PAYER) });
    }

    pub fn moves_in(&mut self, id: &str, paragraph: HousingParagraph, first_day: &str) {
        let stay = Stay {
            facility: FacilityId::parse("NORTH").unwrap(),
            unit: UnitId::parse("homeless").unwrap(),
            paragraph,
        };
        let (place, first_day) = (place(id), day(first_day));
        self.housing(HousingOrder::MoveIn { place, stay, first_day, last_day: None });
    }

    pub fn moves_out(&mut self, id: &str, last_day: &str) {
        self.housing(HousingOrder::MoveOut { place: place(id), last_day: day(last_day) });
    }

    pub fn states(&mut self, from: &str, means: Means) {
        self.housing(HousingOrder::SetMeans { from: day(from), means });
    }

    pub fn decide(&mut self, id: &str, services: Vec<StayService>) {
        self.housing(self.decision(id, None, services));
    }

    pub fn decision(&self, id: &str, rate: Option<&str>, services: Vec<StayService>) -> HousingOrder<Party> {
        HousingOrder::DecidePayment {
            place: place(id),
            daily_rate: rate.map(kroner),
            services,
            template: "2023-1".to_owned(),
        }
    }

    /// A resident of § 110 since the 1st of January 2023, with an income.
    pub fn at_the_shelter() -> Self {
        let mut life = Self::begin("2023-01-01");
        life.resident();
        life.moves_in("P-1", HousingParagraph::P110, "2023-01-01");
        life.states("2023-01-01", means(true));
        life
    }

    /// The letters wait for a delivery that is told by hand.
    pub fn letter(&self, nth: usize) -> LetterId {
        self.letters[nth].letter.clone()
    }

    pub fn awaited(&self) -> Vec<String> {
        self.events
            .iter()
            .filter_map(|event| match &event.fact {
                AssessmentFact::DecisionAwaited(awaited) => {
                    Some(format!("{} {} {:?}", event.recorded_on, awaited.days, awaited.awaits))
                }
                AssessmentFact::DecisionAwaitEnded(ended) => {
                    Some(format!("{} {} {:?}", event.recorded_on, ended.days, ended.outcome))
                }
                _ => None,
            })
            .collect()
    }
}

#[test]
fn a_decided_resident_owes_the_days_from_the_communication_on_and_each_month_when_it_is_over() {
    let mut life = Life::at_the_shelter();
    life.until("2023-01-10");
    life.decide("P-1", vec![food("60")]);
    life.until("2023-01-31");
    assert_eq!((life.count("decision-communicated"), life.count("determined")), (1, 0));
    life.until("2023-03-01");
    // Decided on the morning of the 11th: 21 days of January at 96.71. Food is paid to the shelter.
    assert_eq!(life.owed_in("2023-01").as_deref(), Some("2030.91"));
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("2707.88"));
    assert_eq!(life.owed_in("2023-03"), None);
    let AssessmentFact::Determined(january) = &life.events[life.events.len() - 1].fact else { panic!() };
    assert!(january.trace.json().contains("daily_rate_110"));
    assert_eq!(january.charge_type.as_str(), "dk-temporary-housing/own-payment");
    assert!(life.letters[0].text.contains("96,71 kr."), "{}", life.letters[0].text);
}

#[test]
fn without_a_delivered_letter_nothing_is_owed() {
    let mut life = Life::at_the_shelter();
    life.letters_wait = true;
    life.decide("P-1", Vec::new());
    life.until("2023-03-15");
    assert_eq!((life.letters.len(), life.count("determined")), (1, 0));
    let (letter, delivered_on) = (life.letter(0), day("2023-02-20"));
    life.order(CaseOrder::LetterDelivered { letter, delivered_on, channel: "post".to_owned() });
    assert_eq!(life.owed_in("2023-01"), None);
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("870.39"));
}

#[test]
fn who_moves_out_owes_nothing_from_the_day_after_also_when_it_is_told_late() {
    let mut life = Life::at_the_shelter();
    life.decide("P-1", Vec::new());
    life.until("2023-04-05");
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("2998.01"));
    life.moves_out("P-1", "2023-03-10");
    life.until("2023-05-02");
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("2707.88"));
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("967.10"));
    assert_eq!(life.owed_in("2023-04"), None);
    // It was said to end earlier still, and then that it goes on.
    life.moves_out("P-1", "2023-02-14");
    life.until("2023-05-03");
    assert_eq!(
        (life.owed_in("2023-02").as_deref(), life.owed_in("2023-03").as_deref()),
        (Some("1353.94"), Some("0.00"))
    );
    life.moves_out("P-1", "2023-03-10");
    life.until("2023-05-04");
    assert_eq!(life.owed_in("2023-03").as_deref(), Some("967.10"));
}

#[test]
fn a_new_decision_raises_only_the_days_from_its_own_communication_on() {
    let mut life = Life::at_the_shelter();
    let reduced = life.decision("P-1", Some("50"), Vec::new());
    life.housing(reduced);
    life.until("2023-02-14");
    life.decide("P-1", Vec::new());
    life.until("2023-03-02");
    assert_eq!(life.letters.len(), 2);
    // Decided on the 2nd of January at 50, and on the 15th of February at 96.71.
    assert_eq!(life.owed_in("2023-01").as_deref(), Some("1500.00"));
    assert_eq!(life.owed_in("2023-02").as_deref(), Some("2053.94"));
}

#[test]
fn orders_of_another_scheme_are_refused() {
    let mut life = Life::at_the_shelter();
    let daycare = life.command(CaseOrder::EndSubsidy { from: day("2023-02-01") });
    let refused = life.try_input(runtime::Input::Message(&daycare)).unwrap_err();
    assert_eq!(refused.code, "other_scheme");
    let mut family = Life::begin("2023-01-01");
    family.household(&[PAYER], &[], true);
    let housing = family.command(CaseOrder::Housing(HousingOrder::MoveOut {
        place: place("P-1"),
        last_day: day("2023-02-01"),
    }));
    assert_eq!(family.try_input(runtime::Input::Message(&housing)).unwrap_err().code, "other_scheme");
}

#[test]
fn what_comes_in_another_order_and_twice_ends_in_the_same() {
    let orders = |life: &Life| {
        vec![
            HousingOrder::OpenResidence { resident: party(PAYER) },
            HousingOrder::MoveIn {
                place: place("P-1"),
                stay: Stay {
                    facility: FacilityId::parse("NORTH").unwrap(),
                    unit: UnitId::parse("homeless").unwrap(),
                    paragraph: HousingParagraph::P107,
                },
                first_day: day("2023-01-01"),
                last_day: None,
            },
            HousingOrder::SetMeans {
                from: day("2023-01-01"),
                means: Means { budget: Some(budget()), ..means(true) },
            },
            HousingOrder::SetCosts(costs("NORTH", Some("300000"))),
            life.decision("P-1", None, vec![food("30")]),
            HousingOrder::OptOut {
                service: "Kost".to_owned(),
                from: day("2023-02-10"),
                to: day("2023-02-11"),
            },
            HousingOrder::Dispense {
                from: day("2023-02-20"),
                to: day("2023-02-24"),
                reason: "hospital".to_owned(),
            },
            HousingOrder::MoveOut { place: place("P-1"), last_day: day("2023-03-10") },
        ]
    };
    let lived = |turn: usize| {
        let mut life = Life::begin("2023-01-01");
        let mut all = orders(&life);
        let count = all.len();
        all.rotate_left(turn % count);
        if turn >= count {
            all.reverse();
        }
        for order in all {
            let message = life.command(CaseOrder::Housing(order));
            life.message(&message);
            life.message(&message);
        }
        life.until("2023-05-01");
        life.owed()
    };
    let first = lived(0);
    let owed: Vec<String> = first.values().map(|amount| amount.to_text()).collect();
    // 100 a day can be paid, 30 of it is food. 30 days, 23 less two meals, 10.
    assert_eq!(owed, ["3000.00", "2240.00", "1000.00"]);
    for turn in 1..16 {
        assert_eq!(lived(turn), first, "{turn}");
    }
}

#[test]
fn a_decision_is_kept_as_every_version_has_kept_it() {
    let mut life = Life::at_the_shelter();
    life.decide("P-1", Vec::new());
    life.until("2023-01-02");
    let decision = &life.case().housing.as_ref().unwrap().decisions[0];
    let kept = serde_json::to_value(decision).unwrap();
    let keys: Vec<&str> = kept.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = ["made", "place", "terms", "written_on", "communicated_on", "causes", "evidence"];
    expected.sort_unstable();
    assert_eq!(keys, expected);
    assert_eq!(kept["communicated_on"], "2023-01-02");
}
