//! What arrives on which day: case commands, income reports, population records, and the files they come in.

use super::registers::{self, Home, Pay, Resident};
use domain::{AuthorityId, CaseId, Cpr, Day, Money, Period, PlaceId};
use messages::{BillingMode, CaseCommand, CaseOrder, PlaceKind, PlaceTerms, Scheme};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The municipality that all cases belong to.
pub const AUTHORITY: u32 = 101;

/// The task of the municipality's subscription to extracts of the population register.
const TASK: u32 = 217_001;

/// Days before the first extract on which everybody has come to live where they live.
const LONG_AGO: &str = "2015-06-01";

/// Reads a day.
pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Reads a month.
pub fn month(text: &str) -> Period {
    text.parse().unwrap()
}

/// The `n`th fictive person born in a year: a replacement number, day of birth + 60.
pub fn person(n: u32, year: i32) -> Cpr {
    let serial = if year < 2000 { 0 } else { 4_000 } + n / 336;
    let (date, month) = (61 + n % 28, 1 + n / 28 % 12);
    Cpr::parse(&format!("{date:02}{month:02}{:02}{serial:04}", year.rem_euclid(100))).unwrap()
}

/// Something that arrives.
#[derive(Debug, Clone)]
pub enum Item {
    /// A line of a command file.
    Command(Box<CaseCommand<Cpr>>),
    /// A report in an answer of the income register.
    Pay(Pay),
    /// A person in an extract of the population register.
    Resident(Resident),
}

/// Everything that arrives, by day.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// What arrives on a day, in order.
    pub days: BTreeMap<Day, Vec<Item>>,
    orders: u32,
    name: String,
}

/// A family with one case.
#[derive(Debug, Clone)]
pub struct Family {
    /// Its case.
    pub case: CaseId,
    /// Its number, which decides its persons, home and employer.
    pub number: u32,
    /// Who pays.
    pub payer: Cpr,
    /// All adults.
    pub adults: Vec<Cpr>,
    /// Children.
    pub children: Vec<Cpr>,
}

impl Family {
    /// The `number`th family, of so many adults and children.
    pub fn new(number: u32, adults: u32, children: u32) -> Self {
        let adults: Vec<Cpr> = (0..adults).map(|n| person(number * 10 + n, 1985)).collect();
        Self {
            case: CaseId::parse(format!("DAY-{number:04}")).unwrap(),
            number,
            payer: adults[0].clone(),
            adults,
            children: (0..children).map(|n| person(number * 10 + n, 2020)).collect(),
        }
    }

    /// The id of its `nth` child's place.
    pub fn place(&self, nth: usize) -> PlaceId {
        PlaceId::parse(format!("PL-{:04}-{nth}", self.number)).unwrap()
    }

    /// Where it lives.
    pub fn home(&self) -> Home {
        let since = day(LONG_AGO);
        Home { municipality: AUTHORITY, house: self.number + 1, since, municipality_since: since }
    }
}

/// A place at this rate, in kroner a month. The cost is such that the rate is a quarter of it.
pub fn terms(rate: i64) -> PlaceTerms {
    PlaceTerms {
        kind: PlaceKind::Kindergarten,
        monthly_rate: Money::dkk(rate),
        gross_cost: Money::dkk(rate * 4),
        treatment: false,
        social_percent: "0".to_owned(),
    }
}

impl Input {
    /// A case command arrives.
    pub fn order(&mut self, on: Day, family: &Family, order: CaseOrder<Cpr>) {
        self.order_of(on, &family.case, order);
    }

    /// A command about a case arrives.
    pub fn order_of(&mut self, on: Day, case: &CaseId, order: CaseOrder<Cpr>) {
        self.orders += 1;
        self.arrives_as(&format!("{case}/{}", self.orders), on, case, order);
    }

    /// A case command arrives under this id.
    pub fn order_as(&mut self, id: &str, on: Day, family: &Family, order: CaseOrder<Cpr>) {
        self.arrives_as(id, on, &family.case, order);
    }

    fn arrives_as(&mut self, id: &str, on: Day, case: &CaseId, order: CaseOrder<Cpr>) {
        let command = CaseCommand {
            id: id.to_owned(),
            case: case.clone(),
            authority: AuthorityId::parse(format!("{AUTHORITY:04}")).unwrap(),
            issued_on: on,
            issued_by: "pladsanvisning".to_owned(),
            order,
        };
        self.arrives(on, Item::Command(Box::new(command)));
    }

