//! Families with daycare whose income, household and home change: what a year of register events brings.

use super::input::{AUTHORITY, Family, Input, day, month, person, terms};
use super::registers::{Home, Pay, Resident};
use domain::{Cpr, Day, Period};
use messages::{BillingMode, CaseOrder};

/// The monthly income that most families state and are granted the subsidy on.
const GRANTED: i64 = 25_000;

/// The municipality that a family moves to.
const ANOTHER_MUNICIPALITY: u32 = 147;

/// The families and everything that arrives about them.
pub struct Year {
    /// What arrives.
    pub input: Input,
    /// The income stays as granted.
    pub steady: Family,
    /// Two children; the income rises for good in March.
    pub up: Family,
    /// The income falls in March.
    pub down: Family,
    /// Later reports raise one month and lower another.
    pub corrected: Family,
    /// Moves to another municipality in April.
    pub moved: Family,
    /// Gets a second child, which gets a place.
    pub baby: Family,
    /// A single provider with whom somebody moves in.
    pub joined: Family,
    /// No monthly recalculation.
    pub self_employed: Family,
    /// Billed by a standing order; the income rises and falls.
    pub standing: Family,
    /// One of two adults dies.
    pub bereaved: Family,
    /// Billed by a standing order that the other parent takes over in May, as was known in March.
    pub handed_over: Family,
}

impl Year {
    /// Pay is reported from January 2023 to this month.
    pub fn to(last: &str) -> Self {
        let last = month(last);
        let mut year = Self {
            input: Input::default(),
            steady: Family::new(1, 2, 1),
            up: Family::new(2, 2, 2),
            down: Family::new(3, 2, 1),
            corrected: Family::new(4, 2, 1),
            moved: Family::new(5, 2, 1),
            baby: Family::new(6, 2, 2),
            joined: Family::new(7, 1, 1),
            self_employed: Family::new(8, 2, 1),
            standing: Family::new(9, 2, 2),
            bereaved: Family::new(10, 2, 1),
            handed_over: Family::new(11, 2, 1),
        };
        year.begin();
        year.pay(last);
        year.correct();
        year.move_away();
        year.have_a_baby();
        year.move_in();
        year.die();
        year.hand_over();
        year
    }

    /// Families whose payment nothing but the registers and the yearly rates can change after its beginning.
    pub fn register_only(&self) -> [&Family; 7] {
        [&self.steady, &self.up, &self.down, &self.corrected, &self.moved, &self.joined, &self.standing]
    }

    /// Opens a case with subsidy from January on, one child in a place where there are two families' worth of rates.
    pub fn admit(&mut self, family: &Family, billing: BillingMode, rates: &[i64]) {
        let (on, from) = (day("2022-12-05"), day("2023-01-01"));
        self.input.open(on, family, billing, from, rates);
        self.input.apply(on, family, GRANTED, from);
        self.input.settled(day("2022-12-06"), family);
    }

    /// The payer's pay of each month, raised from one month to another.
    pub fn earn(&mut self, family: &Family, last: Period, raised: Option<(&str, &str, i64)>) {
        let raised = raised.map(|(from, to, kroner)| (month(from)..=month(to), kroner));
        for period in month("2023-01").through(last) {
            let kroner = match &raised {
                Some((months, kroner)) if months.contains(&period) => *kroner,
                _ => GRANTED,
            };
            self.input.pay(family, &family.payer, period, kroner);
        }
    }

    fn begin(&mut self) {
        let one_child =
            [&self.steady, &self.down, &self.corrected, &self.moved, &self.bereaved, &self.joined];
        for family in one_child.map(Family::clone) {
            self.admit(&family, BillingMode::Monthly, &[3_000]);
        }
        for (family, billing, rates) in [
            (self.up.clone(), BillingMode::Monthly, [3_000, 2_800].as_slice()),
            (self.standing.clone(), BillingMode::Standing, [3_100, 2_900].as_slice()),
        ] {
            self.admit(&family, billing, rates);
        }
        let family = self.handed_over.clone();
        self.admit(&family, BillingMode::Standing, &[3_200]);
        let mut one_child = self.baby.clone();
        one_child.children.truncate(1);
        self.admit(&one_child, BillingMode::Monthly, &[3_000]);
        let (family, on, from) = (self.self_employed.clone(), day("2022-12-05"), day("2023-01-01"));
        self.input.open(on, &family, BillingMode::Monthly, from, &[3_000]);
        let yearly_income = domain::Money::dkk(GRANTED * 12);
        let apply = CaseOrder::ApplySubsidy {
            applied_on: on,
            yearly_income,
            self_employed: true,
            admitted_on: Some(from),
        };
        self.input.order(on, &family, apply);
        self.input.settled(day("2022-12-06"), &family);
    }

