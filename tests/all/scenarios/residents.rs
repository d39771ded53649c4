//! Residents of temporary housing from the first order to the ERP's ledger: who is decided is charged from the communication
//! on, and who is not is found.

use super::input::{Family, Input, day, month, person};
use super::on_both_backends;
use super::place::Place;
use super::{Backend, input};
use crate::program;
use domain::{CaseId, Cpr, Currency, Day, FacilityId, Money, Period, PlaceId, UnitId};
use messages::{
    AssessmentEvent, AssessmentFact, BillingMode, CaseOrder, FacilityCosts, FindingClass, FindingState,
    HousingOrder, HousingParagraph, Means, MonthlyBudget, Stay,
};
use std::collections::BTreeMap;
use std::path::Path;

fn kroner(text: &str) -> Money {
    Money::parse(text, Currency::DKK).unwrap()
}

/// A resident with one stay.
struct Resident {
    case: CaseId,
    cpr: Cpr,
    place: PlaceId,
}

impl Resident {
    fn new(number: u32) -> Self {
        Self {
            case: CaseId::parse(format!("BO-{number:04}")).unwrap(),
            cpr: person(900 + number, 1970),
            place: PlaceId::parse(format!("BO-{number:04}.P1")).unwrap(),
        }
    }

    fn order(&self, input: &mut Input, on: &str, order: HousingOrder<Cpr>) {
        input.order_of(day(on), &self.case, CaseOrder::Housing(order));
    }

    /// Lives in the facility since this day, and has an income.
    fn moves_in(&self, input: &mut Input, paragraph: HousingParagraph, first_day: &str) {
        let stay = Stay {
            facility: FacilityId::parse(if paragraph == HousingParagraph::P107 {
                "HOUSE"
            } else {
                "SHELTER"
            })
            .unwrap(),
            unit: UnitId::parse("homeless").unwrap(),
            paragraph,
        };
        let [income, home_costs, obligations, personal_needs] = ["8600", "0", "1000", "4500"].map(kroner);
        let budget = MonthlyBudget { income, home_costs, obligations, personal_needs };
        let budget = (paragraph == HousingParagraph::P107).then_some(budget);
        let means = Means { income: true, own_home_kept: false, budget, comparable_rent: None };
        let (place, resident) = (self.place.clone(), self.cpr.clone());
        self.order(input, first_day, HousingOrder::OpenResidence { resident });
        let first_day_of_stay = day(first_day);
        let moves_in = HousingOrder::MoveIn { place, stay, first_day: first_day_of_stay, last_day: None };
        self.order(input, first_day, moves_in);
        self.order(input, first_day, HousingOrder::SetMeans { from: first_day_of_stay, means });
    }

    fn decide(&self, input: &mut Input, on: &str) {
        let (place, template) = (self.place.clone(), "2023-1".to_owned());
        let (daily_rate, services) = (None, Vec::new());
        let order = HousingOrder::DecidePayment { place, daily_rate, services, template };
        self.order(input, on, order);
    }

    /// A hundred kroner a day, once the rent is known.
    fn costs(&self, input: &mut Input, on: &str, rent: Option<&str>) {
        let costs = FacilityCosts {
            facility: FacilityId::parse("HOUSE").unwrap(),
            valid_from: day("2023-01-01"),
            valid_to: day("2023-12-31"),
            rent: rent.map(kroner),
            electricity: Some(kroner("40000")),
            heat: Some(kroner("25000")),
            place_days: 3_650,
            provisional: false,
            owner: "ejendomme".to_owned(),
        };
        self.order(input, on, HousingOrder::SetCosts(costs));
    }
}

/// What all payers of the case were billed, month by month.
fn billed_to(
    billed: &BTreeMap<(String, String, Period), Money>,
    resident: &Resident,
) -> BTreeMap<Period, String> {
    let of_case = billed.iter().filter(|((case, ..), _)| case == resident.case.as_str());
    of_case.map(|((_, _, period), amount)| (*period, amount.to_text())).collect()
}

fn months<const N: usize>(expected: [(&str, &str); N]) -> BTreeMap<Period, String> {
    expected.map(|(period, amount)| (month(period), amount.to_owned())).into()
}

on_both_backends!(decided_residents_are_charged_from_the_communication_on_and_undecided_ones_are_found);