    /// The case is opened, and each child has a place from this day on, at these rates.
    pub fn open(&mut self, on: Day, family: &Family, billing: BillingMode, from: Day, rates: &[i64]) {
        let open = CaseOrder::OpenCase {
            scheme: Scheme::DkDaycare,
            billing,
            payer: family.payer.clone(),
            from,
            adults: family.adults.clone(),
            children: family.children.clone(),
            single_provider: family.adults.len() == 1,
        };
        self.order(on, family, open);
        for (nth, (child, rate)) in family.children.iter().zip(rates).enumerate() {
            let (place, child) = (family.place(nth), child.clone());
            self.order(
                on,
                family,
                CaseOrder::PlaceChild { place, child, from, to: None, terms: terms(*rate) },
            );
        }
    }

    /// The payer applies for the economic subsidy from the day of admission, on this monthly income.
    pub fn apply(&mut self, on: Day, family: &Family, monthly_income: i64, admitted_on: Day) {
        let yearly_income = Money::dkk(monthly_income * 12);
        let admitted_on = Some(admitted_on);
        let self_employed = false;
        self.order(
            on,
            family,
            CaseOrder::ApplySubsidy { applied_on: on, yearly_income, self_employed, admitted_on },
        );
    }

    /// The register tells of a month's pay of a person on the 8th of the month after.
    pub fn pay(&mut self, family: &Family, cpr: &Cpr, of: Period, kroner: i64) {
        let answered_on = of.next().first_day() + chrono::Days::new(7);
        self.report(Pay {
            answered_on,
            cpr: cpr.clone(),
            employer: 10_000_000 + family.number,
            id: format!("R-{of}"),
            month: of,
            kroner,
            reversal: false,
            correction: false,
        });
    }

    /// A report of the income register arrives.
    pub fn report(&mut self, pay: Pay) {
        self.arrives(pay.answered_on, Item::Pay(pay));
    }

    /// A person of the population register arrives.
    pub fn resident(&mut self, resident: Resident) {
        self.arrives(resident.produced_on, Item::Resident(resident));
    }

    /// Every person of the family is in the extract of this day, at home.
    pub fn settled(&mut self, on: Day, family: &Family) {
        for cpr in family.adults.iter().chain(&family.children) {
            let (cpr, home) = (cpr.clone(), Some(family.home()));
            self.resident(Resident { produced_on: on, cpr, status: ("01", None), home, event: ("A74", on) });
        }
    }

    /// What arrives later, in files of its own: the ids of its orders go on.
    pub fn follow_up(&self) -> Self {
        Self { days: BTreeMap::new(), orders: self.orders, name: format!("{}-later", self.name) }
    }

    fn arrives(&mut self, on: Day, item: Item) {
        self.days.entry(on).or_default().push(item);
    }

    /// Writes the files: one of each kind a day, the extracts of one task following each other.
    pub fn write(&self, root: &Path) {
        let mut previous = None;
        for (day, items) in &self.days {
            let residents: Vec<&Resident> = items.iter().filter_map(Item::resident).collect();
            if !residents.is_empty() {
                let text = registers::extract(TASK, *day, previous, &residents);
                put(root, *day, &format!("d{}.l{TASK}", day.format("%y%m%d")), &text);
                previous = Some(*day);
            }
            write_day(root, *day, items, &self.name);
        }
    }
}

/// Writes the commands and income reports of a day. `name` tells files of one day apart, and is in their content.
pub fn write_day(root: &Path, day: Day, items: &[Item], name: &str) {
    let commands: Vec<String> = items
        .iter()
        .filter_map(Item::command)
        .map(|command| serde_json::to_string(command).unwrap() + "\n")
        .collect();
    if !commands.is_empty() {
        put(root, day, &format!("commands{name}.jsonl"), &commands.concat());
    }
    let mut answers: BTreeMap<Day, Vec<&Pay>> = BTreeMap::new();
    for pay in items.iter().filter_map(Item::pay) {
        answers.entry(pay.answered_on).or_default().push(pay);
    }
    for (answered_on, reports) in answers {
        let text = registers::answer(answered_on, &reports, &format!("answer {answered_on}{name}"));
        put(root, day, &format!("eindkomst-{answered_on}{name}.xml"), &text);
    }
}

/// Writes a file of a day.
pub fn put(root: &Path, day: Day, name: &str, text: &str) {
    let folder = root.join(day.to_string());
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), text).unwrap();
}

impl Item {
    fn command(&self) -> Option<&CaseCommand<Cpr>> {
        if let Self::Command(command) = self { Some(command) } else { None }
    }

    fn pay(&self) -> Option<&Pay> {
        if let Self::Pay(pay) = self { Some(pay) } else { None }
    }

    /// The person, where it is one.
    pub fn resident(&self) -> Option<&Resident> {
        if let Self::Resident(resident) = self { Some(resident) } else { None }
    }
}
