//! Households of a Swedish municipality from the first order to the ERP's ledger, beside a Danish family: each in its own
//! currency, and the income check of a year from the list to the correction.

use super::input::{Family, Input, day, month, put};
use super::place::Place;
use super::{Backend, on_both_backends};
use crate::program;
use domain::{AuthorityId, CaseId, Cpr, Currency, Money, Period, Personnummer, PlaceId};
use messages::{
    AssessmentEvent, AssessmentFact, BillingMode, CareForm, CareTerms, CaseCommand, CaseOrder,
    ChildcareOrder, Heard, HeardParts, Letter, Scheme,
};
use std::collections::BTreeMap;
use std::path::Path;

fn kronor(text: &str) -> Money {
    Money::parse(text, Currency::SEK).unwrap()
}

/// A fictive number: a coordination number with the digits that nobody is given.
fn number(born: &str) -> Personnummer {
    Personnummer::coordination(day(born), 0).unwrap()
}

/// A household, and the orders about it by day.
struct Household {
    case: CaseId,
    orders: BTreeMap<domain::Day, Vec<CaseCommand<Cpr, Personnummer>>>,
    count: u32,
}

impl Household {
    fn new(name: &str) -> Self {
        Self { case: CaseId::parse(name).unwrap(), orders: BTreeMap::new(), count: 0 }
    }

    fn order_by(&mut self, on: &str, by: &str, order: CaseOrder<Cpr, Personnummer>) {
        self.count += 1;
        self.orders.entry(day(on)).or_default().push(CaseCommand {
            id: format!("{}/{}", self.case, self.count),
            case: self.case.clone(),
            authority: AuthorityId::parse("0199").unwrap(),
            issued_on: day(on),
            issued_by: by.to_owned(),
            order,
        });
    }

    fn order(&mut self, on: &str, order: ChildcareOrder<Personnummer>) {
        self.order_by(on, "barnomsorg", CaseOrder::Childcare(order));
    }

    fn opens(&mut self, on: &str, custodian: &str) {
        self.order(on, ChildcareOrder::OpenChildcare { custodian: number(custodian) });
    }

    fn starts(&mut self, on: &str, place: &str, child: &str, care: CareForm, first_day: &str) {
        let terms = CareTerms { care, weekly_hours: None, same_address: true };
        let (place, child) = (PlaceId::parse(place).unwrap(), number(child));
        self.order(on, ChildcareOrder::StartChildcare { place, child, first_day: day(first_day), terms });
    }

    fn declares(&mut self, on: &str, income: &str) {
        self.order(
            on,
            ChildcareOrder::DeclareIncome { declared_on: day(on), monthly_income: kronor(income) },
        );
    }

    fn write(&self, root: &Path) {
        for (day, orders) in &self.orders {
            let lines: String =
                orders.iter().map(|order| serde_json::to_string(order).unwrap() + "\n").collect();
            put(root, *day, &format!("commands-{}.jsonl", self.case), &lines);
        }
    }
}

fn billed_to(
    billed: &BTreeMap<(String, String, Period), Money>,
    household: &Household,
) -> BTreeMap<Period, String> {
    let of_case = billed.iter().filter(|((case, ..), _)| case == household.case.as_str());
    of_case.map(|((_, _, period), amount)| (*period, amount.to_string())).collect()
}

fn months<const N: usize>(expected: [(&str, &str); N]) -> BTreeMap<Period, String> {
    expected.map(|(period, amount)| (month(period), amount.to_owned())).into()
}

on_both_backends!(swedish_households_are_charged_by_the_day_in_kronor_beside_a_danish_family);