    fn pay(&mut self, last: Period) {
        let end = "2199-12";
        for (family, raised) in [
            (self.steady.clone(), None),
            (self.up.clone(), Some(("2023-03", end, 31_000))),
            (self.down.clone(), Some(("2023-03", end, 18_000))),
            (self.corrected.clone(), None),
            (self.moved.clone(), None),
            (self.baby.clone(), None),
            (self.joined.clone(), None),
            (self.self_employed.clone(), Some(("2023-02", end, 45_000))),
            (self.standing.clone(), Some(("2023-02", "2023-03", 33_000))),
            (self.bereaved.clone(), None),
            (self.handed_over.clone(), None),
        ] {
            self.earn(&family, last, raised);
        }
    }

    /// More for February than was reported, and March taken back and reported lower.
    fn correct(&mut self) {
        let later = |id: &str, answered_on, of, kroner, reversal| Pay {
            answered_on: day(answered_on),
            cpr: self.corrected.payer.clone(),
            employer: 10_000_000 + self.corrected.number,
            id: id.to_owned(),
            month: month(of),
            kroner,
            reversal,
            correction: true,
        };
        let more = later("R-2023-02-K", "2023-05-02", "2023-02", 5_000, false);
        let back = later("R-2023-03", "2023-05-04", "2023-03", GRANTED, true);
        let less = later("R-2023-03-N", "2023-05-04", "2023-03", 19_000, false);
        for pay in [more, back, less] {
            self.input.report(pay);
        }
    }

    fn move_away(&mut self) {
        let since = day("2023-04-10");
        let home = Home { municipality: ANOTHER_MUNICIPALITY, house: 900, since, municipality_since: since };
        for cpr in self.moved.adults.iter().chain(&self.moved.children) {
            let (produced_on, cpr) = (day("2023-04-11"), cpr.clone());
            let event = ("A01", since);
            self.input.resident(Resident { produced_on, cpr, status: ("01", None), home: Some(home), event });
        }
    }

    fn have_a_baby(&mut self) {
        let (family, on) = (self.baby.clone(), day("2023-03-20"));
        let household = CaseOrder::SetHousehold {
            from: day("2023-03-12"),
            adults: family.adults.clone(),
            children: family.children.clone(),
            single_provider: false,
        };
        self.input.order(on, &family, household);
        let place = CaseOrder::PlaceChild {
            place: family.place(1),
            child: family.children[1].clone(),
            from: day("2023-05-01"),
            to: None,
            terms: terms(3_400),
        };
        self.input.order(day("2023-04-03"), &family, place);
    }

    fn move_in(&mut self) {
        let since = day("2023-03-10");
        self.input.resident(newcomer(&self.joined, person(9_000, 1987), since));
    }

    fn hand_over(&mut self) {
        let (family, on) = (self.handed_over.clone(), day("2023-03-15"));
        let (from, payer) = (day("2023-05-01"), family.adults[1].clone());
        self.input.order(on, &family, CaseOrder::ChangePayer { from, payer });
    }

    fn die(&mut self) {
        let (on, produced_on) = (day("2023-04-18"), day("2023-04-20"));
        let cpr = self.bereaved.adults[1].clone();
        let status = ("90", Some(on));
        self.input.resident(Resident { produced_on, cpr, status, home: None, event: ("A21", on) });
    }
}

/// Somebody has moved to the family's address.
pub fn newcomer(family: &Family, cpr: Cpr, since: Day) -> Resident {
    let home = Home { municipality: AUTHORITY, house: family.number + 1, since, municipality_since: since };
    let produced_on = since.succ_opt().unwrap();
    Resident { produced_on, cpr, status: ("01", None), home: Some(home), event: ("A01", since) }
}