async fn decided_residents_are_charged_from_the_communication_on_and_undecided_ones_are_found(
    backend: Backend,
) {
    let (place, mut input) = (Place::on(backend).await, Input::default());
    let [leaves, late, never, house] = [1, 2, 3, 4].map(Resident::new);
    leaves.moves_in(&mut input, HousingParagraph::P110, "2023-01-01");
    leaves.decide(&mut input, "2023-01-15");
    let moves_out = HousingOrder::MoveOut { place: leaves.place.clone(), last_day: day("2023-03-10") };
    leaves.order(&mut input, "2023-04-12", moves_out);
    late.moves_in(&mut input, HousingParagraph::P110, "2023-01-01");
    late.decide(&mut input, "2023-04-20");
    never.moves_in(&mut input, HousingParagraph::P110, "2023-01-01");
    house.moves_in(&mut input, HousingParagraph::P107, "2023-01-01");
    house.costs(&mut input, "2023-01-02", None);
    house.decide(&mut input, "2023-01-10");
    house.costs(&mut input, "2023-03-01", Some("300000"));
    // A family beside them, so that both schemes stand in one balance.
    let family = Family::new(7, 2, 1);
    input.open(day("2023-01-02"), &family, BillingMode::Monthly, day("2023-01-01"), &[3_000]);
    input.write(&place.input());
    let report = place.run("2023-05-10", "").await;

    let billed = place.billed().await;
    assert_eq!(
        billed_to(&billed, &leaves),
        // 17 days, a month, and ten days after the credit of the others.
        months([("2023-01", "1644.07"), ("2023-02", "2707.88"), ("2023-03", "967.10")])
    );
    assert_eq!(billed_to(&billed, &late), months([("2023-04", "1063.81")]));
    assert_eq!(billed_to(&billed, &never), months([]));
    assert_eq!(billed_to(&billed, &house), months([("2023-03", "3100.00"), ("2023-04", "3000.00")]));

    let events: Vec<AssessmentEvent> = place.messages().await;
    let mut determined = 0;
    for event in events.iter().filter(|event| event.scheme == messages::Scheme::DkTemporaryHousing) {
        if let AssessmentFact::Determined(owed) = &event.fact {
            determined += 1;
            assert!(
                owed.communicated_on <= owed.period.last_day() && owed.period.last_day() < event.recorded_on
            );
            assert!(owed.trace.json().contains("principafgørelse 43-19"), "{}", owed.trace.json());
        }
    }
    assert_eq!(determined, 7);
    found(
        &place,
        &[
            (&never, "2023-02-01", None),
            (&late, "2023-02-01", Some("2023-04-20")),
            (&house, "2023-02-01", Some("2023-03-01")),
        ],
    )
    .await;
    let of_scheme = |name: &str| report.by_charge_type[name].clone();
    let of_residents = of_scheme("dk-temporary-housing/own-payment");
    assert_eq!((of_residents.expected.count, of_residents.expected.amount.as_str()), (6, "12482.86"));
    assert_eq!(of_residents.open.amount, "0.00");
    assert!(of_scheme("dk-daycare/parental-payment").expected.count > 0);
    assert_eq!((report.undecided.residents, report.undecided.since), (1, Some(day("2023-01-01"))));
    assert_eq!((report.dead_letters, report.parked_keys), (0, 0));
}

/// Each of these residents, and nobody else, is a finding of one cause, opened on a day and resolved on another.
async fn found(place: &Place, expected: &[(&Resident, &str, Option<&str>)]) {
    let mut found: Vec<(String, Day, Option<Day>)> = Vec::new();
    for finding in place.findings().await {
        if finding.class == FindingClass::Undecided {
            assert_eq!(finding.cause, "undecided/0101/dk-temporary-housing/own-payment/homeless");
            let resolved = match finding.state {
                FindingState::Resolved { on, .. } => Some(on),
                _ => None,
            };
            found.push((finding.case.unwrap().to_string(), finding.opened_on, resolved));
        }
    }
    let mut expected: Vec<_> = expected
        .iter()
        .map(|(resident, opened, resolved)| (resident.case.to_string(), day(opened), resolved.map(day)))
        .collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resident_without_a_decision_is_listed_with_age_and_reason() {
    let (place, mut input) = (Place::new(), input::Input::default());
    let [never, house] = [1, 2].map(Resident::new);
    never.moves_in(&mut input, HousingParagraph::P110, "2023-01-01");
    house.moves_in(&mut input, HousingParagraph::P107, "2023-01-05");
    house.costs(&mut input, "2023-01-06", None);
    house.decide(&mut input, "2023-01-10");
    input.write(&place.input());
    place.run("2023-02-20", "").await;
    let data = place.data().display().to_string();
    let output = program::rettidig(&["tasks", "--data", &data], Path::new("."));
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(
        lines[1..],
        [
            "2023-01-31 BO-0001 undecided BO-0001.P1 SHELTER § 110, homeless: 50 days without a decision; nobody has \
             ordered a decision: order decide_payment",
            "2023-02-04 BO-0002 undecided BO-0002.P1 HOUSE § 107, homeless: 46 days without a decision; HOUSE: rent is not \
             measured; ejendomme obtains it",
        ]
    );
    let alerts = program::rettidig(&["alerts", "--data", &data], Path::new("."));
    let alerts = String::from_utf8_lossy(&alerts.stdout).into_owned();
    assert!(
        alerts.contains("undecided: 2 open (undecided/0101/dk-temporary-housing/own-payment/homeless)"),
        "{alerts}"
    );
}