async fn swedish_households_are_charged_by_the_day_in_kronor_beside_a_danish_family(backend: Backend) {
    let (place, mut input) = (Place::on(backend).await, Input::default());
    // Three children: the youngest pays three percent, the next two in after-school care one each.
    let mut three = Household::new("FSK-0001");
    three.opens("2023-01-02", "1988-03-04");
    three.declares("2023-01-02", "40000");
    three.starts("2023-01-02", "P1", "2021-05-03", CareForm::Preschool, "2023-01-16");
    three.starts("2023-01-02", "P2", "2015-05-03", CareForm::AfterSchool, "2023-01-16");
    three.starts("2023-01-02", "P3", "2013-05-03", CareForm::AfterSchool, "2023-01-16");
    let p1 = PlaceId::parse("P1").unwrap();
    three.order("2023-04-20", ChildcareOrder::MoveAway { place: p1, moved_on: Some(day("2023-04-11")) });
    // Nothing declared: the highest fee; and notice, with two months' fee.
    let mut highest = Household::new("FSK-0002");
    highest.opens("2023-01-02", "1979-03-04");
    highest.starts("2023-01-02", "P1", "2022-01-03", CareForm::Preschool, "2023-01-01");
    let p1 = PlaceId::parse("P1").unwrap();
    highest.order("2023-02-10", ChildcareOrder::GiveNotice { place: p1, given_on: Some(day("2023-02-10")) });
    // A family beside them.
    let family = Family::new(7, 2, 1);
    input.open(day("2023-01-02"), &family, BillingMode::Monthly, day("2023-01-01"), &[3_000]);
    input.write(&place.input());
    three.write(&place.input());
    highest.write(&place.input());
    let report = place.run("2023-06-10", "").await;

    let billed = place.billed().await;
    assert_eq!(
        billed_to(&billed, &three),
        months([
            // 16 of 31 days of 1,200, 400 and 400: 619, 206 and 206.
            ("2023-01", "1031.00 SEK"),
            ("2023-02", "2000.00 SEK"),
            ("2023-03", "2000.00 SEK"),
            // The youngest has ten of thirty days; then the older ones pay two and one percent.
            ("2023-04", "1467.00 SEK"),
            ("2023-05", "1200.00 SEK"),
            ("2023-06", "1200.00 SEK"),
        ])
    );
    assert_eq!(
        billed_to(&billed, &highest),
        months([
            ("2023-01", "1645.00 SEK"),
            ("2023-02", "1645.00 SEK"),
            ("2023-03", "1645.00 SEK"),
            // Notice of the 10th of February: to the 10th of April.
            ("2023-04", "548.00 SEK"),
        ])
    );
    let events: Vec<AssessmentEvent> = place.messages().await;
    let mut determined = 0;
    for event in events.iter().filter(|event| event.scheme == Scheme::SeChildcare) {
        if let AssessmentFact::Determined(owed) = &event.fact {
            determined += 1;
            assert!(owed.communicated_on <= event.recorded_on);
            assert!(owed.trace.json().contains("income_cap"), "{}", owed.trace.json());
        }
    }
    // Each month once, and April of the first twice more: what falls counts at once, the older ones' higher percent with its
    // letter.
    assert_eq!(determined, 12);
    let letters: Vec<Letter> = place.messages().await;
    let swedish: Vec<&Letter> = letters.iter().filter(|letter| letter.authority.as_str() == "0199").collect();
    assert_eq!(swedish.len(), 4);
    assert!(swedish.iter().all(|letter| letter.title.starts_with("Beslut om avgift")));

    let of_scheme = |name: &str| report.by_charge_type[name].clone();
    let swedish = of_scheme("se-childcare/fee");
    assert_eq!((swedish.currency, swedish.expected.count), (Currency::SEK, 10));
    assert_eq!((swedish.expected.amount.as_str(), swedish.open.amount.as_str()), ("14381.00", "0.00"));
    assert_eq!(report.in_other_currencies["SEK"], swedish);
    let danish = of_scheme("dk-daycare/parental-payment");
    assert_eq!(report.obligations, danish, "kronor are not added to kroner");
    assert_eq!((report.dead_letters, report.parked_keys), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erp_that_loses_a_swedish_invoice_is_found() {
    let place = Place::new();
    let mut household = Household::new("FSK-0001");
    household.opens("2023-01-02", "1988-03-04");
    household.starts("2023-01-02", "P1", "2021-05-03", CareForm::Preschool, "2023-01-01");
    household.write(&place.input());
    let report = place.run("2023-05-10", "{kind: drop, count: 1, from: 2023-03}").await;
    let findings = place.findings().await;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!((findings[0].amount, findings[0].charge_type.as_str()), (kronor("1645"), "se-childcare/fee"));
    assert_eq!(report.by_charge_type["se-childcare/fee"].open.amount, "1645.00");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_income_check_is_listed_approved_by_a_second_person_and_billed() {
    let place = Place::new();
    let mut household = Household::new("FSK-0001");
    household.opens("2022-10-03", "1988-03-04");
    household.declares("2022-10-03", "20000");
    household.starts("2022-10-03", "P1", "2021-05-03", CareForm::Preschool, "2022-11-01");
    let mut listed = Household::new("FSK-0002");
    listed.opens("2022-10-03", "1979-03-04");
    listed.declares("2022-10-03", "25000");
    listed.starts("2022-10-03", "P1", "2021-06-03", CareForm::Preschool, "2022-12-01");
    let mut undeclared = Household::new("FSK-0003");
    undeclared.opens("2024-01-08", "1981-03-04");
    undeclared.starts("2024-01-08", "P1", "2021-07-03", CareForm::Preschool, "2024-02-01");
    undeclared.write(&place.input());
    let yearly_income = kronor("360000");
    let adult = Some(number("1988-03-04"));
    let tax = ChildcareOrder::StateTax { year: 2022, adult, yearly_income };
    household.order_by("2024-01-15", "handläggare-1", CaseOrder::Childcare(tax));
    let parts = HeardParts {
        heard_on: day("2024-01-20"),
        answer_by: day("2024-02-10"),
        answered_on: None,
        ended_on: day("2024-02-11"),
    };
    let heard = Some(Heard::try_from(parts).unwrap());
    let approval = ChildcareOrder::ApproveCorrection { year: 2022, yearly_income, heard };
    household.order_by("2024-02-12", "handläggare-2", CaseOrder::Childcare(approval));
    household.write(&place.input());
    listed.write(&place.input());
    place.run("2024-03-10", "").await;

    let billed = billed_to(&place.billed().await, &household);
    for (period, amount) in [
        ("2022-11", "900.00 SEK"),
        ("2022-12", "900.00 SEK"),
        ("2023-01", "600.00 SEK"),
        ("2024-03", "600.00 SEK"),
    ] {
        assert_eq!(billed[&month(period)], amount, "{period}");
    }
    let data = place.data().display().to_string();
    let output = program::rettidig(&["tasks", "--data", &data], Path::new("."));
    let (told, list) =
        (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout).into_owned());
    assert!(told.contains("Inkomstkontroll 2022: 1 gjorda, 1 inte gjorda, 0 behövs inte"), "{told}");
    let lines: Vec<&str> = list.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "2024-01-01 FSK-0002 review - income_check_not_done: inkomstkontroll för 2022 är inte gjord: ange taxerad inkomst för \
             vårdnadshavaren (state_tax med adult)",
            "2024-02-01 FSK-0003 undeclared - högsta avgift, 1\u{a0}688\u{a0}kr i månaden, sedan 38 dagar, eftersom ingen inkomst \
             är anmäld för hushållet: be vårdnadshavaren om en inkomstanmälan (declare_income)",
        ]
    );
}
